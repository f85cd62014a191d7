package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"

	"trucot/internal/engine/indicator"
	"trucot/internal/room/report"
)

// figureFile is the snapshot of the figures' columns: a cache beside the database, safe to delete.
type figureFile struct {
	path  string
	saved int64 // ledger position it holds
}

// IndicatorDefinitions are the indicators of definitions/indicators. Indicators that procedures and report forms bring
// are added here, before the engine is made.
func IndicatorDefinitions(data string) (*indicator.Definitions, error) {
	files, err := fs.Sub(Definitions(data), "indicators")
	if err != nil {
		return nil, err
	}
	defs, err := indicator.Load(files)
	if err != nil {
		return nil, err
	}
	forms, err := report.LoadForms(Definitions(data))
	if err != nil {
		return nil, err
	}
	return defs, defs.Add(forms.Definitions()...)
}

// openFigures makes the figures follow the ledger: snapshot first, then what was recorded since.
func (a *App) openFigures(ctx context.Context, data string) error {
	defs, err := IndicatorDefinitions(data)
	if err != nil {
		return err
	}
	if a.Indicators, err = indicator.New(defs, indicator.Options{}); err != nil {
		return err
	}
	a.Ledger.Follow(a.Indicators.Feed)
	a.figures.path = filepath.Join(data, "figures.snapshot")
	used, why := a.Indicators.Restore(ctx, a.figures.path, a.Ledger)
	if used {
		a.figures.saved = a.Indicators.Position()
	} else if !errors.Is(why, fs.ErrNotExist) {
		slog.Info("figures: reading the ledger from the start", "why", why)
	}
	return a.Indicators.CatchUp(ctx, a.Ledger)
}

// saveFigures writes the snapshot where reading the new events again would take noticeably longer than writing it. A
// snapshot that cannot be written costs time at the next start and nothing else, so it is logged only.
func (a *App) saveFigures() {
	at := a.Indicators.Position()
	if at-a.figures.saved < max(1000, at/200) {
		return
	}
	if err := a.Indicators.Save(a.figures.path); err != nil {
		slog.Warn("figures: snapshot not written", "err", err)
	}
}
