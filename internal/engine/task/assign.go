package task

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Assignment is a task about to be given out, or what its assigner puts right in it.
type Assignment struct {
	External, Title, Directive, Goal, Unit, Owner, Product string
	Collaborators                                          []string
	On                                                     calendar.Date // day of assignment; NoDate = today
	Due                                                    string        // ISO date, a duration from On ("15wd", "25d", "3mo"), or empty
	Actor, Key                                             string
	Expect                                                 int64 // Change: version that the actor saw; 0 = whatever it is
}

// tries is how often a number taken by somebody else in the same moment is asked for anew.
const tries = 5

// Assign gives out a task. One with an external number gets its id from it, so that no two tasks have the same.
// Errors: task.no_title, task.no_unit, task.unknown_owner, task.external_taken, task.due_before, those of Deadline and
// of people.Unit.
func (e *Engine) Assign(ctx context.Context, n Assignment) (*Task, error) {
	on, err := e.day(n.On)
	if err != nil {
		return nil, err
	}
	t := Task{External: strings.TrimSpace(n.External), Assigner: n.Actor, AssignedOn: on, State: Open, DoneOn: calendar.NoDate, LastOn: on}
	if err := e.fill(ctx, &t, n); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		if t.ID, err = e.newID(ctx, t.External, on); err != nil {
			return nil, err
		}
		_, err = e.l.Append(ctx, commands(nil, t, Assigned, Act{On: on, Actor: n.Actor, Key: n.Key})...)
		switch {
		case err == nil:
			return e.Get(ctx, t.ID)
		case fault.Is(err, "ledger.key_reused"): // the form was sent again: the task that it made is the answer
			return e.Get(ctx, firstUse(err))
		case fault.Is(err, "ledger.version_conflict") && t.External != "":
			return nil, fault.New(fault.Conflict, "task.external_taken", "external", t.External)
		case !fault.Is(err, "ledger.version_conflict") || try == tries:
			return nil, err
		}
	}
}

// firstUse is the id of the task that a key was first used for.
func firstUse(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	at, _ := f.Args["stream"].(string)
	return strings.TrimPrefix(at, "task/")
}

// day is the day of a step: today when none is given, never later.
func (e *Engine) day(on calendar.Date) (calendar.Date, error) {
	today := e.Today()
	if on == calendar.NoDate {
		return today, nil
	}
	if on > today {
		return on, fault.New(fault.Invalid, "task.in_future", "on", on)
	}
	return on, nil
}

// fill takes over what an assignment says.
func (e *Engine) fill(ctx context.Context, t *Task, n Assignment) error {
	var err error
	place := t.Unit // "" = a new task
	t.Title, t.Directive, t.Goal = strings.TrimSpace(n.Title), n.Directive, strings.TrimSpace(n.Goal)
	t.Unit, t.Owner, t.Product, t.Collaborators = n.Unit, n.Owner, strings.TrimSpace(n.Product), n.Collaborators
	if t.Title == "" {
		return fault.New(fault.Invalid, "task.no_title")
	}
	if err = e.place(ctx, t, place, append([]string{t.Owner}, t.Collaborators...)...); err != nil {
		return err
	}
	if t.Due, t.Term, err = e.Deadline(strings.TrimSpace(n.Due), t.AssignedOn); err != nil {
		return err
	}
	if t.Due != calendar.NoDate && t.Due < t.AssignedOn {
		return fault.New(fault.Invalid, "task.due_before", "due", t.Due, "on", t.AssignedOn)
	}
	return nil
}

// place checks unit and accounts and notes the unit's side. Work may stay in a unit that has ended, and none may come to
// one. A task never leaves its side: what the Party
// assigned would come before readers without its permission, history and all.
func (e *Engine) place(ctx context.Context, t *Task, was string, accounts ...string) error {
	side, err := e.checkPlace(ctx, t.Unit, e.Today(), accounts...)
	if err == nil && t.Unit != was {
		var now people.Unit
		if now, err = e.who.Standing(ctx, t.Unit, e.Today()); err == nil && now.Code != t.Unit {
			err = fault.New(fault.Invalid, "task.unit_merged", "unit", e.who.UnitName(ctx, t.Unit, lang.VI), "into", now.NameVI, "code", now.Code)
		}
	}
	if err == nil && t.Side != "" && side != t.Side {
		err = fault.New(fault.Invalid, "task.other_side")
	}
	t.Side = side
	return err
}

// newID is a number of the day, or one made from the external number.
func (e *Engine) newID(ctx context.Context, external string, on calendar.Date) (string, error) {
	if external != "" {
		return ExternalID(external), nil
	}
	day := "NV-" + on.Time().Format("060102") + "-"
	var last string
	err := e.db.QueryRow(ctx, lastID, day, day+":").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", store.Fault(err)
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(last, day)) // nothing yet = 0
	return fmt.Sprintf("%s%03d", day, n+1), nil
}

