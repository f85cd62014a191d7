package e2e

import (
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/engine/people"
)

// monitor reads the ledger's tree over HTTP as any outsider would.
type monitor struct {
	t   *testing.T
	url string
}

func (m monitor) get(path string) (int, []byte) {
	m.t.Helper()
	resp, err := http.Get(m.url + path)
	must(m.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(m.t, err)
	return resp.StatusCode, body
}

// Height, ReadTiles and SaveTiles make it a tlog.TileReader.
func (monitor) Height() int { return 8 }

func (m monitor) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		status, body := m.get("/ledger/" + strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if status != http.StatusOK {
			m.t.Fatalf("%s answers %d", tile.Path(), status)
		}
		out[i] = body
	}
	return out, nil
}

func (monitor) SaveTiles([]tlog.Tile, [][]byte) {}

// TestAnybodyMayCheckTheLedger proves an event against the public checkpoint with public tiles alone, and finds no records.
func TestAnybodyMayCheckTheLedger(t *testing.T) {
	a := start(t)
	m := monitor{t, a.url}
	status, note := m.get("/ledger/checkpoint")
	lines := strings.Split(string(note), "\n")
	if status != http.StatusOK || len(lines) < 5 || lines[0] != a.Ledger.Origin() {
		t.Fatalf("%d %s", status, note)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(t, err)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	must(t, err)
	tree := tlog.Tree{N: size, Hash: tlog.Hash(raw)}
	reader := tlog.TileHashReader(tree, m) // holds every tile against the root
	for _, position := range []int64{1, 200, size} {
		proof, err := tlog.ProveRecord(size, position-1, reader)
		must(t, err)
		e, err := a.Ledger.Event(t.Context(), position)
		must(t, err)
		must(t, tlog.CheckRecord(proof, size, tree.Hash, position-1, tlog.Hash(e.Hash)))
	}
	for path, want := range map[string]int{"/ledger/tile/0/x000/000": 404, "/ledger/tile/9/000": 404, "/ledger/tile/0/999": 404, "/ledger/tile/0/000.p/0": 404, "/ledger/tile/../checkpoint": 404} {
		if status, _ := m.get(path); status != want && status != http.StatusOK || status == http.StatusOK && !strings.Contains(path, "..") {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if status := a.ask(t, "GET", "/ledger/tile/entries/000", nil); status != http.StatusSeeOther {
		t.Errorf("records answer %d to nobody", status)
	}
	if got := a.read(t, "/ledger/tile/entries/000", a.session(t, "xem")); len(got) != 256*34 {
		t.Errorf("%d bytes of records", len(got))
	}
	const records = "/ledger/tile/entries/000"
	if status, _, raw := a.caller(t, "xem").raw("GET", records, ""); status != http.StatusOK || len(raw) != 256*34 {
		t.Errorf("a token gets %d and %d bytes of records", status, len(raw))
	}
	for want, c := range map[int]caller{http.StatusForbidden: a.caller(t, "xem", people.ReadTasks), http.StatusUnauthorized: {t, a.url, "tc_none"}} {
		if status, h, raw := c.raw("GET", records, ""); status != want || h.Get("Content-Type") != "application/problem+json" {
			t.Errorf("a token that may not answers %d %s, want %d", status, raw, want)
		}
	}
}

// TestTheAPIKeepsToTheReach: what a reader does not see on pages they do not get through the API.
func TestTheAPIKeepsToTheReach(t *testing.T) {
	a, at := guarded(t)
	phong := a.caller(t, "phong")
	for _, name := range []string{unitSecret, looseSecret, "Hồ sơ gửi đảng uỷ"} {
		code := strings.TrimPrefix(at[name], "/ho-so/")
		for _, path := range []string{"", "/lich-su", "/han", "/buoc"} {
			if status, _, raw := phong.raw("GET", "/api/v1/ho-so/"+code+path, ""); status != 404 || strings.Contains(raw, name) {
				t.Errorf("%s%s answers %d", name, path, status)
			}
		}
		position := strings.TrimPrefix(at["event "+name], "/so-cai/")
		if status, _, raw := phong.raw("GET", "/api/v1/so-cai/"+position+"/bang-chung", ""); status != 404 {
			t.Errorf("the proof of an event out of reach answers %d %s", status, raw)
		}
	}
	for _, path := range []string{"/api/v1/ho-so?xem=all", "/api/v1/viec", "/api/v1/chi-dao", "/api/v1/so-lieu/dossier.received/ban-ghi?period=2021"} {
		status, _, raw := phong.raw("GET", path, "")
		for _, secret := range []string{unitSecret, looseSecret, "Hồ sơ gửi đảng uỷ", partySecret} {
			if status != 200 || strings.Contains(raw, secret) {
				t.Errorf("%s answers %d or shows %q", path, status, secret)
			}
		}
	}
	if status, _, raw := phong.raw("GET", "/api/v1/don-vi", ""); status != 200 || strings.Contains(raw, `"du"`) {
		t.Errorf("%d: units of the Party are shown: %s", status, raw)
	}
	if status, _, _ := phong.raw("POST", "/api/v1/bao-cao/so-ket-6-thang/2021-H1/chot", ""); status != 403 {
		t.Errorf("freezing the whole agency's report answers %d", status)
	}
	narrow := a.caller(t, "khai", people.ReadTasks)
	for path, want := range map[string]int{"/api/v1/viec": 200, "/api/v1/ho-so": 403, "/api/v1/thong-bao": 403} {
		if status, _, raw := narrow.raw("GET", path, ""); status != want {
			t.Errorf("with the scope task.read alone %s answers %d: %s", path, status, raw)
		}
	}
}
