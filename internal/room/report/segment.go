package report

import (
	"regexp"
	"strings"

	"trucot/internal/kernel/lang"
)

// segment is the part of a file that holds one form: the heading above, and the table.
type segment struct {
	sheet   string
	rows    [][]gridCell
	codeRow int         // index of the row "A | B | 1 | 2 …"; -1 when there is none
	columns map[int]int // grid column → number printed under it in the code row, of the numbered columns
	label   int         // grid column of the row labels ("A")
	code    int         // of the row codes ("B")
	measure int         // of the rows' units of measure ("C"); -1 when there is none
}

// gridCell is a cell at its own column of the grid, spans worked out.
type gridCell struct {
	text, ref string
	number    bool // text is a number as programs write it
}

var (
	formMarker = regexp.MustCompile(`\bbieu(?: so)?\s*:?\s*(\d{1,2})\s*/?\s*(tkth|cs)\b`)
	blanks     = regexp.MustCompile(`[\s\x{00A0}]+`)
)

// clean trims, composes and collapses blanks.
func clean(s string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(lang.NFC(strings.TrimPrefix(s, "\ufeff")), " "))
}

// segments cuts a file into forms: at every "Biểu NN/…" line, at every sheet of a spreadsheet, and
// elsewhere at every sheet that has a table of its own (a DOCX file has a sheet a table, head and body apart).
func segments(b *book) []*segment {
	var out []*segment
	var current *segment
	for _, sheet := range b.sheets {
		grid := expandSpans(sheet.rows)
		if current == nil || b.kind == "xlsx" || current.hasTable() && hasCodeRow(grid) {
			current = &segment{sheet: sheet.name}
			out = append(out, current)
		}
		for _, row := range grid {
			if marksForm(row) && current.marked() {
				current = &segment{sheet: sheet.name}
				out = append(out, current)
			}
			current.rows = append(current.rows, row)
		}
	}
	for _, s := range out {
		s.findCodeRow()
	}
	return out
}

func (s *segment) hasTable() bool { return hasCodeRow(s.rows) }

// marked reports whether the segment already names its form, or already has its table.
func (s *segment) marked() bool {
	for _, row := range s.rows {
		if marksForm(row) {
			return true
		}
	}
	return s.hasTable()
}

func marksForm(row []gridCell) bool {
	for _, c := range row {
		if formMarker.MatchString(lang.Fold(c.text)) {
			return true
		}
	}
	return false
}

func hasCodeRow(rows [][]gridCell) bool {
	for _, row := range rows {
		if _, ok := parseCodeRow(row); ok {
			return true
		}
	}
	return false
}

// expandSpans puts every cell at its own column: a cell that spans rows pushes those of the rows below it.
func expandSpans(rows [][]bookCell) [][]gridCell {
	out := make([][]gridCell, len(rows))
	held := map[int]int{} // column → rows below that it still occupies
	for i, row := range rows {
		column, next := 0, map[int]int{}
		place := func(c gridCell) {
			for held[column] > 0 {
				next[column] = held[column] - 1
				out[i] = append(out[i], gridCell{})
				column++
			}
			out[i] = append(out[i], c)
		}
		for _, c := range row {
			place(gridCell{clean(c.text), c.ref, c.number})
			for k := range min(max(c.colSpan, 1), 64) {
				if k > 0 {
					out[i] = append(out[i], gridCell{})
				}
				next[column] = max(c.rowSpan, 1) - 1
				column++
			}
		}
		for c, n := range held {
			if _, seen := next[c]; !seen && c >= column {
				next[c] = n - 1
			}
		}
		held = next
	}
	return out
}

// codeColumns are the places that a code row gives to its letters and numbers.
type codeColumns struct {
	label, code, measure int
	numbered             map[int]int
}

// parseCodeRow reads the row "A | B | C | 1 | 2 …" under the headings, with or without brackets.
func parseCodeRow(row []gridCell) (codeColumns, bool) {
	c := codeColumns{label: -1, code: -1, measure: -1, numbered: map[int]int{}}
	want := 1
	for i, cell := range row {
		switch t := strings.Trim(cell.text, "() "); {
		case t == "A" && c.label < 0:
			c.label = i
		case t == "B" && c.label >= 0 && c.code < 0:
			c.code = i
		case t == "C" && c.code >= 0 && want == 1:
			c.measure = i
		case c.code >= 0 && t == integer(want):
			c.numbered[i] = want
			want++
		case t != "":
			return c, false
		}
	}
	return c, want > 1
}

func (s *segment) findCodeRow() {
	s.codeRow, s.measure = -1, -1
	for i, row := range s.rows {
		if c, ok := parseCodeRow(row); ok {
			s.codeRow, s.label, s.code, s.measure, s.columns = i, c.label, c.code, c.measure, c.numbered
			return
		}
	}
}

// heading is the rows above the table.
func (s *segment) heading() [][]gridCell {
	if s.codeRow < 0 {
		return s.rows
	}
	return s.rows[:s.codeRow]
}

// body is the rows of the table, up to the signatures.
func (s *segment) body() [][]gridCell {
	if s.codeRow < 0 {
		return nil
	}
	rows := s.rows[s.codeRow+1:]
	for i, row := range rows {
		if len(row) > 0 && strings.HasPrefix(lang.Fold(row[0].text), "nguoi lap bieu") {
			return rows[:i]
		}
	}
	return rows
}

// at is the cell of a row at a grid column; empty beyond the row's end.
func at(row []gridCell, column int) gridCell {
	if column < 0 || column >= len(row) {
		return gridCell{}
	}
	return row[column]
}
