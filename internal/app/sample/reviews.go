package sample

import (
	"trucot/internal/engine/indicator"
	work "trucot/internal/engine/task"
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
	Repair   *repairWords  `def:"repair"` // of a limitation: the task it becomes
}

// repairWords is the task that a limitation becomes.
type repairWords struct {
	Unit     string        `def:"unit,required"`
	By       string        `def:"by,required"`
	Due      string        `def:"due,required"`
	Done     calendar.Date `def:"done"`
	Doer     string        `def:"doer"`
	Evidence string        `def:"evidence"`
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
		err := s.app.Reports.AddNote(s.ctx, "", n.Period, report.Note{Kind: n.Kind, Side: n.Side, Section: n.Section, Text: n.Text}, on, actor)
		if err != nil || n.Repair == nil {
			return err
		}
		return s.repair(n, on)
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

// repair gives the limitation recorded last to a unit and plans its end.
func (s *simulation) repair(n noteWords, on calendar.Date) error {
	list, err := s.app.Reports.Limitations(s.ctx, "", n.Period, n.Side, 0)
	if err != nil {
		return err
	}
	t, err := s.app.Tasks.Assign(s.ctx, work.Assignment{Title: "Khắc phục hạn chế: " + n.Text, Unit: n.Repair.Unit, Due: n.Repair.Due, On: on, Actor: n.Repair.By, Product: "Báo cáo kết quả khắc phục"})
	if err != nil {
		return err
	}
	if n.Repair.Done > 0 {
		s.at(n.Repair.Done, func(on calendar.Date) error {
			return s.alone(func() error {
				_, err := s.app.Tasks.Take(s.ctx, work.Act{ID: t.ID, Verb: work.Finished, On: on, Actor: n.Repair.Doer, Evidence: n.Repair.Evidence})
				return err
			})
		})
	}
	return s.app.Reports.AssignLimitation(s.ctx, "", n.Period, list[len(list)-1].Position, t.ID, on, n.Repair.By)
}
