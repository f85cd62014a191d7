package search_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/search"
	"trucot/internal/kernel/fault"
)

var shelf = []search.Doc{
	{ID: "a", Title: "Chỉ thị 16/CT-TTg", Text: "Thực hiện các biện pháp phòng chống dịch; hoà giải ở cơ sở.", Date: 100, Facets: []string{"kind:directive", "side:state", "unit:vp"}},
	{ID: "b", Title: "Kế hoạch đo lường", Text: "Sở Khoa học và Công nghệ kiểm định phương tiện đo, kĩ thuật đo lường chất lượng.", Date: 200, Facets: []string{"kind:task", "side:state", "unit:tdc"}},
	{ID: "c", Title: "Nghị quyết 20-NQ/TW", Text: "Phát triển KH&CN phục vụ sự nghiệp công nghiệp hóa.", Date: 300, Facets: []string{"kind:directive", "side:party", "unit:db"}},
	{ID: "d", Title: "Quy định về đố vui", Text: "Đố vui có thưởng, theo Nghị định 30/2020/NĐ-CP.", Date: 400, Facets: []string{"kind:task", "side:state", "unit:vp"}},
	{ID: "e", Title: "Đỗ Văn Minh", Text: "Chuyên viên phòng sở hữu trí tuệ (SHTT): thẩm định", Facets: []string{"kind:person", "side:state", "unit:shtt"}},
}

func filled(t testing.TB) *search.Index {
	x := search.New(lexicon(t))
	x.Put(shelf...)
	return x
}

func ids(r search.Result) string {
	var out []string
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return strings.Join(out, " ")
}

func TestWhatIsFound(t *testing.T) {
	x := filled(t)
	for _, c := range []struct{ ask, first string }{
		{"phòng chống dịch", "a"}, {"phong chong dich", "a"}, {"PHÒNG CHỐNG", "a"},
		{"hòa giải", "a"}, {"hoà giải", "a"}, // the two schools of tone placement
		{"hòa giải", "a"}, // decomposed
		{"do luong", "b"}, {"đo lường", "b"}, {"kỹ thuật", "b"}, {"ky thuat", "b"},
		{"KHCN", "c"}, {"khoa hoc cong nghe", "b"}, // an abbreviation and its long form
		{"sở hữu trí tuệ", "e"}, {"SHTT", "e"},
		{"16/CT-TTg", "a"}, {"16/ct-ttg", "a"}, {"20 -NQ/TW", "c"}, {"20-nq/tw", "c"}, {"30/2020/nd-cp", "d"}, {"nđ-cp", "d"},
		{"đố vui", "d"}, {"Đỗ Văn Minh", "e"}, {"do van minh", "e"},
		{"đo lườ", "b"}, {"do luon", "b"}, {"kỹ thuậ", "b"}, {"ki thuat do luo", "b"}, // typed unfinished
		{"phương tiện đo lừơng", "b"}, {"kiem dinh phong tien", "b"}, {"thẩm đnh shtt", "e"}, // a slip among known words
		{"phogn chogn", "a"}, {"lươngg", "b"}, // letters in another order find, and a slip where nothing else is known
		{"phat triển KHCN", "c"}, {"sở hữu tri tuệ", "e"}, {"phuong tiện đo", "b"}, // marks half typed
		{"QD 30/2020/NĐ-CP", "d"}, {"chỉ thị số 16 /CT-TTg", "a"}, {"20 - NQ/TW", "c"},
		{`"công nghiệp hóa"`, "c"}, {`sự nghiệp "giải hòa"`, "c"}, {"sự nghiệp: (công nghiệp", "c"},
	} {
		if got := ids(x.Search(search.Query{Text: c.ask})); !strings.HasPrefix(got, c.first) {
			t.Errorf("%q found %q, want %q first", c.ask, got, c.first)
		}
	}
	// either form of an abbreviation finds both
	for _, ask := range []string{"KH&CN", "KHCN", "khoa học và công nghệ"} {
		if got := ids(x.Search(search.Query{Text: ask})); !strings.Contains(got, "b") || !strings.Contains(got, "c") {
			t.Errorf("%q found %q, want both b and c", ask, got)
		}
	}
	if got := ids(x.Search(search.Query{Text: `"giải hòa"`})); got != "" {
		t.Errorf("a phrase in the wrong order found %q", got)
	}
}

func TestMarksArePreferredWhenTyped(t *testing.T) {
	x := search.New(lexicon(t))
	x.Put(search.Doc{ID: "1", Text: "cá nướng"}, search.Doc{ID: "2", Text: "cà nướng"}, search.Doc{ID: "3", Text: "ca nương"})
	for ask, first := range map[string]string{"cá nướng": "1", "cà nướng": "2", "ca nương": "3", "cá nuong": "1", "cà nuong": "2"} {
		r := x.Search(search.Query{Text: ask})
		if r.Hits[0].ID != first || r.Total != 3 {
			t.Errorf("%q found %q of %d", ask, ids(r), r.Total)
		}
	}
}

