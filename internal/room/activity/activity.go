// Package activity (sổ việc của đơn vị) is where a unit writes down the work that is no dossier, task or directive: an inspection,
// a workshop, a batch of instruments. It owns the entries and how they are put right, and the figures that nobody's records add up
// to: those entered by hand, estimates and targets.
//
// It does not own what is counted: indicators read its events. Nothing is ever struck out: a wrong entry is cancelled by another of
// the same day with the amounts turned round, so that every figure, also one of a past moment, adds up again.
package activity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// KindRecorded is the event of every activity; its dims say which kind of work it was.
const KindRecorded = "activity.recorded"

const (
	streamPrefix = "activity/"
	maxTitle     = 500 // characters
	maxReason    = 500
	maxAmount    = 1_000_000_000
	maxTries     = 8 // after somebody else took the number
)

// counted is the amount that counts as 1 where it is left out.
const counted = "count"

// Entry is one piece of work.
type Entry struct {
	ID      string
	Kind    string
	Unit    string
	On      calendar.Date
	Title   string             // no personal data
	Amounts map[string]float64 // by the ids of the kind's amounts
	Actor   string             // who entered it last
	Version int64              // of its stream
	Gone    bool               // taken back
	Reason  string             // of the last change
}

// data is what an event says.
type data struct {
	Title    string             `json:"title"`
	Dims     map[string]string  `json:"dims,omitempty"`
	Amounts  map[string]float64 `json:"amounts,omitempty"`
	Reverses int64              `json:"reverses,omitempty"` // version of the stream that this cancels
	Reason   string             `json:"reason,omitempty"`
}

// Options configure a Book.
type Options struct {
	Clock      func() time.Time // time.Now when nil
	Indicators *indicator.Definitions
}

// Book enters and reads activities and figures.
type Book struct {
	l     *ledger.Ledger
	db    *store.DB
	kinds func() (*Kinds, error)
	opts  Options
}

// New makes a book; kinds is asked when first needed.
func New(l *ledger.Ledger, db *store.DB, kinds func() (*Kinds, error), opts Options) *Book {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	return &Book{l: l, db: db, kinds: kinds, opts: opts}
}

// Kinds are the kinds of work. Error: what is wrong with their definition.
func (b *Book) Kinds() (*Kinds, error) { return b.kinds() }

// Enter writes an activity down and gives it its number. Errors: fault.List of what is wrong with which field.
func (b *Book) Enter(ctx context.Context, actor string, e Entry) (*Entry, error) {
	if err := b.check(&e); err != nil {
		return nil, err
	}
	for range maxTries {
		n, err := b.last(ctx)
		if err != nil {
			return nil, err
		}
		e.ID, e.Actor = fmt.Sprintf("%06d", n+1), actor
		got, err := b.append(ctx, actor, e, 0, e.event())
		if fault.Is(err, "ledger.version_conflict") {
			continue
		}
		return got, err
	}
	return nil, fault.New(fault.Conflict, "activity.busy")
}

// Correct replaces an entry that was wrong, giving the reason; expect is the version that the writer saw. Errors: as Enter;
// fault.Conflict "activity.changed", "activity.gone"; fault.NotFound.
func (b *Book) Correct(ctx context.Context, actor string, e Entry, expect int64, reason string) (*Entry, error) {
	was, why, err := b.standing(ctx, e.ID, expect, reason)
	if err != nil {
		return nil, err
	}
	e.Reason = why
	if err := b.check(&e); err != nil {
		return nil, err
	}
	return b.append(ctx, actor, e, was.Version, was.reversal(why), e.event())
}

// TakeBack cancels an entry that should not be there. Errors: as Correct.
func (b *Book) TakeBack(ctx context.Context, actor, id string, expect int64, reason string) error {
	was, why, err := b.standing(ctx, id, expect, reason)
	if err != nil {
		return err
	}
	_, err = b.append(ctx, actor, *was, was.Version, was.reversal(why))
	return err
}

// standing is an entry that can be changed, with a reason that can be kept.
func (b *Book) standing(ctx context.Context, id string, expect int64, reason string) (*Entry, string, error) {
	reason = strings.TrimSpace(reason)
	was, err := b.Get(ctx, id)
	switch {
	case err != nil:
		return nil, "", err
	case was.Gone:
		return nil, "", fault.New(fault.Conflict, "activity.gone", "id", id)
	case was.Version != expect:
		return nil, "", fault.New(fault.Conflict, "activity.changed", "id", id)
	case reason == "":
		return nil, "", fault.New(fault.Invalid, "activity.no_reason")
	case utf8.RuneCountInString(reason) > maxReason:
		return nil, "", fault.New(fault.Invalid, "activity.long_reason", "limit", maxReason)
	}
	return was, reason, nil
}

// append records events of one entry; each counts for the unit that it names.
func (b *Book) append(ctx context.Context, actor string, e Entry, version int64, events ...entered) (*Entry, error) {
	var cmds []ledger.Command
	for i, x := range events {
		cmds = append(cmds, ledger.Command{Stream: streamPrefix + e.ID, Expect: version + int64(i), Actor: actor, Unit: x.unit,
			Events: []ledger.NewEvent{{Kind: KindRecorded, On: x.on, Data: x.data}}})
	}
	if _, err := b.l.Append(ctx, cmds...); err != nil {
		return nil, err
	}
	e.Version, e.Actor = version+int64(len(events)), actor
	return &e, nil
}

// entered is an event to be.
type entered struct {
	unit string
	on   calendar.Date
	data data
}

func (e *Entry) event() entered {
	return entered{e.Unit, e.On, data{Title: e.Title, Dims: map[string]string{"kind": e.Kind}, Amounts: e.Amounts, Reason: e.Reason}}
}

// reversal cancels what the entry counts for, on its own day.
func (e *Entry) reversal(reason string) entered {
	out := data{Title: e.Title, Dims: map[string]string{"kind": e.Kind}, Amounts: map[string]float64{counted: -1}, Reverses: e.Version, Reason: reason}
	for id, n := range e.Amounts {
		out.Amounts[id] = -n
	}
	return entered{e.Unit, e.On, out}
}

// check completes an entry and says what is wrong with it.
func (b *Book) check(e *Entry) error {
	kinds, err := b.kinds()
	if err != nil {
		return err
	}
	k, err := kinds.Kind(e.Kind)
	if err != nil {
		return err
	}
	e.Title = cmp.Or(strings.TrimSpace(e.Title), k.Title[vi])
	var wrong fault.List
	if e.Unit == "" {
		wrong = append(wrong, fault.New(fault.Invalid, "activity.no_unit"))
	}
	if today := calendar.OfTime(b.opts.Clock()); e.On > today || e.On == calendar.NoDate || e.On == 0 {
		wrong = append(wrong, fault.New(fault.Invalid, "activity.bad_day", "today", today))
	}
	if utf8.RuneCountInString(e.Title) > maxTitle {
		wrong = append(wrong, fault.New(fault.Invalid, "activity.long_title", "limit", maxTitle))
	}
	for id, n := range e.Amounts {
		switch a := k.amount(id); {
		case a == nil:
			wrong = append(wrong, fault.New(fault.Invalid, "activity.unknown_amount", "name", id))
		case n < 0 || n > maxAmount:
			wrong = append(wrong, fault.New(fault.Invalid, "activity.bad_amount", "label", a.Title, "text", strconv.FormatFloat(n, 'f', -1, 64)))
		}
	}
	return wrong.OrNil()
}

func (d *data) decode(raw []byte) error { return json.Unmarshal(raw, d) }
