package onestop

import (
	"strings"
	"testing"

	"trucot/definitions"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

func shipped(t testing.TB) *Book {
	t.Helper()
	b, err := Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWhoSignsInWhosePlace are the cases of Nghị định 30/2020/NĐ-CP, Phụ lục I, Mục II, khoản 7.
func TestWhoSignsInWhosePlace(t *testing.T) {
	b := shipped(t)
	agency := people.Unit{Code: "so", Kind: "so"}
	division, branch, centre := people.Unit{Code: "qlcn", Kind: "phong"}, people.Unit{Code: "tdc", Kind: "chi_cuc"}, people.Unit{Code: "kt", Kind: "trung_tam"}
	for _, c := range []struct {
		unit      people.Unit
		post      string
		authority string
		as        string
	}{
		{agency, "Giám đốc", "", "GIÁM ĐỐC"},
		{agency, "Giám đốc Sở", "", "GIÁM ĐỐC"},
		{agency, "Phó Giám đốc Sở", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"},
		{agency, "Quyền Giám đốc", "", "Q. GIÁM ĐỐC"},
		{division, "Trưởng phòng", "TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG"},
		{division, "Phó Trưởng phòng", "TL. GIÁM ĐỐC\nKT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"},
		{division, "Quyền Trưởng phòng", "TL. GIÁM ĐỐC", "Q. TRƯỞNG PHÒNG"},
		{division, "Chánh Văn phòng", "TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"},
		{division, "Phó Chánh Văn phòng", "TL. GIÁM ĐỐC\nKT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"},
		{branch, "Chi cục trưởng", "TL. GIÁM ĐỐC", "CHI CỤC TRƯỞNG"},
		{centre, "Giám đốc Trung tâm", "TL. GIÁM ĐỐC", "GIÁM ĐỐC"},
	} {
		got, err := b.Sign(agency, c.unit, c.post)
		if err != nil || got.Authority != c.authority || got.Post != c.as {
			t.Errorf("%s of %s: %q %q %v", c.post, c.unit.Code, got.Authority, got.Post, err)
		}
	}
	for _, post := range []string{"Chuyên viên", "Kế toán trưởng", ""} {
		if _, err := b.Sign(agency, division, post); !fault.Is(err, "onestop.may_not_sign") {
			t.Errorf("%q signs: %v", post, err)
		}
	}
	for form, authority := range map[people.Form]string{people.KT: "KT. GIÁM ĐỐC", people.TL: "TL. GIÁM ĐỐC", people.TUQ: "TUQ. GIÁM ĐỐC"} {
		if got := b.SignUnder(form, agency, "Chi cục trưởng"); got != (Signature{authority, "CHI CỤC TRƯỞNG"}) {
			t.Errorf("%s: %v", form, got)
		}
	}
	if got := b.SignFor("Hội đồng", "Chủ tịch"); got != (Signature{"TM. HỘI ĐỒNG", "CHỦ TỊCH"}) {
		t.Errorf("for a council: %v", got)
	}
}

// TestTheFormsAreThoseOfTheDay: seven forms from 01/7/2025, each in its place.
func TestTheFormsAreThoseOfTheDay(t *testing.T) {
	b := shipped(t)
	if old := b.At(calendar.MustParse("2025-06-30")); old.ID != "tt-01-2018" {
		t.Errorf("the day before: %s", old.ID)
	}
	now := b.At(calendar.MustParse("2025-07-01"))
	var numbers []string
	for _, f := range now.Forms {
		if f.Number != "" {
			numbers = append(numbers, strings.TrimPrefix(f.Number, "Mẫu số "))
		}
		if f.Book != "" && !strings.Contains(f.Symbol, "{seq") {
			t.Errorf("%s takes a number and does not print it", f.ID)
		}
	}
	if got := strings.Join(numbers, " "); got != "01 02 03 04 05 06 07" {
		t.Errorf("forms %s", got)
	}
	for _, word := range []string{"sign", "direct", "online", "post", "early", "on_time", "late", "valid", "valid_until", "look_up", "period"} {
		for _, set := range b.sets {
			if set.Words[word] == "" {
				t.Errorf("%s has no word %s", set.ID, word)
			}
		}
	}
}

// FuzzPut: whatever a form's line says, what stands outside the braces is kept, and no value is taken for a name.
func FuzzPut(f *testing.F) {
	for _, s := range []string{"", "{code}", "a {code} b {nothing}", "{", "}{", "{code", "{{code}}"} {
		f.Add(s)
	}
	w := &writer{fields: map[string]string{"code": "{applicant}", "applicant": "x"}}
	f.Fuzz(func(t *testing.T, s string) {
		out := w.put(s)
		before, _, _ := strings.Cut(s, "{")
		if !strings.HasPrefix(out, before) {
			t.Errorf("%q became %q", s, out)
		}
		if !strings.Contains(s, "applicant") && strings.Contains(out, "x") && !strings.Contains(s, "x") {
			t.Errorf("a value was read as a name: %q", out)
		}
	})
}
