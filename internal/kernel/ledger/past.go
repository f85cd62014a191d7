package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
)

// Until is the ledger as of the end of a day, for who reads streams: Stream and Streams leave out what happened later, and a stream whose
// first event came later. It takes no events.
func (l *Ledger) Until(day calendar.Date) *Ledger {
	past := &Ledger{db: l.db, opts: l.opts, until: day, origin: l.origin, closing: make(chan struct{}), stopped: make(chan struct{})}
	past.shut.Store(true)
	past.head.Store(l.head.Load())
	close(past.closing)
	close(past.stopped)
	return past
}

// happened leaves of events, each stream's in order and together, those that a past ledger has.
func (l *Ledger) happened(events []Event) []Event {
	if l.until == 0 {
		return events
	}
	born := "" // the stream whose first event is in
	return slices.DeleteFunc(events, func(e Event) bool {
		if e.Version == 1 && e.EffectiveOn <= l.until {
			born = e.Stream
		}
		return e.EffectiveOn > l.until || e.Stream != born
	})
}

// FoldInto makes a fold's tables in another database, of what this ledger has of at most so many streams, those changed last first.
// whole = false tells that there are more. The fold is one made for that database alone, and has Streams.
func (l *Ledger) FoldInto(ctx context.Context, db *store.DB, f Fold, most int) (whole bool, err error) {
	streams, err := store.All(ctx, l.db, scanText, f.Streams, int64(most+1))
	if err != nil {
		return false, err
	}
	whole = len(streams) <= most
	var events []Event
	if err := l.Streams(ctx, streams[:min(len(streams), most)], func(e Event) error { events = append(events, e); return nil }); err != nil {
		return false, err
	}
	slices.SortFunc(events, func(a, b Event) int { return cmp.Compare(a.Position, b.Position) })
	return whole, db.Update(ctx, func(tx store.Tx) error {
		for _, t := range f.Tables {
			for _, ddl := range t.DDL {
				if _, err := tx.Exec(ctx, store.SQL(db.Engine.DDL(strings.TrimSpace(ddl)))); err != nil {
					return err
				}
			}
		}
		for page := range slices.Chunk(events, scanPage) {
			if err := applyFold(ctx, &f, tx, page); err != nil {
				return err
			}
		}
		return nil
	})
}
