// Package flow (trang dòng chảy hồ sơ) shows how the dossiers of a procedure really went: the diagram, waiting, what comes
// back, the ways taken, and those that will be late if nothing changes. It owns no figures; engine dossier/flow does.
package flow

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier/flow"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

type pages struct {
	flow  *flow.Engine
	procs *procedure.Set
	who   *people.People
}

// Routes are the pages of the flow.
func Routes(f *flow.Engine, procs *procedure.Set, who *people.People) []web.Route {
	s := &pages{f, procs, who}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/quy-trinh", Permission: people.ReadDossiers, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/quy-trinh/{id}/dong-chay", Permission: people.ReadDossiers, Handler: s.one},
	}
}

// Path is the page of a procedure.
func Path(id string) string { return "/quy-trinh/" + url.PathEscape(id) + "/dong-chay" }

// line is a procedure of the list.
type line struct {
	flow.Count
	Title    string
	Imported bool
}

type listPage struct {
	*web.View
	Rows  []line
	Risks []risk
}

// risk is a dossier that will be late if nothing changes.
type risk struct {
	flow.Risk
	StateName, UnitName, Title string
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("flow.title"))}
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	counts, err := s.flow.Procedures(r.Context(), units, without)
	if err != nil {
		return err
	}
	for _, c := range counts {
		p.Rows = append(p.Rows, line{c, s.title(r, c.Procedure), strings.HasPrefix(c.Procedure, imported)})
	}
	risks, err := s.flow.Risks(r.Context(), units, without)
	for _, x := range risks {
		p.Risks = append(p.Risks, s.risk(r, x))
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, list(p))
}

// imported begins the names of procedures that came with a foreign log.
const imported = "imported/"

// title is a procedure's name; an imported log has the name it was given.
func (s *pages) title(r *web.Request, id string) string {
	if name, ok := strings.CutPrefix(id, imported); ok {
		return r.T("flow.imported", "name", name)
	}
	if versions := s.procs.Versions(id); len(versions) > 0 {
		return versions[len(versions)-1].Title.In(r.Lang)
	}
	return id
}

// state is a state's name, in the latest version that has it; an activity of a foreign log names itself.
func (s *pages) state(r *web.Request, procedure, id string) string {
	versions := s.procs.Versions(procedure)
	for i := len(versions) - 1; i >= 0; i-- {
		if st := versions[i].State(id); st != nil {
			return st.Label.In(r.Lang)
		}
	}
	if id == "finished" && strings.HasPrefix(procedure, imported) {
		return r.T("flow.finished")
	}
	return id
}

func (s *pages) risk(r *web.Request, x flow.Risk) risk {
	return risk{x, s.state(r, x.Procedure, x.State), s.who.UnitName(r.Context(), x.Unit, r.Lang), s.title(r, x.Procedure)}
}

// query is what the page is asked for.
type query struct {
	From, To calendar.Date
	Unit     string
}

// years is how far back the page looks unless told otherwise.
const years = 2

// ever is the first day of an imported log, which may be old.
var ever = calendar.MustParse("1990-01-01")

// Query is the question of a reader about a procedure's dossiers: by default those of the last years, and all in reach. Errors:
// procedures.unknown, calendar.bad_date, flow.to_before_from, people.unknown_unit, web.forbidden.
func Query(r *web.Request, procs *procedure.Set, who *people.People, id, from, to, unit string) (flow.Query, error) {
	q := flow.Query{Procedure: id, From: r.Today().AddMonths(-12 * years), To: r.Today()}
	if strings.HasPrefix(id, imported) {
		q.From = ever
	} else if len(procs.Versions(id)) == 0 {
		return q, fault.New(fault.NotFound, "procedures.unknown", "id", id)
	}
	var err error
	if from != "" {
		if q.From, err = calendar.Parse(from); err != nil {
			return q, err
		}
	}
	if to != "" {
		if q.To, err = calendar.Parse(to); err != nil {
			return q, err
		}
	}
	if q.To < q.From {
		return q, fault.New(fault.Invalid, "flow.to_before_from", "from", q.From, "to", q.To)
	}
	q.Units, q.Without = people.Reach(r.Reader, people.ReadDossiers)
	if unit == "" {
		return q, nil
	}
	if err := r.Require(people.ReadDossiers, unit); err != nil {
		return q, err
	}
	below, err := who.Subtree(r.Context(), unit, r.Today())
	q.Without, q.Units = nil, []string{}
	for _, u := range below {
		if r.Can(people.ReadDossiers, u) {
			q.Units = append(q.Units, u)
		}
	}
	return q, err
}

type onePage struct {
	*web.View
	flowView *flow.View
	ID, Path string
	Q        query
	Units    []people.Unit
	Diagram  string
	Hidden   int // edges that the diagram leaves out
	Risky    []risk
	names    map[string]string
}

func (s *pages) one(r *web.Request) error {
	id := r.PathValue("id")
	ask, err := Query(r, s.procs, s.who, id, r.Query("tu"), r.Query("den"), r.Query("don-vi"))
	if err != nil {
		return err
	}
	p := &onePage{View: r.View(s.title(r, id), web.Crumb{Title: r.T("flow.title"), Path: "/quy-trinh"}), ID: id, Path: Path(id),
		Q: query{ask.From, ask.To, r.Query("don-vi")}, names: map[string]string{}}
	if p.flowView, err = s.flow.View(r.Context(), ask); err != nil {
		return err
	}
	for _, n := range p.flowView.Nodes {
		p.names[n.State] = s.state(r, id, n.State)
	}
	for _, x := range p.flowView.Risks {
		x.Procedure = id
		p.Risky = append(p.Risky, s.risk(r, x))
	}
	p.Diagram, p.Hidden = p.draw()
	if p.Units, err = s.units(r); err != nil {
		return err
	}
	return r.Render(http.StatusOK, one(p))
}

func (s *pages) units(r *web.Request) ([]people.Unit, error) {
	all, err := s.who.Units(r.Context(), r.Today(), "")
	var out []people.Unit
	for _, u := range all {
		if r.Can(people.ReadDossiers, u.Code) {
			out = append(out, u)
		}
	}
	return out, err
}

// name is a state in the reader's language.
func (p *onePage) name(state string) string { return p.names[state] }

// names are states in a sentence.
func (p *onePage) way(states []string) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = p.name(s)
	}
	return strings.Join(words, " → ")
}

// percent is part of whole with one decimal at most.
func percent(v *web.View, part, whole int) string {
	if whole == 0 {
		return "—"
	}
	tenths := (part*2000 + whole) / (2 * whole)
	sign := ","
	if v.Lang == "en" {
		sign = "."
	}
	if tenths%10 == 0 {
		return strconv.Itoa(tenths/10) + "%"
	}
	return strconv.Itoa(tenths/10) + sign + strconv.Itoa(tenths%10) + "%"
}
