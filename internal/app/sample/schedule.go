package sample

import (
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive/schedule"
)

// scheduleWords is schedule.yaml.
type scheduleWords struct {
	Items []struct {
		Entered   calendar.Date `def:"entered,required"`
		Day       calendar.Date `def:"day,required"`
		Start     string        `def:"start,required"`
		End       string        `def:"end"`
		Content   string        `def:"content,required"`
		Place     string        `def:"place,required"`
		Chair     string        `def:"chair,required"`
		People    []string      `def:"people"`
		Units     []string      `def:"units"`
		Others    string        `def:"others"`
		Prepares  string        `def:"prepares"`
		Materials string        `def:"materials"`
		Unit      string        `def:"unit,required"`
	} `def:"items,required"`
	Publish []struct {
		On   calendar.Date `def:"on,required"`
		Week string        `def:"week,required"`
		Unit string        `def:"unit,required"`
		By   string        `def:"by,required"`
	} `def:"publish"`
	Changes []struct {
		On     calendar.Date `def:"on,required"`
		Item   int           `def:"item,required"` // n-th of the items
		Start  string        `def:"start"`
		Cancel bool          `def:"cancel"`
		Reason string        `def:"reason,required"`
	} `def:"changes"`
}

// schedule plans the leaders' work calendar: items, the publishing of the week, and what changed after it.
func (s *simulation) schedule() error {
	var w scheduleWords
	if err := read("schedule.yaml", &w); err != nil {
		return err
	}
	book, ids := s.app.Schedule, make([]string, len(w.Items))
	for n, i := range w.Items {
		s.at(i.Entered, func(calendar.Date) error {
			return s.alone(func() error {
				got, err := book.Enter(s.ctx, actor, schedule.Item{Unit: i.Unit, On: i.Day, Start: i.Start, End: i.End, Content: i.Content, Place: i.Place, Chair: i.Chair, People: i.People,
					Units: i.Units, Others: i.Others, Prepares: i.Prepares, Materials: i.Materials})
				if err == nil {
					ids[n] = got.ID
				}
				return err
			})
		})
	}
	for _, p := range w.Publish {
		s.at(p.On, func(calendar.Date) error {
			return s.alone(func() error {
				week, err := schedule.ParseWeek(p.Week)
				if err != nil {
					return err
				}
				return book.Publish(s.ctx, p.By, p.Unit, week)
			})
		})
	}
	for _, c := range w.Changes {
		s.at(c.On, func(calendar.Date) error {
			return s.alone(func() error {
				id := ids[c.Item-1]
				if c.Cancel {
					return book.Cancel(s.ctx, actor, id, c.Reason)
				}
				i, err := book.Get(s.ctx, id)
				if err != nil {
					return err
				}
				i.Start, i.Reason = c.Start, c.Reason
				return book.Change(s.ctx, actor, id, *i, 0)
			})
		})
	}
	return nil
}
