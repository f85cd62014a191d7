package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

var (
	readFolds = store.Statement(`select name, version, position, live from fold order by name`)
	writeFold = store.Statement(`insert into fold (name, version, position, live) values ($1, $2, $3, $4) on conflict (name) do update set version = excluded.version, position = excluded.position, live = excluded.live`)
	growFolds = store.Statement(`update ledger_state set generation = generation + 1 where one = 1`)
)

// foldState is a row of the folds' bookkeeping.
type foldState struct {
	name     string
	version  int64
	position int64
	live     bool
}

func scanFold(rows *sql.Rows) (foldState, error) {
	var s foldState
	var live int64
	err := rows.Scan(&s.name, &s.version, &s.position, &live)
	s.live = live != 0
	return s, err
}

// readState reads head, generation, name and tree when the ledger opens.
func (l *Ledger) readState(ctx context.Context) error {
	var position int64
	if err := l.db.QueryRow(ctx, readState).Scan(&position, &l.generation); err != nil {
		return store.Fault(err)
	}
	if err := l.db.QueryRow(ctx, readOrigin).Scan(&l.origin); err != nil {
		return store.Fault(err)
	}
	if l.origin == "" {
		l.origin = newOrigin()
		err := l.db.Update(ctx, func(tx store.Tx) error {
			_, err := tx.Exec(ctx, writeOrigin, l.origin)
			return err
		})
		if err != nil {
			return err
		}
	}
	l.head.Store(position)
	var err error
	if l.tree, err = readFrontier(ctx, l.db, position); err != nil {
		return fault.New(fault.Unavailable, "ledger.damaged").Because(err)
	}
	return nil
}

// openFolds compares the folds of this program with the bookkeeping: a new or changed fold is built
// from position 1, one that slept while another program wrote catches up, one that this program does
// not have is put to sleep.
func (l *Ledger) openFolds(ctx context.Context) error {
	rows, err := store.All(ctx, l.db, scanFold, readFolds)
	if err != nil {
		return err
	}
	known := map[string]foldState{}
	for _, s := range rows {
		known[s.name] = s
	}
	var work []func() error
	for i := range l.opts.Folds {
		f := &l.opts.Folds[i]
		s, there := known[f.Name]
		delete(known, f.Name)
		switch {
		case !there || s.version != int64(f.Version):
			work = append(work, func() error { return l.clearFold(ctx, f) }, func() error { return l.fill(ctx, f, 0) })
		case !s.live:
			work = append(work, func() error { return l.fill(ctx, f, s.position) })
		}
	}
	for _, s := range known {
		if s.live {
			s.live, s.position = false, l.head.Load()
			work = append(work, func() error { return l.noteFold(ctx, s) })
		}
	}
	if len(work) == 0 {
		return nil
	}
	return l.changeFolds(ctx, work)
}

// changeFolds first moves the generation, so that a node with other folds stops writing even if this
// one ends half-way.
func (l *Ledger) changeFolds(ctx context.Context, work []func() error) error {
	err := l.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, growFolds)
		return err
	})
	if err != nil {
		return err
	}
	l.generation++
	for _, do := range work {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) noteFold(ctx context.Context, s foldState) error {
	return l.db.Update(ctx, func(tx store.Tx) error { return noteFold(ctx, tx, s) })
}

func noteFold(ctx context.Context, tx store.Tx, s foldState) error {
	live := int64(0)
	if s.live {
		live = 1
	}
	_, err := tx.Exec(ctx, writeFold, s.name, s.version, s.position, live)
	return err
}

// clearFold drops and creates a fold's tables.
func (l *Ledger) clearFold(ctx context.Context, f *Fold) error {
	return l.db.Update(ctx, func(tx store.Tx) error {
		for _, t := range f.Tables {
			if _, err := tx.Exec(ctx, store.SQL("drop table if exists "+t.Name)); err != nil {
				return err
			}
			for _, ddl := range t.DDL {
				if _, err := tx.Exec(ctx, store.SQL(l.db.Engine.DDL(strings.TrimSpace(ddl)))); err != nil {
					return fmt.Errorf("fold %s, table %s: %w", f.Name, t.Name, err)
				}
			}
		}
		return noteFold(ctx, tx, foldState{name: f.Name, version: int64(f.Version)})
	})
}

// fill applies the events after position to a sleeping fold and wakes it. Each page is a transaction
// of its own that notes how far it came, so that an interrupted fill goes on where it stopped.
func (l *Ledger) fill(ctx context.Context, f *Fold, position int64) error {
	f.forget()
	s := foldState{name: f.Name, version: int64(f.Version), position: position}
	err := l.pages(ctx, position, func(page []Event) error {
		s.position = page[len(page)-1].Position
		return l.db.Update(ctx, func(tx store.Tx) error {
			if err := applyFold(ctx, f, tx, page); err != nil {
				return err
			}
			return noteFold(ctx, tx, s)
		})
	})
	if err != nil {
		f.forget()
		return err
	}
	s.live = true
	return l.noteFold(ctx, s)
}

func (l *Ledger) applyFolds(ctx context.Context, tx store.Tx, events []Event) error {
	for i := range l.opts.Folds {
		if err := applyFold(ctx, &l.opts.Folds[i], tx, events); err != nil {
			return err
		}
	}
	return nil
}

// forget tells the folds that the tables are not as their last Apply left them.
func (l *Ledger) forget() {
	for i := range l.opts.Folds {
		l.opts.Folds[i].forget()
	}
}

func (f *Fold) forget() {
	if f.Forget != nil {
		f.Forget()
	}
}

// applyFold keeps a panicking fold from ending the writer: the request that woke it fails.
func applyFold(ctx context.Context, f *Fold, tx store.Tx, events []Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fold %s, events %d to %d: panic: %v", f.Name, events[0].Position, events[len(events)-1].Position, p)
		}
	}()
	if err := f.Apply(ctx, tx, events); err != nil {
		return fmt.Errorf("fold %s, events %d to %d: %w", f.Name, events[0].Position, events[len(events)-1].Position, err)
	}
	return nil
}
