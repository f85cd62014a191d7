package sample

import (
	"context"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// pipeline sends commands to the ledger without waiting for each: it is the only writer of a fresh ledger, so
// it knows where a command will land and only checks later that it did.
type pipeline struct {
	ledger *ledger.Ledger
	head   int64 // after what was sent
	sent   []sent
	count  int // of calls
}

type sent struct {
	expect []ledger.Receipt
	wait   func() ([]ledger.Receipt, error)
}

// inFlight bounds the commands not yet waited for.
const inFlight = 256

func newPipeline(l *ledger.Ledger) *pipeline { return &pipeline{ledger: l, head: l.Head()} }

// Append takes commands that name the version they expect and use no keys, and answers at once.
func (p *pipeline) Append(ctx context.Context, cmds ...ledger.Command) ([]ledger.Receipt, error) {
	if len(p.sent) >= inFlight {
		if err := p.settle(inFlight / 2); err != nil {
			return nil, err
		}
	}
	p.count++
	expect := make([]ledger.Receipt, len(cmds))
	for i, c := range cmds {
		p.head += int64(len(c.Events))
		expect[i] = ledger.Receipt{Position: p.head, Version: c.Expect + int64(len(c.Events))}
	}
	wait, err := p.ledger.Send(ctx, cmds...)
	if err != nil {
		return nil, err
	}
	p.sent = append(p.sent, sent{expect, wait})
	return expect, nil
}

// settle waits until at most left commands are under way.
func (p *pipeline) settle(left int) error {
	for len(p.sent) > left {
		s := p.sent[0]
		p.sent = p.sent[1:]
		got, err := s.wait()
		if err != nil {
			return err
		}
		for i := range got {
			if got[i] != s.expect[i] {
				return fault.New(fault.Internal, "app.sample_misplaced", "position", got[i].Position)
			}
		}
	}
	return nil
}

// alone runs what writes to the ledger by itself, with nothing else under way.
func (p *pipeline) alone(do func() error) error {
	if err := p.settle(0); err != nil {
		return err
	}
	err := do()
	p.head = p.ledger.Head()
	return err
}
