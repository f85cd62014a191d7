package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/report"
)

// figureFile is the snapshot of the figures' columns: a cache beside the database, safe to delete.
type figureFile struct {
	path  string
	saved int64 // ledger position it holds
}

// IndicatorDefinitions are all indicators: those of definitions/indicators, of the report forms and of the procedures.
func IndicatorDefinitions(data string) (*indicator.Definitions, error) {
	procedures, err := Procedures(data)
	if err != nil {
		return nil, err
	}
	forms, err := report.LoadForms(Definitions(data))
	if err != nil {
		return nil, err
	}
	own, err := loadIndicators(data)
	if err != nil {
		return nil, err
	}
	return indicatorDefinitions(own, procedures, forms)
}

// loadIndicators reads definitions/indicators alone.
func loadIndicators(data string) (*indicator.Definitions, error) {
	files, err := fs.Sub(Definitions(data), "indicators")
	if err != nil {
		return nil, err
	}
	return indicator.Load(files)
}

func indicatorDefinitions(all *indicator.Definitions, procedures *procedure.Set, forms *report.Forms) (*indicator.Definitions, error) {
	if err := all.Add(forms.Definitions()...); err != nil {
		return nil, err
	}
	return all, addProcedures(all, procedures)
}

// addProcedures adds the indicators that procedures bring. One that stands in definitions/indicators already stays as it is
// there; of several versions of a procedure the newest holds for the whole time, so that a year in which the law changed has
// one figure. They rest on the same
// record as the common dossier figures and share their note.
func addProcedures(all *indicator.Definitions, procedures *procedure.Set) error {
	note, _ := all.Get("dossier.received")
	for _, p := range slices.Backward(procedures.All()) {
		for _, i := range p.Indicators {
			if _, newer := all.Get(i.ID); newer {
				continue
			}
			if err := all.Read(indicator.Definition{Group: indicator.Words(p.Title), Provenance: note.Provenance}, i.Raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// openFigures makes the figures follow the ledger: snapshot first, then what was recorded since.
func (a *App) openFigures(ctx context.Context, data string, own *indicator.Definitions, forms *report.Forms) error {
	defs, err := indicatorDefinitions(own, a.Procedures, forms)
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
		slog.Debug("figures: reading the ledger from the start", "why", why)
	}
	return a.Indicators.CatchUp(ctx, a.Ledger)
}

// FigureUnits are units with everything below them on a day, for a question to the figures; nil stays nil. A
// code outside the tree is one whose figures were imported. Error: people.unknown_unit.
func (a *App) FigureUnits(ctx context.Context, codes []string, on calendar.Date) ([]string, error) {
	var all []string
	for _, code := range codes {
		below, err := a.People.Subtree(ctx, code, on)
		if err != nil && slices.Contains(a.Indicators.Units(), code) {
			below, err = []string{code}, nil
		}
		if err != nil {
			return nil, err
		}
		for _, u := range below {
			if !slices.Contains(all, u) {
				all = append(all, u)
			}
		}
	}
	return all, nil
}

// saveFigures writes the snapshot where reading the new events again would take noticeably longer than writing it. A
// snapshot that cannot be written costs time at the next start and nothing else, so only the log for debugging hears of it.
func (a *App) saveFigures() {
	at := a.Indicators.Position()
	if at-a.figures.saved < max(1000, at/200) {
		return
	}
	if err := a.Indicators.Save(a.figures.path); err != nil {
		slog.Debug("figures: snapshot not written", "err", err)
	}
}
