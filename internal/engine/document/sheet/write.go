package sheet

import (
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"trucot/internal/kernel/fault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// write streams one sheet. What the format keeps before and after the rows (print setup, columns, panes)
// must be known before the first row.
func (s *Sheet) write(x *excelize.File, name string, st *styles) error {
	if len(s.Columns) == 0 {
		return fault.New(fault.Invalid, "sheet.no_columns", "sheet", name)
	}
	if err := s.printSetup(x, name); err != nil {
		return err
	}
	if s.Open != nil { // without a password: it guards against slips, not against will
		if err := x.ProtectSheet(name, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true}); err != nil {
			return err
		}
	}
	w, err := x.NewStreamWriter(name)
	if err != nil {
		return err
	}
	p := &pen{s: s, w: w, st: st, name: name, row: 1}
	if err := p.columns(); err != nil {
		return err
	}
	for _, part := range []func() error{p.lines, p.head, p.body, p.notes, w.Flush} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// pen writes a sheet from the top; row is the next row.
type pen struct {
	s    *Sheet
	w    *excelize.StreamWriter
	st   *styles
	name string
	row  int
}

func (p *pen) columns() error {
	for i, c := range p.s.Columns {
		width := c.Width
		if width <= 0 {
			width = 12
		}
		if err := p.w.SetColWidth(i+1, i+1, min(width, 255)); err != nil {
			return err
		}
	}
	frozen := p.s.above() + len(p.s.Head)
	if frozen == 0 {
		return nil
	}
	return p.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: "A" + itoa(frozen+1), ActivePane: "bottomLeft"})
}

// above is the number of rows above the table: the lines and an empty row.
func (s *Sheet) above() int { return len(s.Lines) + min(1, len(s.Lines)) }

func (p *pen) lines() error {
	for _, l := range p.s.Lines {
		if err := p.across(l.Text, p.st.of(format{line: true, bold: l.Bold, size: l.Size, align: l.Align})); err != nil {
			return err
		}
	}
	p.row = p.s.above() + 1
	return nil
}

// across writes one text over all columns.
func (p *pen) across(text string, style int) error {
	if err := p.set([]any{excelize.Cell{StyleID: style, Value: text}}); err != nil {
		return err
	}
	if len(p.s.Columns) > 1 {
		return p.merge(1, p.row-1, len(p.s.Columns), p.row-1)
	}
	return nil
}

func (p *pen) set(cells []any) error {
	if p.row > maxRows {
		return fault.New(fault.TooLarge, "sheet.too_many_rows", "sheet", p.name, "limit", maxRows)
	}
	p.row++
	return p.w.SetRow("A"+itoa(p.row-1), cells)
}

func (p *pen) merge(c1, r1, c2, r2 int) error {
	from, err := excelize.CoordinatesToCellName(c1, r1)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(c2, r2)
	if err != nil {
		return err
	}
	return p.w.MergeCell(from, to)
}

// head writes the head; every cell of the grid gets the frame, also those that a span covers.
func (p *pen) head() error {
	style, n := p.st.of(format{head: true}), len(p.s.Columns)
	below := make([]int, n) // rows still covered in each column
	for i, row := range p.s.Head {
		cells := make([]any, n)
		for c := range cells {
			cells[c] = excelize.Cell{StyleID: style}
		}
		next, first := 0, p.row
		for at := 0; at < n; {
			if below[at] > 0 {
				below[at]--
				at++
				continue
			}
			if next == len(row) {
				at++
				continue
			}
			c := row[next]
			next++
			wide, high := min(max(c.ColSpan, 1), n-at), min(max(c.RowSpan, 1), len(p.s.Head)-i)
			cells[at] = excelize.Cell{StyleID: style, Value: c.Text}
			if wide > 1 || high > 1 {
				if err := p.merge(at+1, first, at+wide, first+high-1); err != nil {
					return err
				}
			}
			for k := range wide {
				below[at+k] = high - 1
			}
			at += wide
		}
		if next < len(row) {
			return fault.New(fault.Invalid, "sheet.head_too_wide", "sheet", p.name, "row", i+1, "columns", n)
		}
		if err := p.set(cells); err != nil {
			return err
		}
	}
	return nil
}

func (p *pen) body() error {
	if p.s.Rows == nil {
		return nil
	}
	n := len(p.s.Columns)
	cells := make([]any, n)
	for row := range p.s.Rows {
		if len(row) > n {
			return fault.New(fault.Invalid, "sheet.row_too_wide", "sheet", p.name, "row", p.row, "found", len(row), "columns", n)
		}
		for i := range cells {
			var v any
			f := plain
			if i < len(row) {
				v, f = value(row[i])
			}
			f.align, f.open = p.s.Columns[i].Align, slices.Contains(p.s.Open, i)
			cells[i] = excelize.Cell{StyleID: p.st.of(f), Value: v}
		}
		if err := p.set(cells); err != nil {
			return err
		}
	}
	return p.st.err
}

func (p *pen) notes() error {
	for _, n := range p.s.Notes {
		if err := p.across(n, p.st.of(format{line: true, italic: true, size: 10})); err != nil {
			return err
		}
	}
	return p.st.err
}

// printSetup: A4, as wide as one page, the head on every page.
func (s *Sheet) printSetup(x *excelize.File, name string) error {
	orientation, a4, one, none, fit := "landscape", 9, 1, 0, true
	if s.Portrait {
		orientation = "portrait"
	}
	if err := x.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &one, FitToHeight: &none}); err != nil {
		return err
	}
	if err := x.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	side, top, centred := 0.6, 0.75, true // inches
	if err := x.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top, Horizontally: &centred}); err != nil {
		return err
	}
	if len(s.Head) == 0 {
		return nil
	}
	rows := "!$" + itoa(s.above()+1) + ":$" + itoa(s.above()+len(s.Head))
	return x.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + escapeQuote(name) + "'" + rows, Scope: name})
}
