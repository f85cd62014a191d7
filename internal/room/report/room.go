package report

import (
	"context"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Options are what the room needs of others.
type Options struct {
	Clock      func() time.Time                         // time.Now when nil
	UnitByName func(name string) (code string, ok bool) // finds a unit by the name a file gives; nil = none known

	// Agency says who a unit is on a day, for the page: side is "state" or "party". Nil leaves the names blank.
	Agency func(unit, side string, on calendar.Date) Agency

	// Checkpoint is the ledger's signed tree head at a position; nil where the ledger has none.
	Checkpoint func(ctx context.Context, position int64) (string, error)
}

// Room is the report room over one agency's data.
type Room struct {
	Regimes *Regimes
	Forms   *Forms // of Regimes
	ledger  *ledger.Ledger
	db      *store.DB
	figures *indicator.Engine
	layouts *document.Layouts
	opts    Options
	words   *lang.Catalog // this room's texts, for the words inside a report
}

// New opens the room. The ledger must run Fold; figures must follow it.
func New(l *ledger.Ledger, db *store.DB, regimes *Regimes, figures *indicator.Engine, layouts *document.Layouts, o Options) *Room {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Room{Regimes: regimes, Forms: regimes.Forms, ledger: l, db: db, figures: figures, layouts: layouts, opts: o, words: lang.NewCatalog(Texts())}
}

// text is a word of the report itself, always Vietnamese.
func (r *Room) text(key string, args ...any) string { return r.words.T(lang.VI, key, args...) }

// periodEnd is the last day of a period.
func (r *Room) periodEnd(code string) (calendar.Date, error) {
	p, err := calendar.ParsePeriod(code)
	return p.To, err
}

// Definitions are the indicators of the forms' cells: one manual indicator a cell, to be added to the
// engine's set.
func (f *Forms) Definitions() []indicator.Definition {
	var out []indicator.Definition
	for _, form := range f.list {
		for _, key := range form.rowKeys() {
			row, _ := form.Row(key)
			for _, c := range form.leaves {
				if !form.Crossed(key, c.Code) {
					out = append(out, form.definition(key, row, c))
				}
			}
		}
	}
	return out
}

func (f *Form) definition(key string, row Row, c Column) indicator.Definition {
	title := func(tag lang.Tag) string { return row.In(tag) + " – " + c.In(tag) + " (" + f.Number + ")" }
	measure := indicator.Words{lang.VI: f.Measure[lang.VI], lang.EN: f.Measure[lang.EN]}
	if row.Measure != "" {
		measure = indicator.Words{lang.VI: row.Measure, lang.EN: f.Measures[row.Measure]}
	}
	return indicator.Definition{ID: f.Indicator(key, c.Code), Title: indicator.Words{lang.VI: title(lang.VI), lang.EN: title(lang.EN)},
		Measure: measure, Type: indicator.Manual, Places: 3, Provenance: indicator.Provenance{
			Source: indicator.Words{lang.VI: f.Basis + ", " + f.Number, lang.EN: f.Basis + ", " + f.Number}}}
}
