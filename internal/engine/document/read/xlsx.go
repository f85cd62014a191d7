package read

import (
	"context"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"trucot/internal/kernel/fault"
)

// maxXML is the size of one sheet that is still read.
const maxXML = 128 << 20

// xlsx reads a workbook: the values its own program computed last, never a formula, a macro or a linked
// file.
func (f *file) xlsx(ctx context.Context) (book *Workbook, err error) {
	// The library is written for honest files; whatever a broken one makes it do becomes a fault.
	defer func() {
		if p := recover(); p != nil {
			book, err = nil, f.fault(fault.Invalid, "read.broken", "kind", "XLSX")
		}
	}()
	x, err := excelize.OpenReader(io.NewSectionReader(f.r, 0, f.size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxUnzip, UnzipXMLSizeLimit: maxXML, TmpDir: "",
	})
	if err != nil {
		return nil, f.fault(fault.Invalid, "read.broken", "kind", "XLSX").Because(err)
	}
	defer x.Close()
	book = &Workbook{Kind: "xlsx", Notes: f.notes}
	dates := dateStyles{x: x, known: map[int]bool{}}
	for _, name := range x.GetSheetList() {
		s, err := f.xlsxSheet(ctx, x, name, &dates)
		if err != nil {
			return nil, err
		}
		if s != nil {
			book.Sheets = append(book.Sheets, *s)
		}
	}
	return book, nil
}

// xlsxSheet reads one sheet; a chart sheet is nil.
func (f *file) xlsxSheet(ctx context.Context, x *excelize.File, name string, dates *dateStyles) (*Sheet, error) {
	rows, err := x.Rows(name)
	if err != nil {
		if _, notWorksheet := err.(excelize.ErrSheetNotExist); notWorksheet {
			return nil, nil
		}
		return nil, f.fault(fault.Invalid, "read.broken", "kind", "XLSX").Because(err)
	}
	defer rows.Close()
	s := &Sheet{Name: name}
	for r := 1; rows.Next(); r++ {
		texts, err := rows.Columns()
		if err != nil {
			return nil, f.fault(fault.Invalid, "read.broken", "kind", "XLSX").Because(err)
		}
		if err := f.count(ctx, len(texts)+1); err != nil {
			return nil, err
		}
		row := make([]Cell, len(texts))
		for i, text := range texts {
			row[i] = xlsxCell(x, name, i+1, r, text, dates)
		}
		s.Rows = append(s.Rows, row)
	}
	return s, f.merge(x, name, s)
}

func xlsxCell(x *excelize.File, sheet string, column, row int, text string, dates *dateStyles) Cell {
	at, _ := excelize.CoordinatesToCellName(column, row)
	c := Cell{Text: strings.TrimSpace(text), Ref: at, ColSpan: 1, RowSpan: 1}
	if c.Text == "" {
		return c
	}
	if formula, err := x.GetCellFormula(sheet, at); err == nil && formula != "" {
		c.Formula = true
	}
	kind, err := x.GetCellType(sheet, at)
	if err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && !(c.Formula && kind == excelize.CellTypeFormula) {
		return c
	}
	n, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return c
	}
	if style, err := x.GetCellStyle(sheet, at); err == nil && dates.is(style) {
		if day, err := excelize.ExcelDateToTime(n, dates.from1904()); err == nil {
			c.Text = isoDate(day)
			return c
		}
	}
	c.Text, c.Number = shortest(n), true
	return c
}

// shortest writes a number without the tail of binary fractions: 0.30000000000000004 is 0.3. Fifteen
// digits are what a spreadsheet itself shows.
func shortest(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return strconv.FormatInt(int64(n), 10)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

func isoDate(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04:05")
}

// merge writes the spans of merged cells.
func (f *file) merge(x *excelize.File, name string, s *Sheet) error {
	merged, err := x.GetMergeCells(name)
	if err != nil {
		return f.fault(fault.Invalid, "read.broken", "kind", "XLSX").Because(err)
	}
	for _, m := range merged {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || r1 > len(s.Rows) || c1 > len(s.Rows[r1-1]) {
			continue
		}
		c := &s.Rows[r1-1][c1-1]
		c.ColSpan, c.RowSpan = span(c2-c1+1), span(r2-r1+1)
	}
	return nil
}

// dateStyles remembers which styles show a number as a date.
type dateStyles struct {
	x     *excelize.File
	known map[int]bool
	base  *bool
}

func (d *dateStyles) is(style int) bool {
	if style == 0 {
		return false
	}
	if is, ok := d.known[style]; ok {
		return is
	}
	s, err := d.x.GetStyle(style)
	is := err == nil && s != nil && (s.NumFmt >= 14 && s.NumFmt <= 22 || s.CustomNumFmt != nil && dateFormat(*s.CustomNumFmt))
	d.known[style] = is
	return is
}

// dateFormat: a format with a day or year outside quotes and brackets.
func dateFormat(format string) bool {
	quoted, bracket := false, false
	for _, r := range strings.ToLower(format) {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case !quoted && !bracket && (r == 'y' || r == 'd'):
			return true
		}
	}
	return false
}

func (d *dateStyles) from1904() bool {
	if d.base == nil {
		p, err := d.x.GetWorkbookProps()
		base := err == nil && p.Date1904 != nil && *p.Date1904
		d.base = &base
	}
	return *d.base
}
