package ledger

import (
	"context"
	"database/sql"
	"errors"

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
	if o.Key != "" {
		first.Key = o.Key
	}
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

// Used tells where a key was used; an empty stream = nowhere. Error: "ledger.key_other" for another request's key, see WithDigest.
func (l *Ledger) Used(ctx context.Context, key string) (string, Receipt, error) {
	found, err := store.All(ctx, l.db, func(rows *sql.Rows) (k keyed, err error) {
		err = rows.Scan(&k.stream, &k.receipt.Position, &k.receipt.Version, &k.digest)
		return k, err
	}, lookupKey, key)
	if err != nil || len(found) == 0 {
		return "", Receipt{}, err
	}
	return found[0].stream, found[0].receipt, found[0].meant(saidIn(ctx).digestOf(&Command{Key: key}))
}

// KeyUsed reports whether an append was refused because the key was used in another stream.
func KeyUsed(err error, key string) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Key == "ledger.key_reused" && e.Args["key"] == key
}

// said is what is known of the request that a key stands for.
type said struct{ key, digest string }

type saidKey struct{}

// WithDigest gives the context of a request that its caller may send twice under a key: commands of that key are recorded with
// the digest, and under the digest of another request the key is refused as fault.Invalid "ledger.key_other".
func WithDigest(ctx context.Context, key, digest string) context.Context {
	return context.WithValue(ctx, saidKey{}, &said{key, digest})
}

func saidIn(ctx context.Context) *said {
	s, _ := ctx.Value(saidKey{}).(*said)
	return s
}

// digestOf is the digest to record with a command: other keys, which programs make for themselves, have none.
func (s *said) digestOf(c *Command) string {
	if s == nil || c.Key != s.key {
		return ""
	}
	return s.digest
}

// meant refuses a key that was used for another request.
func (k keyed) meant(digest string) error {
	if digest == "" || k.digest == "" || digest == k.digest {
		return nil
	}
	return fault.New(fault.Invalid, "ledger.key_other")
}
