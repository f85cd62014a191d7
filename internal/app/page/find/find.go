// Package find (tìm nhanh) is the quick search: one field over dossiers, tasks, directives, procedures and pages, as
// a page of its own and as the part of a page that the palette shows. It owns no rules: each source shows what its
// own list would show this reader.
package find

import (
	"net/http"
	"net/url"
	"strings"

	"trucot/internal/app/page/dossiers"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// listed is how many hits of a kind are shown; the kind's own list has them all.
const listed = 6

// Options are the sources.
type Options struct {
	Dossiers   *dossier.Engine
	Tasks      *task.Engine
	Directives *directive.Register
	Procedures *procedure.Set
	Rail       func(*web.Request) []web.RailItem // the pages by name
}

// hit is one thing found.
type hit struct{ Title, Path, Note string }

// group is the hits of one kind; More is the list with all of them, "" when these are all.
type group struct {
	Title, More string
	Total       int
	Hits        []hit
}

type pages struct{ Options }

// Routes are the search page, which is also what the palette asks.
func Routes(o Options) []web.Route {
	s := &pages{o}
	return []web.Route{{Method: http.MethodGet, Pattern: "/tim", Permission: web.SignedIn, Handler: s.find}}
}

type findPage struct {
	*web.View
	Text   string
	Groups []group
}

func (s *pages) find(r *web.Request) error {
	p := findPage{View: r.View(r.T("find.title")), Text: r.Query("q")}
	if p.Text != "" {
		for _, source := range []func(*web.Request, string) (group, error){s.places, s.dossiers, s.tasks, s.directives, s.procedures} {
			g, err := source(r, p.Text)
			if err != nil {
				return err
			}
			if len(g.Hits) > 0 {
				p.Groups = append(p.Groups, g)
			}
		}
	}
	if r.Header.Get("X-Part") != "" {
		return r.Render(http.StatusOK, hits(p))
	}
	return r.Render(http.StatusOK, page(p))
}

// holds reports whether a name has every word, marks and case ignored.
func holds(name string, words []string) bool {
	name = lang.Fold(name)
	for _, w := range words {
		if !strings.Contains(name, w) {
			return false
		}
	}
	return true
}

func (s *pages) places(r *web.Request, text string) (group, error) {
	g := group{Title: r.T("find.pages")}
	words := strings.Fields(lang.Fold(text))
	for _, item := range s.Rail(r) {
		if holds(item.Title, words) && len(g.Hits) < listed {
			g.Hits = append(g.Hits, hit{Title: item.Title, Path: item.Path})
		}
	}
	return g, nil
}

func (s *pages) dossiers(r *web.Request, text string) (group, error) {
	g := group{Title: r.T("dossiers.title")}
	if !r.Can(people.ReadDossiers, "") {
		return g, nil
	}
	f := dossier.Filter{Text: text}
	f.Units, f.Without = dossiers.Reach(r)
	p, err := s.Dossiers.Page(r.Context(), f, worklist.Order{Group: worklist.ByOpen, Key: worklist.Filed, Desc: true}, worklist.Cursor{}, false, listed)
	if err != nil {
		return g, err
	}
	for _, d := range p.Rows {
		title := d.Title
		if title == "" {
			title = d.Code
		}
		g.Hits = append(g.Hits, hit{title, "/ho-so/" + url.PathEscape(d.Code), d.Code})
	}
	g.more(p.Total, "/ho-so?xem=all&q="+url.QueryEscape(text))
	return g, nil
}

func (g *group) more(total int, list string) {
	if g.Total = total; total > len(g.Hits) {
		g.More = list
	}
}

func (s *pages) tasks(r *web.Request, text string) (group, error) {
	g := group{Title: r.T("tasks.title")}
	if !r.Can(people.ReadTasks, "") {
		return g, nil
	}
	found, total, err := s.Tasks.List(r.Context(), task.Filter{Reach: tasks.Reach(r), Text: text, Limit: listed})
	if err != nil {
		return g, err
	}
	for _, t := range found {
		g.Hits = append(g.Hits, hit{t.Title, "/viec/" + url.PathEscape(t.ID), t.ID})
	}
	g.more(total, "/viec?xem=all&q="+url.QueryEscape(text))
	return g, nil
}

func (s *pages) directives(r *web.Request, text string) (group, error) {
	g := group{Title: r.T("directives.title")}
	if !r.Can(people.ReadDirectives, "") {
		return g, nil
	}
	state, units := people.Sides(r.Reader, people.ReadDirectives)
	found, total, err := s.Directives.List(r.Context(), directive.Filter{State: state, Units: units, Text: text, Limit: listed})
	if err != nil {
		return g, err
	}
	for _, d := range found {
		g.Hits = append(g.Hits, hit{d.Summary, "/chi-dao/" + url.PathEscape(d.ID), d.Label()})
	}
	g.more(total, "/chi-dao?q="+url.QueryEscape(text))
	return g, nil
}

func (s *pages) procedures(r *web.Request, text string) (group, error) {
	g := group{Title: r.T("procedures.title")}
	if !r.Can(people.ReadProcedures, "") {
		return g, nil
	}
	words, seen := strings.Fields(lang.Fold(text)), map[string]bool{}
	for _, p := range s.Procedures.All() {
		if title := p.Title.In(r.Lang); !p.Toy && !seen[p.ID] && holds(title+" "+p.ID, words) {
			seen[p.ID] = true
			if g.Total++; len(g.Hits) < listed {
				g.Hits = append(g.Hits, hit{Title: title, Path: "/thu-tuc/" + p.ID})
			}
		}
	}
	g.more(g.Total, "/thu-tuc")
	return g, nil
}
