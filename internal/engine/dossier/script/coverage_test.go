package script_test

import (
	"io/fs"
	"path"
	"slices"
	"testing"

	"trucot/definitions"
	"trucot/internal/app"
	"trucot/internal/engine/dossier/script"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
)

// Every step of every shipped definition is taken by at least one of the scripts beside it, and the scripts hold.
func TestEveryStepIsScripted(t *testing.T) {
	set, err := procedure.Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Sub(definitions.Files, "procedures")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := script.Find(files)
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]bool{}
	for _, s := range scripts {
		r, err := script.Run(t.Context(), s, set, cal, app.Catalog())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Faults {
			t.Error(f)
		}
		folder := path.Dir(path.Dir(s.File))
		for _, action := range r.Taken {
			taken[folder+" "+action] = true
		}
	}
	for _, p := range set.All() {
		if p.ID == "book_loan" {
			continue // the toy has engine tests of its own
		}
		for _, step := range p.Transitions {
			if key := p.ID + "/" + p.Version + " " + step.ID; !taken[key] && !slices.Contains(step.From, p.Initial) {
				t.Errorf("%s is taken by no script", key)
			}
		}
	}
}
