package home

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"

	"trucot/internal/app/page/dossiers"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// Work is something that waits for the reader.
type Work struct {
	Kind  string // key of the word that says what it is: "home.kind_" and this
	Title string
	Path  string
	Due   calendar.Date // NoDate = none

	// What stands beside it: for those that package home does not word itself.
	Colour, State string
}

// Others gives work of other kinds than dossiers and tasks: ballots, parts of report campaigns. It reads little: it is asked
// for every view of the page.
type Others func(r *web.Request) ([]Work, error)

const (
	// listed is how many pieces of work the page names.
	listed = 15
	// looked is how many open dossiers, the nearest due first, are looked at for a step of the reader's.
	looked = 200
)

// mine fills the reader's work, the nearest due date first.
func (s *pages) mine(r *web.Request, p *homePage) error {
	for _, part := range []func(*web.Request, *homePage) error{s.myDossiers, s.myTasks} {
		if err := part(r, p); err != nil {
			return err
		}
	}
	others, err := s.others(r)
	if err != nil {
		return err
	}
	for i := range others {
		w := &others[i]
		if w.Colour = "blue"; w.Due != calendar.NoDate {
			w.Colour, w.State = s.left(r, w.Due, w.State)
		}
	}
	p.Work, p.Mine = append(p.Work, others...), p.Mine+len(others)
	slices.SortStableFunc(p.Work, func(a, b Work) int { return cmp.Compare(lastIfNone(a.Due), lastIfNone(b.Due)) })
	p.Work = p.Work[:min(len(p.Work), listed)]
	return nil
}

func lastIfNone(d calendar.Date) calendar.Date {
	if d == calendar.NoDate {
		return math.MaxInt32
	}
	return d
}

// myDossiers are those that the reader works on and those whose next step is the reader's by role. Where there are none, the
// page shows what is open in reach.
func (s *pages) myDossiers(r *web.Request, p *homePage) error {
	if !r.Can(people.ReadDossiers, "") {
		return nil
	}
	f := dossier.Filter{Open: true, Limit: listed, Overdue: calendar.NoDate, Assignee: people.Desk(r.Actor())}
	f.Units, f.Without = dossiers.Reach(r)
	list, err := s.lister(r)
	if err != nil {
		return err
	}
	rows, total, err := list(f)
	if err != nil {
		return err
	}
	f.Assignee, f.Limit = "", looked
	all, open, err := list(f)
	if err != nil {
		return err
	}
	for i := range all {
		if d := &all[i]; d.Assignee != people.Desk(r.Actor()) && dossiers.Awaits(r.Present(), s.procs, d) {
			rows, total = append(rows, *d), total+1
		}
	}
	for _, d := range rows {
		p.Work = append(p.Work, s.dossierWork(r, &d))
	}
	for i := range all[:min(len(all), listed)] {
		p.Open = append(p.Open, s.dossierWork(r, &all[i]))
	}
	p.Mine, p.Total = p.Mine+total, open
	f.Overdue, f.Limit = r.Today(), 1
	_, p.Late, err = list(f)
	return err
}

// lister lists the dossiers that stand now, or stood so at the end of the day that is asked about.
func (s *pages) lister(r *web.Request) (func(dossier.Filter) ([]dossier.Row, int, error), error) {
	if r.AsOf() == 0 {
		return func(f dossier.Filter) ([]dossier.Row, int, error) { return s.dossiers.List(r.Context(), f) }, nil
	}
	units, without := dossiers.Reach(r)
	then, err := s.dossiers.AllAsOf(r.Context(), dossier.Reach{Units: units, Without: without}, "", r.AsOf())
	return func(f dossier.Filter) (rows []dossier.Row, total int, _ error) {
		all, whole := then.List(f)
		if !whole {
			r.Bounded(dossier.MostReplayed)
		}
		for _, d := range all[:min(len(all), f.Limit)] {
			rows = append(rows, *d)
		}
		return rows, len(all), nil
	}, err
}

func (s *pages) dossierWork(r *web.Request, d *dossier.Row) Work {
	w := Work{Kind: "dossier", Title: cmp.Or(d.Title, d.Code), Path: "/ho-so/" + url.PathEscape(d.Code), Due: d.DueOn}
	state := r.T("dossiers.status_" + strconv.Itoa(d.Status))
	if p, err := s.procs.Version(d.Procedure, d.Version); err == nil {
		if st := p.State(d.State); st != nil {
			state = st.Label.In(r.Lang)
		}
	}
	if w.Due == calendar.NoDate && d.Status == dossier.Filed && r.AsOf() == 0 { // what was filed online must be looked at in time too
		if whole, err := s.dossiers.Get(r.Context(), d.Code); err == nil {
			w.Due = whole.Nearest()
		}
	}
	w.Colour, w.State = s.left(r, w.Due, state)
	return w
}

// left is the colour and the words of what is left until a due date.
func (s *pages) left(r *web.Request, due calendar.Date, state string) (colour, words string) {
	today, colour := r.Today(), "blue"
	switch {
	case due == calendar.NoDate:
		words = r.T("home.no_due")
	case due < today && s.cal.WorkingDays(due, today) == 0: // only rest days since
		colour, words = "red", r.T("home.just_late")
	case due < today:
		colour, words = "red", r.T("home.late_by", "n", s.cal.WorkingDays(due, today))
	case due == today:
		colour, words = "amber", r.T("home.today")
	default:
		words = r.T("home.left", "n", s.cal.WorkingDays(today, due))
		if due < s.dossiers.Near(today) {
			colour = "amber"
		}
	}
	return colour, state + " – " + words
}

func (s *pages) myTasks(r *web.Request, p *homePage) error {
	if !r.Can(people.ReadTasks, "") {
		return nil
	}
	list, total, err := s.tasks.List(r.Context(), task.Filter{Reach: tasks.Reach(r), Account: people.Desk(r.Actor()), Helping: true, View: "open", Limit: listed})
	p.Mine += total
	for _, t := range list {
		row := tasks.NewRow(r, s.tasks, s.who, t)
		kind := "task"
		if row.Helping {
			kind = "helping"
		}
		p.Work = append(p.Work, Work{Kind: kind, Title: t.Title, Path: tasks.Path(t.ID), Due: t.Due, Colour: row.Colour, State: row.StatusWord()})
	}
	return err
}
