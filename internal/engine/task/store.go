package task

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"trucot/internal/engine/label"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// noDue stands for "without deadline" in the table, so that such tasks sort last and are never overdue.
const noDue = 1<<31 - 1

var tables = []ledger.Table{{Name: "task", DDL: []string{
	`create table task (id text primary key, external text not null, directive text not null, unit text not null, side text not null,
		owner text not null, assigner text not null, helpers text not null, state text not null, late bigint not null, due_on bigint not null, priority bigint not null, labels text not null, label_set text not null, title_key blob not null,
		data text not null, version bigint not null, position bigint not null) without rowid`,
	`create index task_unit on task (unit, state)`,
	`create index task_owner on task (owner, state)`,
	`create index task_directive on task (directive)`,
	`create index task_due on task (state, due_on)`,
}}, wordTable, baselineTable}

var (
	upsertTask = store.Statement(`insert into task (id, external, directive, unit, side, owner, assigner, helpers, state, late, due_on, priority, labels, label_set, title_key, data, version, position)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)
		on conflict (id) do update set external = excluded.external, directive = excluded.directive, unit = excluded.unit, side = excluded.side,
		owner = excluded.owner, assigner = excluded.assigner, helpers = excluded.helpers, state = excluded.state, late = excluded.late, due_on = excluded.due_on,
		priority = excluded.priority, labels = excluded.labels, label_set = excluded.label_set, title_key = excluded.title_key, data = excluded.data, version = excluded.version, position = excluded.position`)
	touchTask = store.Statement(`update task set version = $1 where id = $2`)
	getTask   = store.Statement(`select data, version, position from task where id = $1`)
	lastID    = store.Statement(`select id from task where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)

	// $1 = 1: the whole state side; $2 = units besides, "<a><b>"; $5 = 2: also those on which $4 helps, whatever their unit; the rest restricts where it is not empty.
	where = ` from task where ((side = 'state' and ($1 = 1 or $5 = 2 and replace(helpers, '<' || $4 || '>', '') <> helpers)) or replace($2, '<' || unit || '>', '') <> $2) and ($3 = '' or replace($3, '<' || unit || '>', '') <> $3)
		and ($4 = '' or owner = $4 or assigner = $4 and $5 = 1 or $5 = 2 and replace(helpers, '<' || $4 || '>', '') <> helpers) and ($6 = '' or directive = $6) and ($7 = 99 or priority = $7)
		and ($8 = '' or $8 = 'open' and state = 'open' or $8 = 'overdue' and state = 'open' and due_on < $9 or $8 = 'in_term' and state = 'open' and due_on >= $9
			or $8 = 'done' and state in ('done','confirmed') or $8 = 'done_on_time' and state in ('done','confirmed') and late = 0
			or $8 = 'done_late' and state in ('done','confirmed') and late = 1 or $8 = 'unconfirmed' and state = 'done')
		and due_on >= $10 and due_on <= $11 and ($12 = '' or replace(label_set, $12, '') <> label_set)` + hasWords
	byState   = `case state when 'open' then 0 when 'done' then 1 when 'confirmed' then 2 else 3 end`
	listTasks = map[Sort]store.SQL{ByDue: list(byState + `, due_on, id`), ByTitle: list(`title_key, id`), ByTitleDown: list(`title_key desc, id desc`),
		ByPriority: list(`priority desc, ` + byState + `, due_on, id`), ByUnit: list(`unit, ` + byState + `, due_on, id`), ByLabels: list(`case labels when '' then 1 else 0 end, labels, ` + byState + `, due_on, id`)}
	listAfter  = store.Statement(`select data, version, position` + where + ` and id > $25 order by id limit $26`)
	countTasks = store.Statement(`select count(*)` + where)
	matrix     = store.Statement(`select unit, sum(case when state in ('done','confirmed') and late = 0 then 1 else 0 end), sum(case when state in ('done','confirmed') and late = 1 then 1 else 0 end),
		sum(case when state = 'open' and due_on >= $3 then 1 else 0 end), sum(case when state = 'open' and due_on < $3 then 1 else 0 end)
		from task where state <> 'withdrawn' and ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2) group by unit order by unit`)
	ofTables  = store.Statement(`select stream from (select 'task/' || id as stream, position from task union all select 'baseline/' || id, position from task_baseline) s order by position desc limit $1`)
	openRests = store.Statement(`select directive, count(*) from task where state = 'open' and directive <> '' and ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2) group by directive`)
)

func list(order string) store.SQL {
	return store.Statement(`select data, version, position` + where + ` order by ` + order + ` limit $25 offset $26`)
}

// Fold keeps the tables task, task_word and task_baseline.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "task", Version: 4, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			var err error
			switch {
			case strings.HasPrefix(batch[i].Kind, prefix):
				err = apply(ctx, tx, &batch[i])
			case batch[i].Kind == kindBaseline:
				err = applyBaseline(ctx, tx, &batch[i])
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var t Task
	if err := json.Unmarshal(e.Data, &t); err != nil {
		return err
	}
	if e.Kind == kindFellDue || e.Kind == kindDueLifted {
		_, err := tx.Exec(ctx, touchTask, e.Version, t.ID)
		return err
	}
	data, err := json.Marshal(&t)
	if err != nil {
		return err
	}
	due, late := int64(noDue), int64(0)
	if t.Due != calendar.NoDate {
		due = int64(t.Due)
	}
	if t.Late {
		late = 1
	}
	_, err = tx.Exec(ctx, upsertTask, t.ID, t.External, t.Directive, t.Unit, string(t.Side), t.Owner, t.Assigner, store.Set(t.Collaborators), string(t.State), late, due,
		int64(t.Priority), strings.Join(t.Labels, ", "), foldedSet(t.Labels), lang.SortKey(t.Title), string(data), e.Version, e.Position)
	if err != nil {
		return err
	}
	return putWords(ctx, tx, &t)
}

// foldedSet is labels as they are looked for, whatever their marks and case.
func foldedSet(labels []string) string {
	folded := make([]string, len(labels))
	for i, l := range labels {
		folded[i] = lang.Fold(l)
	}
	return store.Set(folded)
}

func scanTask(rows *sql.Rows) (*Task, error) {
	var data string
	var t Task
	if err := rows.Scan(&data, &t.Version, &t.Position); err != nil {
		return nil, err
	}
	return &t, json.Unmarshal([]byte(data), &t)
}

// Get reads a task. Error: fault.NotFound "task.not_found".
func (e *Engine) Get(ctx context.Context, id string) (*Task, error) {
	found, err := store.All(ctx, e.db, scanTask, getTask, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "task.not_found", "id", id)
	}
	return found[0], nil
}

// Reach is where a reader may look: the whole state side, or the units listed, or both.
type Reach struct {
	State bool
	Units []string
}

// Filter says which tasks a list shows. Reach always restricts, empty parts of the rest do not.
type Filter struct {
	Reach     Reach
	Units     []string // any of these; the caller expands subtrees
	Account   string   // owner, or assigner where Assigned
	Assigned  bool
	Helping   bool // also those that Account works on with others, in any unit of the state side
	Directive string
	Text      string // words of number, title or goal, the last perhaps begun
	View      string // "open", "overdue", "in_term", "done", "done_on_time", "done_late", "unconfirmed"; "" = all, withdrawn ones too
	Due       Window // day by which the task is owed
	Priority  *label.Priority
	Label     string // has it, marks and case ignored
	Sort      Sort   // of List
	Limit     int    // 50 when 0
	Offset    int
}

// Sort is the order of a List.
type Sort int

// The orders. All but those by title have open tasks first, the nearest due date first, behind what they are named by.
const (
	ByDue Sort = iota
	ByTitle
	ByTitleDown
	ByPriority
	ByUnit
	ByLabels
)

// Window is from one day to another, both in it. The zero Window is any day; only that of Undated has the tasks
// without a due date alone.
type Window struct{ From, To calendar.Date }

// Undated is the window of tasks without a due date.
var Undated = Window{noDue, noDue}

// days are the bounds for SQL.
func (w Window) days() (from, to int64) {
	if w == (Window{}) {
		return 0, noDue
	}
	return int64(w.From), int64(w.To)
}

// anyPriority stands for every priority in SQL.
const anyPriority = 99

// most is the longest list, of an export.
const most = 100_000

// List gives one page of tasks and how many there are in all. Words that no task has with the marks that were typed are
// looked for without them.
func (e *Engine) List(ctx context.Context, f Filter) ([]*Task, int, error) {
	args, total, err := e.counted(ctx, &f)
	if err != nil {
		return nil, 0, err
	}
	limit := min(max(f.Limit, 0), most)
	if limit == 0 {
		limit = 50
	}
	rows, err := store.All(ctx, e.db, scanTask, listTasks[f.Sort], append(args, int64(limit), int64(max(f.Offset, 0)))...)
	return rows, total, err
}

// Count is how many tasks a List of the filter has in all.
func (e *Engine) Count(ctx context.Context, f Filter) (int, error) {
	_, total, err := e.counted(ctx, &f)
	return total, err
}

// counted counts, a second time without marks where words with them are in no task, and gives the arguments that it counted with.
func (e *Engine) counted(ctx context.Context, f *Filter) (args []any, total int, err error) {
	args = f.args(e.Today())
	err = e.db.QueryRow(ctx, countTasks, args...).Scan(&total)
	if folded := lang.Fold(f.Text); err == nil && total == 0 && folded != f.Text {
		f.Text = folded
		return e.counted(ctx, f)
	}
	return args, total, store.Fault(err)
}

// After lists tasks in the order of their ids, those behind an id ("" = from the first), at most f.Limit: read page by page it
// neither loses nor doubles a task however many are given out meanwhile.
func (e *Engine) After(ctx context.Context, f Filter, id string) ([]*Task, error) {
	return store.All(ctx, e.db, scanTask, listAfter, append(f.args(e.Today()), id, int64(f.Limit))...)
}

func (f *Filter) args(today calendar.Date) []any {
	priority, labelled := int64(anyPriority), ""
	if f.Priority != nil {
		priority = int64(*f.Priority)
	}
	if f.Label != "" {
		labelled = "<" + lang.Fold(f.Label) + ">"
	}
	role := flag(f.Assigned)
	if f.Helping && f.Account != "" {
		role = 2
	}
	from, to := f.Due.days()
	return append([]any{flag(f.Reach.State), store.Set(f.Reach.Units), store.Set(f.Units), f.Account, role, f.Directive, priority, f.View, int64(today), from, to, labelled},
		wordArgs(f.Text)...)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// UnitCount is a unit's line of the frame.
type UnitCount struct {
	Unit                              string
	OnTime, DoneLate, InTerm, Overdue int
}

// Total is everything that counts.
func (c UnitCount) Total() int { return c.OnTime + c.DoneLate + c.InTerm + c.Overdue }

// ByUnit counts the tasks of each unit in reach by their status of today.
func (e *Engine) ByUnit(ctx context.Context, r Reach) ([]UnitCount, error) {
	return store.All(ctx, e.db, func(rows *sql.Rows) (UnitCount, error) {
		var c UnitCount
		return c, rows.Scan(&c.Unit, &c.OnTime, &c.DoneLate, &c.InTerm, &c.Overdue)
	}, matrix, flag(r.State), store.Set(r.Units), int64(e.Today()))
}

// OpenByDirective counts the open tasks in reach that rest on each directive.
func (e *Engine) OpenByDirective(ctx context.Context, r Reach) (map[string]int, error) {
	type count struct {
		id string
		n  int
	}
	list, err := store.All(ctx, e.db, func(rows *sql.Rows) (count, error) {
		var c count
		return c, rows.Scan(&c.id, &c.n)
	}, openRests, flag(r.State), store.Set(r.Units))
	out := map[string]int{}
	for _, c := range list {
		out[c.id] = c.n
	}
	return out, err
}

// Of is the number with a status.
func (c UnitCount) Of(s Status) int {
	switch s {
	case OnTime:
		return c.OnTime
	case DoneLate:
		return c.DoneLate
	case InTerm:
		return c.InTerm
	case Overdue:
		return c.Overdue
	}
	return 0
}

// Add counts one more task with a status; a withdrawn one does not count.
func (c *UnitCount) Add(s Status) {
	switch s {
	case OnTime:
		c.OnTime++
	case DoneLate:
		c.DoneLate++
	case InTerm:
		c.InTerm++
	case Overdue:
		c.Overdue++
	}
}
