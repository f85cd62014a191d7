package dossiers

import (
	"io/fs"
	"reflect"
	"testing"

	"trucot/definitions"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/lang"
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

func TestNumbersAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct {
		tag      lang.Tag
		in, want string
	}{
		{lang.VI, "1.234.567", "1234567"}, {lang.VI, "12,5", "12.5"}, {lang.EN, "1,234.5", "1234.5"}, {lang.VI, "hai", "hai"}, {lang.VI, "", ""},
	} {
		if got := plainNumber(c.tag, c.in); got != c.want {
			t.Errorf("plainNumber(%s, %q) = %q, want %q", c.tag, c.in, got, c.want)
		}
	}
}

func TestListsAreTypedOneRowALine(t *testing.T) {
	f := &procedure.Field{Columns: []procedure.Field{{ID: "ma_so"}, {ID: "gia"}}}
	got := listRows(f, "A1; 20000\n\n B2 ;30000; thừa\n")
	want := []map[string]any{{"ma_so": "A1", "gia": "20000"}, {"ma_so": "B2", "gia": "30000"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}
