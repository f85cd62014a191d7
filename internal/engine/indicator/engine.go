package indicator

import (
	"context"
	"sync"
	"sync/atomic"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Log is what the engine reads of the ledger.
type Log interface {
	Head() int64
	Scan(ctx context.Context, from int64, fn func(ledger.Event) error) error
	Event(ctx context.Context, position int64) (ledger.Event, error)
}

// Options configure an engine.
type Options struct {
	Workers int // goroutines of one scan; 0 = one a processor, at most 8

	chunkRows int // 0 = chunkRows; tests seal small chunks
}

// Engine answers figures. One goroutine feeds it (the ledger's follower); any number read it at the same time,
// each from an unchanging view.
type Engine struct {
	defs    *Definitions
	workers int
	rows    int // of a chunk

	mu  sync.Mutex // feeding
	x   *extractor
	w   *writer
	rec *recorded

	view   atomic.Pointer[view]
	cube   atomic.Pointer[cube]
	cubeMu sync.Mutex // building

	problemMu sync.Mutex
	problems  []Problem
	missed    int64 // problems beyond the list
}

// Problem is an event that an indicator could not read; it counts for nothing there.
type Problem struct {
	Position  int64
	Stream    string
	Indicator string // empty: the event's data as a whole
	Err       error
}

const maxProblems = 100

// New makes an engine over the definitions, which must not change afterwards. Error: the fault.List of
// Definitions.Check.
func New(defs *Definitions, o Options) (*Engine, error) {
	if err := defs.Check(); err != nil {
		return nil, err
	}
	e := &Engine{defs: defs, workers: o.Workers, x: newExtractor(defs.list)}
	if e.workers <= 0 {
		e.workers = defaultWorkers()
	}
	if e.rows = o.chunkRows; e.rows == 0 {
		e.rows = chunkRows
	}
	e.x.problem = e.note
	e.reset()
	return e, nil
}

// reset forgets everything fed.
func (e *Engine) reset() {
	e.w, e.rec = newWriter(e.x.dims, e.rows), newRecorded()
	e.cube.Store(nil)
	e.view.Store(e.w.publish())
}

// Definitions are what the engine was made with.
func (e *Engine) Definitions() *Definitions { return e.defs }

// Position is the last ledger position that the figures include.
func (e *Engine) Position() int64 { return e.view.Load().position }

// Units lists the units that any figure is known for, without order.
func (e *Engine) Units() []string {
	set := e.rec.units()
	for _, u := range e.view.Load().units {
		set[u] = true
	}
	out := make([]string, 0, len(set))
	for u := range set {
		out = append(out, u)
	}
	return out
}

// Feed takes a batch of committed events in order: it is the function to give to Ledger.Follow. Events
// already fed are passed over. A batch that does not continue where the last one ended is left for CatchUp.
func (e *Engine) Feed(batch []ledger.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range batch {
		if batch[i].Position == e.w.position+1 {
			e.take(&batch[i])
		}
	}
	if n := len(batch); n > 0 && batch[n-1].Position == e.w.position {
		e.w.anchor = anchorOf(&batch[n-1])
	}
	e.view.Store(e.w.publish())
}

// take extracts one event. The caller holds the lock.
func (e *Engine) take(ev *ledger.Event) {
	e.w.position = ev.Position
	if ev.Kind == KindRecorded || ev.Kind == KindTarget {
		if err := e.rec.feed(ev); err != nil {
			e.note(ev, "", err)
		}
	}
	contributions, f := e.x.extract(ev)
	e.w.add(ev, f, contributions)
}

// catchUpBatch is how many events are read before readers see them.
const catchUpBatch = 8192

// CatchUp feeds everything the ledger has beyond the engine's position, then extends the cube.
func (e *Engine) CatchUp(ctx context.Context, l Log) error {
	for from := e.Position(); from < l.Head(); from = e.Position() {
		if err := e.read(ctx, l); err != nil {
			return err
		}
		if e.Position() == from {
			return fault.New(fault.Internal, "indicator.ledger_gap", "position", from+1)
		}
	}
	e.cubeFor(e.view.Load())
	return nil
}

func (e *Engine) read(ctx context.Context, l Log) error {
	batch := make([]ledger.Event, 0, catchUpBatch)
	err := l.Scan(ctx, e.Position(), func(ev ledger.Event) error {
		batch = append(batch, ev)
		if len(batch) == cap(batch) {
			e.Feed(batch)
			batch = batch[:0]
		}
		return nil
	})
	e.Feed(batch)
	return err
}

// cubeLag is how many chunks a cube may leave to the scan before it is extended, so that a busy ledger does not
// rebuild it all the time.
const cubeLag = 4

// cubeFor is a cube that fits the view, extended first where it lags. It is nil where the view is older than
// the cube, or where there is none yet because another goroutine is building it: then the scan answers.
func (e *Engine) cubeFor(v *view) *cube {
	k := e.cube.Load()
	if k.covered()+cubeLag < len(v.sealed) && e.cubeMu.TryLock() {
		defer e.cubeMu.Unlock()
		if k = e.cube.Load(); k.covered()+cubeLag < len(v.sealed) {
			k = k.extend(v)
			e.cube.Store(k)
		}
	}
	if k.covered() > len(v.sealed) {
		return nil
	}
	return k
}

// note keeps a problem for the operator.
func (e *Engine) note(ev *ledger.Event, id string, err error) {
	e.problemMu.Lock()
	defer e.problemMu.Unlock()
	if len(e.problems) == maxProblems {
		e.missed++
		return
	}
	e.problems = append(e.problems, Problem{ev.Position, ev.Stream, id, err})
}

// Problems lists events that indicators could not read since the engine was started, at most 100, and how
// many more there were.
func (e *Engine) Problems() ([]Problem, int64) {
	e.problemMu.Lock()
	defer e.problemMu.Unlock()
	return append([]Problem(nil), e.problems...), e.missed
}

// Size says what the columns take.
type Size struct {
	Rows  int
	Bytes int64 // columns, dictionaries, records and cube
}

// Size measures the memory of the columns.
func (e *Engine) Size() Size {
	v := e.view.Load()
	s := Size{Rows: v.rows(), Bytes: e.rec.bytes()}
	v.chunks(func(c *chunk) bool { s.Bytes += c.bytes(); return true })
	s.Bytes += int64(cap(v.classes)) * 24
	if k := e.cube.Load(); k != nil {
		s.Bytes += k.bytes()
	}
	return s
}
