package read

import (
	"bytes"
	"testing"
)

// check: a reader of foreign files gives tables whose cells have places, or a fault; it never panics.
func check(t *testing.T, data []byte) {
	b, err := Table(t.Context(), "x", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return
	}
	for _, s := range b.Sheets {
		for _, row := range s.Rows {
			for _, c := range row {
				if c.Ref == "" || c.ColSpan < 1 || c.RowSpan < 1 || c.ColSpan > maxSpan {
					t.Fatalf("cell without a place: %+v", c)
				}
			}
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("<table><tr><td colspan=2 rowspan=x>1</td><th>2<table><tr><td>3")
	f.Add("<html><body><table><tr><td style='display: none'>1</td></tr></table><script>x</script>")
	f.Fuzz(func(t *testing.T, s string) { check(t, []byte("<html>"+s)) })
}

func FuzzCells(f *testing.F) {
	f.Add(`[["a",{"t":"b","colspan":0,"rowspan":-3},1.5,null]]`)
	f.Add(`{"outside_table":["x"],"rows":[["1"]]}`)
	f.Fuzz(func(t *testing.T, s string) { check(t, []byte("["+s)); check(t, []byte("{"+s)) })
}

func FuzzCSV(f *testing.F) {
	f.Add("a;b\n\"1;2\";3\n")
	f.Add("\xff\xfea\x00,\x00b")
	f.Add("C\xabng ngh\xd6\tx")
	f.Fuzz(func(t *testing.T, s string) { check(t, []byte("x"+s)); check(t, []byte(s)) })
}

func FuzzDOCX(f *testing.F) {
	f.Add(`<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/><w:gridSpan w:val="3"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`)
	f.Add(`</w:tbl><w:tc></w:tc></w:tr>`)
	f.Add(`<w:tbl><w:tc/><w:tr><w:tbl><w:tr><w:tc/></w:tr></w:tbl></w:tr></w:tbl>`)
	f.Fuzz(func(t *testing.T, body string) { check(t, docxOf(t, body)) })
}

func FuzzPDFText(f *testing.F) {
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &file{name: "x", kind: "pdf", r: bytes.NewReader(data), size: int64(len(data))}
		text, err := g.pdfInGo(t.Context())
		if err == nil && text != "" && legible(text) {
			tidy(text)
		}
	})
}
