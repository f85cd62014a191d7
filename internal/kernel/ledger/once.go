package ledger

import (
	"context"
	"database/sql"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Once is what a caller says of a whole request, whichever command will record it: that it may come twice, and which
// version of what it changes the caller saw. It travels in the context, so that no engine between has to hand it on.
//
// It binds the first command without a key of its own that a request appends.
type Once struct {
	Key    string // as Command.Key
	Expect int64  // as Command.Expect; 0 = whatever it is

	Stream  string // where the request was recorded; "" = not yet
	Receipt Receipt
}

type onceKey struct{}

// WithOnce gives the context to hand on. One goroutine at a time may append with it.
func WithOnce(ctx context.Context, o *Once) context.Context {
	return context.WithValue(ctx, onceKey{}, o)
}

// bind puts what the request said onto its first command. The caller's commands stay as they are.
func (o *Once) bind(cmds []Command) ([]Command, error) {
	first := cmds[0]
	first.Key = o.Key
	switch {
	case o.Expect == 0:
	case first.Expect == AnyVersion:
		first.Expect = o.Expect
	case first.Expect != o.Expect:
		return nil, fault.New(fault.Conflict, "ledger.version_conflict", "stream", first.Stream, "expected", o.Expect, "found", first.Expect)
	}
	return append([]Command{first}, cmds[1:]...), nil
}

// appendOnce is Append for a request of which something was said.
func (l *Ledger) appendOnce(ctx context.Context, o *Once, cmds []Command) ([]Receipt, error) {
	bound, err := o.bind(cmds)
	if err != nil {
		return nil, err
	}
	r, err := l.enqueue(ctx, bound)
	if err != nil {
		return nil, err
	}
	receipts, err := l.wait(ctx, r)
	if err == nil {
		o.Stream, o.Receipt = bound[0].Stream, receipts[0]
	}
	return receipts, err
}

// Used tells where a key was used; an empty stream = nowhere.
func (l *Ledger) Used(ctx context.Context, key string) (string, Receipt, error) {
	found, err := store.All(ctx, l.db, func(rows *sql.Rows) (k keyed, err error) {
		err = rows.Scan(&k.stream, &k.receipt.Position, &k.receipt.Version)
		return k, err
	}, lookupKey, key)
	if err != nil || len(found) == 0 {
		return "", Receipt{}, err
	}
	return found[0].stream, found[0].receipt, nil
}
