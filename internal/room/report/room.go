package report

import (
	"context"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/blob"
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

	// Repair reads the task that a limitation was given to, as known at a position (0 = now); nil where there are no tasks.
	Repair func(ctx context.Context, task string, knownAt int64) (*Repair, error)

	// Files keeps the files of frozen reports; nil where they are only made again.
	Files blob.Store

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
	layout  document.LayoutAt
	opts    Options
	words   *lang.Catalog // this room's texts, for the words inside a report
}

// New opens the room. The ledger must run Fold; figures must follow it.
func New(l *ledger.Ledger, db *store.DB, regimes *Regimes, figures *indicator.Engine, layout document.LayoutAt, o Options) *Room {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Room{Regimes: regimes, Forms: regimes.Forms, ledger: l, db: db, figures: figures, layout: layout, opts: o, words: lang.NewCatalog(Texts())}
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
		words := form.sharedWords()
		for _, key := range form.rowKeys() {
			row, _ := form.Row(key)
			for _, c := range form.leaves {
				if !form.Crossed(key, c.Code) {
					out = append(out, form.definition(key, row, c, words))
				}
			}
		}
	}
	return out
}

// cellWords are texts that the definitions of a form's cells have in common: made once, since there are thousands of cells.
type cellWords struct {
	group    indicator.Words
	source   indicator.Words
	measures map[string]indicator.Words // by the row's own measure; "" is the form's
}

func (f *Form) sharedWords() cellWords {
	w := cellWords{group: indicator.Words(f.Title), source: indicator.Words{lang.VI: f.Basis + ", " + f.Number, lang.EN: f.Basis + ", " + f.Number}, measures: map[string]indicator.Words{}}
	w.measures[""] = indicator.Words{lang.VI: f.Measure[lang.VI], lang.EN: f.Measure[lang.EN]}
	for vi, en := range f.Measures {
		w.measures[vi] = indicator.Words{lang.VI: vi, lang.EN: en}
	}
	return w
}

func (f *Form) definition(key string, row Row, c Column, w cellWords) indicator.Definition {
	title := func(tag lang.Tag) string { return row.In(tag) + " – " + c.In(tag) + " (" + f.Number + ")" }
	measure := w.measures[row.Measure]
	if measure == nil {
		measure = indicator.Words{lang.VI: row.Measure}
	}
	return indicator.Definition{ID: f.Indicator(key, c.Code), Title: indicator.Words{lang.VI: title(lang.VI), lang.EN: title(lang.EN)},
		Group: w.group, Measure: measure, Type: indicator.Manual, Places: 3, Provenance: indicator.Provenance{Source: w.source}}
}
