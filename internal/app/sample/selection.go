package sample

import (
	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
)

// selects reports whether the mission's host is chosen by a council that sits in the program: one of the sample's is.
func (l *life) selects(on calendar.Date) bool {
	return !l.s.selected && on >= l.s.sitting.Selection.From && text(l.d.Fields["phuong_thuc"]) == "tuyen_chon"
}

// selection is the council on two applications, from its forming to its meeting; the mission then goes on with the winner.
func (l *life) selection(on calendar.Date, host string) error {
	l.s.selected = true
	meets := l.s.working(on, 12)
	var id string
	err := l.s.alone(func() (err error) { id, err = l.callSelection(host, meets); return err })
	if err != nil {
		return err
	}
	return l.on(meets, func(l *life, on calendar.Date) error {
		if err := l.s.alone(func() error { return l.sitInSelection(id) }); err != nil {
			return err
		}
		if err := l.act("ket_luan_tuyen_chon", l.hand, on, nil); err != nil {
			return err
		}
		return l.then(on, l.s.rnd.between(5, 10), (*life).fund)
	})
}

func (l *life) callSelection(host string, meets calendar.Date) (string, error) {
	w, e, by := &l.s.sitting.Selection, l.s.app.Councils, council.By{Actor: l.hand}
	files := []council.File{{ID: "1", Label: host}, {ID: "2", Label: w.Rival}}
	c, err := e.Form(l.s.ctx, council.Founding{Dossier: l.d.Code, Rule: "tuyen_chon", Decision: w.Decision, Secretary: l.hand, Actor: l.hand, Files: files})
	if err != nil {
		return "", err
	}
	for i, role := range acceptanceSeats {
		who, from := l.s.expert(i), l.s.sitting.Experts.Organisations
		err := steps(
			func() (*council.Council, error) {
				return e.Seat(l.s.ctx, c.ID, by, council.Seating{Account: who, Role: role, Organisation: from[i%len(from)]})
			},
			func() (*council.Council, error) { return e.Declare(l.s.ctx, c.ID, council.By{Actor: who}, who, nil) })
		if err != nil {
			return "", err
		}
	}
	return c.ID, steps(
		func() (*council.Council, error) { return e.Call(l.s.ctx, c.ID, by, meets, w.Place) },
		func() (*council.Council, error) { return e.SendPapers(l.s.ctx, c.ID, by, w.Papers) })
}

// sitInSelection is the meeting: everybody is there and prefers the first application.
func (l *life) sitInSelection(id string) error {
	e, by := l.s.app.Councils, council.By{Actor: l.hand}
	var a council.Attendance
	for i := range acceptanceSeats {
		a.Present = append(a.Present, l.s.expert(i))
	}
	a.Tellers = a.Present[6:9]
	err := steps(
		func() (*council.Council, error) { return e.Attend(l.s.ctx, id, by, a) },
		func() (*council.Council, error) { return e.OpenVote(l.s.ctx, id, by) })
	if err != nil {
		return err
	}
	c, err := e.Get(l.s.ctx, id)
	if err != nil {
		return err
	}
	first, second := map[string]int64{}, map[string]int64{}
	for _, k := range c.Rules.Ballot.Criteria {
		first[k.ID], second[k.ID] = k.Max*86/100, k.Max*77/100
	}
	for _, who := range a.Present {
		_, err := e.Vote(l.s.ctx, council.Casting{Council: id, Account: who, Actor: who, Key: who, Paper: council.Paper{"1": {Points: first}, "2": {Points: second}}})
		if err != nil {
			return err
		}
	}
	all := []func() (*council.Council, error){func() (*council.Council, error) { return e.CloseVote(l.s.ctx, id, by) }}
	for _, teller := range a.Tellers {
		all = append(all, func() (*council.Council, error) { return e.Confirm(l.s.ctx, id, council.By{Actor: teller}) })
	}
	return steps(append(all, func() (*council.Council, error) {
		return e.Conclude(l.s.ctx, id, by, l.s.sitting.Selection.Conclusion)
	})...)
}
