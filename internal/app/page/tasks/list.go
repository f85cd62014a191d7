package tasks

import (
	"net/http"
	"net/url"
	"strconv"

	"trucot/internal/app/taskbook"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/web"
)

// perPage is the number of tasks on a page.
const perPage = 50

// views are the lists; the first is what a reader with tasks of their own sees.
var views = []string{"mine", "unit", "given", "open", "overdue", "unconfirmed", "done", "all"}

// query is what the list is asked for; each part is a parameter of its address.
type query struct {
	View, Text, Unit, Directive string
	Page                        int
}

func readQuery(r *web.Request) query {
	q := query{View: r.Query("xem"), Text: r.Query("q"), Unit: r.Query("don-vi"), Directive: r.Query("van-ban")}
	q.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	q.Page = max(q.Page, 1)
	return q
}

// address is the list with some parts changed: name, value pairs; "" takes a part away.
func (q query) address(change ...string) string { return q.at("/viec", change...) }

// at is the same question to another view of the tasks.
func (q query) at(path string, change ...string) string {
	v := url.Values{}
	all := append([]string{"xem", q.View, "q", q.Text, "don-vi", q.Unit, "van-ban", q.Directive}, change...)
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
}

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
	f.Limit, f.Offset = perPage, (q.Page-1)*perPage
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

// filter turns the query into one for the engine. Without a view it is the reader's own open tasks, or every open one
// when there are none.
func (s *pages) filter(r *web.Request, q *query) (task.Filter, error) {
	f := task.Filter{Reach: Reach(r), Text: q.Text, Directive: q.Directive}
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
		if q.Text == "" && q.Unit == "" && q.Directive == "" {
			mine := f
			mine.Account, mine.Helping, mine.View, mine.Limit = people.Desk(r.Actor()), true, "open", 1
			_, n, err := s.tasks.List(r.Context(), mine)
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
	f.Limit = 1 << 30 // as many as the engine gives
	list, _, err := s.tasks.List(r.Context(), f)
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="nhiem-vu-`+r.Today().String()+`.xlsx"`)
	h.Set("Cache-Control", "no-store")
	today := r.Today()
	return taskbook.Write(r.W, s.words, r.Lang, list, today, func(t *task.Task) int { return s.tasks.Left(t, today) }, nil)
}
