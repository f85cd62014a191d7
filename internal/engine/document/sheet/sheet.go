// Package sheet (bảng tính) writes tables as XLSX, row by row, so that a list of a hundred thousand rows
// needs no more memory than a short one.
//
// It owns the look of the agency's spreadsheets: title lines, a framed head that stays in view and repeats
// on paper, A4 print setup. It knows no figures: a caller hands over values.
package sheet

import (
	"archive/zip"
	"bytes"
	"embed"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// Book is a workbook.
type Book struct {
	Title  string // in the file's properties
	Sheets []Sheet
}

// Sheet is one table with what stands around it.
type Sheet struct {
	Name     string // cut to what a spreadsheet allows; unique names are the writer's care
	Lines    []Line // above the table
	Columns  []Column
	Head     [][]Cell // rows of the head, with spans; a cell below a row span is left out
	Rows     iter.Seq[[]Value]
	Notes    []string // below the table
	Portrait bool     // else A4 lying
	Open     []int    // columns of the body that may be written in, counted from 0; every other cell is locked. nil = no lock
}

// Line is a line above the table, across all its columns.
type Line struct {
	Text  string
	Align Align
	Bold  bool
	Size  float64 // points; 0 = 12
}

// Align is where a text stands in its cell.
type Align string

// The three settings; the zero value is left for text and right for numbers.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
)

// Column is a column; Width counts characters, 0 = 12.
type Column struct {
	Width float64
	Align Align
}

// Cell is a cell of the head.
type Cell struct {
	Text             string
	ColSpan, RowSpan int
}

// Value is what a cell of the body holds: nil, string, int, int64, float64, Thousandths, calendar.Date, or
// Bold around one of them. A string stays a string, whatever it begins with.
type Value any

// Thousandths is a figure in thousandths, as the figures engine counts.
type Thousandths int64

// Bold is a value in bold, such as a sum.
type Bold struct{ Value Value }

// Rows makes a sequence of rows that are in memory.
func Rows(rows [][]Value) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}

// maxRows is the most that the format holds.
const maxRows = excelize.TotalRows

// Write writes the workbook. The same book gives the same bytes. A sheet with more rows than the format
// holds, or without columns, is a fault.
func Write(out io.Writer, book Book) error {
	x := excelize.NewFile()
	defer x.Close()
	if len(book.Sheets) == 0 {
		return fault.New(fault.Invalid, "sheet.no_sheets")
	}
	if err := x.SetDocProps(&excelize.DocProperties{Title: book.Title, Language: "vi-VN", Created: fixedTime, Modified: fixedTime}); err != nil {
		return err
	}
	styles := newStyles(x)
	used := map[string]bool{}
	for i := range book.Sheets {
		s := &book.Sheets[i]
		name := safeName(s.Name, i, used)
		if i == 0 {
			if err := x.SetSheetName("Sheet1", name); err != nil {
				return err
			}
		} else if _, err := x.NewSheet(name); err != nil {
			return err
		}
		if err := s.write(x, name, styles); err != nil {
			return err
		}
	}
	return writeInOrder(out, x)
}

// writeInOrder writes the parts by name: the library writes streamed sheets in the order of a map, so that
// a book of several sheets would differ from one writing to the next.
func writeInOrder(out io.Writer, x *excelize.File) error {
	packed, err := x.WriteToBuffer()
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	w := zip.NewWriter(out)
	for _, part := range parts.File {
		if err := w.Copy(part); err != nil {
			return err
		}
	}
	return w.Close()
}

// fixedTime: a file says when its figures are of in its title, not when it was written.
const fixedTime = "1980-01-01T00:00:00Z"

// safeName fits a name into the format's rules: 31 characters, none of : \ / ? * [ ], unique without case.
func safeName(name string, i int, used map[string]bool) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return '-'
		}
		return r
	}, lang.NFC(name)), "' ")
	if name == "" {
		name = itoa(i + 1)
	}
	base := cut(name, 31)
	name = base
	for n := 2; used[strings.ToLower(name)]; n++ {
		suffix := " (" + itoa(n) + ")"
		name = cut(base, 31-len(suffix)) + suffix
	}
	used[strings.ToLower(name)] = true
	return name
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n]))
}

// value turns a Value into what the stream writer takes, and says how it is shown.
func value(v Value) (any, format) {
	switch v := v.(type) {
	case nil:
		return nil, plain
	case Bold:
		x, f := value(v.Value)
		f.bold = true
		return x, f
	case string:
		return cut(lang.NFC(v), excelize.TotalCellChars), plain
	case int:
		return v, whole
	case int64:
		return v, whole
	case Thousandths:
		if v%1000 == 0 {
			return int64(v / 1000), whole
		}
		return float64(v) / 1000, decimal
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return nil, plain
		case v == math.Trunc(v):
			return v, whole
		}
		return v, decimal
	case calendar.Date:
		if v == calendar.NoDate {
			return nil, plain
		}
		return v.Time().In(time.UTC), date
	}
	return nil, plain
}
