// Package ledger (sổ cái sự kiện) is the one place where facts are recorded: an append-only sequence of
// dated events with gapless positions. Every list, figure and document is folded from it and can be
// rebuilt from position 1.
//
// It owns events, their order, their integrity and the folds' bookkeeping. It does not know what an
// event means: rooms and engines do.
package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"sync"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Event is one recorded fact.
type Event struct {
	Position    int64         // 1, 2, 3 … in commit order, without gaps
	Stream      string        // what it is about, "<kind>/<id>", e.g. "dossier/000.00.14.H62-210614-0007"
	Version     int64         // 1, 2, 3 … within the stream
	Kind        string        // "<room>.<past_participle>", e.g. "dossier.received"
	EffectiveOn calendar.Date // when it happened, local date; late entry is normal in an office
	RecordedAt  time.Time     // when it was written down, UTC, microseconds
	Actor       string        // account or post that recorded it; never a personal name
	Unit        string        // organisational unit that it counts for
	Data        []byte        // JSON object
	Hash        [32]byte      // RFC 6962 leaf hash
}

// NewEvent is a fact about to be recorded. Data is marshalled to JSON unless it is a json.RawMessage.
type NewEvent struct {
	Kind string
	On   calendar.Date
	Data any
}

// AnyVersion as Command.Expect accepts whatever version the stream has.
const AnyVersion int64 = -1

// Command appends events to one stream if the stream still has the expected version (0 = must be new).
type Command struct {
	Stream string
	Expect int64
	Key    string // idempotency key; a repeated key returns the first receipt and writes nothing
	Actor  string
	Unit   string
	Events []NewEvent
}

// Receipt says where a command landed.
type Receipt struct {
	Position int64 // of its last event
	Version  int64 // of its stream afterwards
}

// Table is one table of a fold: its name and the statements that create it and its indexes.
type Table struct {
	Name string
	DDL  []string
}

// Fold turns events into tables inside the appending transaction. A changed Version drops and
// rebuilds its tables from position 1.
type Fold struct {
	Name    string
	Version int
	Tables  []Table
	Apply   func(ctx context.Context, tx store.Tx, batch []Event) error
}

// Options configure a ledger.
type Options struct {
	Folds []Fold
	Clock func() time.Time // time.Now when nil; the sample agency sets its own
}

// Ledger appends and reads events.
type Ledger struct {
	db      *store.DB
	opts    Options
	mu      sync.Mutex
	head    int64
	follow  []func([]Event)
	version map[string]int64
}

var (
	insertEvent = store.Statement(`insert into event (position, stream, version, kind, effective_on, recorded_at, actor, unit, data, hash) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`)
	scanEvents  = store.Statement(`select position, stream, version, kind, effective_on, recorded_at, actor, unit, data, hash from event where position > $1 order by position limit $2`)
	readStream  = store.Statement(`select position, stream, version, kind, effective_on, recorded_at, actor, unit, data, hash from event where stream = $1 order by version`)
	streamHead  = store.Statement(`select coalesce(max(version), 0) from event where stream = $1`)
)

const schema = `create table if not exists event (
	position bigint primary key, stream text not null, version bigint not null, kind text not null,
	effective_on bigint not null, recorded_at bigint not null, actor text not null, unit text not null,
	data blob not null, hash blob not null, unique (stream, version))`

// Open prepares the tables and catches the folds up.
func Open(ctx context.Context, db *store.DB, opts Options) (*Ledger, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	l := &Ledger{db: db, opts: opts}
	if _, err := db.Write().ExecContext(ctx, schema); err != nil {
		return nil, err
	}
	for _, f := range opts.Folds {
		for _, t := range f.Tables {
			for _, ddl := range t.DDL {
				if _, err := db.Write().ExecContext(ctx, ddl); err != nil {
					return nil, err
				}
			}
		}
	}
	err := db.Write().QueryRowContext(ctx, `select coalesce(max(position),0) from event`).Scan(&l.head)
	return l, err
}

