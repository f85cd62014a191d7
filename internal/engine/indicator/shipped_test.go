package indicator

import (
	"io/fs"
	"testing"

	"trucot/definitions"
	"trucot/internal/kernel/lang"
)

// shipped is the program's own definitions.
func shipped(t testing.TB) *Definitions {
	t.Helper()
	files, err := fs.Sub(definitions.Files, "indicators")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestShippedIndicatorsSayWhereTheyComeFrom(t *testing.T) {
	d := shipped(t)
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if len(d.All()) == 0 {
		t.Fatal("no indicator is shipped")
	}
	for _, def := range d.All() {
		for what, words := range map[string]Words{
			"source": def.Provenance.Source, "verified": def.Provenance.Verified, "limits": def.Provenance.Limits,
		} {
			if words[lang.VI] == "" || words[lang.EN] == "" {
				t.Errorf("%s: the provenance note lacks %q in a language", def.ID, what)
			}
		}
	}
}
