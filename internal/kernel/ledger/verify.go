package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Report is what Verify found.
type Report struct {
	Events      int64     // read and sound
	Root        [32]byte  // of the tree over all events
	Checkpoints int       // whose signature and root hold
	Problems    []Problem // at most maxProblems
	More        int       // problems beyond those
}

// Problem is one thing that is not as it was written. Position is the event concerned, 0 where no
// single event is.
type Problem struct {
	Position int64
	Fault    *fault.Error
}

// Sound reports whether nothing was found.
func (r *Report) Sound() bool { return len(r.Problems) == 0 }

// maxProblems keeps the report of a destroyed ledger readable.
const maxProblems = 1000

func (r *Report) add(position int64, key string, args ...any) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, Problem{position, fault.New(fault.Conflict, key, append(args, "position", position)...)})
}

// Verify is the package's Verify on an open ledger.
func (l *Ledger) Verify(ctx context.Context) (Report, error) { return Verify(ctx, l.db) }

// Verify reads the whole ledger and recomputes what can be recomputed: positions and stream versions
// without gaps, the leaf hash of every event, the tree, and the signature and root of every kept
// checkpoint; on SQLite also the file's own structure. It needs no opened Ledger, since a damaged one
// may not open. The error is about reading as such; what is wrong with the ledger is in the report.
func Verify(ctx context.Context, db *store.DB) (Report, error) {
	v := &verification{ctx: ctx, db: db, next: 1, streams: map[[16]byte]int64{}, roots: map[int64]string{}}
	if err := v.readState(); err != nil {
		return v.report, err
	}
	if err := v.readCheckpoints(); err != nil {
		return v.report, err
	}
	if err := v.events(); err != nil {
		return v.report, err
	}
	for position := range v.roots {
		v.report.add(0, "ledger.checkpoint_ahead", "at", position)
	}
	err := v.structure()
	v.report.Root = v.tree.root()
	return v.report, err
}

type verification struct {
	ctx     context.Context
	db      *store.DB
	report  Report
	head    int64
	origin  string
	next    int64 // the position that must come next
	streams map[[16]byte]int64
	roots   map[int64]string // checkpoints not yet reached: position → root
	tree    frontier
	blind   bool // an event is missing, so the tree says nothing more
	scratch []byte
}

func (v *verification) readState() error {
	var generation int64
	err := v.db.QueryRow(v.ctx, readState).Scan(&v.head, &generation)
	if err == nil {
		err = v.db.QueryRow(v.ctx, readOrigin).Scan(&v.origin)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "ledger.no_ledger").Because(err)
	}
	return nil
}

func (v *verification) readCheckpoints() error {
	keys, err := store.All(v.ctx, v.db, scanText, readVerifiers)
	if err != nil {
		return err
	}
	notes, err := store.All(v.ctx, v.db, scanText, readCheckpoints)
	if err != nil {
		return err
	}
	for _, text := range notes {
		c, err := openNote(text, v.origin, keys)
		var f *fault.Error
		if errors.As(err, &f) {
			v.report.add(0, "ledger.checkpoint_bad", "at", c.Position)
			continue
		}
		v.roots[c.Position] = base64.StdEncoding.EncodeToString(c.Root[:])
	}
	return nil
}

// verifyPage is small, because after an unreadable page its events are asked for one by one.
const verifyPage = 512

func (v *verification) events() error {
	for {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		page, err := store.All(v.ctx, v.db, scanStrict, scanEvents, v.next-1, verifyPage)
		if err != nil {
			if fault.Is(err, "store.unreachable") {
				return err
			}
			page = v.probe()
		}
		for i := range page {
			v.event(&page[i])
		}
		switch {
		case len(page) == 0 && err == nil:
			v.missing(v.head + 1)
			return nil
		case len(page) == 0:
			v.missing(min(v.head+1, v.next+verifyPage))
		}
	}
}

// probe reads the next events one by one and reports those that cannot be read.
func (v *verification) probe() (page []strictEvent) {
	for p := v.next; p < v.next+verifyPage && p <= v.head; p++ {
		one, err := store.All(v.ctx, v.db, scanStrict, readEvent, p)
		switch {
		case err != nil:
			page = append(page, strictEvent{Event: Event{Position: p}, unreadable: true})
		default:
			page = append(page, one...)
		}
	}
	return page
}

