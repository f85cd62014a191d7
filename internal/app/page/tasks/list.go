package tasks

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/app/page/saved"
	"trucot/internal/app/taskbook"
	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// perPage is the number of tasks on a page.
const perPage = 50

// chipViews are those of Views that stand above every list.
var chipViews = []string{"mine", "unit", "given", "open", "overdue", "unconfirmed", "done", "all"}

// Query is what the list is filtered by, for the page and for programs.
type Query struct {
	View, Text, Unit, Directive string
	Priority, Label             string
	Day                         calendar.Date // the list as it stood at its end; 0 = as it stands
}

// query is what the list is asked for; each part is a parameter of its address.
type query struct {
	Query
	Sort  string // one of sorts, "" = by due date
	Group string // one of groups
	Page  int
}

// sorts and groups are what the list may be ordered and divided by.
var (
	sorts  = map[string]task.Sort{"trich-yeu": task.ByTitle, "-trich-yeu": task.ByTitleDown, "uu-tien": task.ByPriority}
	groups = map[string]task.Sort{"uu-tien": task.ByPriority, "don-vi": task.ByUnit, "nhan-viec": task.ByLabels}
)

// readQuery reads an address; a day from today on is no day that is over.
func readQuery(v url.Values, today calendar.Date) query {
	get := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	q := query{Query: Query{View: get("xem"), Text: get("q"), Unit: get("don-vi"), Directive: get("van-ban"), Label: get("nhan-viec")}}
	if _, err := label.ParsePriority(get("uu-tien")); err == nil {
		q.Priority = get("uu-tien")
	}
	if _, ok := sorts[get("sap")]; ok {
		q.Sort = get("sap")
	}
	if _, ok := groups[get("nhom")]; ok {
		q.Group = get("nhom")
	}
	if day, err := calendar.Parse(get("ngay")); err == nil && day < today {
		q.Day = day
	}
	q.Page, _ = strconv.Atoi(get("trang")) // unreadable = the first page
	q.Page = max(q.Page, 1)
	return q
}

// address is the list with some parts changed: name, value pairs; "" takes a part away.
func (q query) address(change ...string) string { return q.at("/viec", change...) }

// at is the same question to another view of the tasks.
func (q query) at(path string, change ...string) string {
	v := q.values(change...)
	return path + "?" + v.Encode()
}

// values is the question without its page, with some parts changed.
func (q query) values(change ...string) url.Values {
	v := url.Values{}
	all := append([]string{"xem", q.View, "q", q.Text, "don-vi", q.Unit, "van-ban", q.Directive, "uu-tien", q.Priority, "nhan-viec", q.Label, "sap", q.Sort, "nhom", q.Group}, change...)
	if q.Day != 0 {
		all = append([]string{"ngay", q.Day.String()}, all...)
	}
	for i := 0; i+1 < len(all); i += 2 {
		v.Del(all[i])
		if all[i+1] != "" {
			v.Set(all[i], all[i+1])
		}
	}
	return v
}

type listPage struct {
	*web.View
	Q      query
	Rows   []Row
	Total  int
	Counts map[string]int // by view
	Units  []people.Unit
	About  string    // the directive that the list is of
	Lens   string    // path of the view that this page is
	Past   task.Past // of a list as of a day
	Saved  saved.Bar
}

// asOf reports whether the list is one of a day that is over; the other views of the tasks are of today.
func (p listPage) asOf() bool { return p.Q.Day != 0 && p.Lens == "/viec" }

// address is this page with some parts of its question changed.
func (p listPage) address(change ...string) string { return p.Q.at(p.Lens, change...) }

func (s *pages) list(r *web.Request) error {
	q := readQuery(r.URL.Query(), r.Today())
	p := listPage{View: r.View(r.T("tasks.title")), Q: q, Lens: "/viec"}
	p.Wide = true
	f, err := s.frame(r, &p)
	if err != nil {
		return err
	}
	from := (q.Page - 1) * perPage
	if p.asOf() {
		all := p.Past.List(f)
		p.Total, from = len(all), min(from, len(all))
		for _, t := range all[from:min(from+perPage, len(all))] {
			row := newRow(r, s.tasks, s.who, t, q.Day)
			row.Link += "?ngay=" + q.Day.String()
			p.Rows = append(p.Rows, row)
		}
		return r.Render(http.StatusOK, list(p))
	}
	f.Limit, f.Offset, f.Sort = perPage, from, sorts[q.Sort]
	if by, ok := groups[q.Group]; ok {
		f.Sort = by
	}
	tasks, total, err := s.tasks.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, t := range tasks {
		p.Rows = append(p.Rows, s.row(r, t))
	}
	return r.Render(http.StatusOK, list(p))
}

