package app

import (
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// TestWhoSignsUnderADelegation: the form of the delegation in force on the day stands over the delegate's own post; before
// and after it, and from a giver who signs nothing, there is none.
func TestWhoSignsUnderADelegation(t *testing.T) {
	o := newOffice(t)
	delegate := func(giver, taker string, form people.Form, from, until string) {
		t.Helper()
		_, err := o.People.Delegate(t.Context(), people.By{Actor: "gd", On: calendar.MustParse(from)}, people.Delegation{Giver: giver, Taker: taker, Form: form, Unit: people.Everywhere,
			Basis: "12/GUQ-SKHCN", Until: calendar.MustParse(until)})
		o.must(err)
	}
	delegate("gd", "cv", people.TUQ, "2025-07-10", "2025-07-20")
	delegate("gd", "tp", people.TUQ, "2025-07-10", "2025-07-20")
	delegate("cv", "pgd", people.TUQ, "2025-08-10", "2025-08-20")
	for _, c := range []struct {
		account   string
		mandate   bool
		on, block string // "" = refused
	}{
		{"cv", false, "2025-07-09", ""}, {"cv", false, "2025-07-10", "TUQ. GIÁM ĐỐC/CHUYÊN VIÊN"}, {"cv", false, "2025-07-20", "TUQ. GIÁM ĐỐC/CHUYÊN VIÊN"}, {"cv", false, "2025-07-21", ""},
		{"tp", false, "2025-07-15", "TL. GIÁM ĐỐC/TRƯỞNG PHÒNG"}, {"tp", true, "2025-07-15", "TUQ. GIÁM ĐỐC/TRƯỞNG PHÒNG"}, {"tp", true, "2025-07-25", ""},
		{"cv+gd", false, "2025-07-15", "TUQ. GIÁM ĐỐC/CHUYÊN VIÊN"}, {"pgd", false, "2025-07-15", "KT. GIÁM ĐỐC/PHÓ GIÁM ĐỐC"}, {"pgd", true, "2025-08-15", ""},
	} {
		block, err := o.Desk.SignatureOf(t.Context(), c.account, c.mandate, calendar.MustParse(c.on))
		if got := block.Authority + "/" + block.Post; c.block != "" && (err != nil || got != c.block) || c.block == "" && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s (mandate %v) on %s: %s %v", c.account, c.mandate, c.on, got, err)
		}
	}
	signers, err := o.Desk.Signers(t.Context(), calendar.MustParse("2025-07-15"))
	o.must(err)
	if len(signers) != 4 {
		t.Errorf("%d may sign: %v", len(signers), signers)
	}
}
