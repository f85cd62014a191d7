package task

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"trucot/internal/engine/label"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Mark changes a task's priority and labels; where nothing changes it records nothing. It is no step: it keeps nobody from
// entering one of last week. expect is the version that the actor saw; 0 = whatever it is. Errors: task.not_found, those of
// label.Clean, the ledger's when somebody changed the task first.
func (e *Engine) Mark(ctx context.Context, id string, c label.Change, expect int64, actor string) (*Task, error) {
	was, err := e.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if expect != 0 {
		was.Version = expect
	}
	now := *was
	if now.Priority, now.Labels, err = c.Apply(was.Priority, was.Labels); err != nil {
		return nil, err
	}
	if now.Priority == was.Priority && slices.Equal(now.Labels, was.Labels) {
		return e.Get(ctx, id)
	}
	if _, err := e.l.Append(ctx, commands(was, now, Marked, Act{On: e.Today(), Actor: actor})...); err != nil {
		return nil, err
	}
	return e.Get(ctx, id)
}

// MostReplayed is how many tasks a list as of a day works out at most: each is read from its events.
const MostReplayed = 2000

var replayable = store.Statement(`select id from task where ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2)
	order by position desc limit $3`)

// ListAsOf gives the tasks that a filter shows as they stood at the end of a day, in the order of ByDue, and whether all were
// looked at, not only those that something happened to last. Reach is that of now, and bounds also what Helping shows.
func (e *Engine) ListAsOf(ctx context.Context, f Filter, day calendar.Date) (list []*Task, whole bool, err error) {
	ids, err := store.All(ctx, e.db, scanID, replayable, flag(f.Reach.State), store.Set(f.Reach.Units), int64(MostReplayed+1))
	if err != nil {
		return nil, false, err
	}
	whole = len(ids) <= MostReplayed
	streams := make([]string, 0, len(ids))
	for _, id := range ids[:min(len(ids), MostReplayed)] {
		streams = append(streams, stream(id))
	}
	at := map[string]*Task{}
	err = e.l.Streams(ctx, streams, func(ev ledger.Event) error {
		if ev.EffectiveOn > day || ev.Kind == kindFellDue || ev.Kind == kindDueLifted {
			return nil
		}
		t := &Task{Version: ev.Version, Position: ev.Position}
		at[ev.Stream] = t
		return json.Unmarshal(ev.Data, t)
	})
	for _, t := range at {
		if f.shows(t, day) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, compareByDue)
	return list, whole, err
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
