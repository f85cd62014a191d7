package api

import (
	"net/http"
	"time"

	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// timeForm is how an instant is written.
const timeForm = time.RFC3339Nano

// words is a text in both languages.
func words[M ~map[lang.Tag]string](m M) map[string]string {
	return map[string]string{"vi": m[lang.VI], "en": m[lang.EN]}
}

// some is a list that is never null.
func some[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func (s *service) taskOps() []operation {
	table := op("task-import", http.MethodPost, "/viec/nhap", people.AssignTasks, s.importTasks)
	table.maxBody = maxBook
	return []operation{
		table,
		op("task-list", http.MethodGet, "/viec", people.ReadTasks, s.listTasks),
		made(op("task-assign", http.MethodPost, "/viec", people.AssignTasks, s.assignTask)),
		op("task-by-unit", http.MethodGet, "/viec-theo-don-vi", people.ReadTasks, s.tasksByUnit),
		op("task-get", http.MethodGet, "/viec/{id}", people.ReadTasks, s.getTask),
		op("task-change", http.MethodPut, "/viec/{id}", people.AssignTasks, s.changeTask),
		op("task-history", http.MethodGet, "/viec/{id}/lich-su", people.ReadTasks, s.taskHistory),
		op("task-act", http.MethodPost, "/viec/{id}/{verb}", people.ActOnTasks, s.actOnTask),
	}
}

// OneTask names a task.
type OneTask struct {
	ID string `path:"id" maxLength:"100"`
}

type taskFilter struct {
	Paging
	View      string `query:"view" enum:"mine,unit,given,open,overdue,in_term,unconfirmed,done,done_on_time,done_late,all" default:"all"`
	Unit      string `query:"unit" maxLength:"100"`
	Owner     string `query:"owner" maxLength:"100"`
	Directive string `query:"directive" maxLength:"100"`
	Priority  string `query:"priority" enum:"urgent,high,normal,low"`
	Label     string `query:"label" maxLength:"100"`
	Text      string `query:"q" maxLength:"200"`
	AsOf      string `query:"asof" format:"date"`
}

// TaskList is one page of tasks.
type TaskList struct {
	Items   []Task         `json:"items"`
	Next    string         `json:"next,omitempty"`
	Counts  map[string]int `json:"counts"`            // of each view, in the same unit, of the same owner and so on
	AsOf    calendar.Date  `json:"as_of"`             // the day at whose end the tasks stood so; empty = they stand so
	Partial bool           `json:"partial,omitempty"` // as of a day: only the tasks changed last were looked at
}

// Task is a task with what its status is, and what may be done with it; as of a day that is over, nothing.
type Task struct {
	task.Task
	Status  task.Status `json:"status"`
	Left    int         `json:"working_days_left"`
	Next    []task.Verb `json:"next"`
	Version int64       `json:"version"`
}

func (s *service) taskOf(r *web.Request, t *task.Task, today calendar.Date) Task {
	out := Task{Task: *t, Status: t.Status(today), Left: s.Tasks.Left(t, today), Next: []task.Verb{}, Version: t.Version}
	if today < r.Today() {
		return out
	}
	for _, rule := range t.Next() {
		if people.Holds(r.Reader, tasks.Needed(rule.Right), t.Unit) {
			out.Next = append(out.Next, rule.Verb)
		}
	}
	return out
}

func (s *service) listTasks(r *web.Request, in *taskFilter) (*reply[TaskList], error) {
	q := tasks.Query{View: in.View, Text: in.Text, Unit: in.Unit, Directive: in.Directive, Priority: in.Priority, Label: in.Label}
	var err error
	if q.Day, err = day(in.AsOf, "query.asof"); err != nil {
		return nil, err
	}
	if in.Owner != "" && (in.View == "mine" || in.View == "given") { // which are of the caller
		return nil, fault.New(fault.Invalid, "api.bad_value").At(fault.Place{File: "query.owner"})
	}
	f, err := q.Base(r, s.People)
	if err != nil {
		return nil, err
	}
	f.Account = in.Owner
	body := TaskList{AsOf: calendar.NoDate}
	today, find := r.Today(), func(after string, n int) ([]*task.Task, error) {
		f.Limit = n
		return s.Tasks.After(r.Context(), f, after)
	}
	tally := tasks.Tally(func(f task.Filter) (task.Tally, error) { return s.Tasks.Tally(r.Context(), f) })
	if q.Day != calendar.NoDate && q.Day < today { // the end of today is now
		past, err := s.Tasks.AllAsOf(r.Context(), f.Reach, q.Day)
		if err != nil {
			return nil, err
		}
		body.AsOf, body.Partial, today = q.Day, !past.Whole, q.Day
		tally = func(f task.Filter) (task.Tally, error) { return past.Tally(f), nil }
		find = func(after string, n int) ([]*task.Task, error) {
			return among(past.List(f), func(t *task.Task) string { return t.ID })(after, n)
		}
	}
	if body.Counts, err = tally.Counts(r, f); err != nil {
		return nil, err
	}
	tasks.Narrow(r, in.View, &f)
	page, err := listed(r, in.Paging, find, plain(func(t *task.Task) Task { return s.taskOf(r, t, today) }), func(t Task) string { return t.ID })
	if err != nil {
		return nil, err
	}
	body.Items, body.Next = page.Body.Items, page.Body.Next
	return &reply[TaskList]{Status: page.Status, Link: page.Link, Body: body}, nil
}

func (s *service) getTask(r *web.Request, in *OneTask) (*reply[Task], error) {
	t, err := tasks.Get(r, s.Tasks, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(t.Version), s.taskOf(r, t, r.Today()))
}

// answerTask is the task after a write; where it was handed to a unit out of the reader's sight, that it was done.
func (s *service) answerTask(r *web.Request, status int, t *task.Task) (*reply[Task], error) {
	return &reply[Task]{Status: status, ETag: quoted(t.Version), Body: s.taskOf(r, t, r.Today())}, nil
}

// Assignment is a task to give out.
type Assignment struct {
	External      string   `json:"external,omitempty" maxLength:"200"`
	Title         string   `json:"title" minLength:"1" maxLength:"2000" example:"Xây dựng kế hoạch (mẫu)"`
	Directive     string   `json:"directive,omitempty" maxLength:"100"`
	Goal          string   `json:"goal,omitempty" maxLength:"500"`
	Unit          string   `json:"unit" minLength:"1" maxLength:"100" example:"so"`
	Owner         string   `json:"owner,omitempty" maxLength:"100"`
	Collaborators []string `json:"collaborators,omitempty" maxItems:"50"`
	Product       string   `json:"product,omitempty" maxLength:"2000"`
	On            string   `json:"on,omitempty" format:"date"`
	Due           string   `json:"due,omitempty" maxLength:"20" example:"15wd"`
}

type assignTask struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body Assignment
}

// assignment checks what an assignment asks for against what the reader may do and see.
func (s *service) assignment(r *web.Request, b Assignment) (task.Assignment, error) {
	if err := r.Require(people.AssignTasks, b.Unit); err != nil {
		return task.Assignment{}, err
	}
	if b.Directive != "" {
		d, err := s.Directives.Get(r.Context(), b.Directive)
		if err != nil || !people.Holds(r.Reader, people.ReadDirectives, d.Unit) {
			return task.Assignment{}, fault.New(fault.NotFound, "directive.not_found", "id", b.Directive)
		}
	}
	on, err := day(b.On, "body.on")
	return task.Assignment{External: b.External, Title: b.Title, Directive: b.Directive, Goal: b.Goal, Unit: b.Unit, Owner: b.Owner, Product: b.Product,
		Collaborators: b.Collaborators, On: on, Due: b.Due, Actor: r.Actor()}, err
}

func (s *service) assignTask(r *web.Request, in *assignTask) (*reply[Task], error) {
	n, err := s.assignment(r, in.Body)
	if err != nil {
		return nil, err
	}
	n.Key = Versioned{Key: in.Key}.key(r)
	t, err := s.Tasks.Assign(r.Context(), n)
	if err != nil {
		return nil, err
	}
	return s.answerTask(r, http.StatusCreated, t)
}

type changeTask struct {
	OneTask
	Versioned
	Body Assignment
}

func (s *service) changeTask(r *web.Request, in *changeTask) (*reply[Task], error) {
	t, err := tasks.Get(r, s.Tasks, in.ID)
	if err != nil {
		return nil, err
	}
	if err := r.Require(people.AssignTasks, t.Unit); err != nil {
		return nil, err
	}
	n, err := s.assignment(r, in.Body)
	if err != nil {
		return nil, err
	}
	n.Key, n.Expect = in.key(r), in.expect()
	now, _, err := s.Tasks.Change(r.Context(), in.ID, n)
	if err != nil {
		return nil, err
	}
	return s.answerTask(r, http.StatusOK, now)
}

// TaskStep is what a step of a task says.
type TaskStep struct {
	Note     string `json:"note,omitempty" maxLength:"4000"`
	On       string `json:"on,omitempty" format:"date"`
	Due      string `json:"due,omitempty" maxLength:"20"`
	Unit     string `json:"unit,omitempty" maxLength:"100"`
	Owner    string `json:"owner,omitempty" maxLength:"100"`
	Evidence string `json:"evidence,omitempty" maxLength:"2000"`
}

type actOnTask struct {
	OneTask
	Versioned
	Verb task.Verb `path:"verb" enum:"progressed,extension_requested,extension_granted,extension_refused,handed_over,explanation_demanded,explanation_given,done,confirmed,reopened,withdrawn"`
	Body TaskStep
}

func (s *service) actOnTask(r *web.Request, in *actOnTask) (*reply[Task], error) {
	rule, err := task.RuleOf(in.Verb)
	if err != nil {
		return nil, err
	}
	t, err := tasks.Get(r, s.Tasks, in.ID)
	if err != nil {
		return nil, err
	}
	if err := r.Require(tasks.Needed(rule.Right), t.Unit); err != nil {
		return nil, err
	}
	on, err := day(in.Body.On, "body.on")
	if err != nil {
		return nil, err
	}
	now, err := s.Tasks.Take(r.Context(), task.Act{ID: in.ID, Verb: in.Verb, On: on, Actor: r.Actor(), Expect: in.expect(), Key: in.key(r),
		Note: in.Body.Note, Due: in.Body.Due, Unit: in.Body.Unit, Owner: in.Body.Owner, Evidence: in.Body.Evidence})
	if fault.Is(err, "ledger.key_reused") { // sent again: the task as it stands is the answer
		now, err = s.Tasks.Get(r.Context(), in.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.answerTask(r, http.StatusOK, now)
}

// TaskEvent is one line of a task's history.
type TaskEvent struct {
	Position int64         `json:"position"`
	Verb     task.Verb     `json:"verb"`
	On       calendar.Date `json:"on"`
	Recorded string        `json:"recorded" format:"date-time"`
	Actor    string        `json:"actor"`
	Note     string        `json:"note,omitempty"`
	Due      calendar.Date `json:"due"`
	From     string        `json:"from,omitempty"`
	To       string        `json:"to,omitempty"`
	Evidence string        `json:"evidence,omitempty"`
}

func (s *service) taskHistory(r *web.Request, in *OneTask) (*reply[[]TaskEvent], error) {
	t, err := tasks.Get(r, s.Tasks, in.ID)
	if err != nil {
		return nil, err
	}
	entries, err := s.Tasks.History(r.Context(), t.ID)
	out := []TaskEvent{}
	for _, e := range entries {
		out = append(out, TaskEvent{e.Position, e.Verb, e.On, e.RecordedAt.Format(timeForm), e.Actor, e.Note, e.Due, e.From, e.To, e.Evidence})
	}
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(t.Version), out)
}

// UnitCount is a unit's line of the frame total = done (on time + late) + not done (in term + overdue).
type UnitCount struct {
	Unit    string `json:"unit"`
	OnTime  int    `json:"done_on_time"`
	Late    int    `json:"done_late"`
	InTerm  int    `json:"in_term"`
	Overdue int    `json:"overdue"`
}

func (s *service) tasksByUnit(r *web.Request, _ *struct{}) (*reply[[]UnitCount], error) {
	rows, err := s.Tasks.ByUnit(r.Context(), tasks.Reach(r))
	out := []UnitCount{}
	for _, c := range rows {
		out = append(out, UnitCount{c.Unit, c.OnTime, c.DoneLate, c.InTerm, c.Overdue})
	}
	if err != nil {
		return nil, err
	}
	return ok(out)
}
