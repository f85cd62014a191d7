package campaign

import (
	"context"
	"slices"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Mark (mốc chốt) is a quantity on one of several cut-offs, and the events that lie between it and the cut-off before.
type Mark struct {
	On      calendar.Date      `json:"on"`
	Value   indicator.Value    `json:"value"`
	Added   indicator.Value    `json:"added"` // since the mark before, or the period's beginning
	Between []indicator.Record `json:"between"`
	More    int                `json:"more"` // events beyond those listed
}

// listed is how many events are listed between two marks.
const listed = 200

// Marks counts one quantity from a day up to several cut-offs, side by side. Units nil is every unit. Errors:
// fault.NotFound "indicator.unknown", campaign.no_marks.
func (d *Desk) Marks(ctx context.Context, id string, from calendar.Date, on []calendar.Date, units []string) ([]Mark, error) {
	if len(on) == 0 {
		return nil, fault.New(fault.Invalid, "campaign.no_marks")
	}
	if _, ok := d.Figures.Definitions().Get(id); !ok {
		return nil, fault.New(fault.NotFound, "indicator.unknown", "id", id)
	}
	on = slices.Clone(on)
	slices.Sort(on)
	on = slices.Compact(on)
	if on[0] < from {
		return nil, fault.New(fault.Invalid, "campaign.mark_before", "on", on[0], "from", from)
	}
	part := d.Figures.Definitions().MainPart(id)
	var out []Mark
	for i, day := range on {
		q := indicator.Query{Period: freePeriod(from, day), AsOf: calendar.NoDate, Units: units}
		f, err := d.Figures.Figure(q, id)
		if err != nil {
			return nil, err
		}
		m := Mark{On: day, Value: f.Get(part), Added: f.Get(part), Between: []indicator.Record{}}
		since := from
		if i > 0 {
			since = on[i-1] + 1
			if before := out[i-1].Value; before != indicator.NoValue && m.Value != indicator.NoValue {
				m.Added = m.Value - before
			}
		}
		if err := d.between(ctx, &m, id, since, units); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func freePeriod(from, to calendar.Date) calendar.Period {
	return calendar.Period{Code: from.String() + ".." + to.String(), Kind: calendar.PeriodFree, From: from, To: to}
}

// between lists the events from a day up to the mark.
func (d *Desk) between(ctx context.Context, m *Mark, id string, since calendar.Date, units []string) error {
	records, err := d.Figures.ChangedSince(indicator.Query{Period: freePeriod(since, m.On), AsOf: calendar.NoDate, Units: units}, id, 0)
	if err != nil {
		return err
	}
	records = slices.DeleteFunc(records, func(r indicator.Record) bool { return r.Part != indicator.Arising })
	if len(records) > listed {
		m.More, records = len(records)-listed, records[:listed]
	}
	m.Between = append(m.Between, records...)
	return d.Figures.Fill(ctx, d.l, m.Between)
}
