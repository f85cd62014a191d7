package procedure

import (
	"strings"
	"testing"
	"testing/fstest"

	"trucot/internal/kernel/lang"
)

// FuzzParse lints arbitrary text as a definition: it never panics, and every fault has a sentence in both
// languages. What is accepted can also be drawn.
func FuzzParse(f *testing.F) {
	base := toy(f)
	book := string(base["book_loan/2018/procedure.yaml"].Data)
	f.Add(book)
	for i, c := range mistakes {
		if i%5 == 0 {
			f.Add(strings.Replace(book, c.old, c.new, 1))
		}
	}
	texts := catalog()
	f.Fuzz(func(t *testing.T, text string) {
		files := fstest.MapFS{
			"one_stop/2018/procedure.yaml":  base["one_stop/2018/procedure.yaml"],
			"book_loan/2018/procedure.yaml": {Data: []byte(text)},
		}
		set, faults := Lint(files)
		for _, e := range faults {
			for _, tag := range []lang.Tag{lang.VI, lang.EN} {
				if s := texts.Error(tag, e); strings.Contains(s, "⟦") {
					t.Fatalf("no text: %s", s)
				}
			}
		}
		for _, p := range set.All() {
			p.Draw(texts, lang.VI)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	files := toy(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(files); err != nil {
			b.Fatal(err)
		}
	}
}