// missing reports the events from the next one up to but not including position.
func (v *verification) missing(position int64) {
	for ; v.next < position; v.next++ {
		v.report.add(v.next, "ledger.event_missing")
		v.blind = true
	}
}

func (v *verification) event(e *strictEvent) {
	v.missing(e.Position)
	switch {
	case e.Position < v.next || e.Position > v.head:
		v.report.add(e.Position, "ledger.event_misplaced")
		v.next = max(v.next, e.Position+1)
		return
	case e.unreadable:
		v.report.add(e.Position, "ledger.event_unreadable")
		v.blind = true
	case e.oddType, e.leaf(&v.scratch) != e.Hash:
		v.report.add(e.Position, "ledger.event_changed")
	default:
		v.report.Events++
	}
	v.next = e.Position + 1
	if !e.unreadable {
		v.stream(e)
	}
	v.grow(e)
}

func (v *verification) stream(e *strictEvent) {
	sum := sha256.Sum256([]byte(e.Stream))
	key := [16]byte(sum[:16])
	if e.Version != v.streams[key]+1 {
		v.report.add(e.Position, "ledger.event_version", "stream", e.Stream, "expected", v.streams[key]+1, "found", e.Version)
	}
	v.streams[key] = e.Version
}

// grow adds the event's leaf and compares the stored nodes and the checkpoint it completes. A changed
// event is named already and its stored hash stands in, so that the events beside it can be cleared.
func (v *verification) grow(e *strictEvent) {
	for _, n := range v.tree.push(e.Hash, nil) {
		row, err := treeReader{v.ctx, v.db}.row(n.level, n.n, n.n+1)
		if v.blind || err == nil && row[0] == n.hash {
			continue
		}
		first := n.n<<n.level + 1
		v.report.add(0, "ledger.tree_differs", "first", first, "last", first+1<<n.level-1)
	}
	root, there := v.roots[e.Position]
	if !there {
		return
	}
	delete(v.roots, e.Position)
	h := v.tree.root()
	switch {
	case v.blind:
	case base64.StdEncoding.EncodeToString(h[:]) != root:
		v.report.add(0, "ledger.root_differs", "at", e.Position)
	default:
		v.report.Checkpoints++
	}
}

// structure asks SQLite about its own file.
func (v *verification) structure() error {
	if v.db.Engine != store.SQLite {
		return nil
	}
	found, err := store.All(v.ctx, v.db, scanText, "pragma integrity_check(20)")
	if err != nil {
		v.report.add(0, "ledger.file_damaged", "what", err.Error())
		return nil
	}
	for _, what := range found {
		if what != "ok" {
			v.report.add(0, "ledger.file_damaged", "what", what)
		}
	}
	return nil
}

// strictEvent is an event as it stands in the row, with the doubts about it.
type strictEvent struct {
	Event
	unreadable bool // the row could not be read
	oddType    bool // a column holds another type, or a hash of another length, than was written
}

// scanStrict reads a row without letting the driver convert: a text where a number was written is
// damage that a conversion would hide.
func scanStrict(rows *sql.Rows) (strictEvent, error) {
	var c [10]any
	if err := rows.Scan(&c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7], &c[8], &c[9]); err != nil {
		return strictEvent{}, err
	}
	var e strictEvent
	e.Position = take[int64](&e, c[0])
	e.Stream = take[string](&e, c[1])
	e.Version = take[int64](&e, c[2])
	e.Kind = take[string](&e, c[3])
	on := take[int64](&e, c[4])
	e.EffectiveOn = calendar.Date(on)
	e.RecordedAt = time.UnixMicro(take[int64](&e, c[5])).UTC()
	e.Actor = take[string](&e, c[6])
	e.Unit = take[string](&e, c[7])
	e.Data = take[[]byte](&e, c[8])
	hash := take[[]byte](&e, c[9])
	e.oddType = e.oddType || len(hash) != len(e.Hash) || int64(e.EffectiveOn) != on
	copy(e.Hash[:], hash)
	return e, nil
}

func take[T any](e *strictEvent, v any) T {
	t, ok := v.(T)
	e.oddType = e.oddType || !ok
	return t
}

var _ tlog.HashReader = treeReader{}
