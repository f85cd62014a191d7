package sheet

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

func escapeQuote(s string) string { return strings.ReplaceAll(s, "'", "''") }

// format is how a cell looks.
type format struct {
	number string // number format code
	align  Align
	bold   bool
	italic bool
	size   float64
	head   bool // centred, bold, grey
	line   bool // text around the table: no frame
	open   bool // may be written in where the sheet is locked
}

// The formats of values. Grouping and decimal marks are those of the reader's own spreadsheet program.
var (
	plain   = format{}
	whole   = format{number: "#,##0"}
	decimal = format{number: "#,##0.0##"}
	date    = format{number: "dd/mm/yyyy"}
)

// styles makes each style once. The first error stays in err.
type styles struct {
	x     *excelize.File
	known map[format]int
	err   error
}

func newStyles(x *excelize.File) *styles { return &styles{x: x, known: map[format]int{}} }

func (s *styles) of(f format) int {
	if id, ok := s.known[f]; ok {
		return id
	}
	size := f.size
	if size == 0 {
		size = 12
	}
	style := &excelize.Style{
		Font:      &excelize.Font{Family: "Times New Roman", Size: size, Bold: f.bold || f.head, Italic: f.italic},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true, Horizontal: string(f.align)},
	}
	if f.open {
		style.Protection = &excelize.Protection{Locked: false}
	}
	if f.number != "" {
		style.CustomNumFmt = &f.number
		style.Alignment.WrapText = false
	}
	if f.head {
		style.Alignment.Horizontal = "center"
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEDED"}}
	}
	if !f.line {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			style.Border = append(style.Border, excelize.Border{Type: side, Color: "808080", Style: 1})
		}
	}
	id, err := s.x.NewStyle(style)
	if err != nil && s.err == nil {
		s.err = err
	}
	s.known[f] = id
	return id
}
