package ledger

import (
	"context"
	"slices"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Rebuilt compares a fold's table before and after it was built again. They differ only where the
// fold depends on more than the events, or where someone changed the table.
type Rebuilt struct {
	Fold   string       `json:"fold"`
	Table  string       `json:"table"`
	Before store.Digest `json:"before"`
	After  store.Digest `json:"after"`
}

// Equal reports whether the rebuilt table has the same rows.
func (r Rebuilt) Equal() bool { return r.Before == r.After }

// Rebuild drops the tables of the named folds, or of all, and builds them from position 1. Nobody
// writes meanwhile. It reports each table; fault.NotFound "ledger.no_fold" for an unknown name.
func (l *Ledger) Rebuild(ctx context.Context, names ...string) ([]Rebuilt, error) {
	folds, err := l.named(names)
	if err != nil {
		return nil, err
	}
	var report []Rebuilt
	err = l.do(ctx, func(ctx context.Context) error {
		release, err := l.db.Alone(ctx)
		if err != nil {
			return err
		}
		defer release()
		if err := l.lookAround(ctx); err != nil {
			return err
		}
		for _, f := range folds {
			done, err := l.rebuild(ctx, f)
			if err != nil {
				return err
			}
			report = append(report, done...)
		}
		return nil
	})
	return report, err
}

func (l *Ledger) named(names []string) ([]*Fold, error) {
	for _, n := range names {
		if !slices.ContainsFunc(l.opts.Folds, func(f Fold) bool { return f.Name == n }) {
			return nil, fault.New(fault.NotFound, "ledger.no_fold", "fold", n)
		}
	}
	var folds []*Fold
	for i := range l.opts.Folds {
		if f := &l.opts.Folds[i]; len(names) == 0 || slices.Contains(names, f.Name) {
			folds = append(folds, f)
		}
	}
	return folds, nil
}

func (l *Ledger) rebuild(ctx context.Context, f *Fold) ([]Rebuilt, error) {
	report := make([]Rebuilt, len(f.Tables))
	for i, t := range f.Tables {
		before, err := l.db.Digest(ctx, t.Name)
		if err != nil {
			return nil, err
		}
		report[i] = Rebuilt{Fold: f.Name, Table: t.Name, Before: before}
	}
	if err := l.clearFold(ctx, f); err != nil {
		return nil, err
	}
	if err := l.fill(ctx, f, 0); err != nil {
		return nil, err
	}
	for i, t := range f.Tables {
		after, err := l.db.Digest(ctx, t.Name)
		if err != nil {
			return nil, err
		}
		report[i].After = after
	}
	return report, nil
}
