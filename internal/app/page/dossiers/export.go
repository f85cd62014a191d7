package dossiers

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"

	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// exportedAtOnce is how many rows an export reads at a time, mostExported how many it holds.
const (
	exportedAtOnce = 500
	mostExported   = 100_000
)

// exported are the columns of a file, whatever stands on the page. The applicant's name stays out: it may be a
// person's, and the list says who filed to those who open the dossier.
var exported = []string{"ma", "trich-yeu", "thu-tuc", "trang-thai", "nguoi", "don-vi", "nop", "nhan", "han", "uu-tien", "nhan-viec"}

// export is exactly the list that was asked for, as a file.
func (s *pages) export(r *web.Request) error {
	a, err := s.ask(r)
	if err != nil {
		return err
	}
	rows := func(yield func(row) bool) error {
		if a.q.Day != 0 {
			past, err := s.listOfDay(r, a)
			for _, d := range past.all {
				if !yield(s.row(r, d, a.q.Day)) {
					break
				}
			}
			return err
		}
		var at worklist.Cursor
		for n := 0; n < mostExported; {
			p, err := s.dossiers.Page(r.Context(), a.f, s.order(r, a.q), at, false, exportedAtOnce)
			if err != nil {
				return err
			}
			for _, d := range p.Rows {
				if !yield(s.row(r, d, r.Today())) {
					return nil
				}
			}
			n += len(p.Rows)
			if at = p.End; !p.Ahead {
				return nil
			}
		}
		return nil
	}
	h := r.W.Header()
	h.Set("Cache-Control", "no-store")
	switch r.Query("dinh-dang") {
	case "csv":
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="ho-so.csv"`)
		return s.writeCSV(r, rows)
	case "xlsx":
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		h.Set("Content-Disposition", `attachment; filename="ho-so.xlsx"`)
		return s.writeXLSX(r, rows)
	}
	return fault.New(fault.Invalid, "dossiers.bad_format", "format", r.Query("dinh-dang"))
}

type rowSource func(yield func(row) bool) error

func (s *pages) writeCSV(r *web.Request, rows rowSource) error {
	if _, err := io.WriteString(r.W, "\ufeff"); err != nil { // tells spreadsheets that it is UTF-8
		return err
	}
	out := csv.NewWriter(r.W)
	line := make([]string, len(exported))
	for i, id := range exported {
		line[i] = r.T("dossiers.column_" + id)
	}
	err := out.Write(line)
	if err == nil {
		err = rows(func(d row) bool {
			for i, v := range cells(r, &d) {
				line[i] = plainCell(v)
			}
			return out.Write(line) == nil
		})
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return gone(err)
}

// plainCell is a value of a CSV file. A text that a spreadsheet would take for a formula is kept one.
func plainCell(v sheet.Value) string {
	switch v := v.(type) {
	case calendar.Date:
		return v.String()
	case string:
		if strings.IndexAny(v, "=+-@\t\r") == 0 {
			return "'" + v
		}
		return v
	}
	return ""
}

func (s *pages) writeXLSX(r *web.Request, rows rowSource) error {
	title := r.T("dossiers.title")
	head := make([]sheet.Cell, len(exported))
	widths := []float64{26, 60, 40, 28, 24, 32, 12, 12, 12, 14, 24}
	cols := make([]sheet.Column, len(exported))
	for i, id := range exported {
		head[i], cols[i] = sheet.Cell{Text: r.T("dossiers.column_" + id)}, sheet.Column{Width: widths[i]}
	}
	var failed error
	err := sheet.Write(r.W, sheet.Book{Title: title, Sheets: []sheet.Sheet{{Name: title, Columns: cols, Head: [][]sheet.Cell{head},
		Rows: func(yield func([]sheet.Value) bool) {
			failed = rows(func(d row) bool { return yield(cells(r, &d)) })
		}}}})
	if err == nil {
		err = failed
	}
	return gone(err)
}

// gone: the head of the answer is on its way, so an error can only end it.
func gone(err error) error {
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func cells(r *web.Request, d *row) []sheet.Value {
	day := func(on calendar.Date) sheet.Value {
		if on == calendar.NoDate {
			return nil
		}
		return on
	}
	return []sheet.Value{d.Code, d.Title, d.Procedure, d.State, d.Assignee, d.Unit, day(d.SubmittedOn), day(d.ReceivedOn), day(d.DueOn),
		r.T("label.priority_" + d.Marks.Priority.Word()), strings.Join(d.Marks.Labels, ", ")}
}
