// Package tasks (trang nhiệm vụ) is the pages of assigned work: lists, the matrix by unit, one task with its next
// steps, giving out, and the table in and out. It owns no rules: package task decides what a step may do, package
// people who the reader is.
package tasks

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"trucot/internal/app/page/marks"
	"trucot/internal/app/page/saved"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

type pages struct {
	tasks *task.Engine
	docs  *directive.Register
	who   *people.People
	words *lang.Catalog
	files Files
	views saved.Book
}

// Files shows the files of a task on its page; nil when there is nothing to show.
type Files func(*web.Request, *web.View, *task.Task) (templ.Component, error)

// maxTable bounds an imported table in bytes.
const maxTable = 16 << 20

// Routes are the pages of tasks.
func Routes(e *task.Engine, docs *directive.Register, who *people.People, words *lang.Catalog, files Files, views saved.Book) []web.Route {
	s := &pages{e, docs, who, words, files, views}
	return append(append(s.baselineRoutes(), s.saved().Routes()...), []web.Route{
		{Method: http.MethodGet, Pattern: "/viec", Permission: people.ReadTasks, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/viec/don-vi", Permission: people.ReadTasks, Handler: s.matrix},
		{Method: http.MethodGet, Pattern: "/viec/lich", Permission: people.ReadTasks, Handler: s.calendar},
		{Method: http.MethodGet, Pattern: "/viec/dong-thoi-gian", Permission: people.ReadTasks, Handler: s.timeline},
		{Method: http.MethodGet, Pattern: "/viec/xuat", Permission: people.ReadTasks, Handler: s.export},
		{Method: http.MethodGet, Pattern: "/viec/moi", Permission: people.AssignTasks, Handler: s.blank},
		{Method: http.MethodPost, Pattern: "/viec", Permission: people.AssignTasks, Handler: s.assign},
		{Method: http.MethodGet, Pattern: "/viec/nhap", Permission: people.AssignTasks, Handler: s.table},
		{Method: http.MethodPost, Pattern: "/viec/nhap", Permission: people.AssignTasks, Handler: s.readTable, MaxBody: maxTable},
		{Method: http.MethodGet, Pattern: "/viec/hang-loat", Permission: people.AssignTasks, Handler: s.bulk},
		{Method: http.MethodPost, Pattern: "/viec/hang-loat", Permission: people.AssignTasks, Handler: s.bulkChange},
		{Method: http.MethodGet, Pattern: "/viec/{id}/sua", Permission: people.AssignTasks, Handler: s.edit},
		{Method: http.MethodPost, Pattern: "/viec/{id}/sua", Permission: people.AssignTasks, Handler: s.change},
		web.FormRoute("/viec/{id}/danh-dau", people.ActOnTasks, s.mark, s.again),
		{Method: http.MethodGet, Pattern: "/viec/{id}", Permission: people.ReadTasks, Handler: s.one},
		{Method: http.MethodPost, Pattern: "/viec/{id}/{action}", Permission: people.ActOnTasks, Handler: s.act},
	}...)
}

// slugs are the verbs in addresses.
var slugs = map[task.Verb]string{
	task.Progressed: "tien-do", task.ExtensionRequested: "xin-gia-han", task.ExtensionGranted: "gia-han", task.ExtensionRefused: "khong-gia-han",
	task.HandedOver: "chuyen-giao", task.ExplanationDemanded: "yeu-cau-giai-trinh", task.ExplanationGiven: "giai-trinh",
	task.Finished: "hoan-thanh", task.Accepted: "xac-nhan", task.Reopened: "tra-lai", task.TakenBack: "thu-hoi",
}

func verbOf(slug string) task.Verb {
	for v, s := range slugs {
		if s == slug {
			return v
		}
	}
	return ""
}

// Needed is the permission behind a rule's side.
func Needed(r task.Right) web.Permission {
	if r == task.ByAssigner {
		return people.AssignTasks
	}
	return people.ActOnTasks
}

func (s *pages) get(r *web.Request) (*task.Task, error) { return Get(r, s.tasks, r.PathValue("id")) }

// Get reads a task that the reader may see, by unit or as one who works on it; another's is not found rather than
// forbidden.
func Get(r *web.Request, e *task.Engine, id string) (*task.Task, error) {
	t, err := e.Get(r.Context(), id)
	if err == nil && !people.Holds(r.Reader, people.ReadTasks, t.Unit) && !helps(r, t) {
		return nil, fault.New(fault.NotFound, "task.not_found", "id", id)
	}
	return t, err
}

// helps reports whether the reader is one of a task's collaborators. A task of the Party's side is shown to none who may not
// read that side.
func helps(r *web.Request, t *task.Task) bool {
	return slices.Contains(t.Collaborators, r.Actor()) && (t.Side == people.State || r.Can(people.ReadParty, t.Unit))
}

// mayTake reports whether the reader may take a step: from the side that it belongs to, and progress also as a collaborator.
func mayTake(r *web.Request, t *task.Task, rule task.Rule) bool {
	return people.Holds(r.Reader, Needed(rule.Right), t.Unit) || rule.Verb == task.Progressed && helps(r, t)
}

// Reach is what a reader may see of the tasks.
func Reach(r *web.Request) task.Reach {
	state, units := people.Sides(r.Reader, people.ReadTasks)
	return task.Reach{State: state, Units: units}
}

// List is where the list of tasks stands.
const List = "/viec"

// ListReach is where the reader may read tasks, for views that are shared with a unit.
func ListReach(r *web.Request) (units, without []string) {
	return people.Reach(r.Reader, people.ReadTasks)
}

// saved is the list's saved views.
func (s *pages) saved() saved.List {
	return saved.List{Book: s.views, Path: List, Read: people.ReadTasks, Act: people.ActOnTasks, Reach: ListReach,
		Clean: func(v url.Values) url.Values { return readQuery(v, calendar.MustParse("9999-12-31")).values() }}
}

// Path is a task's page.
func Path(id string) string { return "/viec/" + url.PathEscape(id) }

// Row is a task in a list.
type Row struct {
	*task.Task
	UnitName, OwnerName, Directive string
	Colour, Word, When             string
	Helping                        bool // the reader works on it with its owner
	Marks                          marks.Marks
	Link                           string // the task's page, of a past day where the list is
}

// StatusWord is the status in words, with what is left of the term.
func (t *Row) StatusWord() string { return statusWord(*t) }

// Row makes a task's line: its colour and word, and how long it has left.
func (s *pages) row(r *web.Request, t *task.Task) Row {
	out := NewRow(r, s.tasks, s.who, t)
	if d := s.directive(r, t.Directive); d != nil {
		out.Directive = d.Label()
	}
	return out
}

// NewRow is a task's line without its directive.
func NewRow(r *web.Request, e *task.Engine, who *people.People, t *task.Task) Row {
	return newRow(r, e, who, t, r.Today())
}

// newRow is a task's line as of a day.
func newRow(r *web.Request, e *task.Engine, who *people.People, t *task.Task, today calendar.Date) Row {
	left := e.Left(t, today)
	out := Row{Task: t, Link: Path(t.ID), UnitName: who.UnitName(r.Context(), t.Unit, r.Lang), OwnerName: who.AccountName(r.Context(), t.Owner),
		Colour: e.Colour(t, today), Word: r.T("task." + string(t.Status(today))), Marks: marks.Marks{Priority: t.Priority, Labels: t.Labels}}
	me := people.Desk(r.Actor())
	out.Helping = t.Owner != me && slices.Contains(t.Collaborators, me)
	switch {
	case t.State != task.Open:
	case t.Due == calendar.NoDate:
		out.When = r.T("tasks.no_due")
	case t.Due < today && left == 0: // only rest days since
		out.When = r.T("tasks.just_late")
	case t.Due < today:
		out.When = r.T("tasks.late_by", "n", -left)
	case t.Due == today:
		out.When = r.T("tasks.due_today")
	default:
		out.When = r.T("tasks.left", "n", left)
	}
	return out
}

// directive is the directive of an id that the reader may see, nil for none.
func (s *pages) directive(r *web.Request, id string) *directive.Document {
	if id == "" {
		return nil
	}
	d, err := s.docs.Get(r.Context(), id)
	if err != nil || !people.Holds(r.Reader, people.ReadDirectives, d.Unit) {
		return nil
	}
	return d
}

// units lists the units in which the reader has a permission, on both sides.
func (s *pages) units(r *web.Request, p web.Permission) ([]people.Unit, error) {
	units, err := s.who.Units(r.Context(), r.Today(), "")
	var out []people.Unit
	for _, u := range units {
		if r.Can(p, u.Code) {
			out = append(out, u)
		}
	}
	return out, err
}

// accounts lists those who may be given a task.
func (s *pages) accounts(ctx context.Context) ([]people.Account, error) {
	all, err := s.who.Accounts(ctx)
	var out []people.Account
	for _, a := range all {
		if !a.Closed {
			out = append(out, a)
		}
	}
	return out, err
}
