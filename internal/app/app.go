// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"os"
	"path/filepath"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/room/directive"
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
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), calendar.Texts(), ledger.Texts(), directive.Texts(), Texts())
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
	l, err := ledger.Open(ctx, db, ledger.Options{})
	if err != nil {
		db.Close()
		return nil, err
	}
	return &App{Catalog: Catalog(), DB: db, Ledger: l}, nil
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
