package sample

import (
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/label"
	work "trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
)

// markWords is marks.yaml.
type markWords struct {
	On       calendar.Date `def:"on,required"`
	By       string        `def:"by,required"`
	Dossiers []markedWords `def:"dossiers,required"`
	Tasks    []markedWords `def:"tasks,required"`
	Moves    []struct {
		From string `def:"from,required"`
		To   string `def:"to,required"`
		By   string `def:"by,required"`
		Why  string `def:"why,required"`
	} `def:"moves,required"`
}

type markedWords struct {
	Priority string   `def:"priority,required"`
	Labels   []string `def:"labels,required"`
}

func (m markedWords) change() (label.Change, error) {
	p, err := label.ParsePriority(m.Priority)
	return label.Change{Priority: &p, Labels: &m.Labels}, err
}

// marking plans the labels, priorities and moves of the last days' open work.
func (s *simulation) marking() error {
	var w markWords
	if err := read("marks.yaml", &w); err != nil {
		return err
	}
	s.at(w.On, func(calendar.Date) error { return s.alone(func() error { return s.mark(&w) }) })
	return nil
}

func (s *simulation) mark(w *markWords) error {
	rows, _, err := s.app.Dossiers.List(s.ctx, dossier.Filter{Open: true, Limit: len(w.Dossiers)})
	if err != nil {
		return err
	}
	for i, r := range rows {
		c, err := w.Dossiers[i].change()
		if err != nil {
			return err
		}
		if _, err := s.app.Dossiers.Mark(s.ctx, dossier.Mark{Code: r.Code, Change: c, Actor: w.By}); err != nil {
			return err
		}
	}
	tasks, _, err := s.app.Tasks.List(s.ctx, work.Filter{Reach: work.Reach{State: true}, View: "open", Limit: len(w.Tasks)})
	if err != nil {
		return err
	}
	for i, t := range tasks {
		c, err := w.Tasks[i].change()
		if err != nil {
			return err
		}
		if _, err := s.app.Tasks.Mark(s.ctx, t.ID, c, 0, w.By); err != nil {
			return err
		}
	}
	return s.move(w)
}

// move gives the open dossier of a unit that is due first to another unit.
func (s *simulation) move(w *markWords) error {
	for _, m := range w.Moves {
		rows, _, err := s.app.Dossiers.List(s.ctx, dossier.Filter{Units: []string{m.From}, Open: true, Limit: 1})
		if err != nil || len(rows) == 0 {
			return err
		}
		if _, err := s.app.Dossiers.Move(s.ctx, dossier.Move{Code: rows[0].Code, To: m.To, Reason: m.Why, Actor: m.By}); err != nil {
			return err
		}
	}
	return nil
}
