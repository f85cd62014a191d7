package dossier_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/ledger"
)

// Two engines that each remember the last number still give every number once.
func TestTwoEnginesShareTheNumbersOfCredentials(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	other := *o
	appended := 0
	other.Engine = dossier.New(o.ledger, o.db, procedures(t), o.cal, dossier.Options{AgencyCode: agency, Clock: nil,
		Append: func(ctx context.Context, cmds ...ledger.Command) ([]ledger.Receipt, error) {
			appended++
			return o.ledger.Append(ctx, cmds...)
		}})
	for i := range 8 {
		d := o.file(t, "2021-06-14")
		o.steps(t, d.Code, "tiep_nhan 2021-06-14", "phan_cong 2021-06-14", "trinh 2021-06-15")
		engine := o.Engine
		if i%3 == 1 {
			engine = other.Engine
		}
		d, err := engine.Act(o.ctx, dossier.Act{Code: d.Code, Action: "ky", On: day("2021-06-16")})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.Track.Issued[0].Number, fmt.Sprintf("%04d/2021/PM", i+1); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if appended < 3 {
		t.Errorf("%d appends through the engine's own way", appended)
	}
}
