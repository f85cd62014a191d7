// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/indicator/crossfoot"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/rule"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report"
)

// Options say where the data is.
type Options struct {
	Data string // folder; created when missing
	DB   string // "postgres://…"; empty = SQLite in Data

	Clock func() time.Time // time.Now when nil; tests and the sample agency set their own
}

// App is the opened agency.
type App struct {
	Catalog *lang.Catalog
	DB      *store.DB
	Ledger  *ledger.Ledger
	People  *people.People

	Procedures *procedure.Set
	Indicators *indicator.Engine
	Reports    *report.Room

	figures figureFile
	clock   func() time.Time
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(append(pageTexts(),
		lang.OwnTexts(), calendar.Texts(), store.Texts(), ledger.Texts(), defs.Texts(), rule.Texts(), web.Texts(),
		people.Texts(), procedure.Texts(), indicator.Texts(), crossfoot.Texts(), document.Texts(), report.Texts(),
		Texts(),
	)...)
}

// Open opens or creates the agency's data.
func Open(ctx context.Context, o Options) (*App, error) {
	procs, err := procedure.Load(definitions.Files)
	if err != nil {
		return nil, err
	}
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
	if o.Clock == nil {
		o.Clock = time.Now
	}
	l, err := ledger.Open(ctx, db, ledger.Options{
		Folds: []ledger.Fold{people.Fold(), report.Fold()}, Clock: o.Clock, KeyFile: filepath.Join(o.Data, "ledger.key"),
	})
	if err != nil {
		db.Close()
		return nil, err
	}
	who, err := people.New(ctx, db, l, people.Options{Clock: o.Clock})
	if err != nil {
		db.Close()
		return nil, err
	}
	a := &App{Catalog: Catalog(), DB: db, Ledger: l, People: who, Procedures: procs, clock: o.Clock}
	if err := a.openFigures(ctx, o.Data); err != nil {
		return nil, errors.Join(err, l.Close(), db.Close())
	}
	if err := a.openReports(o.Data); err != nil {
		return nil, errors.Join(err, l.Close(), db.Close())
	}
	return a, nil
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error {
	err := a.Ledger.Close()
	a.saveFigures()
	return errors.Join(err, a.DB.Close())
}