func TestScopeFacetsAndDates(t *testing.T) {
	x := filled(t)
	state := []search.Clause{{Any: []string{"side:state"}}}
	r := x.Search(search.Query{Scope: state, Count: []string{"kind"}})
	if r.Total != 4 || r.Counts["kind"]["task"] != 2 || r.Counts["kind"]["directive"] != 1 {
		t.Errorf("state side: %d, %v", r.Total, r.Counts)
	}
	if got := ids(x.Search(search.Query{Text: "KH&CN phát triển", Scope: state})); strings.Contains(got, "c") {
		t.Errorf("the Party's document left its scope: %q", got)
	}
	if r := x.Search(search.Query{Text: "KH&CN", Scope: []search.Clause{}}); r.Total != 0 || len(r.Counts) != 0 {
		t.Errorf("a reader without any scope found %q", ids(r))
	}
	if r := x.Search(search.Query{Scope: []search.Clause{{Any: []string{}}}}); r.Total != 0 {
		t.Errorf("a clause with no unit let through %q", ids(r))
	}
	if got := ids(x.Search(search.Query{From: 200, To: 300})); got != "c b" {
		t.Errorf("from 200 to 300: %q", got)
	}
	if got := ids(x.Search(search.Query{Text: "quy định kế hoạch đo lường vui", Filter: [][]string{{"kind:task"}}, Newest: true})); got != "d b" {
		t.Errorf("tasks, newest: %q", got)
	}
}

// Words of documents out of scope are not let slip by completions or corrections.
func TestWordsStayInScope(t *testing.T) {
	x := filled(t)
	state := []search.Clause{{Any: []string{"side:state"}}}
	if got := x.Complete("công nghiệ", state, 3); len(got) != 0 {
		t.Errorf("completed from the Party's document: %q", got)
	}
	if got := x.Search(search.Query{Text: "phục vj", Scope: state}).Meant; strings.Contains(got, "phục") || strings.Contains(got, "vụ") {
		t.Errorf("corrected from the Party's document: %q", got)
	}
	if got := x.Search(search.Query{Text: "phục vj"}).Meant; got != "phục vụ" {
		t.Errorf("corrected to %q", got)
	}
}

func TestSnippetKeepsTheOriginal(t *testing.T) {
	x := search.New(lexicon(t))
	x.Put(search.Doc{ID: "1", Title: "Đo lường", Text: strings.Repeat("mở đầu dài dòng ", 40) + "kiểm định phương tiện ĐO LƯỜNG hằng năm" + strings.Repeat(" kết thúc", 60)})
	h := x.Search(search.Query{Text: "do luong", Snippets: true}).Hits[0]
	var marked, all []string
	for _, p := range h.Snippet {
		all = append(all, p.Text)
		if p.Found {
			marked = append(marked, p.Text)
		}
	}
	if !slices.Equal(marked, []string{"ĐO LƯỜNG"}) || len(strings.Join(all, "")) > 600 || !h.TitleIn[0].Found {
		t.Errorf("marked %q in %q, title %v", marked, all, h.TitleIn)
	}
}

func TestMeantAndComplete(t *testing.T) {
	x := filled(t)
	for ask, meant := range map[string]string{"kiểm dnh phương tiện": "kiểm định phương tiện", "do luongg": "do lường", "đo lường": "", "16/CT-TTg": "", "KHCN": "", "hoà bình": "", "đốz vui": "đố vui", "đỗz văn": "đỗ văn"} {
		if got := x.Search(search.Query{Text: ask}).Meant; got != meant {
			t.Errorf("%q: meant %q, want %q", ask, got, meant)
		}
	}
	if got := x.Complete("thẩm đị", nil, 3); !slices.Equal(got, []string{"thẩm định"}) {
		t.Errorf("completed %q", got)
	}
	if got := x.Complete("p", nil, 3); got != nil {
		t.Errorf("one letter completed to %q", got)
	}
}

// Whatever is put, replaced, removed and written to the file in whatever order: a document is found by its own words while
// it is there and not afterwards, however the segments fall.
func TestIndexFollowsChanges(t *testing.T) {
	lex := lexicon(t)
	path := filepath.Join(t.TempDir(), "index")
	rapid.Check(t, func(rt *rapid.T) {
		x := search.NewSmall(lex)
		now := map[string]string{}
		for range rapid.IntRange(1, 120).Draw(rt, "steps") {
			id := fmt.Sprint("id", rapid.IntRange(0, 30).Draw(rt, "id"))
			switch rapid.IntRange(0, 60).Draw(rt, "deed") {
			case 0:
				y := search.NewSmall(lex)
				if err := x.Save(path, id); err != nil {
					rt.Fatal(err)
				}
				if mark, err := y.Restore(path); err != nil || mark != id {
					rt.Fatal(mark, err)
				}
				x = y
			case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12:
				delete(now, id)
				x.Remove(id)
			default:
				now[id] = fmt.Sprint("tu", rapid.IntRange(0, 5).Draw(rt, "word"), strings.Repeat(" chung", rapid.IntRange(1, 80).Draw(rt, "length")))
				x.Put(search.Doc{ID: id, Text: now[id]})
			}
		}
		for w := range 6 {
			var want []string
			for id, text := range now {
				if strings.HasPrefix(text, fmt.Sprint("tu", w, " ")) {
					want = append(want, id)
				}
			}
			var got []string
			r := x.Search(search.Query{Text: fmt.Sprint("tu", w), Limit: 100})
			for _, h := range r.Hits {
				got = append(got, h.ID)
			}
			slices.Sort(want)
			slices.Sort(got)
			if r.Total != len(want) || !slices.Equal(got, want) {
				rt.Fatalf("tu%d found %q, want %q", w, got, want)
			}
		}
		if x.Len() != len(now) {
			rt.Fatalf("%d documents, want %d", x.Len(), len(now))
		}
	})
}

