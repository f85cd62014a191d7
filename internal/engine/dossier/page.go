package dossier

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// listAfter gives the rows behind a code, so that a list read page by page neither loses nor doubles a row however many are
// filed meanwhile. A part that is empty does not restrict; $2 = 1 and $8 = 1 say that a set of units does.
var listAfter = store.Statement(`select code, procedure, version, state, status, unit, assignee, channel, title, applicant, submitted_on, received_on, due_on,
	finished_on, returned_on, late from dossier where code > $1 and ($2 = 0 or replace($3, '<' || unit || '>', '') <> $3) and ($4 = '' or procedure = $4)
	and ($5 = 0 or status = $5) and ($6 = '' or assignee = $6) and ($7 = 0 or open = 1) and ($8 = 0 or replace($9, '<' || unit || '>', '') = $9)
	and ($10 = 0 or open = 1 and due_on < $10) and ($11 = '' or folded like $11 escape '!') order by code limit $12`)

// After lists dossiers in the order of their codes, those behind a code ("" = from the first), at most f.Limit.
func (e *Engine) After(ctx context.Context, f Filter, code string) ([]Row, error) {
	units, without, overdue := 0, 0, int64(0)
	if f.Units != nil {
		units = 1
	}
	if len(f.Without) > 0 {
		without = 1
	}
	if f.Overdue != calendar.NoDate {
		overdue = int64(f.Overdue)
	}
	open := 0
	if f.Open {
		open = 1
	}
	return store.All(ctx, e.db, scanRow, listAfter, code, units, bracketed(f.Units), f.Procedure, int64(f.Status), f.Assignee, open,
		without, bracketed(f.Without), overdue, like(f.Text), int64(f.Limit))
}
