package dossiers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/app/page/marks"
	"trucot/internal/app/page/saved"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// row is a dossier in the list.
type row struct {
	*dossier.Row
	Procedure, State, Assignee, Unit string
	Late                             bool // open past its due date
	Marks                            marks.Marks
	Path                             string
}

// section is the rows of one group; a list without groups is one section without a title.
type section struct {
	Title string
	Count int
	Rows  []row
}

type tab struct {
	ID        string
	Count     int
	Uncounted bool // not every dossier could be looked at
}

type listPage struct {
	*web.View
	Q        query
	Page     dossier.Page
	Sections []section
	Tabs     []tab
	Columns  []column
	Choices  []*procedure.Procedure
	Units    []people.Unit
	Accounts []people.Account // whom the reader may give dossiers to; empty = may not
	Steps    []bulkStep
	MoveTo   []people.Unit // that the reader may give dossiers to; empty = may not
	Merged   *merged       // the list is of a unit that ended
	Counts   map[worklist.Dim]map[string]int
	Saved    saved.Bar
	Name     string // of the assignee in the chip
	Place    string // of the unit in its chip, which may have ended
	Whole    bool   // of a list as of a day: nothing had to be left out
}

// asOf reports whether the list is one of a day that is over; nothing can be done there.
func (p *listPage) asOf() bool { return p.Q.Day != 0 }

// asked is a list with the reader's reach in it.
type asked struct {
	q    query
	base dossier.Filter // without the view
	f    dossier.Filter
}

func (s *pages) ask(r *web.Request) (asked, error) {
	a := asked{q: readQuery(r.URL.Query())}
	a.base = dossier.Filter{Procedure: a.q.Procedure, Status: a.q.Status, Assignee: a.q.Assignee, Text: a.q.Text, Label: a.q.Label}
	if a.q.Priority != "" {
		p, err := label.ParsePriority(a.q.Priority)
		if err != nil {
			return a, err
		}
		a.base.Priorities = []label.Priority{p}
	}
	if a.q.Day >= r.Today() {
		a.q.Day = 0 // the end of today is now
	}
	var err error
	if a.base.Units, a.base.Without, err = s.reach(r, a.q.Unit); err != nil {
		return a, err
	}
	today := r.Today()
	if a.q.Day != 0 {
		today = a.q.Day
	} else if err := s.dossiers.Search(r.Context(), &a.base); err != nil {
		return a, err
	}
	a.f = a.base
	s.view(r, a.q.View, &a.f, today)
	return a, nil
}

// tabs counts what each of the views would show.
func (s *pages) tabs(r *web.Request, base dossier.Filter) ([]tab, error) {
	filters := make([]dossier.Filter, len(views))
	for i, id := range views {
		filters[i] = base
		s.view(r, id, &filters[i], r.Today())
	}
	counts, err := s.dossiers.Count(r.Context(), filters...)
	if err != nil {
		return nil, err
	}
	out := make([]tab, len(views))
	for i, id := range views {
		out[i] = tab{ID: id, Count: counts[i]}
	}
	return out, nil
}

func (s *pages) list(r *web.Request) error {
	a, err := s.ask(r)
	if err != nil {
		return err
	}
	p := listPage{View: r.View(r.T("dossiers.title")), Q: a.q, Choices: s.latest(), Columns: shownColumns(a.q)}
	p.Wide = true
	p.Place = s.who.UnitName(r.Context(), a.q.Unit, r.Lang)
	if p.Units, err = s.unitsFor(r, people.ReadDossiers); err != nil {
		return err
	}
	if p.Saved, err = s.saved().Bar(r, p.View, a.q.values(), p.Units); err != nil {
		return err
	}
	if p.asOf() {
		return s.listAsOf(r, a, &p)
	}
	if p.Page, err = s.dossiers.Page(r.Context(), a.f, s.order(r, a.q), a.q.At, a.q.Back, perPage); err != nil {
		return err
	}
	if p.Tabs, err = s.tabs(r, a.base); err != nil {
		return err
	}
	if p.Sections, err = s.sections(r, a, p.Page.Rows); err != nil {
		return err
	}
	if err := s.furnish(r, a, &p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, list(&p))
}

// furnish adds what stands around the rows: choices with their counts, what may be done to many.
func (s *pages) furnish(r *web.Request, a asked, p *listPage) error {
	var err error
	p.Counts = map[worklist.Dim]map[string]int{}
	for _, d := range []worklist.Dim{worklist.Unit, worklist.Procedure, worklist.Status, worklist.Assignee, worklist.Priority} {
		if p.Counts[d], err = s.dossiers.CountBy(r.Context(), a.f, d); err != nil {
			return err
		}
	}
	if p.Name = s.who.AccountName(r.Context(), a.q.Assignee); p.Name == "" {
		p.Name = a.q.Assignee
	}
	if p.Merged, err = s.merger(r, a.q.Unit); err != nil {
		return err
	}
	if r.Can(people.MoveDossiers, "") {
		if p.MoveTo, err = s.destinations(r, ""); err != nil {
			return err
		}
	}
	if r.Can(people.ActOnDossiers, "") {
		p.Steps = s.bulkSteps(r, p.Page.Rows)
		if p.Accounts, err = s.assignees(r.Context()); err != nil {
			return err
		}
	}
	return nil
}

func (s *pages) saved() saved.List {
	return saved.List{Book: s.dossiers, Path: dossier.Dossiers, Read: people.ReadDossiers, Act: people.ActOnDossiers, Reach: Reach,
		Clean: func(v url.Values) url.Values { return readQuery(v).values() }}
}

