package ledger

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// A batch ends at either bound. On PostgreSQL a large batch would keep other nodes waiting.
const (
	maxRequests         = 512
	maxRequestsPostgres = 128
	maxEvents           = 4096
)

// A batch waits for those who are on their way where a sync takes slowSync: below it, waiting would cost more than the
// next sync. However long a sync took, as where the disk stood still, it waits no longer than longWait.
const (
	slowSync = 2 * time.Millisecond
	longWait = 20 * time.Millisecond
)

var (
	readState   = store.Statement(`select position, generation from ledger_state where one = 1`)
	readOrigin  = store.Statement(`select origin from ledger_state where one = 1`)
	writeOrigin = store.Statement(`update ledger_state set origin = $1 where one = 1`)
	writeState  = store.Statement(`update ledger_state set position = $1 where one = 1`)
)

// run is the writer's goroutine.
func (l *Ledger) run() {
	defer close(l.stopped)
	ctx := context.Background()
	var tick <-chan time.Time
	if l.db.Engine == store.Postgres {
		t := time.NewTicker(l.opts.Poll)
		defer t.Stop()
		tick = t.C
	}
	l.room = maxRequests
	if l.db.Engine == store.Postgres {
		l.room = maxRequestsPostgres
	}
	reqs := make([]*request, 0, l.room)
	for {
		select {
		case r := <-l.queue:
			reqs = l.collect(append(reqs[:0], r))
			l.write(ctx, reqs)
			clear(reqs)
		case j := <-l.jobs:
			j.done <- j.run(j.ctx)
		case <-tick:
			_ = l.lookAround(ctx) // an unreachable server is reported to those who write
		case <-l.closing:
			l.drain(ctx, reqs)
			return
		}
	}
}

// drain writes what was queued before closing.
func (l *Ledger) drain(ctx context.Context, reqs []*request) {
	for {
		select {
		case r := <-l.queue:
			l.write(ctx, l.collect(append(reqs[:0], r)))
		default:
			return
		}
	}
}

// collect adds the requests that are waiting. Callers of the batch before have just been woken and
// are about to come again; where there were many of late they get a moment to do so, since otherwise
// the crowd splits into groups that wait for each other's sync.
func (l *Ledger) collect(reqs []*request) []*request {
	events, patience, began := len(reqs[0].data), 10, time.Now()
	for len(reqs) < l.room && events < maxEvents {
		r := l.waiting()
		if len(reqs) < l.crowd {
			for ; r == nil && patience > 0; patience-- {
				runtime.Gosched()
				r = l.waiting()
			}
			if r == nil {
				r = l.straggler(began)
			}
		}
		if r == nil {
			break
		}
		reqs = append(reqs, r)
		events += len(r.data)
	}
	return reqs
}

// waiting is the next request in the queue, nil when it is empty.
func (l *Ledger) waiting() *request {
	select {
	case r := <-l.queue:
		return r
	default:
		return nil
	}
}

// straggler waits for one more request where syncs are slow, a fifth of a sync each time and one sync in all:
// who is left behind waits for a whole sync of others. It is nil when none came.
func (l *Ledger) straggler(began time.Time) *request {
	sync := min(l.lastSync, longWait)
	if sync < slowSync || time.Since(began) > sync {
		return nil
	}
	enough := time.NewTimer(sync / 5)
	defer enough.Stop()
	select {
	case r := <-l.queue:
		return r
	case <-enough.C:
		return nil
	}
}

// write brings the requests into the ledger and answers each.
func (l *Ledger) write(ctx context.Context, reqs []*request) {
	live := make([]*request, 0, len(reqs))
	for _, r := range reqs {
		if !r.taken.Swap(true) {
			live = append(live, r)
		}
	}
	if len(live) == 0 {
		return
	}
	if err := l.record(ctx, live); err != nil {
		for _, r := range live {
			r.receipts, r.err = nil, err
		}
	}
	l.crowd = max(len(live)+len(l.queue), l.crowd*7/8)
	for _, r := range live {
		r.done <- struct{}{}
	}
}

// record tries the cheap way first and the safe way last: all at once on assumptions, all at once
// with every version looked up, and at the end one by one so that only the culprit fails.
func (l *Ledger) record(ctx context.Context, reqs []*request) error {
	err := l.attempt(ctx, reqs, false, l.together)
	if err != nil && l.batch.assumed && store.IsUnique(err) {
		err = l.attempt(ctx, reqs, true, l.together)
	}
	if err != nil && len(reqs) > 1 && !isStorage(err) {
		err = l.attempt(ctx, reqs, true, l.oneByOne)
	}
	return err
}

// isStorage reports whether the database, not a request, is the trouble.
func isStorage(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (strings.HasPrefix(f.Key, "store.") || strings.HasPrefix(f.Key, "ledger.node_"))
}

// attempt runs one transaction.
func (l *Ledger) attempt(ctx context.Context, reqs []*request, careful bool, fill func(context.Context, *batch, []*request) error) error {
	tx, err := l.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	room := 0
	for _, r := range reqs {
		room += len(r.data)
	}
	b := &l.batch
	b.reset(tx, l, careful, room)
	committed := false
	defer func() {
		if !committed {
			l.forget()
		}
	}()
	if err := fill(ctx, b, reqs); err != nil {
		return err
	}
	if len(b.events) == 0 && len(b.keys) == 0 {
		committed = true // nothing was begun
		return nil       // all were rejected or repeated
	}
	if _, err := tx.Exec(ctx, writeState, b.base+int64(len(b.events))); err != nil {
		return err
	}
	asked := time.Now()
	time.Sleep(l.opts.CommitDelay)
	if err := tx.Commit(ctx); err != nil {
		if !store.IsLost(err) {
			return err
		}
		if err := l.settle(ctx, b, err); err != nil {
			return err
		}
	}
	committed = true
	l.lastSync = time.Since(asked)
	l.adopt(b)
	return nil
}

