package reports

import (
	"strings"

	"trucot/internal/room/report"
)

// cutForm splits a form's id, "tkth-26-2015/01", into its regime and code.
func cutForm(id string) (regime, code string, ok bool) { return strings.Cut(id, "/") }

func formAnchor(f *report.Form) string { return "bieu-" + f.Code }

// headCell is one cell of a form's heading.
type headCell struct {
	Text             string
	ColSpan, RowSpan int
}

// headRows lays a tree of headings out in rows: a heading spans its leaves, a leaf reaches to the bottom.
func headRows(f *report.Form, text func(report.Column) string) [][]headCell {
	depth := 0
	for _, c := range f.Columns {
		depth = max(depth, depthOf(c))
	}
	rows := make([][]headCell, depth)
	for _, c := range f.Columns {
		place(rows, c, 0, text)
	}
	return rows
}

func depthOf(c report.Column) int {
	d := 0
	for _, sub := range c.Columns {
		d = max(d, depthOf(sub))
	}
	return d + 1
}

func leaves(c report.Column) int {
	if len(c.Columns) == 0 {
		return 1
	}
	n := 0
	for _, sub := range c.Columns {
		n += leaves(sub)
	}
	return n
}

func place(rows [][]headCell, c report.Column, at int, text func(report.Column) string) {
	span := 1
	if len(c.Columns) == 0 {
		span = len(rows) - at
	}
	rows[at] = append(rows[at], headCell{text(c), leaves(c), span})
	for _, sub := range c.Columns {
		place(rows, sub, at+1, text)
	}
}
