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
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/dossier/script"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/rule"
	"trucot/internal/kernel/store"
)

// Options say where the data is.
type Options struct {
	Data string // folder; created when missing
	DB   string // "postgres://…"; empty = SQLite in Data

	Clock  func() time.Time // time.Now when nil
	Agency string           // the agency's code in dossier codes; the sample's when empty
}

// sampleAgency is the code of no real agency: H00 is not given out.
const sampleAgency = "000.00.00.H00"

// App is the opened agency.
type App struct {
	Catalog *lang.Catalog
	DB      *store.DB
	Ledger  *ledger.Ledger

	Calendar   *calendar.Calendar
	Procedures *procedure.Set
	Dossiers   *dossier.Engine
}

// Catalog merges the texts of every package.
func Catalog() *lang.Catalog {
	return lang.NewCatalog(
		lang.OwnTexts(),
		defs.Texts(),
		calendar.Texts(),
		store.Texts(),
		ledger.Texts(),
		rule.Texts(),
		document.Texts(),
		procedure.Texts(),
		dossier.Texts(),
		script.Texts(),
		Texts(),
	)
}

// Open opens or creates the agency's data.
func Open(ctx context.Context, o Options) (*App, error) {
	if err := os.MkdirAll(o.Data, 0o750); err != nil {
		return nil, err
	}
	cal, err := Calendar(o.Data)
	if err != nil {
		return nil, err
	}
	procs, err := Procedures(o.Data)
	if err != nil {
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
	l, err := ledger.Open(ctx, db, ledger.Options{
		Folds:   []ledger.Fold{dossier.Fold()},
		Clock:   o.Clock,
		KeyFile: filepath.Join(o.Data, "ledger.key"),
	})
	if err != nil {
		db.Close()
		return nil, err
	}
	if o.Agency == "" {
		o.Agency = sampleAgency
	}
	dossiers := dossier.New(l, db, procs, cal, dossier.Options{AgencyCode: o.Agency, Clock: o.Clock})
	return &App{Catalog: Catalog(), DB: db, Ledger: l, Calendar: cal, Procedures: procs, Dossiers: dossiers}, nil
}

// Close waits for the commands under way and closes the database.
func (a *App) Close() error { return errors.Join(a.Ledger.Close(), a.DB.Close()) }
