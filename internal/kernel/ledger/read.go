package ledger

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

const eventColumns = `position, stream, version, kind, effective_on, recorded_at, actor, unit, data, hash`

var (
	scanEvents = store.Statement(`select ` + eventColumns + ` from event where position > $1 order by position limit $2`)
	readStream = store.Statement(`select ` + eventColumns + ` from event where stream = $1 order by version`)
	readMany   = store.Statement(`select ` + eventColumns + ` from event where stream in ` + placeholders(1, manyStreams) + ` order by stream, version`)
	readAbout  = store.Statement(`select position, stream from event where position in ` + placeholders(1, manyStreams))
	readEvent  = store.Statement(`select ` + eventColumns + ` from event where position = $1`)
)

// scanPage is how many events Scan reads at once; no read transaction outlives a page.
const scanPage = 2048

// Scan calls fn for every committed event after position from, in order.
func (l *Ledger) Scan(ctx context.Context, from int64, fn func(Event) error) error {
	return l.pages(ctx, from, func(page []Event) error {
		for _, e := range page {
			if err := fn(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// pages is Scan by the page.
func (l *Ledger) pages(ctx context.Context, from int64, fn func([]Event) error) error {
	for {
		page, err := store.All(ctx, l.db, scanEvent, scanEvents, from, scanPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		if err := fn(page); err != nil {
			return err
		}
		if len(page) < scanPage {
			return nil
		}
		from = page[len(page)-1].Position
	}
}

// Stream reads one stream in order; an unknown stream is empty.
func (l *Ledger) Stream(ctx context.Context, stream string) ([]Event, error) {
	events, err := store.All(ctx, l.db, scanEvent, readStream, stream)
	return l.happened(events), err
}

// manyStreams is how many streams Streams reads at once.
const manyStreams = 64

// Streams calls fn for the events of several streams, each stream's in order and together; the streams come in the order
// of their names. Unknown streams are empty.
func (l *Ledger) Streams(ctx context.Context, streams []string, fn func(Event) error) error {
	streams = slices.Sorted(slices.Values(streams))
	for part := range slices.Chunk(streams, manyStreams) {
		args := make([]any, manyStreams)
		for i := range args {
			args[i] = part[min(i, len(part)-1)] // the last one again where there are fewer
		}
		events, err := store.All(ctx, l.db, scanEvent, readMany, args...)
		if err != nil {
			return err
		}
		for _, e := range l.happened(events) {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// Event reads the event at a position, fault.NotFound "ledger.no_event" where there is none.
func (l *Ledger) Event(ctx context.Context, position int64) (Event, error) {
	found, err := store.All(ctx, l.db, scanEvent, readEvent, position)
	if err != nil {
		return Event{}, err
	}
	if len(found) == 0 {
		return Event{}, fault.New(fault.NotFound, "ledger.no_event", "position", position)
	}
	return found[0], nil
}

// About adds the streams of events to a map by position; what it has already is not read again.
func (l *Ledger) About(ctx context.Context, streams map[int64]string, positions iter.Seq[int64]) error {
	var missing []any
	read := func() error {
		for len(missing) < manyStreams {
			missing = append(missing, int64(0)) // no event's position
		}
		rows, err := l.db.Query(ctx, readAbout, missing...)
		if err != nil {
			return store.Fault(err)
		}
		defer rows.Close()
		for rows.Next() {
			var at int64
			var stream string
			if err := rows.Scan(&at, &stream); err != nil {
				return store.Fault(err)
			}
			streams[at] = stream
		}
		missing = missing[:0]
		return store.Fault(rows.Err())
	}
	for at := range positions {
		if _, known := streams[at]; known {
			continue
		}
		if missing = append(missing, at); len(missing) == manyStreams {
			if err := read(); err != nil {
				return err
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return read()
}

func scanEvent(rows *sql.Rows) (Event, error) {
	var e Event
	var on, at int64
	var hash []byte
	err := rows.Scan(&e.Position, &e.Stream, &e.Version, &e.Kind, &on, &at, &e.Actor, &e.Unit, &e.Data, &hash)
	e.EffectiveOn, e.RecordedAt = calendar.Date(on), time.UnixMicro(at).UTC()
	copy(e.Hash[:], hash)
	return e, err
}

func scanText(rows *sql.Rows) (string, error) {
	var s string
	err := rows.Scan(&s)
	return s, err
}
