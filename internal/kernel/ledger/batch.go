package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// keyed is what the first use of an idempotency key wrote.
type keyed struct {
	stream  string
	receipt Receipt
	digest  string // of the request, "" = not known
}

// batch is one transaction in the making. Nothing of it touches the ledger's own state before the
// commit.
type batch struct {
	tx       *store.WriteTx
	now      time.Time // of the last request planned; recorded times never go back
	base     int64     // the head before
	events   []Event
	versions map[string]int64 // stream → version as this transaction sees it
	keys     map[string]keyed
	tree     frontier
	nodes    []node

	// careful asks the database about every stream and key that the caches do not know. Without it
	// a stream that must be new is taken to be new: the unique index notices when it is not, and
	// the batch is tried again with care. assumed tells that this was done.
	careful, assumed bool

	journal []undo
	scratch []byte
}

// undo is a former entry of batch.versions or, with key set, an entry of batch.keys to remove.
type undo struct {
	name    string
	key     bool
	version int64
	had     bool
}

func (b *batch) reset(tx *store.WriteTx, l *Ledger, careful bool, room int) {
	if b.versions == nil {
		b.versions, b.keys = map[string]int64{}, map[string]keyed{}
	}
	clear(b.versions)
	clear(b.keys)
	b.tx, b.now, b.base = tx, l.recorded, l.head.Load()
	b.events, b.nodes, b.journal = make([]Event, 0, room), b.nodes[:0], b.journal[:0]
	b.tree = l.tree.clone()
	b.careful, b.assumed = careful, false
}

// plan decides whether a request can be written and, if so, appends its events to the batch. A
// rejected request leaves no trace; the error it gets is in r.err, a broken database is the result.
func (l *Ledger) plan(ctx context.Context, b *batch, r *request) error {
	events, journal := len(b.events), len(b.journal)
	r.receipts, r.err = make([]Receipt, 0, len(r.cmds)), nil
	data := r.data
	if r.at.After(b.now) {
		b.now = r.at
	}
	for i := range r.cmds {
		c := &r.cmds[i]
		receipt, err := l.planCommand(ctx, b, c, data, r.said.digestOf(c))
		if err != nil {
			b.undo(events, journal)
			r.receipts = nil
			var rejected *fault.Error
			if errors.As(err, &rejected) && rejected.Kind != fault.Unavailable {
				r.err = err
				return nil
			}
			return err
		}
		r.receipts = append(r.receipts, receipt)
		data = data[len(c.Events):]
	}
	return nil
}

func (l *Ledger) planCommand(ctx context.Context, b *batch, c *Command, data [][]byte, digest string) (Receipt, error) {
	if first, used, err := l.firstUse(ctx, b, c, digest, b.careful); used || err != nil {
		return first, err
	}
	version, err := l.version(ctx, b, c)
	if err != nil {
		return Receipt{}, err
	}
	if c.Expect != AnyVersion && c.Expect != version {
		// A repeated command finds its stream moved on by its own first use.
		if first, used, err := l.firstUse(ctx, b, c, digest, true); used || err != nil {
			return first, err
		}
		return Receipt{}, fault.New(fault.Conflict, "ledger.version_conflict", "stream", c.Stream, "expected", c.Expect, "found", version)
	}
	for i, n := range c.Events {
		version++
		b.events = append(b.events, Event{
			Position: b.base + int64(len(b.events)) + 1, Stream: c.Stream, Version: version, Kind: n.Kind,
			EffectiveOn: n.On, RecordedAt: b.now, Actor: c.Actor, Unit: c.Unit, Data: data[i], Value: n.Data,
		})
	}
	receipt := Receipt{Position: b.base + int64(len(b.events)), Version: version}
	if len(c.Events) > 0 {
		b.stageVersion(c.Stream, version)
	}
	if c.Key != "" {
		b.keys[c.Key] = keyed{c.Stream, receipt, digest}
		b.journal = append(b.journal, undo{name: c.Key, key: true})
	}
	return receipt, nil
}

func (b *batch) stageVersion(stream string, version int64) {
	old, had := b.versions[stream]
	b.journal = append(b.journal, undo{name: stream, version: old, had: had})
	b.versions[stream] = version
}

// undo forgets what was planned since the marks.
func (b *batch) undo(events, journal int) {
	b.events = b.events[:events]
	for i := len(b.journal) - 1; i >= journal; i-- {
		switch u := b.journal[i]; {
		case u.key:
			delete(b.keys, u.name)
		case u.had:
			b.versions[u.name] = u.version
		default:
			delete(b.versions, u.name)
		}
	}
	b.journal = b.journal[:journal]
}

