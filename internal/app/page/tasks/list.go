package tasks

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/app/taskbook"
	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// perPage is the number of tasks on a page.
const perPage = 50

// views are the lists; the first is what a reader with tasks of their own sees.
var views = []string{"mine", "unit", "given", "open", "overdue", "unconfirmed", "done", "all"}

// query is what the list is asked for; each part is a parameter of its address.
type query struct {
	View, Text, Unit, Directive string
	Priority, Label             string
	Sort                        string        // one of sorts, "" = by due date
	Group                       string        // one of groups
	Day                         calendar.Date // the list as it stood at its end; 0 = as it stands
	Page                        int
}

// sorts and groups are what the list may be ordered and divided by.
var (
	sorts  = map[string]task.Sort{"trich-yeu": task.ByTitle, "-trich-yeu": task.ByTitleDown, "uu-tien": task.ByPriority}
	groups = map[string]task.Sort{"uu-tien": task.ByPriority, "don-vi": task.ByUnit, "nhan-viec": task.ByLabels}
)

func readQuery(r *web.Request) query {
	q := query{View: r.Query("xem"), Text: r.Query("q"), Unit: r.Query("don-vi"), Directive: r.Query("van-ban"), Label: strings.TrimSpace(r.Query("nhan-viec"))}
	if _, err := label.ParsePriority(r.Query("uu-tien")); err == nil {
		q.Priority = r.Query("uu-tien")
	}
	if _, ok := sorts[r.Query("sap")]; ok {
		q.Sort = r.Query("sap")
	}
	if _, ok := groups[r.Query("nhom")]; ok {
		q.Group = r.Query("nhom")
	}
	if day, err := calendar.Parse(r.Query("ngay")); err == nil && day < r.Today() {
		q.Day = day
	}
	q.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	q.Page = max(q.Page, 1)
	return q
}

// address is the list with some parts changed: name, value pairs; "" takes a part away.
func (q query) address(change ...string) string { return q.at("/viec", change...) }

// at is the same question to another view of the tasks.
func (q query) at(path string, change ...string) string {
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
	return path + "?" + v.Encode()
}

type listPage struct {
	*web.View
	Q       query
	Rows    []Row
	Total   int
	Overdue int
	Units   []people.Unit
	About   string // the directive that the list is of
	Lens    string // path of the view that this page is
	Whole   bool   // of a list as of a day: nothing had to be left out
}

// asOf reports whether the list is one of a day that is over.
func (p listPage) asOf() bool { return p.Q.Day != 0 }

// address is this page with some parts of its question changed.
func (p listPage) address(change ...string) string { return p.Q.at(p.Lens, change...) }

func (s *pages) list(r *web.Request) error {
	q := readQuery(r)
	p := listPage{View: r.View(r.T("tasks.title")), Q: q, Lens: "/viec"}
	p.Wide = true
	f, err := s.frame(r, &p)
	if err != nil {
		return err
	}
	if p.asOf() {
		return s.listAsOf(r, p, f)
	}
	f.Limit, f.Offset, f.Sort = perPage, (q.Page-1)*perPage, sorts[q.Sort]
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

// listAsOf is the list as it stood at the end of a day: read only.
func (s *pages) listAsOf(r *web.Request, p listPage, f task.Filter) error {
	all, whole, err := s.tasks.ListAsOf(r.Context(), f, p.Q.Day)
	if err != nil {
		return err
	}
	p.Total, p.Whole, p.Overdue = len(all), whole, 0
	from := min((p.Q.Page-1)*perPage, len(all))
	for _, t := range all[from:min(from+perPage, len(all))] {
		p.Rows = append(p.Rows, newRow(r, s.tasks, s.who, t, p.Q.Day))
	}
	return r.Render(http.StatusOK, list(p))
}

// filter turns the query into one for the engine. Without a view it is the reader's own open tasks, or every open one
// when there are none.
func (s *pages) filter(r *web.Request, q *query) (task.Filter, error) {
	f := task.Filter{Reach: Reach(r), Text: q.Text, Directive: q.Directive, Label: q.Label}
	if q.Priority != "" {
		p, err := label.ParsePriority(q.Priority)
		if err != nil {
			return f, err
		}
		f.Priority = &p
	}
	if q.Unit != "" {
		if err := r.Require(people.ReadTasks, q.Unit); err != nil {
			return f, err
		}
		var err error
		if f.Units, err = s.who.Subtree(r.Context(), q.Unit, r.Today()); err != nil {
			return f, err
		}
	}
	if q.View == "" {
		q.View = "open"
		if q.Text+q.Unit+q.Directive+q.Priority+q.Label == "" {
			mine := f
			mine.Account, mine.Helping, mine.View = people.Desk(r.Actor()), true, "open"
			n, err := s.tasks.Count(r.Context(), mine)
			if err != nil {
				return f, err
			}
			if n > 0 {
				q.View = "mine"
			}
		}
	}
	switch q.View {
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
	case "open", "overdue", "unconfirmed", "done", "in_term", "done_on_time", "done_late":
		f.View = q.View
	default:
		q.View, f.View = "open", "open"
	}
	return f, nil
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
	q := readQuery(r)
	if q.View == "" {
		q.View = "all"
	}
	f, err := s.filter(r, &q)
	if err != nil {
		return err
	}
	today := r.Today()
	f.Limit = 1 << 30 // as many as the engine gives
	var list []*task.Task
	if q.Day != 0 {
		today = q.Day
		list, _, err = s.tasks.ListAsOf(r.Context(), f, q.Day)
	} else {
		list, _, err = s.tasks.List(r.Context(), f)
	}
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="nhiem-vu-`+r.Today().String()+`.xlsx"`)
	h.Set("Cache-Control", "no-store")
	return taskbook.Write(r.W, s.words, r.Lang, list, today, func(t *task.Task) int { return s.tasks.Left(t, today) }, nil)
}
