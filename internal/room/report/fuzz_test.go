package report

import (
	"bytes"
	"testing"

	"trucot/internal/kernel/lang"
)

// Whatever a file holds, reading it ends in a table or a fault, and no value is lost without a note.
func FuzzReadForm(f *testing.F) {
	f.Add([]byte(`[["Biểu 11/TKTH-KHCN-ĐP năm 2016"],["A","B","1"],["TỔNG SỐ","01","5"],["x","99","7"]]`))
	f.Add([]byte(`{"outside_table":["Biểu 02CS-KHCN"],"rows":[["A","B","1","2"],[{"t":"x","colspan":3,"rowspan":-1},"01"]]}`))
	f.Add([]byte(`<table><tr><td>Biểu 03CS-KHCN</td></tr><tr><td rowspan=9999 colspan=9999>A<td>B<td>1</tr><tr><td>a<td>01<td>1.234,5</tr></table>`))
	forms := testForms(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := readBook(t.Context(), "f", raw)
		if err != nil {
			return
		}
		for _, s := range segments(b) {
			form, err := forms.recognise(s, "f")
			if err != nil || s.codeRow < 0 {
				continue
			}
			r := &reading{form: form, seg: s, file: "f"}
			cells := r.rawCells()
			table, notes := r.fill(cells, lang.NumberVI)
			crossed := 0
			for _, c := range cells {
				if c.text == "x" || c.text == "X" {
					crossed++
				}
			}
			if table.Len()+len(notes)+crossed < len(cells) {
				t.Errorf("%d cells became %d values and %d notes", len(cells), table.Len(), len(notes))
			}
			CrossFoot(table)
		}
	})
}

// A template that parses gives back its own text when nothing is left out.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"Tiếp nhận {a.b} hồ sơ[, trong đó {a.c} quá hạn].", "[[{x}]]", "{", "]["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		nodes, ok := parseTemplate(s)
		if !ok {
			return
		}
		var b bytes.Buffer
		var write func([]node)
		write = func(nodes []node) {
			for _, n := range nodes {
				switch {
				case n.group != nil:
					b.WriteByte('[')
					write(n.group)
					b.WriteByte(']')
				case n.ref != "":
					b.WriteString("{" + n.ref + "}")
				default:
					b.WriteString(n.text)
				}
			}
		}
		write(nodes)
		if b.String() != s {
			t.Errorf("%q came back as %q", s, b.String())
		}
	})
}