// shownColumns are those chosen, or those that stand by default; title and due date always.
func shownColumns(q query) []column {
	var out []column
	for _, c := range columns {
		chosen := c.Default
		if len(q.Columns) > 0 {
			chosen = c.Priority == 0
			for _, id := range q.Columns {
				chosen = chosen || id == c.ID
			}
		}
		if chosen {
			out = append(out, c)
		}
	}
	return out
}

// sections divides the rows of the page by the query's group.
func (s *pages) sections(r *web.Request, a asked, rows []*dossier.Row) ([]section, error) {
	var out []section
	last := ""
	for i, d := range rows {
		key := s.groupOf(a.q.Group, d, r.Today())
		if i == 0 || key != last {
			title, count, err := s.groupTitle(r, a, key)
			if err != nil {
				return nil, err
			}
			out = append(out, section{Title: title, Count: count})
			last = key
		}
		at := &out[len(out)-1]
		at.Rows = append(at.Rows, s.row(r, d, r.Today()))
	}
	return out, nil
}

func (s *pages) groupOf(group string, d *dossier.Row, today calendar.Date) string {
	switch group {
	case "trang-thai":
		return strconv.Itoa(d.Status)
	case "don-vi":
		return d.Unit
	case "nguoi":
		return d.Assignee
	case "thu-tuc":
		return d.Procedure
	case "uu-tien":
		return strconv.Itoa(int(d.Priority))
	case "nhan-viec":
		return d.Labels
	case "tuan":
		switch {
		case !isOpen(d.Status):
			return "ended"
		case d.DueOn == calendar.NoDate:
			return "none"
		case d.DueOn < today:
			return "late"
		}
		return monday(d.DueOn).String()
	}
	return ""
}

// groupTitle names a group and counts it in the whole list, not on this page alone.
func (s *pages) groupTitle(r *web.Request, a asked, key string) (string, int, error) {
	if g, ok := columnOf(a.q.Group); ok {
		counts, err := s.dossiers.CountBy(r.Context(), a.f, g.Dim)
		return s.valueName(r, g.Dim, key), counts[key], err
	}
	if a.q.Group != "tuan" {
		return "", 0, nil
	}
	f, all := a.f, a.f
	title := r.T("dossiers.week_" + key)
	switch key {
	case "ended":
		f.Open = true
	case "none":
		f.DueFrom, f.DueUntil = 1, 1<<30
		all.Open = true
	case "late":
		f.DueUntil = sooner(f.DueUntil, r.Today())
	default:
		week, err := calendar.Parse(key)
		if err != nil {
			return "", 0, err
		}
		f.DueFrom, f.DueUntil = max(f.DueFrom, week, r.Today()), sooner(f.DueUntil, week+7)
		title = r.T("dossiers.week", "from", week.Format(r.Lang), "to", (week + 6).Format(r.Lang))
	}
	n, err := s.dossiers.Count(r.Context(), f, all)
	if err != nil {
		return "", 0, err
	}
	if key == "ended" || key == "none" { // everything but what can be asked for
		return title, n[1] - n[0], nil
	}
	return title, n[0], nil
}

// sooner is the nearer of two ends of a span, where zero is none.
func sooner(a, b calendar.Date) calendar.Date {
	if a == 0 || a == calendar.NoDate {
		return b
	}
	return min(a, b)
}

// valueName is a value of a dimension for people.
func (s *pages) valueName(r *web.Request, d worklist.Dim, value string) string {
	switch {
	case d == worklist.Status:
		return r.T("dossiers.status_" + value)
	case d == worklist.Priority:
		n, _ := strconv.Atoi(value) // the index holds nothing but numbers here
		return r.T("label.priority_" + label.Priority(n).Word())
	case d == worklist.Labels && value == "":
		return r.T("marks.none")
	case d == worklist.Labels:
		return strings.ReplaceAll(value, ",", ", ")
	case value == "" && d == worklist.Assignee:
		return r.T("dossiers.nobody")
	case d == worklist.Unit:
		return s.unitName(r, value)
	case d == worklist.Assignee:
		return s.who.AccountName(r.Context(), value)
	}
	return s.newest(r.Lang, value)
}

// newest is the title of a procedure's newest version.
func (s *pages) newest(tag lang.Tag, id string) string {
	for _, p := range s.latest() {
		if p.ID == id {
			return p.Title.In(tag)
		}
	}
	return id
}

// rank sorts the values of a dimension as people would.
func (s *pages) rank(r *web.Request, d worklist.Dim, value string) string {
	switch d {
	case worklist.Status:
		n, _ := strconv.Atoi(value) // the index holds nothing but numbers here
		return string(rune('A' + n))
	case worklist.Priority:
		n, _ := strconv.Atoi(value)
		return string(rune('M' - n)) // the most pressing first
	case worklist.Assignee:
		return string(lang.NameKey(s.who.AccountName(r.Context(), value)))
	}
	return string(lang.SortKey(s.valueName(r, d, value)))
}

func (s *pages) row(r *web.Request, d *dossier.Row, today calendar.Date) row {
	out := row{Row: d, Marks: marks.Marks{Priority: d.Priority, Labels: d.LabelList()}, Path: path(d.Code), Procedure: s.procedureName(r.Lang, d.Procedure, d.Version), State: r.T("dossiers.status_" + strconv.Itoa(d.Status))}
	if p, err := s.procs.Version(d.Procedure, d.Version); err == nil {
		if st := p.State(d.State); st != nil {
			out.State = st.Label.In(r.Lang)
		}
	}
	out.Unit, out.Assignee = s.who.UnitName(r.Context(), d.Unit, r.Lang), s.who.AccountName(r.Context(), d.Assignee)
	out.Late = d.Overdue(today)
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
