// Package search (trang tìm kiếm) is the page that finds any record by its words: results with their snippets,
// facets, dates, what may have been meant and how the words may go on. It says what a reader may see; the index
// and the ranking are package engine/search.
package search

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	engine "trucot/internal/engine/search"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// Parts are what the page asks.
type Parts struct {
	Find     func(context.Context, engine.Query) (engine.Result, error)
	Complete func(ctx context.Context, text string, scope []engine.Clause, n int) ([]string, error)
	People   *people.People
}

const (
	path       = "/tim-kiem"
	perPage    = 20
	farthest   = 50 // pages one can turn; who needs more needs other words
	suggestion = 6
	longest    = 500 // characters of a question that are looked at
)

type pages struct{ Parts }

// Routes are the search page.
func Routes(p Parts) []web.Route {
	s := &pages{p}
	return []web.Route{{Method: http.MethodGet, Pattern: path, Permission: web.SignedIn, Handler: s.find}}
}

// kinds in the order in which the facets list them.
var kinds = []string{"directive", "task", "dossier", "credential", "conference", "news", "procedure", "person"}

// asked is the page's address taken apart.
type asked struct {
	Text, Kind, Unit, From, To string
	Newest                     bool
	Page                       int
}

// address is the page's address with some parts changed; changing anything goes back to the first page.
func (q asked) address(change func(*asked)) string {
	q.Page = 1
	change(&q)
	v := url.Values{}
	for name, value := range map[string]string{"q": q.Text, "loai": q.Kind, "don-vi": q.Unit, "tu": q.From, "den": q.To} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Newest {
		v.Set("xep", "moi")
	}
	if q.Page > 1 {
		v.Set("trang", strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// facet is one value to restrict by.
type facet struct {
	Name, Path string
	Count      int
	Chosen     bool
}

// row is one hit as the page shows it.
type row struct {
	engine.Hit
	Path, Kind, Unit string
	On               calendar.Date
}

type page struct {
	*web.View
	Q           asked
	Total       int
	Rows        []row
	Kinds       []facet
	Units       []facet
	Meant       string
	MeantPath   string
	Suggestions []facet
	Fault       string // of the dates
}

func (s *pages) find(r *web.Request) error {
	p := page{View: r.View(r.T("search.title")), Q: s.asked(r)}
	if p.Q.Text == "" {
		return r.Render(http.StatusOK, show(p))
	}
	q := engine.Query{Text: p.Q.Text, Scope: Scope(r.Reader), Newest: p.Q.Newest, Most: true, Snippets: true,
		Limit: perPage, Offset: (p.Q.Page - 1) * perPage, Count: []string{"kind", "unit"}}
	var bad [2]error
	q.From, bad[0] = day(p.Q.From)
	q.To, bad[1] = day(p.Q.To)
	for _, err := range bad {
		if err != nil {
			p.Fault = r.ErrorText(err)
		}
	}
	if p.Q.Kind != "" {
		q.Filter = append(q.Filter, []string{"kind:" + p.Q.Kind})
	}
	if p.Q.Unit != "" {
		q.Filter = append(q.Filter, []string{"unit:" + p.Q.Unit})
	}
	found, err := s.Find(r.Context(), q)
	if err != nil {
		return err
	}
	s.fill(r, &p, found)
	if err := s.suggest(r, &p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, show(p))
}

func (s *pages) asked(r *web.Request) asked {
	q := asked{Text: r.Query("q"), Kind: r.Query("loai"), Unit: r.Query("don-vi"), From: r.Query("tu"), To: r.Query("den"), Newest: r.Query("xep") == "moi"}
	if letters := []rune(q.Text); len(letters) > longest {
		q.Text = string(letters[:longest])
	}
	q.Page, _ = strconv.Atoi(r.Query("trang"))
	q.Page = min(max(q.Page, 1), farthest)
	return q
}

// day reads a date field; empty is 0, no restriction.
func day(s string) (int32, error) {
	if s == "" {
		return 0, nil
	}
	d, err := calendar.Parse(s)
	if err != nil {
		return 0, err
	}
	return int32(d), nil
}

// Scope is what a reader may find: of each kind what its own list would show. Posts of the state side are public inside
// the agency; those of the Party are the Party's.
func Scope(id web.Identity) []engine.Clause {
	out := []engine.Clause{{All: []string{"kind:person", "side:state"}}, {All: []string{"kind:news"}}} // public news are everybody's
	for _, k := range []struct {
		kind string
		p    web.Permission
	}{{"directive", people.ReadDirectives}, {"task", people.ReadTasks}, {"conference", people.ReadConferences}} {
		if id == nil || !id.Can(k.p, "") {
			continue
		}
		state, units := people.Sides(id, k.p)
		if state {
			out = append(out, engine.Clause{All: []string{"kind:" + k.kind, "side:state"}})
		}
		out = append(out, engine.Clause{All: []string{"kind:" + k.kind}, Any: facets(units)})
	}
	if id != nil && id.Can(people.ReadDossiers, "") {
		units, without := people.Reach(id, people.ReadDossiers)
		if units != nil && people.Holds(id, people.ReadDossiers, "") { // what belongs to no unit is the agency's
			units = append(units, "")
		}
		for _, kind := range []string{"dossier", "credential"} {
			c := engine.Clause{All: []string{"kind:" + kind}, None: facets(without)}
			if units != nil {
				c.Any = facets(units)
			}
			out = append(out, c)
		}
	}
	if id != nil && id.Can(people.ReadProcedures, "") {
		out = append(out, engine.Clause{All: []string{"kind:procedure"}})
	}
	if id != nil && id.Can(people.ReadParty, "") {
		units, _ := people.Reach(id, people.ReadParty)
		out = append(out, engine.Clause{All: []string{"kind:person", "side:party"}, Any: facets(units)})
	}
	return out
}

// facets are units as facets; never nil, since nil would be any unit.
func facets(units []string) []string {
	out := make([]string, len(units))
	for i, u := range units {
		out[i] = "unit:" + u
	}
	return out
}

func (s *pages) fill(r *web.Request, p *page, found engine.Result) {
	p.Total = found.Total
	for _, h := range found.Hits {
		kind, id, _ := strings.Cut(h.ID, "/")
		w := row{Hit: h, Kind: kind, Path: Path(kind, id), On: calendar.NoDate}
		if h.Date != 0 {
			w.On = calendar.Date(h.Date)
		}
		for _, f := range h.Facets {
			if code, ok := strings.CutPrefix(f, "unit:"); ok && code != "" {
				w.Unit = s.People.UnitName(r.Context(), code, r.Lang)
			}
		}
		p.Rows = append(p.Rows, w)
	}
	for _, k := range kinds {
		if n := found.Counts["kind"][k]; n > 0 || p.Q.Kind == k {
			p.Kinds = append(p.Kinds, facet{r.T("search.kind_" + k), p.Q.address(func(q *asked) { q.Kind = other(q.Kind, k) }), n, p.Q.Kind == k})
		}
	}
	for code, n := range found.Counts["unit"] {
		if code != "" {
			p.Units = append(p.Units, facet{s.People.UnitName(r.Context(), code, r.Lang), p.Q.address(func(q *asked) { q.Unit = other(q.Unit, code) }), n, p.Q.Unit == code})
		}
	}
	slices.SortFunc(p.Units, func(a, b facet) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Path, b.Path)
	})
	p.Units = p.Units[:min(len(p.Units), 12)]
	if found.Meant != "" {
		p.Meant, p.MeantPath = found.Meant, p.Q.address(func(q *asked) { q.Text = found.Meant })
	}
}

// other switches a facet: the chosen one off, another one on.
func other(chosen, value string) string {
	if chosen == value {
		return ""
	}
	return value
}

// suggest lists how the words may go on. It is a list beside the field and never touches what is in it: an input method
// that builds a letter of several keys would lose its place.
func (s *pages) suggest(r *web.Request, p *page) error {
	list, err := s.Complete(r.Context(), p.Q.Text, Scope(r.Reader), suggestion)
	for _, text := range list {
		p.Suggestions = append(p.Suggestions, facet{Name: text, Path: p.Q.address(func(q *asked) { q.Text = text })})
	}
	return err
}

// Path is the page of what was found, "" for what has none.
func Path(kind, id string) string {
	switch kind {
	case "directive":
		return "/chi-dao/" + url.PathEscape(id)
	case "task":
		return "/viec/" + url.PathEscape(id)
	case "dossier":
		return "/ho-so/" + url.PathEscape(id)
	case "credential":
		procedure, number, _ := strings.Cut(id, "/")
		return "/giay-phep/mot?" + url.Values{"thu-tuc": {procedure}, "so": {number}}.Encode()
	case "conference":
		return "/hoi-nghi/" + url.PathEscape(id)
	case "news":
		return "/tin-tuc/bai/" + url.PathEscape(id)
	case "procedure":
		return "/thu-tuc/" + url.PathEscape(id)
	}
	return ""
}
