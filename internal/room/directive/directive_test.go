package directive

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"trucot/internal/testing/shared"
)

// knownToDiffer are the passages where a name or issuer differs from the marks, and why.
var knownToDiffer = map[string]string{
	"D05": "a short form resolves to a document whose issuer we know; a plenum's resolution is the Central Committee's",
	"S03": "a dash is a hyphen in names",
	"S05": "the province is known from the page only",
}

func TestMarkedPassages(t *testing.T) {
	f, err := os.Open(shared.Dir(t, "data", "directive-citations", "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	marked, found, right, named, issuers, dates := 0, 0, 0, 0, 0, 0
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
		found += len(got)
		for _, want := range p.Citations {
			marked++
			for _, g := range got {
				if g.Start < want.End && want.Start < g.End && g.Kind == want.Kind && g.Symbol == want.Symbol {
					right++
					if want.Issuer != "" {
						named++
						if g.Issuer == want.Issuer {
							issuers++
						}
					}
					if g.Date == want.Date {
						dates++
					}
				}
			}
			ok := false
			for k, g := range got {
				if g.Start == want.Start && g.End == want.End && g.Kind == want.Kind && g.Symbol == want.Symbol && g.Date == want.Date && g.Mention == want.Mention {
					ok, matched[k] = true, true
					if why := knownToDiffer[p.ID]; why == "" && (want.Name != "" && want.Name != g.Name || want.Issuer != g.Issuer) {
						t.Errorf("%s %s: name %q issuer %q, marked %q %q", p.ID, want.Mention, g.Name, g.Issuer, want.Name, want.Issuer)
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
	t.Logf("%d marked, %d found, kind and symbol right for %d, the date for %d; the issuer for %d of the %d that are marked with one", marked, found, right, dates, issuers, named)
	// one generic mention may be left out
	if right*100 < 98*found || right*100 < 98*(marked-1) || issuers*10 < 9*named || dates*10 < 9*right {
		t.Error("below 0.98 of kinds and symbols or 0.9 of issuers and dates")
	}
}
