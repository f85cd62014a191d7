package task

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// MostReplayed is how many tasks a list as of a day works out at most: each is read from its events.
const MostReplayed = 2000

var replayable = store.Statement(`select id from task where ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2)
	order by position desc limit $3`)

// Past is the tasks as they stood at the end of a day.
type Past struct {
	Whole bool // all were looked at, not only those that something happened to last

	day   calendar.Date
	tasks []*Task // in the order of ByDue
}

// AllAsOf works out the tasks in reach as they stood at the end of a day. The reach is that of now, and bounds also what Helping
// shows.
func (e *Engine) AllAsOf(ctx context.Context, reach Reach, day calendar.Date) (Past, error) {
	ids, err := store.All(ctx, e.db, scanID, replayable, flag(reach.State), store.Set(reach.Units), int64(MostReplayed+1))
	if err != nil {
		return Past{}, err
	}
	p := Past{Whole: len(ids) <= MostReplayed, day: day}
	streams := make([]string, 0, len(ids))
	for _, id := range ids[:min(len(ids), MostReplayed)] {
		streams = append(streams, stream(id))
	}
	at, err := e.replay(ctx, day, streams...)
	for _, t := range at {
		p.tasks = append(p.tasks, t)
	}
	slices.SortFunc(p.tasks, compareByDue)
	return p, err
}

// AsOf is a task as it stood at the end of a day. Error: fault.NotFound "task.not_yet" before it was given out.
func (e *Engine) AsOf(ctx context.Context, t *Task, day calendar.Date) (*Task, error) {
	at, err := e.replay(ctx, day, stream(t.ID))
	if err != nil {
		return nil, err
	}
	if then := at[stream(t.ID)]; then != nil {
		return then, nil
	}
	return nil, fault.New(fault.NotFound, "task.not_yet", "id", t.ID, "day", day.Format(lang.VI), "first", t.AssignedOn.Format(lang.VI))
}

// replay reads what happened in some streams up to the end of a day.
func (e *Engine) replay(ctx context.Context, day calendar.Date, streams ...string) (map[string]*Task, error) {
	at := map[string]*Task{}
	return at, e.l.Streams(ctx, streams, func(ev ledger.Event) error {
		if ev.EffectiveOn > day || ev.Kind == kindFellDue || ev.Kind == kindDueLifted {
			return nil
		}
		t := &Task{Version: ev.Version, Position: ev.Position}
		at[ev.Stream] = t
		return json.Unmarshal(ev.Data, t)
	})
}

// List gives the tasks of the day that a filter shows, all of them.
func (p Past) List(f Filter) []*Task {
	var out []*Task
	for _, t := range p.tasks {
		if f.shows(t, p.day) {
			out = append(out, t)
		}
	}
	return out
}

// Tally counts the tasks of the day that a filter shows, see Engine.Tally.
func (p Past) Tally(f Filter) Tally {
	var c Tally
	f.View = ""
	for _, t := range p.List(f) {
		c.add(t, p.day)
	}
	return c
}

// compareByDue is the order of ByDue.
func compareByDue(a, b *Task) int {
	order := []State{Open, Done, Confirmed, Withdrawn}
	due := func(t *Task) int64 {
		if t.Due == calendar.NoDate {
			return noDue
		}
		return int64(t.Due)
	}
	return cmp.Or(cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State)), cmp.Compare(due(a), due(b)), cmp.Compare(a.ID, b.ID))
}

func scanID(rows *sql.Rows) (string, error) {
	var id string
	return id, rows.Scan(&id)
}

// shows is the filter as a sentence about one task on a day; the reach was asked for before.
func (f *Filter) shows(t *Task, day calendar.Date) bool {
	status := t.Status(day)
	done := t.State == Done || t.State == Confirmed
	views := map[string]bool{"": true, "open": t.State == Open, "overdue": status == Overdue, "in_term": status == InTerm, "done": done,
		"done_on_time": status == OnTime, "done_late": status == DoneLate, "unconfirmed": t.State == Done}
	mine := f.Account == "" || t.Owner == f.Account || f.Assigned && t.Assigner == f.Account || f.Helping && slices.Contains(t.Collaborators, f.Account)
	labelled := f.Label == "" || slices.ContainsFunc(t.Labels, func(l string) bool { return lang.Fold(l) == lang.Fold(f.Label) })
	return views[f.View] && mine && labelled && (len(f.Units) == 0 || slices.Contains(f.Units, t.Unit)) && (f.Directive == "" || t.Directive == f.Directive) &&
		(f.Priority == nil || t.Priority == *f.Priority) && f.says(t)
}

func (f *Filter) says(t *Task) bool {
	list := lang.Words(f.Text)
	for i, typed := range list {
		found := false
		lang.EachWord(t.ID+" "+t.External+" "+t.Title+" "+t.Goal, func(w string) { found = found || lang.HasWord(w, typed, i == len(list)-1) })
		if !found {
			return false
		}
	}
	return true
}
