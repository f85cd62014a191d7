package directive

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"trucot/internal/testing/shared"
)

func TestMarkedPassages(t *testing.T) {
	f, err := os.Open(shared.Dir(t, "data", "directive-citations", "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var p struct {
			ID, Text  string
			Citations []struct {
				Citation
				Note string
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		got, err := Find(p.Text)
		if err != nil {
			t.Fatal(err)
		}
		matched := map[int]bool{}
		for _, want := range p.Citations {
			ok := false
			for k, g := range got {
				if g.Start == want.Start && g.End == want.End && g.Kind == want.Kind && g.Symbol == want.Symbol && g.Date == want.Date && g.Mention == want.Mention {
					ok, matched[k] = true, true
					if want.Issuer != g.Issuer {
						t.Logf("%s %s: issuer %q, marked %q", p.ID, want.Mention, g.Issuer, want.Issuer)
					}
				}
			}
			if !ok && want.Note != "generic: may be left out" {
				t.Errorf("%s: not found as marked: %+v", p.ID, want)
			}
		}
		for k, g := range got {
			if !matched[k] {
				t.Errorf("%s: false alarm or wrong: %+v", p.ID, g)
			}
		}
	}
}
