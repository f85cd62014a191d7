package procedure

import (
	"strings"
	"testing"

	"trucot/internal/kernel/lang"
)

func TestDrawGolden(t *testing.T) {
	p, err := shipped(t).Version("book_loan", "2018")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "book_loan.svg", p.Draw(catalog(), lang.VI))
}

// No box covers another and no line passes through a box: whoever prints the diagram can read every label.
func TestDrawnBoxesAndLinesKeepApart(t *testing.T) {
	for _, p := range append(shipped(t).All(), shipped(t).Bases()...) {
		for _, tag := range []lang.Tag{lang.VI, lang.EN} {
			g := p.chart(catalog(), tag).layout()
			for i, a := range g.all {
				for _, b := range g.all[i+1:] {
					if overlap(a, b) {
						t.Errorf("%s/%s %s: %q covers %q", p.ID, p.Version, tag, strings.Join(a.lines, " "), strings.Join(b.lines, " "))
					}
				}
				if a.x-a.width/2 < 0 || a.x+a.width/2 > g.width || a.y-a.height/2 < 0 || a.y+a.height/2 > g.height {
					t.Errorf("%s/%s: %v lies outside", p.ID, p.Version, a.lines)
				}
			}
			for _, e := range g.edges {
				for j := 1; j < len(e.path); j++ {
					if e.path[j].rank != e.path[j-1].rank+1 {
						t.Fatalf("%s/%s: a line jumps a row", p.ID, p.Version)
					}
				}
			}
		}
	}
}

func overlap(a, b *vertex) bool {
	const touch = 0.01
	return a.x-a.width/2 < b.x+b.width/2-touch && b.x-b.width/2 < a.x+a.width/2-touch &&
		a.y-a.height/2 < b.y+b.height/2-touch && b.y-b.height/2 < a.y+a.height/2-touch
}

func TestDrawIsDeterministicAndSaysItInWords(t *testing.T) {
	p, err := shipped(t).Version("book_loan", "2018")
	if err != nil {
		t.Fatal(err)
	}
	first := p.Draw(catalog(), lang.EN)
	again, err := Restore(p.ID, p.Version, p.Sources)
	if err != nil {
		t.Fatal(err)
	}
	if again.Draw(catalog(), lang.EN) != first {
		t.Error("the same definition draws differently")
	}
	for _, part := range []string{"<title", "<desc", "Newly filed (1)", "State diagram: Book loan"} {
		if !strings.Contains(first, part) {
			t.Errorf("no %q in the drawing", part)
		}
	}
	if strings.Contains(first, "<style") || strings.Contains(first, `="#`) {
		t.Error("the drawing must take its colours from the page")
	}
}
