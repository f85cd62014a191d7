// Package flow (dòng chảy hồ sơ) tells how dossiers really go through a procedure: which states follow which, how long they
// wait where, what comes back, which ways they take, and which of those in work will be late if nothing changes. It reads
// the ledger on request and keeps no table of its own; an imported log reads like the agency's own dossiers.
//
// It does not own what should happen: package procedure does. Its forecast decides nothing and is shown with how often it
// was right.
package flow

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Query says which dossiers are looked at.
type Query struct {
	Procedure string
	From, To  calendar.Date // day of filing, both in it; zero = any
	Units     []string      // as dossier.Filter: nil = all, empty = none
	Without   []string
	Limit     int // the latest so many; Most when 0
}

// Most is how many dossiers one view takes in; more are cut off and the view says so.
const Most = 30_000

// Step is one state that a dossier entered.
type Step struct {
	State string
	On    calendar.Date
	Due   calendar.Date // due date then; NoDate while none ran
}

// Trace is the way of one dossier.
type Trace struct {
	Code        string
	Unit        string
	Received    calendar.Date // NoDate before
	Due         calendar.Date // as it stands; NoDate for none
	Finished    calendar.Date // NoDate while a result is owed
	Open        bool          // a result is owed
	Supplements int
	Steps       []Step

	foreign bool // of an imported log
}

// Late reports whether the result came after its day, or is owed and the day is past.
func (t *Trace) Late(today calendar.Date) bool {
	if t.Due == calendar.NoDate {
		return false
	}
	return t.Finished != calendar.NoDate && t.Finished > t.Due || t.Finished == calendar.NoDate && t.Open && today > t.Due
}

// Last is the state that the dossier is in.
func (t *Trace) Last() Step { return t.Steps[len(t.Steps)-1] }

// columns are what a trace takes from the table of dossiers.
const columns = `code, unit, received_on, due_on, finished_on, open`

const inReach = ` and ($1 = 0 or replace($2, '<' || unit || '>', '') <> $2) and ($3 = '' or replace($3, '<' || unit || '>', '') = $3)`

var (
	selectTraces = store.Statement(`select ` + columns + ` from dossier where submitted_on >= $5 and submitted_on <= $6 and procedure = $4` + inReach +
		` order by submitted_on desc, code desc limit $7`)
	selectDue = store.Statement(`select ` + columns + `, procedure from dossier where open = 1 and due_on >= $4 and due_on <= $5` + inReach +
		` order by due_on, code limit $6`)
	selectProcedures = store.Statement(`select procedure, count(*), sum(open) from dossier where 1 = 1` + inReach + ` group by procedure order by procedure`)
)

// reach is the first three parameters of the statements.
func reach(units, without []string) []any {
	only := int64(0)
	if units != nil {
		only = 1
	}
	return []any{only, store.Set(units), store.Set(without)}
}

// Options of an Engine.
type Options struct {
	Clock func() time.Time // time.Now when nil
}

// Engine reads the flow of one agency's dossiers.
type Engine struct {
	l    *ledger.Ledger
	db   *store.DB
	cal  *calendar.Calendar
	opts Options

	mu    sync.Mutex
	views map[string]*View // by query and ledger position
	ready map[string]daily // by procedure
	risks map[string]timed // by reach
}

// New makes the engine over the tables of package dossier.
func New(l *ledger.Ledger, db *store.DB, cal *calendar.Calendar, o Options) *Engine {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Engine{l: l, db: db, cal: cal, opts: o, views: map[string]*View{}, ready: map[string]daily{}, risks: map[string]timed{}}
}

func (e *Engine) today() calendar.Date { return calendar.OfTime(e.opts.Clock()) }

// Count is a procedure with its dossiers in reach.
type Count struct {
	Procedure   string
	Cases, Open int
}

// Procedures counts the dossiers in reach by procedure, imported logs among them.
func (e *Engine) Procedures(ctx context.Context, units, without []string) ([]Count, error) {
	return store.All(ctx, e.db, func(rows *sql.Rows) (Count, error) {
		var c Count
		return c, rows.Scan(&c.Procedure, &c.Cases, &c.Open)
	}, selectProcedures, reach(units, without)...)
}

// Read gives the ways of the dossiers asked for, the latest filed first. cut says that there are more.
func (e *Engine) Read(ctx context.Context, q Query) (traces []*Trace, cut bool, err error) {
	limit := q.Limit
	if limit == 0 {
		limit = Most
	}
	from, to := int64(-1<<31), int64(1<<31-1)
	if q.From != 0 {
		from = int64(q.From)
	}
	if q.To != 0 {
		to = int64(q.To)
	}
	traces, err = store.All(ctx, e.db, func(rows *sql.Rows) (*Trace, error) { return scanTrace(rows) }, selectTraces,
		append(reach(q.Units, q.Without), q.Procedure, from, to, int64(limit+1))...)
	if err != nil {
		return nil, false, err
	}
	if cut = len(traces) > limit; cut {
		traces = traces[:limit]
	}
	return traces, cut, e.walk(ctx, traces)
}

func scanTrace(rows *sql.Rows, more ...any) (*Trace, error) {
	var t Trace
	var received, due, finished sql.NullInt64
	var open int64
	err := rows.Scan(append([]any{&t.Code, &t.Unit, &received, &due, &finished, &open}, more...)...)
	t.Received, t.Due, t.Finished, t.Open = date(received), date(due), date(finished), open == 1
	return &t, err
}

func date(n sql.NullInt64) calendar.Date {
	if !n.Valid {
		return calendar.NoDate
	}
	return calendar.Date(n.Int64)
}

const streamPrefix = "dossier/"

// readers is how many parts of the traces are read at once: half of the work is decoding.
const readers = 2

// walk reads the steps of traces from the ledger.
func (e *Engine) walk(ctx context.Context, traces []*Trace) error {
	g, ctx := errgroup.WithContext(ctx)
	half := max((len(traces)+readers-1)/readers, 1)
	for part := range slices.Chunk(traces, half) {
		g.Go(func() error { return e.walkPart(ctx, part) })
	}
	return g.Wait()
}

func (e *Engine) walkPart(ctx context.Context, traces []*Trace) error {
	at := make(map[string]*Trace, len(traces))
	streams := make([]string, 0, len(traces))
	for _, t := range traces {
		at[streamPrefix+t.Code] = t
		streams = append(streams, streamPrefix+t.Code)
	}
	return e.l.Streams(ctx, streams, func(ev ledger.Event) error { return at[ev.Stream].take(&ev) })
}

// data is what a step takes from an event.
type data struct {
	To   string        `json:"to"`
	Due  calendar.Date `json:"due"`
	Line *struct{}     `json:"line"`
}

// take adds an event to the trace: the state it leads to, unless the dossier stays where it is. A line of an imported log
// is a state of its own, since such a log knows activities only; the frame around its lines is none.
func (t *Trace) take(ev *ledger.Event) error {
	var d data
	if err := json.Unmarshal(ev.Data, &d); err != nil {
		return err
	}
	if d.Due == 0 {
		d.Due = calendar.NoDate
	}
	if ev.Kind == "dossier.supplement_requested" {
		t.Supplements++
	}
	t.foreign = t.foreign || ev.Kind == "dossier.imported"
	if t.foreign && d.Line == nil || d.To == "" || !t.foreign && len(t.Steps) > 0 && t.Last().State == d.To {
		return nil
	}
	t.Steps = append(t.Steps, Step{State: d.To, On: ev.EffectiveOn, Due: d.Due})
	return nil
}