// together writes all requests at once.
func (l *Ledger) together(ctx context.Context, b *batch, reqs []*request) error {
	if err := l.prefetch(ctx, b, reqs); err != nil {
		return err
	}
	for _, r := range reqs {
		if err := l.plan(ctx, b, r); err != nil {
			return err
		}
	}
	if err := l.put(ctx, b, 0); err != nil {
		return err
	}
	return b.putKeyed(ctx, 0)
}

// oneByOne writes each request behind a savepoint.
func (l *Ledger) oneByOne(ctx context.Context, b *batch, reqs []*request) error {
	for _, r := range reqs {
		events, journal, nodes, tree := len(b.events), len(b.journal), len(b.nodes), b.tree.clone()
		if err := b.tx.Savepoint(ctx); err != nil {
			return err
		}
		err := l.plan(ctx, b, r)
		if err == nil {
			err = l.put(ctx, b, events)
		}
		if err == nil {
			err = b.putKeyed(ctx, journal)
		}
		if err == nil {
			err = b.tx.Err(ctx)
		}
		if err == nil {
			continue
		}
		if isStorage(err) {
			return err
		}
		r.receipts, r.err = nil, err
		b.undo(events, journal)
		b.nodes, b.tree = b.nodes[:nodes], tree
		l.forget()
		if err := b.tx.RollbackTo(ctx); err != nil {
			return err
		}
	}
	return nil
}

// begin opens the transaction, takes the nodes' lock and reads what other nodes wrote before us.
func (l *Ledger) begin(ctx context.Context) (*store.WriteTx, error) {
	tx, err := l.db.Begin(ctx)
	if err != nil {
		return nil, err
	}
	var position, generation int64
	if err = tx.Lock(ctx); err == nil {
		err = store.Fault(tx.QueryRow(ctx, readState).Scan(&position, &generation))
	}
	if err == nil && generation != l.generation {
		err = fault.New(fault.Unavailable, "ledger.node_outdated")
	}
	if err == nil {
		err = l.catchUp(ctx, position)
	}
	if err != nil {
		tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// catchUp takes over what other nodes committed up to position.
func (l *Ledger) catchUp(ctx context.Context, position int64) error {
	head := l.head.Load()
	if position == head {
		return nil
	}
	if position < head { // the database went back: a backup was restored or a lagging standby took over
		return fault.New(fault.Unavailable, "ledger.node_ahead", "position", position, "head", head)
	}
	l.forget()
	return l.pages(ctx, head, func(page []Event) error {
		for i := range page {
			e := &page[i]
			if e.Position != l.head.Load()+int64(i)+1 {
				return fmt.Errorf("ledger: event %d where %d must be", e.Position, l.head.Load()+int64(i)+1)
			}
			l.tree.push(e.Hash, nil)
			l.versions.put(e.Stream, e.Version)
		}
		l.head.Store(page[len(page)-1].Position)
		l.tell(page)
		return nil
	})
}

// lookAround catches up outside a batch, so that followers of an idle node hear of the others.
func (l *Ledger) lookAround(ctx context.Context) error {
	var position, generation int64
	if err := l.db.QueryRow(ctx, readState).Scan(&position, &generation); err != nil {
		return store.Fault(err)
	}
	return l.catchUp(ctx, position)
}

// adopt makes a committed batch the ledger's state.
func (l *Ledger) adopt(b *batch) {
	for stream, v := range b.versions {
		l.versions.put(stream, v)
	}
	for key, k := range b.keys {
		l.keys.put(key, k)
	}
	l.tree = b.tree
	l.recorded = b.now
	l.head.Store(b.base + int64(len(b.events)))
	l.tell(b.events)
}

func (l *Ledger) tell(events []Event) {
	if len(events) == 0 {
		return
	}
	for _, f := range l.follow {
		f(events)
	}
}

// settle finds out whether a commit whose connection broke took place: the nodes' lock is free only
// after the lost transaction ended, so the event at our last position then tells.
func (l *Ledger) settle(ctx context.Context, b *batch, lost error) error {
	unknown := fault.New(fault.Unavailable, "ledger.outcome_unknown").Because(lost)
	if len(b.events) == 0 {
		return unknown
	}
	last := &b.events[len(b.events)-1]
	for wait := 50 * time.Millisecond; wait < 4*time.Second; wait *= 2 {
		time.Sleep(wait)
		tx, err := l.db.Begin(ctx)
		if err != nil {
			continue
		}
		err = tx.Lock(ctx)
		if err == nil {
			err = tx.Err(ctx)
		}
		tx.Rollback()
		if err != nil {
			continue
		}
		found, err := store.All(ctx, l.db, scanEvent, readEvent, last.Position)
		switch {
		case err != nil:
			continue
		case len(found) == 1 && found[0].Hash == last.Hash:
			return nil
		}
		return lost
	}
	return unknown
}
