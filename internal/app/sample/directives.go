package sample

import (
	work "trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
)

// directiveWords is directives.yaml.
type directiveWords struct {
	Directives []struct {
		Received calendar.Date `def:"received,required"`
		Side     string        `def:"side,required"`
		Symbol   string        `def:"symbol"`
		Name     string        `def:"name"` // of one without symbol
		Issuer   string        `def:"issuer,required"`
		Date     calendar.Date `def:"date,required"`
		VI       string        `def:"vi,required"`
		Amends   string        `def:"amends"` // symbol of an earlier one in the list
	} `def:"directives,required"`
	Goals []goalWords `def:"goals"`
	Tasks []taskWords `def:"tasks"`

	Baselines []struct {
		On   calendar.Date `def:"on,required"`
		Name string        `def:"name,required"`
		Unit string        `def:"unit,required"`
		By   string        `def:"by,required"`
	} `def:"baselines"`
}

// goalWords is a target that a directive sets.
type goalWords struct {
	On        calendar.Date `def:"on,required"`
	Directive string        `def:"directive,required"`
	Title     string        `def:"title,required"`
	Indicator string        `def:"indicator,required"`
	Period    string        `def:"period,required"`
	Value     string        `def:"value,required"`
	Unit      string        `def:"unit,required"`
}

// taskWords is a task and what became of it.
type taskWords struct {
	On        calendar.Date `def:"on,required"`
	Directive string        `def:"directive,required"`
	Goal      string        `def:"goal"`
	VI        string        `def:"vi,required"`
	Product   string        `def:"product"`
	Unit      string        `def:"unit,required"`
	Owner     string        `def:"owner"`
	By        string        `def:"by,required"`
	Due       string        `def:"due"`
	Acts      []struct {
		On       calendar.Date `def:"on,required"`
		Verb     string        `def:"verb,required"`
		By       string        `def:"by,required"`
		Note     string        `def:"note"`
		Due      string        `def:"due"`
		Evidence string        `def:"evidence"`
		Unit     string        `def:"unit"`
		Owner    string        `def:"owner"`
	} `def:"acts"`
}

// directives plans the directives that come in, the targets that they set and the tasks given out under them.
func (s *simulation) directives() error {
	var w directiveWords
	if err := read("directives.yaml", &w); err != nil {
		return err
	}
	ids := map[string]string{} // by symbol; the sample has each once
	for _, d := range w.Directives {
		unit := map[string]string{"state": "vp", "party": "du"}[d.Side]
		s.at(d.Received, func(on calendar.Date) error {
			return s.alone(func() error {
				doc := directive.Blank()
				doc.Name, doc.Symbol, doc.Issuer, doc.Date, doc.Summary, doc.Unit = d.Name, d.Symbol, d.Issuer, d.Date, d.VI, unit
				if d.Name != "" {
					doc.Kind = "nghi_quyet"
				}
				added, err := s.app.Directives.Add(s.ctx, actor, doc)
				if err != nil {
					return err
				}
				ids[d.Symbol] = added.ID
				if d.Amends == "" {
					return nil
				}
				_, err = s.app.Directives.Change(s.ctx, directive.Change{ID: ids[d.Amends], By: added.ID, How: directive.Amends, From: d.Date, Actor: actor})
				return err
			})
		})
	}
	for _, g := range w.Goals {
		s.at(g.On, func(calendar.Date) error {
			return s.alone(func() error {
				_, err := s.app.Directives.SetGoal(s.ctx, actor, ids[g.Directive], directive.Goal{Title: g.Title, Indicator: g.Indicator, Period: g.Period, Value: g.Value, Unit: g.Unit})
				return err
			})
		})
	}
	for _, b := range w.Baselines {
		s.at(b.On, func(calendar.Date) error {
			return s.alone(func() error {
				_, err := s.app.Tasks.Freeze(s.ctx, b.By, work.Baseline{Name: b.Name, Unit: b.Unit})
				return err
			})
		})
	}
	for _, t := range w.Tasks {
		s.at(t.On, func(on calendar.Date) error { return s.assign(t, ids[t.Directive], on) })
	}
	return nil
}

// assign gives out a task and plans its steps.
func (s *simulation) assign(w taskWords, directive string, on calendar.Date) error {
	return s.alone(func() error {
		t, err := s.app.Tasks.Assign(s.ctx, work.Assignment{Title: w.VI, Directive: directive, Goal: w.Goal, Unit: w.Unit, Owner: w.Owner, Product: w.Product, On: on, Due: w.Due, Actor: w.By})
		if err != nil {
			return err
		}
		for _, a := range w.Acts {
			s.at(a.On, func(on calendar.Date) error {
				return s.alone(func() error {
					_, err := s.app.Tasks.Take(s.ctx, work.Act{ID: t.ID, Verb: work.Verb(a.Verb), On: on, Actor: a.By, Note: a.Note, Due: a.Due, Evidence: a.Evidence, Unit: a.Unit, Owner: a.Owner})
					return err
				})
			})
		}
		return nil
	})
}
