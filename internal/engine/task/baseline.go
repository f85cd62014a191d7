package task

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// A baseline (mốc kế hoạch) is the plan of a unit or a directive as it stood on a day, kept under a name to compare with.

const (
	kindBaseline   = "baseline.frozen"
	baselineStream = "baseline/"
)

// mostFrozen is how many tasks a baseline may hold: the plan of the largest unit, with room.
const mostFrozen = 2000

// Baseline is a frozen plan. It holds what can be compared, and no titles: those are read where the reader may.
type Baseline struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Unit      string        `json:"unit"`                // keeps it; with its subtree its scope where Directive is empty
	Side      people.Side   `json:"side"`                // of the tasks
	Directive string        `json:"directive,omitempty"` // scope
	On        calendar.Date `json:"on"`
	Known     int64         `json:"known"` // ledger position whose plan it is
	Lines     []Planned     `json:"tasks"`
	At        int64         `json:"-"` // position of its event
}

// Planned is a task as a baseline holds it.
type Planned struct {
	ID    string        `json:"id"`
	Unit  string        `json:"unit"`
	Owner string        `json:"owner,omitempty"`
	Due   calendar.Date `json:"due"`
	State State         `json:"state"`
}

var baselineTable = ledger.Table{Name: "task_baseline", DDL: []string{
	`create table task_baseline (id text primary key, unit text not null, side text not null, frozen_on bigint not null, data text not null, position bigint not null) without rowid`,
}}

var (
	putBaseline   = store.Statement(`insert into task_baseline (id, unit, side, frozen_on, data, position) values ($1,$2,$3,$4,$5,$6)`)
	getBaseline   = store.Statement(`select data, position from task_baseline where id = $1`)
	listBaselines = store.Statement(`select data, position from task_baseline where (side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2 order by frozen_on desc, id limit 200`)
)

func applyBaseline(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var b Baseline
	if err := json.Unmarshal(e.Data, &b); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, putBaseline, b.ID, b.Unit, string(b.Side), int64(b.On), string(e.Data), e.Position)
	return err
}

func scanBaseline(rows *sql.Rows) (*Baseline, error) {
	var data string
	var b Baseline
	if err := rows.Scan(&data, &b.At); err != nil {
		return nil, err
	}
	return &b, json.Unmarshal([]byte(data), &b)
}

// Freeze keeps the plan of a unit with its subtree, or of a directive, under a name; withdrawn tasks are in no plan. Errors:
// task.no_name, task.nothing_to_freeze, task.too_much_to_freeze, those of people.Unit.
func (e *Engine) Freeze(ctx context.Context, actor string, b Baseline) (*Baseline, error) {
	b.Name, b.On, b.Known = strings.TrimSpace(b.Name), e.Today(), e.l.Head()
	b.ID = "MOC-" + b.On.Time().Format("060102") + "-" + strconv.FormatInt(b.Known, 10)
	if b.Name == "" {
		return nil, fault.New(fault.Invalid, "task.no_name")
	}
	u, err := e.who.Unit(ctx, b.Unit, b.On)
	if err != nil {
		return nil, err
	}
	b.Side = u.Side
	now, err := e.inScope(ctx, &b)
	if err != nil {
		return nil, err
	}
	for _, t := range now {
		if t.State != Withdrawn {
			b.Lines = append(b.Lines, Planned{t.ID, t.Unit, t.Owner, t.Due, t.State})
		}
	}
	switch {
	case len(b.Lines) == 0:
		return nil, fault.New(fault.Invalid, "task.nothing_to_freeze")
	case len(now) > mostFrozen:
		return nil, fault.New(fault.TooLarge, "task.too_much_to_freeze", "most", mostFrozen)
	}
	_, err = e.l.Append(ctx, ledger.Command{Stream: baselineStream + b.ID, Actor: actor, Unit: b.Unit,
		Events: []ledger.NewEvent{{Kind: kindBaseline, On: b.On, Data: b}}})
	if err != nil {
		return nil, err
	}
	return e.Baseline(ctx, b.ID)
}

// inScope lists the tasks that a baseline is of, as they stand, by id.
func (e *Engine) inScope(ctx context.Context, b *Baseline) ([]*Task, error) {
	f := Filter{Reach: Reach{State: b.Side == people.State}, Directive: b.Directive, Limit: mostFrozen + 1}
	all, err := e.who.Units(ctx, e.Today(), b.Side)
	if err != nil {
		return nil, err
	}
	for _, u := range all {
		f.Reach.Units = append(f.Reach.Units, u.Code)
	}
	if b.Directive == "" {
		if f.Units, err = e.who.Subtree(ctx, b.Unit, e.Today()); err != nil {
			return nil, err
		}
	}
	list, _, err := e.List(ctx, f)
	list = slices.DeleteFunc(list, func(t *Task) bool { return t.Side != b.Side })
	slices.SortFunc(list, func(a, b *Task) int { return strings.Compare(a.ID, b.ID) })
	return list, err
}

// Baseline reads one. Error: fault.NotFound "task.no_baseline".
func (e *Engine) Baseline(ctx context.Context, id string) (*Baseline, error) {
	found, err := store.All(ctx, e.db, scanBaseline, getBaseline, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "task.no_baseline", "id", id)
	}
	return found[0], nil
}

// Baselines lists the latest in reach.
func (e *Engine) Baselines(ctx context.Context, r Reach) ([]*Baseline, error) {
	return store.All(ctx, e.db, scanBaseline, listBaselines, flag(r.State), store.Set(r.Units))
}

// Difference is one way in which a task is no longer as planned.
type Difference string

// The differences.
const (
	IsNew      Difference = "added"
	IsDropped  Difference = "dropped" // withdrawn, or out of the scope
	DueMoved   Difference = "due_moved"
	OwnerMoved Difference = "owner_moved" // another unit or person
	IsDone     Difference = "done"        // since then
)

// Differences lists all, in the order of the interface.
func Differences() []Difference { return []Difference{IsNew, IsDropped, DueMoved, OwnerMoved, IsDone} }

// Compared is a task beside its plan.
type Compared struct {
	Was  *Planned // nil for a new one
	Now  *Task
	Diff []Difference // none = as planned
}

// Compare sets every task of a baseline, and those that came into its scope since, beside the plan.
func (e *Engine) Compare(ctx context.Context, b *Baseline) ([]Compared, error) {
	list, err := e.inScope(ctx, b)
	if err != nil {
		return nil, err
	}
	now := map[string]*Task{}
	for _, t := range list {
		now[t.ID] = t
	}
	var out []Compared
	planned := map[string]bool{}
	for i := range b.Lines {
		was := &b.Lines[i]
		planned[was.ID] = true
		t, inside := now[was.ID]
		if !inside {
			if t, err = e.Get(ctx, was.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, Compared{was, t, differ(was, t, inside)})
	}
	for _, t := range list {
		if !planned[t.ID] && t.State != Withdrawn {
			out = append(out, Compared{nil, t, []Difference{IsNew}})
		}
	}
	return out, nil
}

func differ(was *Planned, t *Task, inside bool) (out []Difference) {
	if !inside || t.State == Withdrawn {
		out = append(out, IsDropped)
	}
	if t.Due != was.Due {
		out = append(out, DueMoved)
	}
	if t.Unit != was.Unit || t.Owner != was.Owner {
		out = append(out, OwnerMoved)
	}
	if was.State == Open && (t.State == Done || t.State == Confirmed) {
		out = append(out, IsDone)
	}
	return out
}
