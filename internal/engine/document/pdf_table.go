package document

import "strings"

// placed is a cell at its place in the grid of a table.
type placed struct {
	Cell
	row, col, rows, cols int
	head                 bool
	lines                []line
}

// setTable draws a table row by row; the head is repeated where it goes on overleaf.
func (s *sheet) setTable(t Table) {
	cs, size := s.l.Styles["caption"], s.tableSize(t)
	s.need(min(s.tableStart(t), s.bottom()-s.l.Page.Top)) // its title is never alone at the foot of a page
	if t.Caption != "" {
		s.flow([]Run{{Text: t.Caption, Bold: cs.Bold, Italic: cs.Italic}}, cs.Size[0], paraOpts{align: "center", before: 6, after: 3})
	}
	if t.Unit != "" {
		s.flow([]Run{{Text: strings.ReplaceAll(s.l.Words.Unit, "{unit}", t.Unit), Italic: true}}, size, paraOpts{align: "right", after: 2})
	}
	widths := s.columnWidths(t.Columns)
	head, headHeights := s.grid(t, widths, t.Head, size, true)
	body, heights := s.grid(t, widths, t.Rows, size, false)
	s.need(sum(headHeights) + first(heights))
	s.drawRows(t, widths, head, headHeights, 0, len(headHeights))
	for from := 0; from < len(heights); {
		to := from + 1 // rows under one cell stay together, and a title with what it stands above
		for to < len(heights) && (reaches(body, to) || t.titles(to-1)) {
			to++
		}
		if s.y+sum(heights[from:to]) > s.bottom() {
			s.newPage()
			s.drawRows(t, widths, head, headHeights, 0, len(headHeights))
		}
		s.drawRows(t, widths, body, heights, from, to)
		from = to
	}
	s.y += 6 * mmPerPoint
}

func (s *sheet) tableSize(t Table) float64 {
	if t.Size != 0 {
		return t.Size
	}
	return s.l.Styles["table"].Size[0]
}

// tableStart is the height of a table's title, unit, head and first row, millimetres.
func (s *sheet) tableStart(t Table) float64 {
	cs, size, widths := s.l.Styles["caption"], s.tableSize(t), s.columnWidths(t.Columns)
	_, head := s.grid(t, widths, t.Head, size, true)
	_, body := s.grid(t, widths, t.Rows[:min(1, len(t.Rows))], size, false)
	mm := sum(head) + first(body)
	if t.Caption != "" {
		lines := s.wrap([]Run{{Text: t.Caption, Bold: cs.Bold, Italic: cs.Italic}}, cs.Size[0], s.width, 0, Center)
		mm += float64(len(lines))*lineHeight(cs.Size[0]) + 9*mmPerPoint
	}
	if t.Unit != "" {
		mm += lineHeight(size) + 2*mmPerPoint
	}
	return mm
}

func first(heights []float64) float64 {
	if len(heights) == 0 {
		return 0
	}
	return heights[0]
}

// reaches: a cell from above covers row.
func reaches(cells []placed, row int) bool {
	for i := range cells {
		if cells[i].row < row && row < cells[i].row+cells[i].rows {
			return true
		}
	}
	return false
}

// grid places the cells of rows and gives the height of each row.
func (s *sheet) grid(t Table, widths []float64, rows [][]Cell, size float64, head bool) ([]placed, []float64) {
	var out []placed
	below := make([]int, len(widths))
	heights := make([]float64, len(rows))
	for n, row := range rows {
		next := 0
		for at := 0; at < len(widths); {
			if below[at] > 0 {
				below[at]--
				at++
				continue
			}
			p := placed{row: n, col: at, rows: 1, cols: 1, head: head}
			if next < len(row) {
				p.Cell = row[next]
				p.rows, p.cols = min(max(p.RowSpan, 1), len(rows)-n), min(max(p.ColSpan, 1), len(widths)-at)
				next++
			}
			for i := range p.cols {
				below[at+i] = p.rows - 1
			}
			s.lay(&p, t, widths, size)
			if p.rows == 1 {
				heights[n] = max(heights[n], p.height())
			}
			out = append(out, p)
			at += p.cols
		}
	}
	for i := range out { // a cell over several rows takes what it still needs from the last
		p := &out[i]
		if rest := p.height() - sum(heights[p.row:p.row+p.rows]); rest > 0 {
			heights[p.row+p.rows-1] += rest
		}
	}
	return out, heights
}

// lay breaks the text of a cell into lines.
func (s *sheet) lay(p *placed, t Table, widths []float64, size float64) {
	align := t.Columns[p.col].Align
	switch {
	case p.Align != "":
		align = p.Align
	case p.head:
		align = Center
	case align == "":
		align = Left
	}
	mm := sum(widths[p.col:p.col+p.cols]) - 2*cellMargin - p.Indent
	bold := p.head || p.Bold
	p.lines = s.wrap([]Run{{Text: p.Text, Bold: bold, Italic: p.Italic}}, unbroken(p.Text, size, bold, mm), mm, 0, align)
}

func (p *placed) height() float64 {
	sum := 2 * 0.5
	for _, l := range p.lines {
		sum += lineHeight(l.size)
	}
	return sum
}

// drawRows draws the rows from … to at the current height.
func (s *sheet) drawRows(t Table, widths []float64, cells []placed, heights []float64, from, to int) {
	s.pdf.SetLineWidth(0.18)
	for i := range cells {
		p := &cells[i]
		if p.row < from || p.row >= to {
			continue
		}
		x, y := s.left()+sum(widths[:p.col]), s.y+sum(heights[from:p.row])
		w, h := sum(widths[p.col:p.col+p.cols]), sum(heights[p.row:p.row+p.rows])
		if !t.Plain {
			s.pdf.Rect(x, y, w, h, "D")
		}
		top := y + 0.5
		if !t.Plain {
			top = y + (h-p.height())/2 + 0.5
		}
		for _, l := range p.lines {
			s.put(l, x+cellMargin+p.Indent, top, w-2*cellMargin-p.Indent)
			top += lineHeight(l.size)
		}
	}
	s.y += sum(heights[from:to])
}