// version is the stream's version as the transaction sees it.
func (l *Ledger) version(ctx context.Context, b *batch, c *Command) (int64, error) {
	stream := c.Stream
	if v, ok := b.versions[stream]; ok {
		return v, nil
	}
	if v, ok := l.versions.get(stream); ok {
		return v, nil
	}
	if b.takesAsNew(c) {
		b.assumed = true
		return 0, nil
	}
	var v int64
	if err := b.tx.QueryRow(ctx, lookupHead, stream).Scan(&v); err != nil {
		return 0, store.Fault(err)
	}
	b.versions[stream] = v
	return v, nil
}

// takesAsNew reports whether an unknown stream is taken to be new without asking. The unique index
// only guards what is inserted, so a command without events must ask.
func (b *batch) takesAsNew(c *Command) bool {
	return !b.careful && c.Expect == 0 && len(c.Events) > 0
}

// firstUse is the receipt of the first use of the command's key, if it has one and it was used. With
// ask the database is asked about a key that the caches do not know. A key that another request used is refused.
func (l *Ledger) firstUse(ctx context.Context, b *batch, c *Command, digest string, ask bool) (Receipt, bool, error) {
	if c.Key == "" {
		return Receipt{}, false, nil
	}
	k, used := b.keys[c.Key]
	if !used {
		k, used = l.keys.get(c.Key)
	}
	if !used && !ask {
		b.assumed = true
		return Receipt{}, false, nil
	}
	if !used {
		err := b.tx.QueryRow(ctx, lookupKey, c.Key).Scan(&k.stream, &k.receipt.Position, &k.receipt.Version, &k.digest)
		if errors.Is(err, sql.ErrNoRows) {
			return Receipt{}, false, nil
		}
		if err != nil {
			return Receipt{}, false, store.Fault(err)
		}
	}
	if err := k.meant(digest); err != nil {
		return Receipt{}, true, err
	}
	if k.stream != c.Stream {
		return Receipt{}, true, fault.New(fault.Conflict, "ledger.key_reused", "key", c.Key, "stream", k.stream)
	}
	return k.receipt, true, nil
}

// prefetch asks for the versions of all streams that planning will need, many in one question.
func (l *Ledger) prefetch(ctx context.Context, b *batch, reqs []*request) error {
	var wanted []any
	for _, r := range reqs {
		for i := range r.cmds {
			c := &r.cmds[i]
			if _, known := b.versions[c.Stream]; known || b.takesAsNew(c) {
				continue
			}
			if v, ok := l.versions.get(c.Stream); ok {
				b.versions[c.Stream] = v
				continue
			}
			b.versions[c.Stream] = 0
			wanted = append(wanted, c.Stream)
		}
	}
	for len(wanted) > 0 {
		n := min(len(wanted), lookupGroup)
		group := append(make([]any, 0, lookupGroup), wanted[:n]...)
		for len(group) < lookupGroup {
			group = append(group, wanted[n-1])
		}
		if err := b.fetchHeads(ctx, group); err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	return nil
}

func (b *batch) fetchHeads(ctx context.Context, streams []any) error {
	rows, err := b.tx.Query(ctx, lookupHeads, streams...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var stream string
		var version int64
		if err := rows.Scan(&stream, &version); err != nil {
			return err
		}
		b.versions[stream] = version
	}
	return store.Fault(rows.Err())
}

// put hashes and writes the events from index first on, and applies the folds to them.
func (l *Ledger) put(ctx context.Context, b *batch, first int) error {
	fresh := b.events[first:]
	if len(fresh) == 0 {
		return nil
	}
	nodes := len(b.nodes)
	for i := range fresh {
		leaf := fresh[i].leaf(&b.scratch)
		fresh[i].Hash = leaf
		b.nodes = b.tree.push(leaf, b.nodes)
	}
	if err := putEvents(ctx, b.tx, fresh); err != nil {
		return err
	}
	if err := putNodes(ctx, b.tx, b.nodes[nodes:]); err != nil {
		return err
	}
	return l.applyFolds(ctx, b.tx, fresh)
}

// putKeyed writes the idempotency keys used since the journal mark.
func (b *batch) putKeyed(ctx context.Context, journal int) error {
	var names []string
	for _, u := range b.journal[journal:] {
		if u.key {
			names = append(names, u.name)
		}
	}
	return insertKeys.exec(ctx, b.tx, len(names), func(args []any, i int) []any {
		k := b.keys[names[i]]
		return append(args, names[i], k.stream, k.receipt.Position, k.receipt.Version, k.digest)
	})
}
