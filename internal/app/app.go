// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
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
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), calendar.Texts(), store.Texts(), ledger.Texts(), eventlog.Texts(), Texts())
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
	return &App{Catalog: Catalog(), DB: db, Ledger: l}, nil
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error { return errors.Join(a.Ledger.Close(), a.DB.Close()) }
