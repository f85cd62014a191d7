// Package home (việc hôm nay) is the first page after log-in: what is due and what is late, the figures of
// the period as a sum that anyone can check, and this period beside the last. It owns no rules.
package home

import (
	"fmt"
	"net/http"

	"trucot/internal/app/page/figures"
	"trucot/internal/app/page/scope"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/flow"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

type pages struct {
	dossiers *dossier.Engine
	procs    *procedure.Set
	figures  *indicator.Engine
	who      *people.People
	cal      *calendar.Calendar
	tasks    *task.Engine
	flow     *flow.Engine
	others   Others
}

// Routes are the home page.
func Routes(d *dossier.Engine, procs *procedure.Set, f *indicator.Engine, who *people.People, cal *calendar.Calendar, work *task.Engine, ways *flow.Engine, others Others) []web.Route {
	s := &pages{d, procs, f, who, cal, work, ways, others}
	return []web.Route{{Method: http.MethodGet, Pattern: "/{$}", Permission: web.SignedIn, Handler: s.home}}
}

// term is one part of the sum: opening + received − finished − ended = closing.
type term struct {
	Title, Sub string
	Sign       string // before the number in the sum; "" for the first
	Value      indicator.Value
	Path       string
	Bad        bool
}

type homePage struct {
	*web.View
	Scope scope.Scope
	Terms []term
	Sum   string
	Work  []Work // what waits for the reader, the nearest due date first
	Mine  int    // how much there is
	Open  []Work // dossiers in reach, for whom nothing waits
	Total int    // how many are open
	Late  int    // and late
	Bars  bars
	Risks []flow.Risk // dossiers that will be late if nothing changes, the first of them
	Risky int         // how many there are
}

func (s *pages) home(r *web.Request) error {
	p := homePage{View: r.View(r.T("home.title"))}
	if r.Can(people.ReadFigures, "") {
		var err error
		if p.Scope, err = scope.Read(r, s.who, people.ReadFigures, s.figures.Units(), s.figures.Position()); err != nil {
			return err
		}
		if err := s.sum(r, &p); err != nil {
			return err
		}
		if p.Bars, err = s.bars(r, p.Scope); err != nil {
			return err
		}
	}
	if r.Can(people.ReadDossiers, "") && r.AsOf() == 0 { // a forecast is one of now
		if err := s.risks(r, &p); err != nil {
			return err
		}
	}
	if err := s.mine(r, &p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, home(p))
}

// risksListed is how many dossiers at risk the page names.
const risksListed = 5

// risks fills the dossiers that will be late if nothing changes.
func (s *pages) risks(r *web.Request, p *homePage) error {
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	risks, err := s.flow.Risks(r.Context(), units, without)
	p.Risks, p.Risky = risks[:min(len(risks), risksListed)], len(risks)
	return err
}

// sum fills the strip, which adds up by itself. Ended is what left without a result after it was received.
func (s *pages) sum(r *web.Request, p *homePage) error {
	var figs [6]indicator.Figure
	for i, id := range []string{"dossier.open", "dossier.received", "dossier.finished", "dossier.on_time_rate", "dossier.ended_otherwise", "dossier.moved"} {
		f, err := s.figures.Figure(p.Scope.Query(), id)
		if err != nil {
			return err
		}
		figs[i] = f
	}
	open, received, finished, onTime, ended, moved := figs[0], figs[1].Arising, figs[2].Arising, figs[3].Arising, figs[4].Arising, figs[5].Arising
	path := p.Scope.FigurePath
	p.Terms = []term{
		{Title: r.T("home.opening"), Sub: r.T("home.opening_on", "on", p.Date(p.Scope.Period.From)), Value: open.Opening, Path: path("dossier.open", indicator.Opening)},
		{Title: r.T("home.received"), Sub: s.growth(r, p.Scope, received), Sign: "+", Value: received, Path: path("dossier.received", indicator.Arising)},
		{Title: r.T("home.finished"), Sub: r.T("home.on_time", "rate", figures.Number(r.Lang, onTime)), Sign: "−", Value: finished, Path: path("dossier.finished", indicator.Arising)},
	}
	if onTime == indicator.NoValue {
		p.Terms[2].Sub = ""
	}
	if ended != 0 {
		p.Terms = append(p.Terms, term{Title: r.T("home.ended"), Sub: r.T("home.ended_sub"), Sign: "−", Value: ended, Path: path("dossier.ended_otherwise", indicator.Arising)})
	}
	if moved != 0 { // a move within the scope leaves it as it was
		t := term{Title: r.T("home.moved_in"), Sub: r.T("home.moved_sub"), Sign: "+", Value: moved, Path: path("dossier.moved", indicator.Arising)}
		if moved < 0 {
			t.Title, t.Sign, t.Value = r.T("home.moved_out"), "−", moved.Neg()
		}
		p.Terms = append(p.Terms, t)
	}
	for _, t := range p.Terms {
		p.Sum += " " + t.Sign + " " + figures.Number(r.Lang, t.Value)
	}
	p.Terms = append(p.Terms, term{Title: r.T("home.closing"), Sub: p.Sum[2:], Sign: "=", Value: open.Closing, Path: path("dossier.open", indicator.Closing)})
	return nil
}

// growth compares with the same period a year before.
func (s *pages) growth(r *web.Request, sc scope.Scope, now indicator.Value) string {
	q := sc.Query()
	q.Period = sc.Period.YearBefore()
	q.AsOf = calendar.NoDate
	if today := r.Today(); today < sc.Period.To {
		q.AsOf = today.AddMonths(-12) // the same part of the year before, not all of it
	}
	before, err := s.figures.Figure(q, "dossier.received")
	if err != nil || before.Arising <= 0 {
		return ""
	}
	change := indicator.Quotient(now-before.Arising, before.Arising, 100, 1)
	if change == 0 {
		return r.T("home.same")
	}
	sign := "+"
	if change < 0 {
		sign = ""
	}
	return r.T("home.growth", "change", sign+figures.Number(r.Lang, change))
}

// bars is the chart: received by month of the period's year, beside the year before.
type bars struct {
	This, Last string
	Months     []string
	Now        []indicator.Value
	Then       []indicator.Value
	Top        int64 // end of the value axis
}

func (s *pages) bars(r *web.Request, sc scope.Scope) (bars, error) {
	year, err := scope.Current(min(sc.Period.To, r.Today()))
	if err != nil {
		return bars{}, err
	}
	b := bars{This: year.Name(r.Lang), Last: year.YearBefore().Name(r.Lang)}
	most := indicator.Value(0)
	for m := 1; m <= 12; m++ {
		now, err := s.month(sc, year, m)
		if err != nil {
			return b, err
		}
		then, err := s.month(sc, year.YearBefore(), m)
		if err != nil {
			return b, err
		}
		b.Months = append(b.Months, r.T("home.month", "n", m))
		b.Now, b.Then = append(b.Now, now), append(b.Then, then)
		most = max(most, now, then)
	}
	b.Top = axis(int64(most / indicator.One))
	return b, nil
}

func (s *pages) month(sc scope.Scope, year calendar.Period, m int) (indicator.Value, error) {
	p, err := calendar.ParsePeriod(fmt.Sprintf("%s-M%02d", year.Code, m))
	if err != nil {
		return 0, err
	}
	q := sc.Query()
	q.Period, q.AsOf = p, calendar.NoDate
	switch {
	case sc.AsOf == calendar.NoDate || sc.AsOf >= p.To:
	case sc.AsOf < p.From:
		return 0, nil
	default:
		q.AsOf = sc.AsOf
	}
	f, err := s.figures.Figure(q, "dossier.received")
	return f.Arising, err
}

// axis is the least round number not below n that four equal steps divide.
func axis(n int64) int64 {
	for unit := int64(1); ; unit *= 10 {
		for _, k := range []int64{4, 8, 12, 20, 40} {
			if k*unit >= n && n > 0 {
				return k * unit
			}
		}
		if n == 0 {
			return 4
		}
	}
}
