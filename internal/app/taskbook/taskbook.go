// Package taskbook (bảng nhiệm vụ) carries tasks in and out as a table, XLSX or CSV, one row a task, keyed by its
// external number or, without one, by its id: the same format both ways, so that what was taken out can be changed and put back, and the same
// file again changes nothing. It owns the columns; package task decides what a row may do.
package taskbook

import (
	"io"
	"strings"

	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// The columns in their order. Of the last three an import reads the id alone, for a task without an external number.
const (
	colExternal = iota
	colTitle
	colDirective
	colGoal
	colUnit
	colOwner
	colCollaborators
	colAssigned
	colDue
	colProduct
	colDone
	colEvidence
	colID
	colStatus
	colLeft
	columns
)

// names are the columns' keys, which stand for them in any language.
var names = [columns]string{"external", "title", "directive", "goal", "unit", "owner", "collaborators", "assigned", "due", "product", "done",
	"evidence", "id", "status", "left"}

var widths = [columns]float64{14, 50, 18, 28, 12, 12, 16, 12, 12, 28, 12, 24, 16, 20, 10}

// Label says what a directive's id stands for in the table; nil gives the id.
type Label func(id string) string

// Write writes tasks as XLSX. left gives the working days until a task's due date.
func Write(out io.Writer, words *lang.Catalog, tag lang.Tag, tasks []*task.Task, today calendar.Date, left func(*task.Task) int, label Label) error {
	head := make([]sheet.Cell, columns)
	cols := make([]sheet.Column, columns)
	for i, n := range names {
		head[i], cols[i] = sheet.Cell{Text: words.T(tag, "taskbook."+n)}, sheet.Column{Width: widths[i]}
	}
	title := words.T(tag, "taskbook.book")
	return sheet.Write(out, sheet.Book{Title: title, Sheets: []sheet.Sheet{{Name: title, Columns: cols, Head: [][]sheet.Cell{head},
		Rows: func(yield func([]sheet.Value) bool) {
			for _, t := range tasks {
				if !yield(row(words, tag, t, today, left(t), label)) {
					return
				}
			}
		}}}})
}

func row(words *lang.Catalog, tag lang.Tag, t *task.Task, today calendar.Date, left int, label Label) []sheet.Value {
	directive := t.Directive
	if directive != "" && label != nil {
		directive = label(directive)
	}
	out := []sheet.Value{t.External, t.Title, directive, t.Goal, t.Unit, t.Owner, strings.Join(t.Collaborators, "; "), date(t.AssignedOn), date(t.Due),
		t.Product, date(t.DoneOn), t.Evidence, t.ID, words.T(tag, "task."+string(t.Status(today))), nil}
	if t.State == task.Open && t.Due != calendar.NoDate {
		out[colLeft] = left
	}
	return out
}

func date(d calendar.Date) sheet.Value {
	if d == calendar.NoDate {
		return nil
	}
	return d
}
