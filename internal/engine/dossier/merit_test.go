package dossier_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// TestWhatIsAMeritIsData: the states and the condition of the definition decide.
func TestWhatIsAMeritIsData(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	set := procedures(t)
	for _, c := range []struct {
		procedure, version, state, level string
		want                             bool
	}{
		{"mission", "2025", "thanh_ly", "dat", true}, {"mission", "2025", "thanh_ly", "khong_dat", false},
		{"mission", "2025", "dang_thuc_hien", "dat", false}, {"book_loan", "2018", "da_tra", "dat", false},
	} {
		def, err := set.Version(c.procedure, c.version)
		if err != nil {
			t.Fatal(err)
		}
		d := &dossier.Dossier{Procedure: c.procedure, Version: c.version, Digest: def.Digest, State: c.state, Fields: map[string]json.RawMessage{"xep_loai": json.RawMessage(`"` + c.level + `"`)}}
		if got, err := o.Merited(o.ctx, d); err != nil || got != c.want {
			t.Errorf("%s in %s with %s: %v %v", c.procedure, c.state, c.level, got, err)
		}
	}
}

// TestWhenADueDateIsNearIsData counts working days; without a rule none is near.
func TestWhenADueDateIsNearIsData(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	friday := calendar.MustParse("2021-06-11")
	for n, want := range map[int]string{0: "2021-06-12", 1: "2021-06-15", 3: "2021-06-17"} {
		e := dossier.New(o.ledger, o.db, procedures(t), o.cal, dossier.Options{AgencyCode: agency, Soon: func(calendar.Date) int { return n }})
		if got := e.Near(friday); got.String() != want {
			t.Errorf("%d days: %s, want %s", n, got, want)
		}
	}
}
