// Package quality (trang chất lượng phục vụ) is the page of the index of service quality, each component beside its
// published target and open onto the dossiers that cost it marks. It owns no formula: room quality does.
package quality

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"trucot/internal/app/page/scope"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/quality"
)

type pages struct {
	room  *room.Room
	procs *procedure.Set
	who   *people.People
}

// Routes are the pages of the index.
func Routes(q *room.Room, procs *procedure.Set, who *people.People) []web.Route {
	s := &pages{q, procs, who}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/chat-luong", Permission: people.ReadDossiers, Handler: s.index},
		{Method: http.MethodGet, Pattern: "/chat-luong/{group}/{id}", Permission: people.ReadDossiers, Handler: s.costing},
	}
}

// asked is what the reader asks for.
type asked struct {
	room.Query
	Unit  string
	Units []people.Unit
}

func (s *pages) read(r *web.Request) (asked, error) {
	q := asked{Unit: r.Query("don-vi")}
	var err error
	if q.Query, err = Query(r, s.who, r.Query("ky"), q.Unit); err != nil {
		return q, err
	}
	all, err := s.who.Units(r.Context(), r.Today(), people.State)
	for _, u := range all {
		if people.Holds(r.Reader, people.ReadDossiers, u.Code) {
			q.Units = append(q.Units, u)
		}
	}
	return q, err
}

// Query is the question of a reader: by default the reporting year of today and every dossier in reach. Errors: calendar.bad_period,
// people.unknown_unit, web.forbidden.
func Query(r *web.Request, who *people.People, period, unit string) (room.Query, error) {
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	q := room.Query{Reach: dossier.Reach{Units: units, Without: without}}
	var err error
	if period != "" {
		q.Period, err = calendar.ParsePeriod(period)
	} else {
		q.Period, err = scope.Current(r.Today())
	}
	if err != nil || unit == "" {
		return q, err
	}
	if err := r.Require(people.ReadDossiers, unit); err != nil {
		return q, err
	}
	below, err := who.Subtree(r.Context(), unit, min(q.Period.To, r.Today()))
	q.Reach = dossier.Reach{Units: slices.DeleteFunc(below, func(u string) bool { return !people.Holds(r.Reader, people.ReadDossiers, u) })}
	return q, err
}

// values are the parameters of an address with the same question.
func (q asked) values() url.Values {
	v := url.Values{"ky": {q.Period.Code}}
	if q.Unit != "" {
		v.Set("don-vi", q.Unit)
	}
	return v
}

type indexPage struct {
	*web.View
	Q       asked
	R       *room.Result
	Choices []string
}

func (s *pages) index(r *web.Request) error {
	q, err := s.read(r)
	if err != nil {
		return err
	}
	p := indexPage{View: r.View(r.T("quality_page.title")), Q: q, Choices: scope.Choices(r.Today())}
	p.Wide = true
	if !slices.Contains(p.Choices, q.Period.Code) {
		p.Choices = append([]string{q.Period.Code}, p.Choices...)
	}
	if p.R, err = s.room.Measure(r.Context(), q.Query); err != nil {
		return err
	}
	return r.Render(http.StatusOK, index(p))
}

// perPage is the number of dossiers on a page.
const perPage = 50

type costRow struct {
	dossier.Row
	ProcedureName, UnitName string
}

type costPage struct {
	*web.View
	Q         asked
	C         *room.Component
	Rows      []costRow
	Total     int
	Page      int
	Procedure bool // the component counts procedures, which have no dossiers to show
}

// costing lists the dossiers that cost a component its marks.
func (s *pages) costing(r *web.Request) error {
	q, err := s.read(r)
	if err != nil {
		return err
	}
	measured, err := s.room.Measure(r.Context(), q.Query)
	if err != nil {
		return err
	}
	c, err := measured.Index.Component(r.PathValue("group"), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := costPage{View: r.View(c.Title.In(r.Lang), web.Crumb{Title: r.T("quality_page.title"), Path: "/chat-luong?" + q.values().Encode()}), Q: q, C: c}
	p.Wide = true
	p.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	p.Page = max(p.Page, 1)
	rows, n, err := s.room.Costing(r.Context(), q.Query, c, perPage, (p.Page-1)*perPage)
	if err != nil {
		return err
	}
	p.Total = n
	p.Procedure = c.Count == dossier.OnlineProcedures || c.Count == dossier.PaidProcedures
	for _, one := range rows {
		line := costRow{Row: *one, ProcedureName: one.Procedure, UnitName: s.who.UnitName(r.Context(), one.Unit, r.Lang)}
		if def, err := s.procs.Version(one.Procedure, one.Version); err == nil {
			line.ProcedureName = def.Title.In(r.Lang)
		}
		p.Rows = append(p.Rows, line)
	}
	return r.Render(http.StatusOK, costing(p))
}

// at is another page of the list.
func (p costPage) at(page int) string {
	v := p.Q.values()
	v.Set("trang", strconv.Itoa(page))
	return p.Path[:len(p.Path)-len(query(p.Path))] + "?" + v.Encode()
}

// query is the part of an address from its question mark on.
func query(path string) string {
	for i := range path {
		if path[i] == '?' {
			return path[i:]
		}
	}
	return ""
}

func (p costPage) back() string {
	if p.Page < 2 {
		return ""
	}
	return p.at(p.Page - 1)
}

func (p costPage) next() string {
	if p.Page*perPage >= p.Total {
		return ""
	}
	return p.at(p.Page + 1)
}
