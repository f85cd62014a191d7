package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// What the ledger takes. Attachments do not belong into events, so 1 MiB is plenty.
const (
	maxName = 500     // bytes of a stream, kind, actor, unit or key
	maxData = 1 << 20 // bytes of an event's data
)

// firstDate is the earliest effective date: older ones are typing errors in an office founded later.
var firstDate = calendar.Of(1900, time.January, 1)

// futureDays is how far ahead of today an effective date may lie.
const futureDays = 3653

// request is one Append on its way through the writer.
type request struct {
	cmds  []Command
	said  *said    // nil where nothing was said of the request
	data  [][]byte // encoded data of all events, command after command
	at    time.Time
	taken atomic.Bool
	done  chan struct{} // one signal when receipts or err are set

	receipts []Receipt
	err      error
}

// job is something else that must run on the writer's goroutine.
type job struct {
	ctx  context.Context
	run  func(context.Context) error
	done chan error
}

// Append records the commands' events, all or none, and returns one receipt a command, in order.
//
// Errors: fault.Conflict "ledger.version_conflict" when a stream moved on, fault.Invalid for an event
// the ledger does not take, fault.Unavailable when the database cannot write, and what a fold
// returned. A cancelled ctx stops the waiting only until the writer has taken the call.
func (l *Ledger) Append(ctx context.Context, cmds ...Command) ([]Receipt, error) {
	if len(cmds) == 0 {
		return nil, nil
	}
	if o, said := ctx.Value(onceKey{}).(*Once); said && o.Stream == "" && cmds[0].Key == "" {
		return l.appendOnce(ctx, o, cmds)
	}
	r, err := l.enqueue(ctx, cmds)
	if err != nil {
		return nil, err
	}
	return l.wait(ctx, r)
}

// Send queues the commands as Append does and comes back at once: wait, which must be called once, gives
// what Append would have given. What one goroutine sends is written in that order, many calls with one
// sync, so that a single source of many commands is not held up by the disk.
func (l *Ledger) Send(ctx context.Context, cmds ...Command) (wait func() ([]Receipt, error), err error) {
	r, err := l.enqueue(ctx, cmds)
	if err != nil {
		return nil, err
	}
	return func() ([]Receipt, error) { return l.wait(ctx, r) }, nil
}

func (l *Ledger) enqueue(ctx context.Context, cmds []Command) (*request, error) {
	now := l.opts.Clock()
	data, err := l.encode(cmds, now)
	if err != nil {
		return nil, err
	}
	r := &request{cmds: cmds, said: saidIn(ctx), data: data, at: now.UTC().Truncate(time.Microsecond), done: make(chan struct{}, 1)}
	select {
	case <-l.closing:
		return nil, errClosed()
	default:
	}
	select {
	case l.queue <- r:
		return r, nil
	case <-l.closing:
		return nil, errClosed()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Ledger) wait(ctx context.Context, r *request) ([]Receipt, error) {
	cancelled := ctx.Done()
	for {
		select {
		case <-r.done:
			return r.receipts, r.err
		case <-cancelled:
			if !r.taken.Swap(true) { // the writer will skip it
				return nil, ctx.Err()
			}
			cancelled = nil // too late: it is being written
		case <-l.stopped:
			select {
			case <-r.done:
				return r.receipts, r.err
			default:
				return nil, errClosed()
			}
		}
	}
}

// do runs fn on the writer's goroutine, between batches.
func (l *Ledger) do(ctx context.Context, fn func(context.Context) error) error {
	j := &job{ctx: ctx, run: fn, done: make(chan error, 1)}
	select {
	case l.jobs <- j:
		return <-j.done
	case <-l.stopped:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func errClosed() error { return fault.New(fault.Unavailable, "ledger.closed") }

// encode checks the commands and marshals their data, on the caller's goroutine.
func (l *Ledger) encode(cmds []Command, now time.Time) ([][]byte, error) {
	events := 0
	for i := range cmds {
		events += len(cmds[i].Events)
	}
	data := make([][]byte, 0, events)
	today := calendar.OfTime(now)
	for i := range cmds {
		c := &cmds[i]
		if err := checkNames("stream", c.Stream, "actor", c.Actor, "unit", c.Unit, "key", c.Key); err != nil {
			return nil, err
		}
		if c.Stream == "" {
			return nil, fault.New(fault.Invalid, "ledger.no_stream")
		}
		for _, e := range c.Events {
			if err := l.checkEvent(c.Stream, e, now, today); err != nil {
				return nil, err
			}
			raw, err := marshal(e)
			if err != nil {
				return nil, err
			}
			data = append(data, raw)
		}
	}
	return data, nil
}

func (l *Ledger) checkEvent(stream string, e NewEvent, now time.Time, today calendar.Date) error {
	if e.Kind == "" {
		return fault.New(fault.Invalid, "ledger.no_kind", "stream", stream)
	}
	if err := checkNames("kind", e.Kind); err != nil {
		return err
	}
	if e.On < firstDate || e.On > today+futureDays {
		return fault.New(fault.Invalid, "ledger.bad_date", "stream", stream, "kind", e.Kind, "date", e.On)
	}
	if l.opts.Check != nil {
		return l.opts.Check(e, now)
	}
	return nil
}

// checkNames takes name, value pairs of short texts.
func checkNames(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		s := pairs[i+1]
		if len(s) > maxName || !utf8.ValidString(s) || strings.ContainsFunc(s, isControl) {
			return fault.New(fault.Invalid, "ledger.bad_name", "field", pairs[i], "value", strings.ToValidUTF8(s[:min(len(s), 60)], "�"))
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// marshal gives compact JSON with the characters as they are, so that the bytes can stand in an
// export line unchanged.
func marshal(e NewEvent) ([]byte, error) {
	if e.Data == nil {
		return []byte("{}"), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e.Data); err != nil {
		return nil, fault.New(fault.Invalid, "ledger.bad_data", "kind", e.Kind).Because(err)
	}
	raw := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	switch {
	case len(raw) == 0 || raw[0] != '{' || !utf8.Valid(raw):
		return nil, fault.New(fault.Invalid, "ledger.bad_data", "kind", e.Kind)
	case len(raw) > maxData:
		return nil, fault.New(fault.TooLarge, "ledger.too_much_data", "kind", e.Kind, "bytes", len(raw), "limit", maxData)
	}
	return raw, nil
}
