package dossiers

import (
	"io/fs"
	"testing"

	"trucot/definitions"
	"trucot/internal/engine/procedure"
)

// An actor without a role could be played by anybody who may act at all: each of the shipped ones has one.
func TestEveryShippedActorHasARole(t *testing.T) {
	files, err := fs.Sub(definitions.Files, "procedures")
	if err != nil {
		t.Fatal(err)
	}
	set, err := procedure.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range set.All() {
		for _, a := range p.Actors {
			if roles[a.ID] == "" {
				t.Errorf("%s/%s: the actor %s has no role", p.ID, p.Version, a.ID)
			}
		}
	}
}
