// Package ledger (sổ cái sự kiện) is the one place where facts are recorded: an append-only sequence of
// dated events with gapless positions. Every list, figure and document is folded from it and can be
// rebuilt from position 1.
//
// It owns events, their order, their integrity (RFC 6962 tree, signed checkpoints), idempotency keys
// and the folds' bookkeeping. It does not know what an event means: rooms and engines do.
//
// # Writing
//
// One goroutine writes. Append calls that arrive while a transaction is being synced form the next
// one (group commit), so that durability costs one sync a batch. A rejected call never harms its
// batch. On PostgreSQL the batch takes a lock that all nodes share and first reads what other nodes
// wrote; positions are gapless in commit order there too.
//
// # The leaf of an event
//
// Integers are big-endian; a string is its length in four bytes and its bytes:
//
//	"trucot event 1\n"  position(8) version(8) effective_on(4) recorded_at(8)
//	stream kind actor unit data
//
// The record of the RFC 6962 tree is the SHA-256 of these bytes, Event.Hash its leaf hash. The tree
// and its tiles can so be public without showing what an event says.
package ledger

import (
	"context"
	"embed"
	"io/fs"
	"sync/atomic"
	"time"

	"trucot/internal/kernel/calendar"
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

	// Value is the NewEvent.Data that this process made Data of, where it has just written the event itself; else nil. It spares
	// a fold of the same package the decoding. Nobody changes it.
	Value any
}

// NewEvent is a fact about to be recorded. Data is marshalled to a JSON object and not changed after that; a json.RawMessage
// is taken as it is, nil is an empty object.
type NewEvent struct {
	Kind string
	On   calendar.Date
	Data any
}

// AnyVersion as Command.Expect accepts whatever version the stream has.
const AnyVersion int64 = -1

// Command appends events to one stream if the stream still has the expected version (0 = must be new).
// Without events it only checks the version.
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

// Table is one table of a fold: its name and the portable statements that create it and its indexes,
// one statement a string (see store.Engine.DDL).
type Table struct {
	Name string
	DDL  []string
}

// Fold turns events into tables inside the appending transaction. A changed Version drops and
// rebuilds its tables from position 1. Apply gets each event once, in order, in batches of any size;
// what it writes may depend on the events only, never on the clock or on how they were batched.
type Fold struct {
	Name    string
	Version int
	Tables  []Table
	Apply   func(ctx context.Context, tx store.Tx, batch []Event) error

	// Streams lists the streams that the tables are of, those changed last first, at most $1: what FoldInto reads for a past day.
	// Empty where nobody asks for one.
	Streams store.SQL

	// Forget, where set, is called when what Apply may remember of its tables since the last batch no
	// longer holds: that batch was rolled back, another node wrote, or the tables are built anew.
	Forget func()
}

// Options configure a ledger.
type Options struct {
	Folds []Fold
	Clock func() time.Time // time.Now when nil; the sample agency sets its own

	// Check may refuse an event by what it says, e.g. a future date for a kind that does not plan.
	// The ledger itself takes every date from 1900 until ten years after today: history is entered
	// late and plans are entered early. Check runs on the caller's goroutine.
	Check func(e NewEvent, now time.Time) error

	// KeyFile holds the key that signs checkpoints and is created when missing. Without it the
	// ledger makes no checkpoints.
	KeyFile string

	// Poll is how often a PostgreSQL node looks for events of other nodes; one second when zero.
	Poll time.Duration

	// CommitDelay is added to each commit, to measure what a slower disk would do. It serves nothing else.
	CommitDelay time.Duration
}

// Ledger appends and reads events.
type Ledger struct {
	db     *store.DB
	opts   Options
	signer *signer // nil without a key file

	queue   chan *request
	jobs    chan *job
	closing chan struct{} // closed by Close: take no more
	stopped chan struct{} // closed when the writer has ended
	shut    atomic.Bool
	head    atomic.Int64
	origin  string
	until   calendar.Date // of a past ledger, see Until; 0 = none

	// The writer's own, touched by its goroutine only (by Open before it starts).
	follow     []func([]Event)
	versions   recent[string, int64]
	keys       recent[string, keyed]
	tree       frontier
	generation int64
	recorded   time.Time // of the last event this process wrote
	batch      batch
	crowd      int           // callers in the batches of late and behind them
	lastSync   time.Duration // what the last commit took
	room       int           // requests a batch may take
}

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Open prepares the tables, brings the folds up to date (dropping and rebuilding those whose version
// changed) and starts the writer. Close it before its database.
func Open(ctx context.Context, db *store.DB, opts Options) (*Ledger, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if opts.Poll == 0 {
		opts.Poll = time.Second
	}
	l := &Ledger{
		db: db, opts: opts,
		queue: make(chan *request, 1024), jobs: make(chan *job),
		closing: make(chan struct{}), stopped: make(chan struct{}),
		versions: newRecent[string, int64](32768), keys: newRecent[string, keyed](8192),
	}
	release, err := db.Alone(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := l.prepare(ctx); err != nil {
		return nil, err
	}
	go l.run()
	return l, nil
}

// prepare does the reading and rebuilding that comes before the first Append.
func (l *Ledger) prepare(ctx context.Context) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	if err := l.db.Migrate(ctx, "ledger", files); err != nil {
		return err
	}
	if err := l.readState(ctx); err != nil {
		return err
	}
	if l.opts.KeyFile != "" {
		if l.signer, err = l.openKey(ctx, l.opts.KeyFile); err != nil {
			return err
		}
	}
	return l.openFolds(ctx)
}

// Follow calls f with every committed batch in order, also those of other nodes, on the writer's
// goroutine and before Append returns: f must be quick and must not append. Call it before the first
// Append; use Scan to read what is already there.
func (l *Ledger) Follow(f func([]Event)) {
	_ = l.do(context.Background(), func(context.Context) error {
		l.follow = append(l.follow, f)
		return nil
	})
}

// Head is the last position this node has seen committed.
func (l *Ledger) Head() int64 { return l.head.Load() }

// Origin is the ledger's own name, drawn when it was created; it heads every checkpoint.
func (l *Ledger) Origin() string { return l.origin }

// Close takes no more commands, waits for those already taken, signs a last checkpoint where there is
// a key and something new, and stops the writer. It does not close the database.
func (l *Ledger) Close() error {
	if l.shut.Swap(true) {
		<-l.stopped
		return nil
	}
	close(l.closing)
	<-l.stopped
	if l.signer == nil || l.head.Load() == 0 {
		return nil
	}
	_, err := l.checkpoint(context.Background())
	return err
}
