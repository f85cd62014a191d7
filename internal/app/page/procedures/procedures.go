// Package procedures (trang thủ tục) shows the procedures of the agency: what they ask, how long each
// step may take and on what legal basis, and the diagram of their states. It owns no rules; package
// procedure does.
package procedures

import (
	"net/http"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// Draw makes the state diagram of a procedure as SVG without inline styles.
type Draw func(p *procedure.Procedure, tag lang.Tag) string

type pages struct {
	set  *procedure.Set
	draw Draw
}

// Routes are the pages of the procedures.
func Routes(set *procedure.Set, draw Draw) []web.Route {
	s := &pages{set, draw}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/thu-tuc", Permission: people.ReadProcedures, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/thu-tuc/{id}", Permission: people.ReadProcedures, Handler: s.one},
	}
}

// row is one procedure in the list: the version in force today, or else its latest.
type row struct {
	*procedure.Procedure
	InForce bool
	Main    *procedure.Deadline
}

type listPage struct {
	*web.View
	Rows []row
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("procedures.title"))}
	seen := map[string]bool{}
	for _, each := range s.set.All() {
		if !seen[each.ID] && !each.Toy {
			seen[each.ID] = true
			p.Rows = append(p.Rows, s.current(each.ID, r.Today()))
		}
	}
	return r.Render(http.StatusOK, list(p))
}

func (s *pages) current(id string, on calendar.Date) row {
	versions := s.set.Versions(id)
	now := versions[len(versions)-1]
	for _, v := range versions {
		if v.Effective.Covers(on) {
			now = v
		}
	}
	return row{Procedure: now, InForce: now.Effective.Covers(on), Main: mainDeadline(now)}
}

// mainDeadline is the one that a list shows; one of no length ends on a date that each dossier names.
func mainDeadline(p *procedure.Procedure) *procedure.Deadline {
	for i := range p.Deadlines {
		if p.Deadlines[i].Main && !p.Deadlines[i].Duration.Zero() {
			return &p.Deadlines[i]
		}
	}
	return nil
}

type onePage struct {
	*web.View
	P        *procedure.Procedure
	Versions []*procedure.Procedure
	InForce  bool
	Diagram  string
}

func (s *pages) one(r *web.Request) error {
	id := r.PathValue("id")
	versions := s.set.Versions(id)
	if len(versions) == 0 {
		return fault.New(fault.NotFound, "procedures.unknown", "id", id)
	}
	p := s.current(id, r.Today()).Procedure
	if want := r.Query("ban"); want != "" {
		var err error
		if p, err = s.set.Version(id, want); err != nil {
			return err
		}
	}
	v := r.View(p.Title.In(r.Lang), web.Crumb{Title: r.T("procedures.title"), Path: "/thu-tuc"})
	page := onePage{View: v, P: p, Versions: versions, InForce: p.Effective.Covers(r.Today())}
	if s.draw != nil {
		page.Diagram = s.draw(p, r.Lang)
	}
	return r.Render(http.StatusOK, one(page))
}

// effective says from when to when a version is in force.
func effective(v *web.View, p *procedure.Procedure) string {
	if p.Effective.To == calendar.NoDate {
		return v.T("procedures.from", "from", v.Date(p.Effective.From))
	}
	return v.T("procedures.from_to", "from", v.Date(p.Effective.From), "to", v.Date(p.Effective.To))
}

// basis names a legal basis by its id: symbol and article.
func basis(p *procedure.Procedure, id string) string {
	for _, b := range p.Legal {
		if b.ID == id {
			return strings.TrimSpace(b.Symbol + " " + b.Article)
		}
	}
	return id
}

// actions names actions by their labels, in a sentence's order.
func actions(v *web.View, p *procedure.Procedure, ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id
		if t := p.Transition(id); t != nil {
			words[i] = t.Label.In(v.Lang)
		}
	}
	return strings.Join(words, ", ")
}

func actors(v *web.View, p *procedure.Procedure, ids []string) string {
	words := make([]string, 0, len(ids))
	for _, id := range ids {
		word := id
		for _, a := range p.Actors {
			if a.ID == id {
				word = a.Label.In(v.Lang)
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func states(v *web.View, p *procedure.Procedure, ids ...string) string {
	words := make([]string, 0, len(ids))
	for _, id := range ids {
		if s := p.State(id); s != nil {
			words = append(words, s.Label.In(v.Lang))
		}
	}
	return strings.Join(words, ", ")
}
