// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/indicator/crossfoot"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/room/report"
)

// Options say where the data is.
type Options struct {
	Data  string           // folder; created when missing
	DB    string           // "postgres://…"; empty = SQLite in Data
	Clock func() time.Time // time.Now when nil; the sample agency sets its own
}

// App is the opened agency.
type App struct {
	Catalog    *lang.Catalog
	DB         *store.DB
	Ledger     *ledger.Ledger
	Indicators *indicator.Engine
	Reports    *report.Room

	figures figureFile
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), calendar.Texts(), store.Texts(), ledger.Texts(), defs.Texts(), indicator.Texts(),
		crossfoot.Texts(), document.Texts(), report.Texts(), Texts())
}

// Open opens or creates the agency's data.
func Open(ctx context.Context, o Options) (*App, error) {
	if err := os.MkdirAll(o.Data, 0o750); err != nil {
		return nil, err
	}
	at := o.DB
	if at == "" {
		at = filepath.Join(o.Data, "trucot.db")
	}
	db, err := store.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	a := &App{Catalog: Catalog(), DB: db}
	if err := a.open(ctx, o); err != nil {
		if a.Ledger != nil {
			err = errors.Join(err, a.Ledger.Close())
		}
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

// open plugs the parts together over the open database.
func (a *App) open(ctx context.Context, o Options) (err error) {
	a.Ledger, err = ledger.Open(ctx, a.DB, ledger.Options{KeyFile: filepath.Join(o.Data, "ledger.key"), Clock: o.Clock,
		Folds: []ledger.Fold{report.Fold()}})
	if err != nil {
		return err
	}
	regimes, err := report.Load(Definitions(o.Data))
	if err != nil {
		return err
	}
	if err := a.openFigures(ctx, o.Data, regimes.Forms.Definitions()); err != nil {
		return err
	}
	layouts, err := document.LoadLayouts(Definitions(o.Data))
	if err != nil {
		return err
	}
	a.Reports = report.New(a.Ledger, a.DB, regimes, a.Indicators, layouts, report.Options{Clock: o.Clock, Checkpoint: a.treeRoot})
	return nil
}

// treeRoot is the root of the ledger's Merkle tree over its first events, as reports print it.
func (a *App) treeRoot(ctx context.Context, position int64) (string, error) {
	root, err := a.Ledger.Root(ctx, position)
	return root.String(), err
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error {
	err := a.Ledger.Close()
	a.saveFigures()
	return errors.Join(err, a.DB.Close())
}