// Follow calls f with every committed batch in order, on the writer's goroutine: f must be quick. Call
// it before the first Append; use Scan to read what is already there.
func (l *Ledger) Follow(f func([]Event)) { l.follow = append(l.follow, f) }

// Head is the last committed position.
func (l *Ledger) Head() int64 { l.mu.Lock(); defer l.mu.Unlock(); return l.head }

// Append records the commands' events, all or none, and returns one receipt a command. Errors:
// fault.Conflict "ledger.version_conflict" when a stream moved on, fault.Invalid for a bad event.
func (l *Ledger) Append(ctx context.Context, cmds ...Command) ([]Receipt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	tx, err := l.db.Write().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	t := plainTx{tx}
	now := l.opts.Clock().UTC().Truncate(time.Microsecond)
	pos := l.head
	var batch []Event
	var receipts []Receipt
	for _, c := range cmds {
		var v int64
		if err := t.QueryRow(ctx, streamHead, c.Stream).Scan(&v); err != nil {
			return nil, err
		}
		if c.Expect != AnyVersion && c.Expect != v {
			return nil, fault.New(fault.Conflict, "ledger.version_conflict", "stream", c.Stream, "expected", c.Expect, "found", v)
		}
		for _, n := range c.Events {
			pos, v = pos+1, v+1
			data, err := json.Marshal(n.Data)
			if err != nil {
				return nil, err
			}
			e := Event{Position: pos, Stream: c.Stream, Version: v, Kind: n.Kind, EffectiveOn: n.On, RecordedAt: now, Actor: c.Actor, Unit: c.Unit, Data: data}
			if _, err := t.Exec(ctx, insertEvent, e.Position, e.Stream, e.Version, e.Kind, int64(e.EffectiveOn), e.RecordedAt.UnixMicro(), e.Actor, e.Unit, e.Data, e.Hash[:]); err != nil {
				return nil, err
			}
			batch = append(batch, e)
		}
		receipts = append(receipts, Receipt{pos, v})
	}
	for _, f := range l.opts.Folds {
		if err := f.Apply(ctx, t, batch); err != nil {
			return nil, err
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	l.head = pos
	for _, f := range l.follow {
		f(batch)
	}
	return receipts, nil
}

// Scan calls fn for every event after position from, in order.
func (l *Ledger) Scan(ctx context.Context, from int64, fn func(Event) error) error {
	for {
		page, err := store.All(ctx, l.db, scanEvent, scanEvents, from, 4096)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := fn(e); err != nil {
				return err
			}
			from = e.Position
		}
		if len(page) < 4096 {
			return nil
		}
	}
}

// Stream reads one stream in order.
func (l *Ledger) Stream(ctx context.Context, stream string) ([]Event, error) {
	return store.All(ctx, l.db, scanEvent, readStream, stream)
}

func scanEvent(rows *sql.Rows) (Event, error) {
	var e Event
	var on, at int64
	var hash []byte
	err := rows.Scan(&e.Position, &e.Stream, &e.Version, &e.Kind, &on, &at, &e.Actor, &e.Unit, &e.Data, &hash)
	e.EffectiveOn, e.RecordedAt = calendar.Date(on), time.UnixMicro(at).UTC()
	copy(e.Hash[:], hash)
	return e, err
}

type plainTx struct{ *sql.Tx }

func (t plainTx) Query(ctx context.Context, q store.SQL, args ...any) (*sql.Rows, error) {
	return t.QueryContext(ctx, string(q), args...)
}
func (t plainTx) QueryRow(ctx context.Context, q store.SQL, args ...any) *sql.Row {
	return t.QueryRowContext(ctx, string(q), args...)
}
func (t plainTx) Exec(ctx context.Context, q store.SQL, args ...any) (sql.Result, error) {
	return t.ExecContext(ctx, string(q), args...)
}
