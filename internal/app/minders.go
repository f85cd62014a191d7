package app

import (
	"context"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
)

// minders are who looks after the dossiers of a unit that nobody works on: its heads, else those of the nearest unit above, else the
// one-stop desk. Of a unit that was merged it is the unit that stands for it.
func (a *App) minders(ctx context.Context, who holders, unit string) []string {
	today := calendar.OfTime(a.clock())
	if u, err := a.People.Standing(ctx, unit, today); err == nil {
		unit = u.Code
	}
	for unit != "" && len(who.heads[unit]) == 0 {
		u, err := a.People.Unit(ctx, unit, today)
		if err != nil {
			break // no such unit, hence nobody above it
		}
		unit = u.Parent
	}
	if heads := who.heads[unit]; len(heads) > 0 {
		return heads
	}
	return who.desk
}

// workers are whom the due date of a dossier concerns: who works on it, or its minders where that is nobody, or nobody who still has
// an account.
func (a *App) workers(ctx context.Context, who holders, d *dossier.Row) ([]string, error) {
	id, err := a.People.Reader(ctx, d.Assignee)
	if err != nil {
		return nil, err
	}
	if id != nil {
		return []string{d.Assignee}, nil
	}
	return a.minders(ctx, who, d.Unit), nil
}
