package dossier

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// Reach is whose dossiers a reader may see, as people.Reach gives it.
type Reach struct{ Units, Without []string }

// args are the three parameters of a reach in SQL: 1 for every unit but the second; else only those of the third.
func (r Reach) args() []any {
	every := int64(0)
	if r.Units == nil {
		every = 1
	}
	return []any{every, store.Set(r.Without), store.Set(r.Units)}
}

const (
	withinReach = ` (($1 = 1 and replace($2, '<' || unit || '>', '') = $2) or ($1 = 0 and replace($3, '<' || unit || '>', '') <> $3))`
	rowsWhere   = "select " + rowColumns + " from dossier where"
)

var (
	receivedRows  = store.Statement(rowsWhere + withinReach + ` and received_on >= $4 and received_on <= $5 order by received_on, code limit $6 offset $7`)
	countReceived = store.Statement(`select count(*) from dossier where` + withinReach + ` and received_on >= $4 and received_on <= $5`)
	soonRows      = store.Statement(rowsWhere + withinReach + ` and open = 1 and due_on <= $4 order by due_on, code limit $5 offset $6`)
	countSoon     = store.Statement(`select count(*) from dossier where` + withinReach + ` and open = 1 and due_on <= $4`)
)

// Received gives one page of the dossiers received from one day to another, both included, in that order, and how many
// there are: the logbook of the one-stop desk.
func (e *Engine) Received(ctx context.Context, r Reach, from, to calendar.Date, limit, offset int) ([]*Row, int, error) {
	args := append(r.args(), int64(from), int64(to))
	var n int
	if err := e.db.QueryRow(ctx, countReceived, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	rows, err := store.All(ctx, e.db, scanRow, receivedRows, append(args, int64(limit), int64(offset))...)
	return rows, n, err
}

// Soon gives one page of the open dossiers that are late or must be warned of by today, the nearest due date first,
// and how many there are.
func (e *Engine) Soon(ctx context.Context, r Reach, limit, offset int) ([]*Row, int, error) {
	args := append(r.args(), int64(e.WarnUntil()))
	var n int
	if err := e.db.QueryRow(ctx, countSoon, args...).Scan(&n); err != nil {
		return nil, 0, err
	}
	rows, err := store.All(ctx, e.db, scanRow, soonRows, append(args, int64(limit), int64(offset))...)
	return rows, n, err
}

// WarnUntil is the last due date that is warned of today: the apology goes out one working day before the dossier is
// due.
func (e *Engine) WarnUntil() calendar.Date { return e.cal.Next(e.today()) }

// Warned reports whether the dossier is about to be late, or late, and nobody has promised another day.
func (e *Engine) Warned(d *Dossier) bool {
	return d.Open() && !d.Reappointed && d.DueOn != calendar.NoDate && d.DueOn <= e.WarnUntil()
}

// Today is the local date of the engine's clock.
func (e *Engine) Today() calendar.Date { return e.today() }

// Left is the working days until a due date, negative after it, 0 on the day and for none.
func (e *Engine) Left(due calendar.Date) int {
	today := e.today()
	switch {
	case due == calendar.NoDate || due == today:
		return 0
	case due < today:
		return -e.cal.WorkingDays(due, today)
	}
	return e.cal.WorkingDays(today, due)
}
