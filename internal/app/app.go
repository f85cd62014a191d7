// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/eventlog"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/indicator/crossfoot"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/rule"
	"trucot/internal/kernel/store"
)

// Options say where the data is.
type Options struct {
	Data string // folder; created when missing
	DB   string // "postgres://…"; empty = SQLite in Data
}

// App is the opened agency.
type App struct {
	Catalog *lang.Catalog
	DB      *store.DB
	Ledger  *ledger.Ledger

	Indicators *indicator.Engine

	figures figureFile
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(
		lang.OwnTexts(),
		defs.Texts(),
		calendar.Texts(),
		store.Texts(),
		ledger.Texts(),
		verifier.Texts(),
		rule.Texts(),
		document.Texts(),
		eventlog.Texts(),
		indicator.Texts(),
		crossfoot.Texts(),
		procedure.Texts(),
		dossier.Texts(),
		Texts(),
	)
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
	l, err := ledger.Open(ctx, db, ledger.Options{KeyFile: filepath.Join(o.Data, "ledger.key")})
	if err != nil {
		db.Close()
		return nil, err
	}
	a := &App{Catalog: Catalog(), DB: db, Ledger: l}
	if err := a.openFigures(ctx, o.Data); err != nil {
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