func TestWhatIsBriefNeverReachesTheDisk(t *testing.T) {
	x := filled(t)
	x.Put(search.Doc{ID: "p", Title: "Trần Thị Bíchmột", Brief: true})
	path := filepath.Join(t.TempDir(), "index")
	if err := x.Save(path, "mark"); err != nil {
		t.Fatal(err)
	}
	y := search.New(lexicon(t))
	if mark, err := y.Restore(path); err != nil || mark != "mark" {
		t.Fatal(mark, err)
	}
	if a, b := ids(x.Search(search.Query{Text: "đo lường"})), ids(y.Search(search.Query{Text: "đo lường"})); a != b {
		t.Errorf("found %q before and %q after a restart", a, b)
	}
	if y.Len() != len(shelf) || len(y.Complete("bichm", nil, 3)) != 0 || x.Search(search.Query{Text: "bíchmột"}).Total != 1 {
		t.Error("a brief document or its words are in the file, or no longer in the index")
	}
}

func TestHostileCollections(t *testing.T) {
	lex := lexicon(t)
	good := `{"id":"q","text":"đo lường"}`
	for _, c := range []struct{ name, docs, key string }{
		{"not JSON", "{", "search.bad_line"}, {"an array", "[]", "search.bad_line"}, {"not UTF-8", "{\"id\":\"\xff\",\"text\":\"\"}", "search.bad_line"},
		{"no id", `{"text":"a"}`, "search.bad_id"}, {"tab in id", `{"id":"a\tb"}`, "search.bad_id"},
		{"twice", good + "\n" + good, "search.same_id"}, {"cut gzip", "\x1f\x8b\x08\x00", "search.bad_gzip"},
		{"long", `{"id":"a","text":"` + strings.Repeat("a", 17<<20) + `"}`, "search.long_line"},
	} {
		_, _, err := search.Run(lex, strings.NewReader(c.docs), strings.NewReader(good), &bytes.Buffer{}, 10)
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != c.key {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
	}
	var out bytes.Buffer
	docs, queries, err := search.Run(lex, strings.NewReader("\ufeff{\"id\":\"1\",\"text\":\"Đo lường\"}\n\n{\"id\":\"2\",\"text\":\"khác\"}"), strings.NewReader(good), &out, 10)
	if docs != 2 || queries != 1 || err != nil || out.String() != "q\t1\t1\n" {
		t.Errorf("%d documents, %d queries, %v: %q", docs, queries, err, out.String())
	}
}

// Nothing that somebody types or that a file holds may bring the search down.
func FuzzSearch(f *testing.F) {
	for _, d := range shelf {
		f.Add(d.Title, d.Text)
	}
	f.Add(`"“”"`, "\x00\xff")
	f.Add("ký ky kỹ", "1/2/3-a-b-c-d-e-f-g-h")
	lex := lexicon(f)
	f.Fuzz(func(t *testing.T, ask, text string) {
		x := search.New(lex)
		x.Put(search.Doc{ID: "1", Title: ask, Text: text})
		r := x.Search(search.Query{Text: ask, Snippets: true, Most: true})
		for _, h := range r.Hits {
			title := ""
			for _, p := range h.TitleIn {
				title += p.Text
			}
			if title != h.Title {
				t.Errorf("title %q shown as %q", h.Title, title)
			}
		}
		x.Complete(ask, nil, 5)
	})
}

func FuzzRestore(f *testing.F) {
	path := filepath.Join(f.TempDir(), "index")
	if err := filled(f).Save(path, "1"); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("trucotS3"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "index")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		x := search.New(lexicon(t))
		if _, err := x.Restore(path); err == nil {
			x.Search(search.Query{Text: "đo lường", Snippets: true})
		}
	})
}

// Building an index leaves a dozen times the text behind; with slices that grow as they are filled it was thirty-five times.
func TestBuildingLeavesLittleBehind(t *testing.T) {
	const n = 5000
	next := synthetic(n)
	docs := make([]search.Doc, n)
	text := 0
	for i := range docs {
		docs[i] = next(i)
		text += len(docs[i].Title) + len(docs[i].Text)
	}
	x := search.New(lexicon(t))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	x.Put(docs...)
	runtime.ReadMemStats(&after)
	times := float64(after.TotalAlloc-before.TotalAlloc) / float64(text)
	t.Logf("%.1f bytes allocated for each of the text", times)
	if times > 16 {
		t.Errorf("%.1f bytes allocated for each of the text", times)
	}
}
