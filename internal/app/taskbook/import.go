package taskbook

import (
	"bytes"
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/document/read"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "added"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Failed    Outcome = "failed"
)

// Row is the account of one row of the table.
type Row struct {
	Line     int      // row in the file, from 1
	External string   // its key
	ID       string   // the task, "" when it failed before there was one
	Outcome  Outcome  //
	Kept     []string // columns that the row does not undo: see Import.settled
	Err      error    // of a failed row
}

// Import is what a table is read for.
type Import struct {
	Tasks     *task.Engine
	Words     *lang.Catalog
	Actor     string
	May       func(unit string) bool                                         // the reader may give out tasks in the unit; nil = anywhere
	Directive func(ctx context.Context, label string) (id string, err error) // finds a directive by id or symbol; nil = none known
}

// Read reads a table and gives out or changes a task a row. A row that cannot be done does not stop the others. The
// error is of the file as a whole: unreadable, or without the columns "external" and "title".
func (im *Import) Read(ctx context.Context, name string, data []byte) ([]Row, error) {
	book, err := read.Table(ctx, name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	for _, s := range book.Sheets {
		if at, head := im.head(s.Rows); head != nil {
			return im.rows(ctx, s.Rows[at+1:], at+2, head), nil
		}
	}
	return nil, fault.New(fault.Invalid, "taskbook.no_head", "file", name, "external", im.Words.T(lang.VI, "taskbook.external"), "title", im.Words.T(lang.VI, "taskbook.title"))
}

// searched is how many rows from the top may stand above the head.
const searched = 20

// head finds the row that names the columns, in either language or by their keys.
func (im *Import) head(rows [][]read.Cell) (at int, columnOf map[int]int) {
	known := map[string]int{}
	for i, n := range names {
		known[n] = i
		for _, tag := range []lang.Tag{lang.VI, lang.EN} {
			known[lang.Fold(im.Words.T(tag, "taskbook."+n))] = i
		}
	}
	for at, cells := range rows[:min(len(rows), searched)] {
		found := map[int]int{}
		seen := map[int]bool{}
		for i, c := range cells {
			if col, ok := known[lang.Fold(strings.TrimSpace(c.Text))]; ok && !seen[col] {
				found[i], seen[col] = col, true
			}
		}
		if seen[colExternal] && seen[colTitle] {
			return at, found
		}
	}
	return 0, nil
}

func (im *Import) rows(ctx context.Context, rows [][]read.Cell, line int, head map[int]int) []Row {
	var out []Row
	seen := map[string]int{}
	for i, cells := range rows {
		var v [columns]string
		blank := true
		for j, c := range cells {
			if col, ok := head[j]; ok {
				v[col] = cellText(c, col)
				blank = blank && v[col] == ""
			}
		}
		if blank {
			continue
		}
		r := Row{Line: line + i, External: v[colExternal]}
		id := key(v)
		if before := seen[id]; before > 0 && id != "" {
			r.Outcome, r.Err = Failed, fault.New(fault.Invalid, "taskbook.twice", "external", cmp.Or(r.External, id), "line", before)
		} else {
			seen[id] = r.Line
			im.one(ctx, &r, v)
		}
		out = append(out, r)
	}
	return out
}

// key is the id of the task that a row is about: by its external number or, of a task that has none, by the id under which
// it was taken out. "" for neither.
func key(v [columns]string) string {
	if v[colExternal] == "" {
		return v[colID]
	}
	return task.ExternalID(v[colExternal])
}

// cellText is a cell as text; dates come as ISO, as people write them, or as a spreadsheet's number of days.
func cellText(c read.Cell, col int) string {
	text := strings.TrimSpace(c.Text)
	if col != colAssigned && col != colDue && col != colDone {
		return text
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 20000 && n < 80000 {
		return (calendar.Of(1899, time.December, 30) + calendar.Date(n)).String()
	}
	for _, form := range []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, text); err == nil {
			return calendar.Of(t.Year(), t.Month(), t.Day()).String()
		}
	}
	return text
}

// one gives out or changes the task of a row.
func (im *Import) one(ctx context.Context, r *Row, v [columns]string) {
	r.Outcome, r.Err = im.try(ctx, r, v)
	if r.Err != nil {
		r.Outcome = Failed
	}
}

func (im *Import) try(ctx context.Context, r *Row, v [columns]string) (Outcome, error) {
	id := key(v)
	if id == "" {
		return Failed, fault.New(fault.Invalid, "taskbook.no_external")
	}
	n := task.Assignment{External: r.External, Title: v[colTitle], Goal: v[colGoal], Unit: v[colUnit], Owner: v[colOwner], Product: v[colProduct],
		Due: v[colDue], Collaborators: list(v[colCollaborators]), On: calendar.NoDate, Actor: im.Actor}
	var err error
	if v[colAssigned] != "" {
		if n.On, err = calendar.Parse(v[colAssigned]); err != nil {
			return Failed, err
		}
	}
	if v[colDirective] != "" && im.Directive != nil {
		if n.Directive, err = im.Directive(ctx, v[colDirective]); err != nil {
			return Failed, err
		}
	}
	if im.May != nil && n.Unit != "" && !im.May(n.Unit) {
		return Failed, fault.New(fault.Forbidden, "taskbook.not_your_unit", "unit", n.Unit)
	}
	t, outcome, err := im.place(ctx, id, n, r)
	if err != nil {
		return Failed, err
	}
	r.ID = t.ID
	finished, err := im.finish(ctx, t, v)
	if err != nil {
		return Failed, err
	}
	if !finished || outcome == Added {
		return outcome, nil
	}
	return Updated, nil
}

// place gives the task out, or puts the one with the same number right.
func (im *Import) place(ctx context.Context, id string, n task.Assignment, r *Row) (*task.Task, Outcome, error) {
	t, err := im.Tasks.Get(ctx, id)
	if fault.KindOf(err) == fault.NotFound && n.External != "" {
		t, err = im.Tasks.Assign(ctx, n)
		return t, Added, err
	}
	if err != nil {
		return nil, Failed, err
	}
	if im.May != nil && !im.May(t.Unit) {
		if n.External == "" { // whoever may not change it is not told that it is there
			return nil, Failed, fault.New(fault.NotFound, "task.not_found", "id", id)
		}
		return nil, Failed, fault.New(fault.Forbidden, "taskbook.not_your_unit", "unit", n.Unit)
	}
	leave(&n, t)
	if r.Kept, err = im.settled(ctx, &n, t); err != nil {
		return nil, Failed, err
	}
	t, changed, err := im.Tasks.Change(ctx, t.ID, n)
	if err != nil || !changed {
		return t, Unchanged, err
	}
	return t, Updated, nil
}

// finish reports a task done where the row has a day for it and the task is still open.
func (im *Import) finish(ctx context.Context, t *task.Task, v [columns]string) (bool, error) {
	if v[colDone] == "" || t.State != task.Open {
		return false, nil
	}
	on, err := calendar.Parse(v[colDone])
	if err != nil {
		return false, err
	}
	_, err = im.Tasks.Take(ctx, task.Act{ID: t.ID, Verb: task.Finished, On: on, Actor: im.Actor, Evidence: v[colEvidence]})
	return err == nil, err
}

// list reads accounts divided by semicolons or commas.
func list(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == ',' }) {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}
