// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
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
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), calendar.Texts(), store.Texts(), ledger.Texts(), defs.Texts(), indicator.Texts(),
		document.Texts(), report.Texts(), Texts())
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
	regimes, err := report.Load(definitions.Files)
	if err != nil {
		return err
	}
	if err := a.openFigures(ctx, regimes.Forms.Definitions()); err != nil {
		return err
	}
	layouts, err := document.LoadLayouts(definitions.Files)
	if err != nil {
		return err
	}
	a.Reports = report.New(a.Ledger, a.DB, regimes, a.Indicators, layouts, report.Options{Clock: o.Clock})
	return nil
}

// openFigures makes the figures of definitions/indicators and of the forms' cells follow the ledger.
func (a *App) openFigures(ctx context.Context, cells []indicator.Definition) error {
	folder, err := fs.Sub(definitions.Files, "indicators")
	if err != nil {
		return err
	}
	set, err := indicator.Load(folder)
	if err != nil {
		return err
	}
	if err := set.Add(cells...); err != nil {
		return err
	}
	if a.Indicators, err = indicator.New(set, indicator.Options{}); err != nil {
		return err
	}
	a.Ledger.Follow(a.Indicators.Feed)
	return a.Indicators.CatchUp(ctx, a.Ledger)
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error { return errors.Join(a.Ledger.Close(), a.DB.Close()) }
