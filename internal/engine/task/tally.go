package task

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

var tallied = store.Statement(`select count(*), coalesce(sum(case when state = 'open' then 1 else 0 end), 0), coalesce(sum(case when state = 'open' and due_on < $9 then 1 else 0 end), 0),
	coalesce(sum(case when state in ('done','confirmed') then 1 else 0 end), 0), coalesce(sum(case when state in ('done','confirmed') and late = 0 then 1 else 0 end), 0),
	coalesce(sum(case when state = 'done' then 1 else 0 end), 0)` + where)

// Tally is how many tasks each view of a list has.
type Tally struct{ All, Open, Overdue, Done, OnTime, Unconfirmed int }

// Of is the number of a view of Filter.
func (c Tally) Of(view string) int {
	return map[string]int{"": c.All, "open": c.Open, "overdue": c.Overdue, "in_term": c.Open - c.Overdue, "done": c.Done,
		"done_on_time": c.OnTime, "done_late": c.Done - c.OnTime, "unconfirmed": c.Unconfirmed}[view]
}

func (c *Tally) add(t *Task, day calendar.Date) {
	c.All++
	switch t.State {
	case Open:
		c.Open++
		if t.Status(day) == Overdue {
			c.Overdue++
		}
	case Done, Confirmed:
		c.Done++
		if !t.Late {
			c.OnTime++
		}
		if t.State == Done {
			c.Unconfirmed++
		}
	}
}

// Tally counts what each view would list of the tasks that a filter shows, whatever the filter's own view. Words that no task
// has with the marks that were typed are looked for without them.
func (e *Engine) Tally(ctx context.Context, f Filter) (Tally, error) {
	f.View = ""
	c, err := e.tally(ctx, &f)
	if folded := lang.Fold(f.Text); err == nil && c.All == 0 && folded != f.Text {
		f.Text = folded
		c, err = e.tally(ctx, &f)
	}
	return c, err
}

func (e *Engine) tally(ctx context.Context, f *Filter) (Tally, error) {
	var c Tally
	err := e.db.QueryRow(ctx, tallied, f.args(e.Today())...).Scan(&c.All, &c.Open, &c.Overdue, &c.Done, &c.OnTime, &c.Unconfirmed)
	return c, store.Fault(err)
}
