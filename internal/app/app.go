// Package app (ứng dụng) plugs kernel, engines and rooms together: it opens the data folder, hands each
// part what it needs, merges the texts and lists every route. It owns no rules.
package app

import (
	"context"
	"errors"
	"path/filepath"

	"trucot/internal/engine/document"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/verifier"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/vault"
)

// Options say where the data is.
type Options struct {
	Data string // folder; created when missing
	DB   string // "postgres://…"; empty = SQLite in Data
}

// Address is the database's address: the given one, or the SQLite file in the data folder.
func (o Options) Address() string {
	if o.DB != "" {
		return o.DB
	}
	return filepath.Join(o.Data, "trucot.db")
}

// App is the opened agency.
type App struct {
	Catalog *lang.Catalog
	DB      *store.DB
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), calendar.Texts(), store.Texts(), ledger.Texts(), verifier.Texts(), vault.Texts(), document.Texts(), Texts())
}

// Open opens or creates the agency's data.
func Open(ctx context.Context, o Options) (*App, error) {
	if err := store.MakeFolder(o.Data); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, o.Address())
	if err != nil {
		return nil, err
	}
	l, err := ledger.Open(ctx, db, ledger.Options{KeyFile: filepath.Join(o.Data, "ledger.key")})
	if err != nil {
		db.Close()
		return nil, err
	}
	v, err := vault.Open(ctx, db, filepath.Join(o.Data, "vault.key"))
	if err != nil {
		l.Close()
		db.Close()
		return nil, err
	}
	return &App{Catalog: Catalog(), DB: db, Ledger: l, Vault: v}, nil
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error { return errors.Join(a.Ledger.Close(), a.DB.Close()) }
