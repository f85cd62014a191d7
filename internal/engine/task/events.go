package task

import (
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

const prefix = "task."

// Two facts about time that stand beside the acts, so that "overdue" is a stock like any other and can be asked
// for on any day: a task falls due on the day after its due date, and that is lifted when the task is done,
// extended or gone. They are entered ahead and cancel out on the same day when the task was in time.
const (
	kindFellDue   = prefix + "fell_due"
	kindDueLifted = prefix + "due_lifted"
)

// fact is the data of a task's event: the whole task after it, so that one event alone can be understood, and what
// this event adds. Dims and from–to are for indicators.
type fact struct {
	Task
	Note string            `json:"note,omitempty"`
	From string            `json:"from,omitempty"` // unit before a hand-over
	To   string            `json:"to,omitempty"`   // and after
	Dims map[string]string `json:"dims"`
}

// dueFact is the data of the two facts about time.
type dueFact struct {
	ID   string            `json:"id"`
	Due  calendar.Date     `json:"due"`
	Dims map[string]string `json:"dims"`
}

func stream(id string) string { return "task/" + id }

func (t *Task) dims() map[string]string {
	d := map[string]string{"unit": t.Unit, "side": string(t.Side)}
	if t.Directive != "" {
		d["directive"] = t.Directive
	}
	return d
}

// runs reports whether the task's clock runs: it is open and has a due date.
func (t *Task) runs() bool { return t.State == Open && t.Due != calendar.NoDate }

// timeFact is one of the two facts about time, not before the day on.
func (t *Task) timeFact(kind string, on calendar.Date) ledger.NewEvent {
	return ledger.NewEvent{Kind: kind, On: max(t.Due+1, on), Data: dueFact{t.ID, t.Due, t.dims()}}
}

// commands are what a step from one task to the next appends. A hand-over to another unit is two commands, since
// an event counts for one unit.
func commands(was *Task, now Task, v Verb, a Act) []ledger.Command {
	cmd := ledger.Command{Stream: stream(now.ID), Actor: a.Actor, Unit: now.Unit, Key: a.Key}
	if was == nil {
		cmd.Events = []ledger.NewEvent{event(v, now, a, "", "")}
		if now.runs() {
			cmd.Events = append(cmd.Events, now.timeFact(kindFellDue, a.On))
		}
		return []ledger.Command{cmd}
	}
	cmd.Expect = was.Version
	moved := was.Unit != now.Unit
	main := event(v, now, a, "", "")
	if moved {
		main = event(v, now, a, was.Unit, now.Unit)
	}
	if v == Reopened { // says what it takes back
		main.Data.(fact).Dims["was"] = string(was.Status(a.On))
	}
	cmd.Unit, cmd.Events = was.Unit, []ledger.NewEvent{main}
	clock := moved || was.runs() != now.runs() || was.Due != now.Due
	if clock && was.runs() {
		cmd.Events = append(cmd.Events, was.timeFact(kindDueLifted, a.On))
	}
	var other ledger.Command
	last := &cmd
	if moved {
		other = ledger.Command{Stream: cmd.Stream, Expect: was.Version + int64(len(cmd.Events)), Actor: a.Actor, Unit: now.Unit, Key: half(a.Key),
			Events: []ledger.NewEvent{event(TakenOver, now, a, was.Unit, now.Unit)}}
		last = &other
	}
	if clock && now.runs() {
		last.Events = append(last.Events, now.timeFact(kindFellDue, a.On))
	}
	if moved {
		return []ledger.Command{cmd, other}
	}
	return []ledger.Command{cmd}
}

func event(v Verb, t Task, a Act, from, to string) ledger.NewEvent {
	return ledger.NewEvent{Kind: prefix + string(v), On: a.On, Data: fact{Task: t, Note: a.Note, From: from, To: to, Dims: t.dims()}}
}

// half is the idempotency key of a hand-over's second command.
func half(key string) string {
	if key == "" {
		return ""
	}
	return key + "/2"
}
