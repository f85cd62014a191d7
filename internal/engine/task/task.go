// Package task (nhiệm vụ được giao) is assigned work: who owes which product to whom by when, and what became
// of it. It owns the life of a task from assignment to confirmation, its deadlines, the rule of who may do
// what next, and the table behind the lists.
//
// It does not own the directives that tasks rest on (room directive does), nor the figures: each fact is
// written so that indicators count it without replaying a task.
package task

import (
	"context"
	"time"

	"trucot/internal/engine/label"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// State is how far a task has come.
type State string

// The states.
const (
	Open      State = "open"
	Done      State = "done"      // reported done by its owner
	Confirmed State = "confirmed" // and accepted by whoever assigned it
	Withdrawn State = "withdrawn" // taken back; counts in no total
)

// Status is what a task is worth on a day, the frame in which the Government Office counts assigned work:
// total = done (on time + late) + not done (in term + overdue).
type Status string

// The statuses. Gone is that of a withdrawn task, outside the frame.
const (
	OnTime   Status = "done_on_time"
	DoneLate Status = "done_late"
	InTerm   Status = "in_term"
	Overdue  Status = "overdue"
	Gone     Status = "withdrawn"
)

// Statuses lists the frame in its order.
func Statuses() []Status { return []Status{OnTime, DoneLate, InTerm, Overdue} }

// Extension is a request for a later due date.
type Extension struct {
	Due    calendar.Date `json:"due"`
	On     calendar.Date `json:"on"`
	Reason string        `json:"reason"`
}

// Task is one assigned piece of work as it stands after its last event.
type Task struct {
	ID            string         `json:"id"`
	External      string         `json:"external,omitempty"` // its number in the sender's own list
	Title         string         `json:"title"`
	Directive     string         `json:"directive,omitempty"` // id of the directive that it rests on
	Goal          string         `json:"goal,omitempty"`      // heading of the directive that it belongs to
	Unit          string         `json:"unit"`                // owes the product
	Side          people.Side    `json:"side"`
	Owner         string         `json:"owner,omitempty"` // account; empty = the unit shares it out itself
	Collaborators []string       `json:"collaborators,omitempty"`
	Assigner      string         `json:"assigner,omitempty"` // account
	Product       string         `json:"product,omitempty"`
	AssignedOn    calendar.Date  `json:"assigned"`
	Term          string         `json:"term,omitempty"`     // "15wd" where the due date was counted
	Due           calendar.Date  `json:"due"`                // NoDate = without deadline
	FirstDue      calendar.Date  `json:"first_due,omitzero"` // before the first move of the due date; 0 = never moved
	State         State          `json:"state"`
	DoneOn        calendar.Date  `json:"done"`
	Late          bool           `json:"late"` // done after its due date
	Evidence      string         `json:"evidence,omitempty"`
	Asked         *Extension     `json:"asked,omitempty"` // an extension that waits for a decision
	Owes          string         `json:"owes,omitempty"`  // an explanation that was demanded
	Priority      label.Priority `json:"priority,omitempty"`
	Labels        []string       `json:"labels,omitempty"` // as label.Clean gives them
	LastOn        calendar.Date  `json:"last"`             // no later fact may be dated before

	Version  int64 `json:"-"` // of its stream
	Position int64 `json:"-"` // of its last event
}

// Status is the task's status on a day. A task without a due date is never overdue.
func (t *Task) Status(today calendar.Date) Status {
	switch {
	case t.State == Withdrawn:
		return Gone
	case t.State != Open && t.Late:
		return DoneLate
	case t.State != Open:
		return OnTime
	case t.Due != calendar.NoDate && today > t.Due:
		return Overdue
	}
	return InTerm
}

// moveDue gives the task another due date and keeps the one it had at first.
func (t *Task) moveDue(due calendar.Date) {
	if t.FirstDue == 0 && t.Due != calendar.NoDate && due != t.Due {
		t.FirstDue = t.Due
	}
	t.Due = due
}

// Options of an Engine.
type Options struct {
	Clock func() time.Time // time.Now when nil
	Rules Rules            // none = no task is ever due soon
}

// Engine assigns tasks and takes their next steps.
type Engine struct {
	l    *ledger.Ledger
	db   *store.DB
	cal  *calendar.Calendar
	who  *people.People
	opts Options
}

// New makes the engine. The ledger must run Fold.
func New(l *ledger.Ledger, db *store.DB, cal *calendar.Calendar, who *people.People, o Options) *Engine {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Engine{l, db, cal, who, o}
}

// Today is the engine's day.
func (e *Engine) Today() calendar.Date { return calendar.OfTime(e.opts.Clock()) }

// Left is the number of working days from a day to the task's due date, negative after it, 0 without one.
func (e *Engine) Left(t *Task, today calendar.Date) int {
	switch {
	case t.Due == calendar.NoDate:
		return 0
	case t.Due < today:
		return -e.cal.WorkingDays(t.Due, today)
	}
	return e.cal.WorkingDays(today, t.Due)
}

// Deadline reads a due date: a date as people or programs write it, or a duration of one of the three kinds counted from a day. Empty is
// none. Errors: task.bad_deadline, those of calendar.Due, task.due_too_far.
func (e *Engine) Deadline(text string, from calendar.Date) (due calendar.Date, term string, err error) {
	if text == "" {
		return calendar.NoDate, "", nil
	}
	if due, err = calendar.ParseWritten(text); err == nil {
		return due, "", tooFar(due, e.Today())
	}
	d, err := calendar.ParseDuration(text)
	if err != nil {
		return calendar.NoDate, "", fault.New(fault.Invalid, "task.bad_deadline", "text", text)
	}
	if due, err = e.cal.Due(calendar.Count{From: from, Duration: d, Ahead: true}); err != nil {
		return calendar.NoDate, "", err
	}
	return due, d.String(), tooFar(due, e.Today())
}

// farthest is how many years ahead a due date may lie: the ledger takes no fact beyond ten.
const farthest = 9

func tooFar(due, today calendar.Date) error {
	if due > today.AddMonths(12*farthest) {
		return fault.New(fault.Invalid, "task.due_too_far", "due", due, "years", farthest)
	}
	return nil
}

// checkPlace checks that unit and accounts exist and gives the unit's side.
func (e *Engine) checkPlace(ctx context.Context, unit string, on calendar.Date, accounts ...string) (people.Side, error) {
	if unit == "" {
		return "", fault.New(fault.Invalid, "task.no_unit")
	}
	u, err := e.who.Unit(ctx, unit, on)
	if err != nil {
		return "", err
	}
	all, err := e.who.Accounts(ctx)
	if err != nil {
		return "", err
	}
	active := map[string]bool{"": true} // nobody = the unit shares it out itself
	for _, a := range all {
		active[a.ID] = !a.Closed
	}
	for _, id := range accounts {
		if !active[id] {
			return "", fault.New(fault.NotFound, "task.unknown_owner", "account", id)
		}
	}
	return u.Side, nil
}
