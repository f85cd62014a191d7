package app

import (
	"context"
	"slices"

	"trucot/internal/app/page/commendations"
	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/commendation"
)

// openCommendation opens the room and tells it what people, tasks and dossiers know.
func (a *App) openCommendation(data string) {
	a.Commendation = commendation.New(a.Ledger, a.DB, commendation.Options{
		Clock: a.clock, Calendar: a.Calendar, Councils: a.Councils,
		Rules:  func() (*commendation.Rules, error) { return commendation.Load(Definitions(data)) },
		Roster: a.commendable, Work: a.workOf, Early: a.doneEarly, Recognised: a.recognised, Label: a.nominee,
		Seal: a.Vault.Seal, Open: a.Vault.Open, Erase: a.Vault.Erase,
		Host: func(ctx context.Context) (string, error) {
			return a.root(ctx, calendar.OfTime(a.clock()), people.State), nil
		},
	})
}

// commendationPages are what the pages of commendation stand on.
func (a *App) commendationPages() commendations.Parts {
	return commendations.Parts{Room: a.Commendation, People: a.People, Words: a.Catalog, Access: a.Access, Head: a.signedHead}
}

// signedHead is the heading of a paper with who signs it.
func (a *App) signedHead(ctx context.Context, unit string, on calendar.Date) (*document.Document, error) {
	d, err := a.paperHead(ctx, unit, on)
	if err == nil {
		d.Post, d.Name = a.agency.State.Post, a.agency.State.Signer
	}
	return d, err
}

// commendable lists everybody who holds a post on a side, in the unit of the latest post, and the units with people in
// them. A person outside the agency, such as an invited expert, holds none.
func (a *App) commendable(ctx context.Context, side string, on calendar.Date) ([]commendation.Subject, error) {
	units, err := a.People.Units(ctx, on, people.Side(side))
	if err != nil {
		return nil, err
	}
	posts, err := a.People.Posts(ctx, on)
	if err != nil {
		return nil, err
	}
	ours := map[string]bool{}
	for _, u := range units {
		ours[u.Code] = true
	}
	at := map[string]int{}
	var out []commendation.Subject
	staffed := map[string]bool{}
	for _, p := range posts {
		if !ours[p.Unit] {
			continue
		}
		staffed[p.Unit] = true
		i, known := at[p.Person]
		if !known {
			at[p.Person] = len(out)
			out = append(out, commendation.Subject{ID: p.Person, Unit: p.Unit, Since: p.From})
			continue
		}
		out[i].Since = min(out[i].Since, p.From)
	}
	for _, u := range units {
		if staffed[u.Code] {
			out = append(out, commendation.Subject{ID: unitSubject + u.Code, Unit: u.Code, Group: true})
		}
	}
	return out, nil
}

// unitSubject begins the id of a unit among those that may be commended, so that it is nobody's.
const unitSubject = "dv-"

// workOf counts the state side's tasks by their owner: those done in a year, and those overdue.
func (a *App) workOf(ctx context.Context, year int) (map[string]commendation.Work, error) {
	accounts, err := a.People.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	person := map[string]string{}
	for _, one := range accounts {
		person[one.ID] = one.Person
	}
	list, _, err := a.Tasks.List(ctx, task.Filter{Reach: task.Reach{State: true}, Limit: 1 << 30})
	if err != nil {
		return nil, err
	}
	out := map[string]commendation.Work{}
	today := calendar.OfTime(a.clock())
	for _, t := range list {
		who := person[t.Owner]
		if who == "" {
			continue
		}
		w := out[who]
		switch status := t.Status(today); {
		case status == task.Overdue && t.Due.Time().Year() == year:
			w.Overdue++
		case (status == task.OnTime || status == task.DoneLate) && t.DoneOn.Time().Year() == year:
			w.Done++
			if status == task.OnTime {
				w.OnTime++
				if t.Due != calendar.NoDate && a.Calendar.WorkingDays(t.DoneOn, t.Due) > 0 {
					w.Early++
				}
			}
		}
		out[who] = w
	}
	return out, nil
}

// mostEarly is how many tasks done early one report lists at most, the earliest before their due dates first.
const mostEarly = 20

// doneEarly lists the state side's tasks that a person did before they were due in a year.
func (a *App) doneEarly(ctx context.Context, s commendation.Subject, year int) ([]commendation.Achievement, error) {
	accounts, err := a.People.Accounts(ctx)
	if err != nil || s.Group {
		return nil, err
	}
	var out []commendation.Achievement
	for _, account := range accounts {
		if account.Person != s.ID {
			continue
		}
		list, _, err := a.Tasks.List(ctx, task.Filter{Reach: task.Reach{State: true}, Account: account.ID, View: "done_on_time", Limit: 1 << 30})
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if t.Owner == account.ID && t.DoneOn.Time().Year() == year && t.Due != calendar.NoDate && a.Calendar.WorkingDays(t.DoneOn, t.Due) > 0 {
				out = append(out, commendation.Achievement{Kind: "early", Title: t.Title, Ref: t.ID, Due: t.Due, On: t.DoneOn})
			}
		}
	}
	slices.SortStableFunc(out, func(x, y commendation.Achievement) int { return int((x.On - x.Due) - (y.On - y.Due)) })
	return out[:min(len(out), mostEarly)], nil
}

// recognised reports whether a dossier of a kind, which is its procedure, counts as a merit.
func (a *App) recognised(ctx context.Context, code, kind string) (bool, error) {
	d, err := a.Dossiers.Get(ctx, code)
	if fault.KindOf(err) == fault.NotFound || err == nil && d.Procedure != kind {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return a.Dossiers.Merited(ctx, d)
}

// nominee names a subject to the council by post and unit: a person's name does not go into the ledger.
func (a *App) nominee(ctx context.Context, n *commendation.Nomination) string {
	unit := a.People.UnitName(ctx, n.Unit, lang.VI)
	if n.Group {
		return unit
	}
	posts, err := a.People.Posts(ctx, calendar.OfTime(a.clock()))
	if err == nil {
		for _, p := range posts {
			if p.Person == n.Subject && p.Unit == n.Unit {
				return p.TitleVI + ", " + unit + " (" + n.Subject + ")"
			}
		}
	}
	return unit + " (" + n.Subject + ")"
}
