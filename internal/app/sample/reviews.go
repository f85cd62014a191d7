package sample

import (
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/report"
)

// reviewWords is reviews.yaml.
type reviewWords struct {
	Budget []struct {
		Period    string        `def:"period,required"`
		On        calendar.Date `def:"on,required"`
		Assigned  string        `def:"assigned,required"`
		Disbursed string        `def:"disbursed,required"`
		Estimate  string        `def:"estimate"`
	} `def:"budget,required"`
	BudgetUnit  string      `def:"budget_unit,required"`
	BudgetActor string      `def:"budget_actor,required"`
	Notes       []noteWords `def:"notes,required"`
	Late        []struct {
		Kind     string         `def:"kind,required"`
		Unit     string         `def:"unit,required"`
		Actor    string         `def:"actor,required"`
		On       calendar.Date  `def:"on,required"`
		Recorded calendar.Date  `def:"recorded,required"`
		Amounts  map[string]int `def:"amounts"`
		VI       string         `def:"vi,required"`
	} `def:"late,required"`
	Freeze []struct {
		On     calendar.Date `def:"on,required"`
		Regime string        `def:"regime,required"`
		Period string        `def:"period,required"`
		Actor  string        `def:"actor,required"`
	} `def:"freeze,required"`
}

// noteWords is a sentence for a review, or what became of a limitation.
type noteWords struct {
	Period   string        `def:"period,required"`
	Side     string        `def:"side,required"`
	Section  string        `def:"section"`
	Kind     string        `def:"kind"`
	Resolves int           `def:"resolves"` // n-th limitation of the side in the period
	On       calendar.Date `def:"on,required"`
	Text     string        `def:"text,required"`
}

// reviews plans budgets, notes, late entries and the freezing of reports.
func (s *simulation) reviews() error {
	var w reviewWords
	if err := read("reviews.yaml", &w); err != nil {
		return err
	}
	for _, b := range w.Budget {
		s.at(b.On, func(on calendar.Date) error {
			for _, r := range []indicator.Recorded{
				{Indicator: "budget.assigned", Period: b.Period, Value: b.Assigned},
				{Indicator: "budget.disbursed", Period: b.Period, Value: b.Disbursed},
				{Indicator: "budget.disbursed", Period: b.Period, Value: b.Estimate, Estimate: true},
			} {
				if r.Value == "" {
					continue
				}
				stream := "figure/" + w.BudgetUnit + "/" + r.Indicator + "/" + r.Period
				if r.Estimate {
					stream += "/estimate"
				}
				if err := s.record(stream, w.BudgetActor, w.BudgetUnit, indicator.KindRecorded, on, r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, n := range w.Notes {
		s.at(n.On, func(on calendar.Date) error { return s.alone(func() error { return s.note(n, on) }) })
	}
	for _, f := range w.Late {
		s.at(f.Recorded, func(calendar.Date) error {
			data := fact{Title: f.VI, Dims: map[string]string{"kind": f.Kind}, Amounts: f.Amounts}
			return s.record("activity/late-"+f.Kind, f.Actor, f.Unit, kindActivity, f.On, data)
		})
	}
	for _, f := range w.Freeze {
		s.at(f.On, func(calendar.Date) error {
			return s.alone(func() error {
				_, err := s.app.Reports.Freeze(s.ctx, report.Request{Regime: f.Regime, Period: f.Period, AsOf: calendar.NoDate}, f.Actor)
				return err
			})
		})
	}
	return nil
}

func (s *simulation) note(n noteWords, on calendar.Date) error {
	if n.Resolves == 0 {
		return s.app.Reports.AddNote(s.ctx, "", n.Period, report.Note{Kind: n.Kind, Side: n.Side, Section: n.Section, Text: n.Text}, on, actor)
	}
	notes, err := s.app.Reports.Notes(s.ctx, "", n.Period, 0)
	if err != nil {
		return err
	}
	left := n.Resolves
	for _, x := range notes {
		if x.Kind != "limitation" || x.Side != n.Side {
			continue
		}
		if left--; left == 0 {
			return s.app.Reports.ResolveLimitation(s.ctx, "", n.Period, x.Position, n.Text, on, actor)
		}
	}
	return nil
}
