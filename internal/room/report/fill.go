package report

import (
	"regexp"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// reading is one form found in a file, before it is recorded.
type reading struct {
	form  *Form
	seg   *segment
	file  string
	table *Table
	notes fault.List // what the reader of the import must know: nothing is dropped silently

	warnings fault.List // what the file's reader had to say, such as macros left out
}

func (r *reading) note(key string, args ...any) {
	r.notes = append(r.notes, fault.New(fault.Invalid, key, args...).At(fault.Place{File: r.file}))
}

// rawCell is a filled cell as it stands in the file.
type rawCell struct {
	at        cellAt
	text, ref string
	number    bool
}

// rawCells walks the table and returns the filled cells. Rows are found by their code, else by their label
// after the last row found; what belongs to no row or column is noted.
func (r *reading) rawCells() []rawCell {
	if r.form.Inline {
		return r.inlineCells()
	}
	codes := r.columnsByNumber()
	var out []rawCell
	seen, last := map[string]bool{}, -1
	for _, row := range r.seg.body() {
		key := r.findRow(row, last)
		filled := r.filled(row)
		if key == "" {
			if len(filled) > 0 || isCode(at(row, r.seg.code).text) {
				r.note("report.note_unknown_row", "row", strings.TrimSpace(at(row, r.seg.code).text+" "+at(row, r.seg.label).text), "values", joinTexts(filled))
			}
			continue
		}
		last = r.form.rows[key]
		if seen[key] {
			r.note("report.note_row_twice", "row", key, "values", joinTexts(filled))
			continue
		}
		seen[key] = true
		r.checkMeasure(key, at(row, r.seg.measure).text)
		for _, c := range filled {
			column, ok := codes[c.column]
			if !ok {
				r.note("report.note_unknown_column", "row", key, "cell", c.ref, "value", c.text)
				continue
			}
			out = append(out, rawCell{cellAt{key, column}, c.text, c.ref, c.number})
		}
	}
	return out
}

type filledCell struct {
	column    int
	text, ref string
	number    bool
}

// filled lists the non-blank cells right of the row's code and unit of measure.
func (r *reading) filled(row []gridCell) []filledCell {
	from := max(r.seg.code, r.seg.measure) + 1
	var out []filledCell
	for i := from; i < len(row); i++ {
		if !isBlank(row[i].text) {
			out = append(out, filledCell{i, row[i].text, row[i].ref, row[i].number})
		}
	}
	return out
}

func joinTexts(cells []filledCell) string {
	var out []string
	for _, c := range cells {
		out = append(out, c.ref+"="+c.text)
	}
	return strings.Join(out, ", ")
}

// isBlank also takes the strokes and dots that people put into empty cells, and a template's field marks.
func isBlank(s string) bool {
	return strings.Trim(s, "-–—.… ") == "" || strings.HasPrefix(s, "@") && strings.HasSuffix(s, "@")
}

func isCode(s string) bool {
	s = rowCode(s)
	return len(s) == 2 && s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9'
}

// columnsByNumber maps grid columns to the form's column codes and notes the columns that the file lacks.
func (r *reading) columnsByNumber() map[int]string {
	out, found := map[int]string{}, map[string]bool{}
	for i, n := range r.seg.columns {
		if code := integer(n); r.form.hasColumn(code) {
			out[i] = code
			found[code] = true
		}
	}
	for _, c := range r.form.leaves {
		if !found[c.Code] {
			r.note("report.note_column_missing", "column", c.Code, "title", c.VI)
		}
	}
	return out
}

// findRow is the key of the form's row that a row of the file is; empty when it is none.
func (r *reading) findRow(row []gridCell, last int) string {
	label := letters(at(row, r.seg.label).text)
	if code := rowCode(at(row, r.seg.code).text); code != "" {
		known, ok := r.form.Row(code)
		if !ok {
			return ""
		}
		if label != "" && label != letters(known.VI) {
			if other := r.labelled(label, -1); other != "" && other != code {
				r.note("report.note_label_elsewhere", "row", code, "label", at(row, r.seg.label).text, "other", other)
			}
		}
		return code
	}
	if label == "" {
		return ""
	}
	return r.labelled(label, last)
}

// labelled is the first row after last whose label has the same letters. A heading of that label stops the
// search, since a heading has no cells.
func (r *reading) labelled(label string, last int) string {
	for i := last + 1; i < len(r.form.Rows); i++ {
		if letters(r.form.Rows[i].VI) == label {
			return r.form.Rows[i].Key()
		}
	}
	return ""
}

// checkMeasure notes a unit of measure other than the form's: thousands where millions are due is the
// error that no sum shows.
func (r *reading) checkMeasure(key, measure string) {
	row, _ := r.form.Row(key)
	if measure != "" && row.Measure != "" && letters(measure) != letters(row.Measure) {
		r.note("report.note_measure", "row", key, "found", measure, "expected", row.Measure)
	}
}

var leadNumber = regexp.MustCompile(`:\s*([^\s@][^:]*)$`)

// inlineCells reads a form that is a list of lines "15. Giá trị tài sản cố định (triệu đồng): 120".
func (r *reading) inlineCells() []rawCell {
	var out []rawCell
	for _, row := range r.seg.rows {
		for _, c := range row {
			lead, _, _ := strings.Cut(c.text, ":")
			key := r.labelled(letters(lead), -1)
			if m := leadNumber.FindStringSubmatch(c.text); key != "" && m != nil && !isBlank(m[1]) {
				out = append(out, rawCell{cellAt{key, r.form.leaves[0].Code}, strings.TrimSpace(m[1]), c.ref, c.number})
			}
		}
	}
	return out
}

// fill turns the raw cells into values in the given number style. It returns the notes on cells that
// could not be read, so that two styles can be tried.
func (r *reading) fill(cells []rawCell, style lang.NumberStyle) (*Table, fault.List) {
	t := NewTable(r.form, "", "")
	t.File = r.file
	var notes fault.List
	note := func(key string, c rawCell) {
		notes = append(notes, fault.New(fault.Invalid, key, "row", c.at.row, "column", c.at.column, "cell", c.ref, "value", c.text).At(fault.Place{File: r.file}))
	}
	for _, c := range cells {
		if strings.EqualFold(c.text, "x") {
			if !r.form.Crossed(c.at.row, c.at.column) {
				note("report.note_x_unexpected", c)
			}
			continue
		}
		read := style
		if c.number {
			read = lang.NumberEN // a program wrote it, whatever the people of the file do
		}
		n, err := lang.ParseNumber(c.text, read)
		switch {
		case err != nil:
			note("report.note_not_a_number", c)
		case n < 0:
			note("report.note_negative", c)
		case r.form.Crossed(c.at.row, c.at.column):
			note("report.note_crossed_filled", c)
		default:
			t.Set(c.at.row, c.at.column, Entry{Value: indicator.Value(n), Source: r.file + " " + c.ref})
		}
	}
	return t, notes
}
