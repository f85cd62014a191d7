package document

import (
	"fmt"
	"strings"
)

// table writes a ruled table: its caption and unit stay with it, the head repeats on every page, no row
// is cut by the end of a page.
func (p *page) table(t Table) {
	cs := p.l.Styles["caption"]
	if t.Caption != "" {
		p.b.WriteString(para(paraOpts{align: "center", before: 6, after: 3, keepNext: true}, p.styled(t.Caption, cs, cs.Size[0])))
	}
	size := t.Size
	if size == 0 {
		size = p.l.Styles["table"].Size[0]
	}
	if t.Unit != "" {
		text := strings.ReplaceAll(p.l.Words.Unit, "{unit}", t.Unit)
		p.b.WriteString(para(paraOpts{align: "right", after: 2, keepNext: true}, run(text, runOpts{font: p.l.Font, size: size, italic: true})))
	}
	widths := p.columnWidths(t.Columns)
	if t.Plain {
		p.b.WriteString(plainTable(widths))
	} else {
		p.b.WriteString(ruledTable(widths))
	}
	small := len(t.Head)+len(t.Rows) <= smallTable
	p.rows(t, widths, t.Head, func(int) cellLook { return cellLook{size: size, head: true, keep: len(t.Rows) > 0} })
	p.rows(t, widths, t.Rows, func(n int) cellLook {
		return cellLook{size: size, keep: n < len(t.Rows)-1 && (small || n == 0 || t.titles(n))}
	})
	p.b.WriteString(`</w:tbl>`)
	p.b.WriteString(para(paraOpts{after: 6, exactly: 6}, ""))
}

// titles reports whether a row is the title of those below it, over most of the table: it stands on the page of the next.
func (t *Table) titles(n int) bool {
	span := 0
	for _, c := range t.Rows[n] {
		span = max(span, c.ColSpan)
	}
	return span > 1 && 2*span >= len(t.Columns) && n < len(t.Rows)-1
}

func (p *page) columnWidths(columns []Column) []float64 {
	total := 0.0
	for _, c := range columns {
		total += c.Width
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.Width / total * p.width
	}
	return widths
}

// smallTable is the number of rows up to which a table stays on one page.
const smallTable = 8

// cellMargin is the room at both sides of a cell, millimetres.
const cellMargin = 1.2

// cellLook is how the cells of a row are set; keep holds the row on the page of the next.
type cellLook struct {
	size       float64
	head, keep bool
}

// rows writes rows and continues cells that span down from an earlier row.
func (p *page) rows(t Table, widths []float64, rows [][]Cell, lookOf func(n int) cellLook) {
	down := make([]struct{ left, span int }, len(widths)) // rows still covered, columns covered, by first column
	for n, row := range rows {
		look := lookOf(n)
		p.b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if look.head {
			p.b.WriteString(`<w:tblHeader/>`)
		}
		p.b.WriteString(`</w:trPr>`)
		next := 0
		for at := 0; at < len(widths); {
			if down[at].left > 0 {
				down[at].left--
				span := down[at].span
				p.b.WriteString(cellOpen(sum(widths[at:at+span]), span, `<w:vMerge/>`, "center") + para(paraOpts{keepNext: look.keep, mark: 2}, "") + `</w:tc>`)
				at += span
				continue
			}
			c := Cell{}
			if next < len(row) {
				c, next = row[next], next+1
			}
			span := min(max(c.ColSpan, 1), len(widths)-at)
			merge := ""
			if c.RowSpan > 1 {
				merge = `<w:vMerge w:val="restart"/>`
				down[at] = struct{ left, span int }{min(c.RowSpan, len(rows)-n) - 1, span}
			}
			mm := sum(widths[at : at+span])
			p.b.WriteString(cellOpen(mm, span, merge, "center") + p.cellText(c, t.Columns[at].Align, mm, look) + `</w:tc>`)
			at += span
		}
		p.b.WriteString(`</w:tr>`)
	}
}

func (p *page) cellText(c Cell, align Align, mm float64, look cellLook) string {
	switch {
	case c.Align != "":
		align = c.Align
	case look.head:
		align = Center
	}
	text, bold := c.Text, look.head || c.Bold
	size := unbroken(text, look.size, bold, mm-2*cellMargin-c.Indent)
	return para(paraOpts{align: string(align), left: c.Indent, before: 1, after: 1, keepNext: look.keep, mark: size},
		run(text, runOpts{font: p.l.Font, size: size, bold: bold, italic: c.Italic}))
}

// unbroken sets a cell smaller, by two points at most, where its longest word ("STT", a large number) would
// otherwise be torn at the edge.
func unbroken(text string, size float64, bold bool, mm float64) float64 {
	longest := 0.0
	for _, word := range strings.Fields(text) {
		longest = max(longest, width(word, size, bold))
	}
	for s := size; s > size-2; s -= 0.5 {
		if longest*s/size <= mm {
			return s
		}
	}
	return size - 2
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// cellOpen opens a cell of the given width, with its text at the top or in the center.
func cellOpen(mm float64, span int, merge, stand string) string {
	grid := ""
	if span > 1 {
		grid = fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, span)
	}
	return fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s%s<w:vAlign w:val="%s"/></w:tcPr>`, twips(mm), grid, merge, stand)
}

// plainTable opens a table without lines or margins, for heads and signatures.
func plainTable(widths []float64) string {
	return openTable(widths, "", 0)
}

func ruledTable(widths []float64) string {
	var b strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	return openTable(widths, `<w:tblBorders>`+b.String()+`</w:tblBorders>`, cellMargin)
}

func openTable(widths []float64, borders string, margin float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="%d" w:type="dxa"/><w:right w:w="%d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, twips(sum(widths)), borders, twips(margin), twips(margin))
	for _, w := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, twips(w))
	}
	b.WriteString(`</w:tblGrid>`)
	return b.String()
}
