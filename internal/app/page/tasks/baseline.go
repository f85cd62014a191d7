package tasks

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// baselineRoutes are the pages of frozen plans.
func (s *pages) baselineRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/moc-viec", Permission: people.ReadTasks, Handler: s.baselines},
		web.FormRoute("/moc-viec", people.AssignTasks, s.freeze, s.showBaselines),
		{Method: http.MethodGet, Pattern: "/moc-viec/{id}", Permission: people.ReadTasks, Handler: s.baseline},
		{Method: http.MethodGet, Pattern: "/moc-viec/{id}/xuat", Permission: people.ReadTasks, Handler: s.baselineTable},
	}
}

// kept is a baseline of the list.
type kept struct {
	*task.Baseline
	Scope string
}

type baselinesPage struct {
	*web.View
	Rows    []kept
	Units   []people.Unit
	Docs    []*directive.Document
	In      url.Values
	Trouble string
}

func (s *pages) baselines(r *web.Request) error { return s.showBaselines(r, r.URL.Query(), nil) }

func (s *pages) showBaselines(r *web.Request, in url.Values, trouble error) error {
	p := baselinesPage{View: r.View(r.T("tasks.baselines"), web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}), In: in}
	list, err := s.tasks.Baselines(r.Context(), Reach(r))
	if err != nil {
		return err
	}
	for _, b := range list {
		p.Rows = append(p.Rows, kept{b, s.scopeOf(r, b)})
	}
	if r.Can(people.AssignTasks, "") {
		if p.Units, err = s.units(r, people.AssignTasks); err != nil {
			return err
		}
		state, units := people.Sides(r.Reader, people.ReadDirectives)
		if p.Docs, _, err = s.docs.List(r.Context(), directive.Filter{State: state, Units: units, Limit: 200}); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, baselines(p))
}

// scopeOf names what a baseline is of.
func (s *pages) scopeOf(r *web.Request, b *task.Baseline) string {
	if d := s.directive(r, b.Directive); d != nil {
		return d.Label()
	}
	return s.who.UnitName(r.Context(), b.Unit, r.Lang)
}

func (s *pages) freeze(r *web.Request, in url.Values) (string, error) {
	b := task.Baseline{Name: in.Get("ten"), Unit: in.Get("don-vi")}
	if b.Unit == "" || !r.Can(people.AssignTasks, b.Unit) {
		return "", web.Forbidden()
	}
	if d := s.directive(r, in.Get("van-ban")); d != nil {
		b.Directive = d.ID
	}
	got, err := s.tasks.Freeze(r.Context(), r.Actor(), b)
	if err != nil {
		return "", err
	}
	return "/moc-viec/" + url.PathEscape(got.ID) + "?da=luu", nil
}

// compared is a task beside its plan, in words.
type compared struct {
	Row
	WasUnit, WasOwner string
	WasDue            calendar.Date
	Diff              []task.Difference
}

type baselinePage struct {
	*web.View
	*task.Baseline
	Scope  string
	Rows   []compared
	Counts map[task.Difference]int
	Same   int
	Only   task.Difference // "" = all
}

// Baseline reads a baseline that the reader may see, with those of its tasks that the reader may see beside their plan.
func Baseline(r *web.Request, e *task.Engine, id string) (*task.Baseline, []task.Compared, error) {
	b, err := e.Baseline(r.Context(), id)
	if err != nil || !people.Holds(r.Reader, people.ReadTasks, b.Unit) {
		return nil, nil, fault.New(fault.NotFound, "task.no_baseline", "id", id)
	}
	all, err := e.Compare(r.Context(), b)
	return b, slices.DeleteFunc(all, func(c task.Compared) bool { return !people.Holds(r.Reader, people.ReadTasks, c.Now.Unit) }), err
}

func (s *pages) compare(r *web.Request) (*baselinePage, error) {
	b, all, err := Baseline(r, s.tasks, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &baselinePage{View: r.View(b.Name, web.Crumb{Title: r.T("tasks.title"), Path: "/viec"}, web.Crumb{Title: r.T("tasks.baselines"), Path: "/moc-viec"}), Baseline: b,
		Scope: s.scopeOf(r, b), Counts: map[task.Difference]int{}, Only: task.Difference(r.Query("chi"))}
	for _, c := range all {
		line := compared{Row: NewRow(r, s.tasks, s.who, c.Now), Diff: c.Diff, WasDue: calendar.NoDate}
		if c.Was != nil {
			line.WasUnit, line.WasOwner, line.WasDue = s.who.UnitName(r.Context(), c.Was.Unit, r.Lang), s.who.AccountName(r.Context(), c.Was.Owner), c.Was.Due
		}
		if len(c.Diff) == 0 {
			p.Same++
		}
		for _, d := range c.Diff {
			p.Counts[d]++
		}
		if p.Only == "" || slices.Contains(c.Diff, p.Only) {
			p.Rows = append(p.Rows, line)
		}
	}
	return p, nil
}

func (s *pages) baseline(r *web.Request) error {
	p, err := s.compare(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, baseline(p))
}

// differences are a task's, in words.
func (p *baselinePage) differences(c compared) string {
	if len(c.Diff) == 0 {
		return p.T("tasks.as_planned")
	}
	words := make([]string, len(c.Diff))
	for i, d := range c.Diff {
		words[i] = p.T("tasks.diff_" + string(d))
	}
	return strings.Join(words, "; ")
}

// baselineTable is the comparison as XLSX.
func (s *pages) baselineTable(r *web.Request) error {
	p, err := s.compare(r)
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="moc-`+p.On.String()+`.xlsx"`)
	h.Set("Cache-Control", "no-store")
	var head []sheet.Cell
	for _, key := range []string{"tasks.id", "tasks.what", "tasks.difference", "tasks.was_due", "tasks.due", "tasks.was_unit", "tasks.unit", "tasks.was_owner", "tasks.owner", "tasks.status"} {
		head = append(head, sheet.Cell{Text: r.T(key)})
	}
	columns := []sheet.Column{{Width: 16}, {Width: 50}, {Width: 28}, {Width: 12}, {Width: 12}, {Width: 28}, {Width: 28}, {Width: 20}, {Width: 20}, {Width: 20}}
	rows := make([][]sheet.Value, 0, len(p.Rows))
	for _, c := range p.Rows {
		rows = append(rows, []sheet.Value{c.ID, c.Title, p.differences(c), cellDate(c.WasDue), cellDate(c.Due), c.WasUnit, c.UnitName, c.WasOwner, c.OwnerName, c.Word})
	}
	title := r.T("tasks.baseline_of", "name", p.Name, "on", p.Date(p.On))
	return sheet.Write(r.W, sheet.Book{Title: title, Sheets: []sheet.Sheet{{Name: r.T("tasks.baseline"), Columns: columns, Head: [][]sheet.Cell{head}, Rows: sheet.Rows(rows)}}})
}

func cellDate(d calendar.Date) sheet.Value {
	if d == calendar.NoDate {
		return nil
	}
	return d
}
