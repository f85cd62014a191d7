package dossiers

import (
	"net/http"
	"net/url"
	"strconv"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// perPage is the number of dossiers on a page.
const perPage = 50

// query is what the list is asked for; each part is a parameter of its address.
type query struct {
	Text, Procedure, Unit, Assignee string
	View                            string // "open" (the default), "late", "all"
	Status                          int
	Page                            int
}

func readQuery(r *web.Request) query {
	q := query{Text: r.Query("q"), Procedure: r.Query("thu-tuc"), Unit: r.Query("don-vi"), Assignee: r.Query("nguoi"), View: r.Query("xem")}
	q.Status, _ = strconv.Atoi(r.Query("trang-thai")) // unreadable = every status
	q.Page, _ = strconv.Atoi(r.Query("trang"))        // unreadable = the first page
	q.Page = max(q.Page, 1)
	if q.View != "late" && q.View != "all" {
		q.View = "open"
		if q.Text != "" || q.Status != 0 {
			q.View = "all" // whoever searches means every dossier
		}
	}
	return q
}

// address is the list with some parts changed: name, value pairs; "" takes a part away.
func (q query) address(change ...string) string {
	v := url.Values{}
	set := func(name, value string) {
		v.Del(name)
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("q", q.Text)
	set("thu-tuc", q.Procedure)
	set("don-vi", q.Unit)
	set("nguoi", q.Assignee)
	set("xem", q.View)
	set("trang-thai", strconv.Itoa(q.Status))
	for i := 0; i+1 < len(change); i += 2 {
		set(change[i], change[i+1])
	}
	return "/ho-so?" + v.Encode()
}

func (q query) filter(today calendar.Date) dossier.Filter {
	f := dossier.Filter{Procedure: q.Procedure, Status: q.Status, Assignee: q.Assignee, Text: q.Text, Open: q.View == "open",
		Limit: perPage, Offset: (q.Page - 1) * perPage, Overdue: calendar.NoDate}
	if q.View == "late" {
		f.Overdue = today
	}
	if q.View == "all" {
		f.Order = dossier.ByFiling
	}
	return f
}

// row is a dossier in the list.
type row struct {
	dossier.Row
	Procedure, State, Assignee, Unit string
	Late                             bool
}

type listPage struct {
	*web.View
	Q       query
	Rows    []row
	Total   int
	Choices []*procedure.Procedure
	Units   []people.Unit
	Names   map[string]string // accounts of the chips
}

func (s *pages) list(r *web.Request) error {
	q := readQuery(r)
	p := listPage{View: r.View(r.T("dossiers.title")), Q: q, Choices: s.latest()}
	p.Wide = true
	var err error
	if p.Units, err = s.unitsFor(r, people.ReadDossiers); err != nil {
		return err
	}
	f := q.filter(r.Today())
	if f.Units, f.Without, err = s.reach(r, q.Unit); err != nil {
		return err
	}
	rows, total, err := s.dossiers.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, d := range rows {
		p.Rows = append(p.Rows, s.row(r, d))
	}
	return r.Render(http.StatusOK, list(p))
}

// reach is the units whose dossiers the list may show, as people.Reach gives them.
func (s *pages) reach(r *web.Request, unit string) (units, without []string, err error) {
	units, without = people.Reach(r.Reader, people.ReadDossiers)
	if unit == "" {
		return units, without, nil
	}
	if err := r.Require(people.ReadDossiers, unit); err != nil {
		return nil, nil, err
	}
	units, err = s.who.Subtree(r.Context(), unit, r.Today())
	return units, without, err // what lies below but out of reach is taken out again
}

func (s *pages) row(r *web.Request, d dossier.Row) row {
	out := row{Row: d, Procedure: s.procedureName(r.Lang, d.Procedure, d.Version), State: r.T("dossiers.status_" + strconv.Itoa(d.Status))}
	if p, err := s.procs.Version(d.Procedure, d.Version); err == nil {
		if st := p.State(d.State); st != nil {
			out.State = st.Label.In(r.Lang)
		}
	}
	out.Unit, out.Assignee = s.who.UnitName(r.Context(), d.Unit, r.Lang), s.who.AccountName(r.Context(), d.Assignee)
	out.Late = d.Late || d.FinishedOn == calendar.NoDate && isOpen(d.Status) && d.DueOn != calendar.NoDate && d.DueOn < r.Today()
	return out
}

func isOpen(status int) bool { return (&dossier.Dossier{Status: status}).Open() }

// latest is every procedure once, for the filter.
func (s *pages) latest() []*procedure.Procedure {
	var out []*procedure.Procedure
	at := map[string]int{}
	for _, p := range s.procs.All() {
		if p.Toy {
			continue
		}
		if i, ok := at[p.ID]; ok {
			out[i] = p
			continue
		}
		at[p.ID] = len(out)
		out = append(out, p)
	}
	return out
}
