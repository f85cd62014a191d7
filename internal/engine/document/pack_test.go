package document

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/ledongthuc/pdf"

	"trucot/internal/kernel/fault"
)

// pack is three documents, of which the first and the last are longer than a page.
func pack(t *testing.T) *Pack {
	short := letter(t)
	return &Pack{Front: letter(t), Foot: "Tai lieu mau", Head: [3]string{"STT", "Tài liệu", "Trang"},
		Parts: []Part{{"Phan mot", sample(t, "state")}, {"Phan hai", short}, {"Phan ba", sample(t, "party")}}}
}

// pages is the text of each page of a PDF, without blanks; its reader knows no Vietnamese letters.
func pages(t *testing.T, file []byte) []string {
	t.Helper()
	r, err := pdf.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, r.NumPage())
	for i := range out {
		rows, err := r.Page(i + 1).GetTextByRow()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, word := range row.Content {
				out[i] += strings.ReplaceAll(word.S, " ", "")
			}
		}
	}
	return out
}

// The contents point to the page where each part begins, the numbers run through all parts although an appendix of the
// first begins anew by itself, and every page says whose it is.
func TestAPackHasRunningNumbersAndTrueContents(t *testing.T) {
	p := pack(t)
	var file, again bytes.Buffer
	if err := p.WritePDF(&file); err != nil {
		t.Fatal(err)
	}
	if err := p.WritePDF(&again); err != nil || !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Errorf("the same pack gives other bytes: %v", err)
	}
	_, starts, err := p.set(make([]int, len(p.Parts)))
	if err != nil {
		t.Fatal(err)
	}
	alone := 1
	for i, part := range p.Parts {
		if want := alone + 1; starts[i] != want {
			t.Errorf("part %d begins on page %d, want %d", i+1, starts[i], want)
		}
		var one bytes.Buffer
		if err := part.Document.WritePDF(&one); err != nil {
			t.Fatal(err)
		}
		alone += len(pages(t, one.Bytes()))
	}
	all := pages(t, file.Bytes())
	if len(all) != alone {
		t.Fatalf("%d pages, want %d", len(all), alone)
	}
	for i, page := range all {
		want := "Tailieumau"
		if i > 0 {
			want += strconv.Itoa(i+1) + "D" // of the label
		}
		if !strings.HasPrefix(page, want) {
			t.Errorf("page %d does not begin with %s:\n%.80s", i+1, want, page)
		}
	}
	for i, part := range p.Parts {
		line := strings.ReplaceAll(strconv.Itoa(i+1)+part.Title+strconv.Itoa(starts[i]), " ", "")
		if !strings.Contains(all[0], line) {
			t.Errorf("the contents lack %q", line)
		}
	}
}

func TestLettersPrintedTogetherEachBeginAtOne(t *testing.T) {
	var file bytes.Buffer
	if err := WritePDFs(&file, []*Document{letter(t), letter(t), letter(t)}); err != nil {
		t.Fatal(err)
	}
	if got := pages(t, file.Bytes()); len(got) != 3 || got[0] != got[2] {
		t.Errorf("%d pages, or they differ", len(got))
	}
}

func TestAPackWithABadPartIsRefused(t *testing.T) {
	p := pack(t)
	p.Parts[1].Document.Blocks = []Block{Heading{Level: 4}}
	var out bytes.Buffer
	if err := p.WritePDF(&out); !fault.Is(err, "document.bad_heading") || out.Len() > 0 {
		t.Errorf("%v, %d bytes written", err, out.Len())
	}
}
