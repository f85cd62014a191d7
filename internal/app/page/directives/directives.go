// Package directives (trang chỉ đạo) is the pages of the register: the list, one directive with its chain, its targets
// and the tree of its tasks, and entering one, by hand or from its own text. It owns no rules: room directive does.
package directives

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

type pages struct {
	docs    *directive.Register
	tasks   *task.Engine
	figures *indicator.Engine
	who     *people.People
	files   Files
}

// Files shows the files of a directive on its page; nil when there is nothing to show.
type Files func(*web.Request, *web.View, *directive.Document) (templ.Component, error)

// maxFile bounds a directive's file in bytes.
const maxFile = 24 << 20

// Routes are the pages of directives.
func Routes(docs *directive.Register, tasks *task.Engine, figures *indicator.Engine, who *people.People, files Files) []web.Route {
	s := &pages{docs, tasks, figures, who, files}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/chi-dao", Permission: people.ReadDirectives, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/chi-dao/moi", Permission: people.KeepDirectives, Handler: s.blank},
		{Method: http.MethodPost, Pattern: "/chi-dao/nhan-dien", Permission: people.KeepDirectives, Handler: s.recognise, MaxBody: maxFile},
		{Method: http.MethodPost, Pattern: "/chi-dao", Permission: people.KeepDirectives, Handler: s.add},
		{Method: http.MethodGet, Pattern: "/chi-dao/{id}", Permission: people.ReadDirectives, Handler: s.one},
		{Method: http.MethodPost, Pattern: "/chi-dao/{id}/hieu-luc", Permission: people.KeepDirectives, Handler: s.change},
		{Method: http.MethodPost, Pattern: "/chi-dao/{id}/chi-tieu", Permission: people.KeepDirectives, Handler: s.goal},
	}
}

// Path is a directive's page.
func Path(id string) string { return "/chi-dao/" + url.PathEscape(id) }

func (s *pages) get(r *web.Request) (*directive.Document, error) {
	return Get(r, s.docs, r.PathValue("id"))
}

// Get reads a directive that the reader may see; another unit's is not found rather than forbidden.
func Get(r *web.Request, docs *directive.Register, id string) (*directive.Document, error) {
	d, err := docs.Get(r.Context(), id)
	if err == nil && !people.Holds(r.Reader, people.ReadDirectives, d.Unit) {
		return nil, fault.New(fault.NotFound, "directive.not_found", "id", id)
	}
	return d, err
}

// perPage is the number of directives on a page.
const perPage = 50

type query struct {
	Text, Kind, Force string
	Page              int
}

func (q query) address(change ...string) string {
	v := url.Values{}
	all := append([]string{"q", q.Text, "loai", q.Kind, "hieu-luc", q.Force}, change...)
	for i := 0; i+1 < len(all); i += 2 {
		v.Del(all[i])
		if all[i+1] != "" {
			v.Set(all[i], all[i+1])
		}
	}
	return "/chi-dao?" + v.Encode()
}

type row struct {
	*directive.Document
	Kind  string
	Ended bool
	Open  int // tasks not done that rest on it
}

type listPage struct {
	*web.View
	Q        query
	Rows     []row
	Total    int
	Kinds    []directive.Kind
	Stranded []tasksOf // open tasks that rest on a directive no longer in force
}

// tasksOf is how many open tasks rest on a directive.
type tasksOf struct {
	*directive.Document
	Open int
}

func (s *pages) list(r *web.Request) error {
	q := query{Text: r.Query("q"), Kind: r.Query("loai"), Force: r.Query("hieu-luc")}
	q.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	q.Page = max(q.Page, 1)
	lists, err := s.docs.Lists()
	if err != nil {
		return err
	}
	p := listPage{View: r.View(r.T("directives.title")), Q: q, Kinds: lists.Kinds()}
	p.Wide = true
	open, err := s.tasks.OpenByDirective(r.Context(), tasks.Reach(r))
	if err != nil {
		return err
	}
	f := s.filter(r)
	f.Text, f.Kind, f.Force, f.Limit, f.Skip = q.Text, q.Kind, q.Force, perPage, (q.Page-1)*perPage
	docs, total, err := s.docs.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, d := range docs {
		p.Rows = append(p.Rows, row{d, lists.KindName(d.Kind, r.Lang), !d.InForce(r.Today()), open[d.ID]})
	}
	if p.Stranded, err = s.stranded(r, open); err != nil {
		return err
	}
	return r.Render(http.StatusOK, list(p))
}

// filter limits to what the reader may see.
func (s *pages) filter(r *web.Request) directive.Filter {
	state, units := people.Sides(r.Reader, people.ReadDirectives)
	return directive.Filter{State: state, Units: units}
}

// stranded lists the directives no longer in force on which open tasks still rest.
func (s *pages) stranded(r *web.Request, open map[string]int) ([]tasksOf, error) {
	f := s.filter(r)
	f.Force, f.Limit = "ended", 1<<20 // as many as the register gives
	ended, _, err := s.docs.List(r.Context(), f)
	var out []tasksOf
	for _, d := range ended {
		if n := open[d.ID]; n > 0 {
			out = append(out, tasksOf{d, n})
		}
	}
	return out, err
}

// visible is a directive of the register that the reader may see, nil otherwise.
func (s *pages) visible(r *web.Request, id string) *directive.Document {
	if id == "" {
		return nil
	}
	d, err := s.docs.Get(r.Context(), id)
	if err != nil || !people.Holds(r.Reader, people.ReadDirectives, d.Unit) {
		return nil
	}
	return d
}

// units lists the units in which the reader may keep directives.
func (s *pages) units(r *web.Request) ([]people.Unit, error) {
	units, err := s.who.Units(r.Context(), r.Today(), "")
	var out []people.Unit
	for _, u := range units {
		if r.Can(people.KeepDirectives, u.Code) {
			out = append(out, u)
		}
	}
	return out, err
}

// dayIn reads a date field; empty is NoDate.
func dayIn(in url.Values, name string) (calendar.Date, error) {
	if in.Get(name) == "" {
		return calendar.NoDate, nil
	}
	return calendar.Parse(in.Get(name))
}