// frame fills what the views of the list have in common: filter, chips and choices.
func (s *pages) frame(r *web.Request, p *listPage) (task.Filter, error) {
	base, err := p.Q.Base(r, s.who)
	if err != nil {
		return base, err
	}
	tally := Tally(func(f task.Filter) (task.Tally, error) { return s.tasks.Tally(r.Context(), f) })
	if p.asOf() {
		if p.Past, err = s.tasks.AllAsOf(r.Context(), base.Reach, p.Q.Day); err != nil {
			return base, err
		}
		tally = func(f task.Filter) (task.Tally, error) { return p.Past.Tally(f), nil }
	}
	if p.Counts, err = tally.Counts(r, base); err != nil {
		return base, err
	}
	if p.Q.View = p.Q.chosen(); p.Q.View == "" {
		p.Q.View = "open"
		if p.Q.Text+p.Q.Unit+p.Q.Directive+p.Q.Priority+p.Q.Label == "" && p.Counts["mine"] > 0 {
			p.Q.View = "mine"
		}
	}
	if d := s.directive(r, p.Q.Directive); d != nil {
		p.About = d.Label()
	}
	if p.Units, err = s.units(r, people.ReadTasks); err != nil {
		return base, err
	}
	Narrow(r, p.Q.View, &base)
	if p.Lens == List {
		p.Saved, err = s.saved().Bar(r, p.View, p.Q.values(), p.Units)
	}
	return base, err
}

// Views are all that a list may be narrowed to.
var Views = []string{"mine", "unit", "given", "open", "overdue", "in_term", "unconfirmed", "done", "done_on_time", "done_late", "all"}

// chosen is the view asked for; one that is none is that of open tasks.
func (q Query) chosen() string {
	if q.View != "" && !slices.Contains(Views, q.View) {
		return "open"
	}
	return q.View
}

// Base turns the query into a filter for the engine, before any view.
func (q Query) Base(r *web.Request, who *people.People) (task.Filter, error) {
	f := task.Filter{Reach: Reach(r), Text: q.Text, Directive: q.Directive, Label: q.Label}
	if q.Priority != "" {
		p, err := label.ParsePriority(q.Priority)
		if err != nil {
			return f, err
		}
		f.Priority = &p
	}
	if q.Unit == "" {
		return f, nil
	}
	if err := r.Require(people.ReadTasks, q.Unit); err != nil {
		return f, err
	}
	var err error
	f.Units, err = who.Subtree(r.Context(), q.Unit, r.Today())
	return f, err
}

// Narrow leaves what one of Views shows.
func Narrow(r *web.Request, view string, f *task.Filter) {
	switch view {
	case "mine":
		f.Account, f.Helping, f.View = people.Desk(r.Actor()), true, "open"
	case "given":
		f.Account, f.Assigned, f.View = people.Desk(r.Actor()), true, "open"
	case "unit": // the units in which the reader works; whoever works everywhere sees all
		units, _ := people.Reach(r.Reader, people.ActOnTasks)
		if f.View = "open"; units != nil && len(f.Units) == 0 {
			f.Units = append(units, "") // never empty, which would mean all
		}
	case "all":
		f.View = ""
	default:
		f.View = view
	}
}

// Tally counts by the engine's views, now or as of a day.
type Tally func(task.Filter) (task.Tally, error)

// Counts is how many tasks each of Views shows of those that a filter leaves.
func (t Tally) Counts(r *web.Request, base task.Filter) (map[string]int, error) {
	out := map[string]int{}
	all, err := t(base)
	for _, view := range Views {
		f, c := base, all
		Narrow(r, view, &f)
		if view == "mine" || view == "given" || view == "unit" {
			if c, err = t(f); err != nil {
				return nil, err
			}
		}
		out[view] = c.Of(f.View)
	}
	return out, err
}

// matrixRow is a unit's line.
type matrixRow struct {
	task.UnitCount
	Name string
}

type matrixPage struct {
	*web.View
	Rows []matrixRow
	Sum  task.UnitCount
}

func (s *pages) matrix(r *web.Request) error {
	p := matrixPage{View: r.View(r.T("tasks.by_unit"), web.Crumb{Title: r.T("tasks.title"), Path: "/viec"})}
	rows, err := s.tasks.ByUnit(r.Context(), Reach(r))
	if err != nil {
		return err
	}
	for _, c := range rows {
		p.Rows = append(p.Rows, matrixRow{c, s.who.UnitName(r.Context(), c.Unit, r.Lang)})
		p.Sum.OnTime += c.OnTime
		p.Sum.DoneLate += c.DoneLate
		p.Sum.InTerm += c.InTerm
		p.Sum.Overdue += c.Overdue
	}
	return r.Render(http.StatusOK, matrix(p))
}

// export answers with the list's tasks as a table, all pages of it.
func (s *pages) export(r *web.Request) error {
	q := readQuery(r.URL.Query(), r.Today())
	if q.View = q.chosen(); q.View == "" {
		q.View = "all"
	}
	f, err := q.Base(r, s.who)
	if err != nil {
		return err
	}
	Narrow(r, q.View, &f)
	today := r.Today()
	var list []*task.Task
	if q.Day != 0 {
		today = q.Day
		past, err := s.tasks.AllAsOf(r.Context(), f.Reach, q.Day)
		if err != nil {
			return err
		}
		list = past.List(f)
	} else {
		f.Limit = 1 << 30 // as many as the engine gives
		if list, _, err = s.tasks.List(r.Context(), f); err != nil {
			return err
		}
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="nhiem-vu-`+r.Today().String()+`.xlsx"`)
	h.Set("Cache-Control", "no-store")
	return taskbook.Write(r.W, s.words, r.Lang, list, today, func(t *task.Task) int { return s.tasks.Left(t, today) }, nil)
}
