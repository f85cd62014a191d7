package directive

import (
	"testing"
	"testing/fstest"

	"trucot/definitions"
	"trucot/internal/kernel/fault"
)

// withFile is the shipped lists with one file replaced.
func withFile(t testing.TB, name, text string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, n := range []string{"kinds", "issuers", "known", "laws", "places"} {
		raw, err := definitions.Files.ReadFile("directives/" + n + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		files["directives/"+n+".yaml"] = &fstest.MapFile{Data: raw}
	}
	if name != "" {
		files["directives/"+name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestBadListsAreRefused(t *testing.T) {
	for _, c := range []struct{ file, text, key string }{
		{"kinds", "sorts: []", "directive.bad_list"},
		{"issuers", "issuers: [", "directive.bad_list"},
		{"known", "documents:\n  - { kind: nghi_quyt, symbol: 1-NQ/TW }", "directive.unknown_kind"},
	} {
		if _, err := Load(withFile(t, c.file, c.text)); !fault.Is(err, c.key) {
			t.Errorf("%s: want %s, got %v", c.file, c.key, err)
		}
	}
	if _, err := Load(fstest.MapFS{}); !fault.Is(err, "directive.bad_list") {
		t.Errorf("no lists at all: %v", err)
	}
}

// A new issuer is a line of data.
func TestListsDecide(t *testing.T) {
	r, err := Load(withFile(t, "issuers", "issuers:\n  - { code: XYZ, name: Cơ quan mẫu, scope: party }"))
	if err != nil {
		t.Fatal(err)
	}
	found := r.Find("Kế hoạch số 3/KH-XYZ")
	if len(found) != 1 || found[0].Symbol != "3-KH/XYZ" || found[0].Issuer != "Cơ quan mẫu" {
		t.Errorf("%+v", found)
	}
}

func TestShippedListsAreWhole(t *testing.T) {
	r, err := Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	for code, k := range r.kinds {
		if k.VI == "" || k.EN == "" || len(k.Words) == 0 {
			t.Errorf("%s lacks a name or a word", code)
		}
		if k.Short != "strong" && k.Short != "weak" && k.Short != "none" {
			t.Errorf("%s: short is %q", code, k.Short)
		}
	}
	// The kinds that marked texts use.
	for _, code := range []string{"nghi_quyet", "chi_thi", "ket_luan", "quyet_dinh", "quy_dinh", "nghi_dinh", "thong_tu", "thong_tu_lien_tich", "ke_hoach",
		"chuong_trinh", "cong_van", "to_trinh", "thong_bao", "huong_dan", "cong_dien", "luat", "bo_luat", "quy_chuan", "ket_luan_thanh_tra"} {
		if _, ok := r.kinds[code]; !ok {
			t.Errorf("kind %s is missing", code)
		}
	}
	for symbol, d := range r.known {
		if found := r.Find(symbol); len(found) != 1 || found[0].Symbol != symbol || found[0].Issuer != d.Issuer {
			t.Errorf("%s is not found as itself: %+v", symbol, found)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("kinds", "kinds: [{code: a, words: [b], types: [C], short: strong}]")
	f.Add("laws", "laws: [\"\"]")
	f.Add("known", "names: [\"\", A]\ncompounds: [\"\"]")
	f.Fuzz(func(t *testing.T, name, text string) {
		files := fstest.MapFS{}
		for _, n := range []string{"kinds", "issuers", "known", "laws", "places"} {
			files["directives/"+n+".yaml"] = &fstest.MapFile{Data: []byte("from: 2020-01-01")}
		}
		if _, ok := files["directives/"+name+".yaml"]; !ok {
			return
		}
		files["directives/"+name+".yaml"].Data = []byte(text)
		if r, err := Load(files); err == nil {
			r.Find(seeds[0])
		}
	})
}
