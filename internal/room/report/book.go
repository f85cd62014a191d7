package report

import (
	"bytes"
	"context"

	"trucot/internal/engine/document/read"
	"trucot/internal/kernel/fault"
)

// book is a read file: sheets of rows of cells with spans.
type book struct {
	kind   string
	sheets []bookSheet
	notes  fault.List
}

type bookSheet struct {
	name string
	rows [][]bookCell
}

type bookCell struct {
	text             string
	ref              string
	colSpan, rowSpan int
	number           bool // text is a number as programs write it: dot for decimals, no grouping
}

// readBook reads a file by its content: spreadsheets, HTML tables, JSON cell lists, DOCX tables, CSV.
func readBook(ctx context.Context, name string, raw []byte) (*book, error) {
	w, err := read.Table(ctx, name, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	b := &book{kind: w.Kind, notes: w.Notes}
	for _, sheet := range w.Sheets {
		s := bookSheet{name: sheet.Name}
		for _, row := range sheet.Rows {
			cells := make([]bookCell, len(row))
			for i, c := range row {
				cells[i] = bookCell{c.Text, c.Ref, c.ColSpan, c.RowSpan, c.Number}
				if w.Kind == "xlsx" { // covered cells are there, and empty
					cells[i].colSpan, cells[i].rowSpan = 1, 1
				}
				if sheet.Name != "" && len(w.Sheets) > 1 {
					cells[i].ref = sheet.Name + "!" + c.Ref
				}
			}
			s.rows = append(s.rows, cells)
		}
		b.sheets = append(b.sheets, s)
	}
	return b, nil
}