// ExternalID is the id of the task with an external number; case and blanks do not matter.
func ExternalID(external string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(strings.ToLower(lang.NFC(external))), " ")))
	return "NV-X" + strings.ToUpper(hex.EncodeToString(sum[:5]))
}

// Change puts an open task right: whatever the assignment says holds, and a new unit is a hand-over. It reports whether
// anything changed. Errors: as Assign, and task.not_now.
func (e *Engine) Change(ctx context.Context, id string, n Assignment) (*Task, bool, error) {
	was, err := e.Get(ctx, id)
	if err != nil {
		return nil, false, err
	}
	now := *was
	if err := e.fill(ctx, &now, n); err != nil {
		return nil, false, err
	}
	if same(was, &now) {
		return was, false, nil
	}
	if n.Expect != 0 {
		was.Version = n.Expect
	}
	a := Act{ID: id, On: max(e.Today(), was.LastOn), Actor: n.Actor, Key: n.Key}
	if !change.may(was) {
		return nil, false, fault.New(fault.Conflict, "task.not_now", "id", id)
	}
	now.LastOn = a.On
	verb := Changed
	if was.Unit != now.Unit {
		verb = HandedOver
	}
	if due := now.Due; due != was.Due {
		now.Due, now.Asked = was.Due, nil
		now.moveDue(due)
	}
	if _, err := e.l.Append(ctx, commands(was, now, verb, a)...); err != nil {
		return nil, false, err
	}
	t, err := e.Get(ctx, id)
	return t, true, err
}

func same(a, b *Task) bool {
	return a.Title == b.Title && a.Directive == b.Directive && a.Goal == b.Goal && a.Unit == b.Unit && a.Owner == b.Owner &&
		a.Product == b.Product && a.Due == b.Due && slices.Equal(a.Collaborators, b.Collaborators)
}

// Take takes one step. Errors: task.not_found, task.unknown_act, task.not_now, task.need_note, task.need_due,
// task.need_evidence, task.due_not_later, task.before_last, task.in_future, task.same_place, and the ledger's when
// somebody changed the task first.
func (e *Engine) Take(ctx context.Context, a Act) (*Task, error) {
	r, err := RuleOf(a.Verb)
	if err != nil {
		return nil, err
	}
	was, err := e.Get(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	if a.Expect != 0 {
		was.Version = a.Expect
	}
	if a.On, err = e.day(a.On); err != nil {
		return nil, err
	}
	due, _, err := e.Deadline(strings.TrimSpace(a.Due), a.On)
	if err != nil {
		return nil, err
	}
	now, err := step(*was, r, a, due)
	if err != nil {
		return nil, err
	}
	if r.Place {
		if err := e.place(ctx, &now, was.Unit, now.Owner); err != nil {
			return nil, err
		}
	}
	if _, err := e.l.Append(ctx, commands(was, now, a.Verb, a)...); err != nil {
		return nil, err
	}
	return e.Get(ctx, a.ID)
}

// KnownAt is the task as it was known at a ledger position, nil where it was not there yet; 0 is now.
func (e *Engine) KnownAt(ctx context.Context, id string, position int64) (*Task, error) {
	events, err := e.l.Stream(ctx, stream(id))
	if err != nil {
		return nil, err
	}
	var out *Task
	for i := range events {
		if position > 0 && events[i].Position > position {
			break
		}
		if events[i].Kind == kindFellDue || events[i].Kind == kindDueLifted {
			continue
		}
		t := Task{Version: events[i].Version, Position: events[i].Position}
		if err := json.Unmarshal(events[i].Data, &t); err != nil {
			return nil, err
		}
		out = &t
	}
	return out, nil
}

// Entry is one line of a task's history.
type Entry struct {
	Position   int64
	Verb       Verb
	On         calendar.Date
	RecordedAt time.Time
	Actor      string
	Note       string
	Due        calendar.Date // the due date after it
	Asked      *Extension
	From, To   string // units of a hand-over
	Evidence   string
}

// History lists what happened to a task, first to last; the two facts about time are left out, since the task itself
// says them.
func (e *Engine) History(ctx context.Context, id string) ([]Entry, error) {
	events, err := e.l.Stream(ctx, stream(id))
	var out []Entry
	for _, ev := range events {
		verb := Verb(strings.TrimPrefix(ev.Kind, prefix))
		if ev.Kind == kindFellDue || ev.Kind == kindDueLifted || verb == TakenOver {
			continue
		}
		var f fact
		if err := json.Unmarshal(ev.Data, &f); err != nil {
			return nil, err
		}
		out = append(out, Entry{Position: ev.Position, Verb: verb, On: ev.EffectiveOn, RecordedAt: ev.RecordedAt, Actor: ev.Actor, Note: f.Note,
			Due: f.Due, Asked: f.Asked, From: f.From, To: f.To, Evidence: f.Evidence})
	}
	return out, err
}
