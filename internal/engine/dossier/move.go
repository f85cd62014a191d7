package dossier

import (
	"context"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// KindMovedIn and kindMovedOut are the two halves of a move to another unit, written together: an event counts for one unit, so the
// unit that a dossier leaves loses it by the one, and the unit that it comes to has it by the other.
const (
	KindMovedIn  = "dossier.moved_in"
	kindMovedOut = "dossier.moved_out"
)

// Move gives an open dossier to another unit (chuyển đơn vị): its own was merged, or another one is in charge. It is no step of the
// procedure: state and deadlines stay. No later step may be dated before it, so that what was counted in a unit is taken from there.
type Move struct {
	Code   string
	To     string        // unit
	Give   string        // account that works on it there; empty = the unit shares it out itself
	On     calendar.Date // NoDate or zero = today
	Reason string
	Expect int64 // stream version the actor saw; 0 = whatever it is now
	Actor  string
}

// Moved is what both events of a move say.
type Moved struct {
	From string `json:"from"` // unit
	To   string `json:"to"`
}

// Move records a change of unit and gives the dossier after it. Errors: fault.NotFound; fault.Conflict "dossier.changed"; fault.Invalid
// "dossier.closed" for one that waits for nothing any more, "dossier.same_unit", "dossier.need_reason", "dossier.before_last".
func (e *Engine) Move(ctx context.Context, m Move) (*Dossier, error) {
	on, err := e.day(m.On)
	if err != nil {
		return nil, err
	}
	m.On, m.Reason = on, strings.TrimSpace(m.Reason)
	for range maxTries {
		d, err := e.reload(ctx, m.Code)
		if err != nil {
			return nil, err
		}
		if err := m.fits(d); err != nil {
			return nil, err
		}
		cmds, err := e.moving(ctx, d, m)
		if err != nil {
			return nil, err
		}
		_, err = e.opts.Append(ctx, cmds...)
		e.cache.drop(m.Code)
		if fault.Is(err, "ledger.version_conflict") && m.Expect == 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		return e.reload(ctx, m.Code)
	}
	return nil, fault.New(fault.Conflict, "dossier.busy")
}

// fits checks a move against the dossier.
func (m *Move) fits(d *Dossier) error {
	switch {
	case m.Expect > 0 && m.Expect != d.Stream:
		return fault.New(fault.Conflict, "dossier.changed", "code", m.Code)
	case !d.Open():
		return fault.New(fault.Invalid, "dossier.closed", "code", m.Code)
	case m.To == "" || m.To == d.Unit:
		return fault.New(fault.Invalid, "dossier.same_unit", "code", m.Code)
	case m.Reason == "":
		return fault.New(fault.Invalid, "dossier.need_reason")
	case len(m.Reason) > maxNote:
		return fault.New(fault.TooLarge, "dossier.note_long", "limit", maxNote)
	case d.LastOn != calendar.NoDate && m.On < d.LastOn:
		return fault.New(fault.Invalid, "dossier.before_last", "date", m.On, "last", d.LastOn)
	}
	return nil
}

// moving are the two commands of a move.
func (e *Engine) moving(ctx context.Context, d *Dossier, m Move) ([]ledger.Command, error) {
	said, err := e.restated(ctx, d)
	if err != nil {
		return nil, err
	}
	said.Note, said.Moved, said.Unassigned = m.Reason, &Moved{From: d.Unit, To: m.To}, true
	out, in := *said, *said
	in.Assignee, in.Unassigned = m.Give, m.Give == ""
	half := func(kind, unit string, expect int64, x *Data) ledger.Command {
		return ledger.Command{Stream: streamPrefix + d.Code, Expect: expect, Actor: m.Actor, Unit: unit, Events: []ledger.NewEvent{{Kind: kind, On: m.On, Data: x}}}
	}
	return []ledger.Command{half(kindMovedOut, d.Unit, d.Stream, &out), half(KindMovedIn, m.To, d.Stream+1, &in)}, nil
}
