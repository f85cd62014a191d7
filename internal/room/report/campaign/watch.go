package campaign

import (
	"context"

	"trucot/internal/kernel/calendar"
)

// Owing is a part that is not in as its due date comes near or has passed.
type Owing struct {
	*Part
	Late     bool // the due date has passed
	Escalate bool // for so long that the agency's head is told
}

// Watch lists the parts to remind of on a day: those due within the rules' days, and those late for no longer than a month,
// after which they stand in every list already.
func (d *Desk) Watch(ctx context.Context, today calendar.Date) ([]Owing, error) {
	rules, err := d.Rules()
	if err != nil {
		return nil, err
	}
	rule := rules.At(today)
	until := today
	for range rule.Remind {
		until = d.Calendar.Next(until)
	}
	parts, err := d.Owed(ctx, today.AddMonths(-1), until)
	if err != nil {
		return nil, err
	}
	out := make([]Owing, 0, len(parts))
	for _, p := range parts {
		late := today > p.Due
		out = append(out, Owing{Part: p, Late: late, Escalate: late && d.Calendar.WorkingDays(p.Due, today) >= rule.Escalate})
	}
	return out, nil
}
