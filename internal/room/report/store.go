package report

import (
	"context"
	"database/sql"
	"encoding/json"

	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The list of filled-in forms and of frozen reports: what has no other index than its stream.
var (
	upsertForm = store.Statement(`insert into report_form (stream, form, unit, period, unit_name, position) values ($1, $2, $3, $4, $5, $6)
		on conflict (stream) do update set unit_name = case when excluded.unit_name = '' then report_form.unit_name else excluded.unit_name end, position = excluded.position`)
	listForms    = store.Statement(`select form, unit, period, unit_name from report_form where (unit = $1 or $1 = '') and (period = $2 or $2 = '') order by period, unit, form`)
	upsertFrozen = store.Statement(`insert into report_frozen (stream, regime, unit, period, position, frozen_on) values ($1, $2, $3, $4, $5, $6)
		on conflict (stream) do update set position = excluded.position, frozen_on = excluded.frozen_on`)
	listFrozen = store.Statement(`select regime, unit, period, position, frozen_on from report_frozen order by frozen_on desc, position desc limit $1`)
)

// Fold keeps the tables report_form and report_frozen.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "report", Version: 1, Apply: apply, Tables: []ledger.Table{
		{Name: "report_form", DDL: []string{`create table if not exists report_form (stream text primary key, form text not null, unit text not null, period text not null, unit_name text not null, position bigint not null)`}},
		{Name: "report_frozen", DDL: []string{`create table if not exists report_frozen (stream text primary key, regime text not null, unit text not null, period text not null, position bigint not null, frozen_on bigint not null)`}},
	}}
}

func apply(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
	for _, e := range batch {
		if err := applyOne(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

func applyOne(ctx context.Context, tx store.Tx, e ledger.Event) error {
	switch e.Kind {
	case kindImported:
		form, unit, period, ok := splitFormStream(e.Stream)
		if !ok {
			return nil
		}
		var d importedData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, upsertForm, e.Stream, form, unit, period, d.UnitName, e.Position)
		return err
	case kindFrozen:
		var d Frozen
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, upsertFrozen, e.Stream, d.Regime, d.Unit, d.Period, e.Position, int64(e.EffectiveOn))
		return err
	}
	return nil
}

// Filed is one form that somebody filled in.
type Filed struct{ Form, Unit, Period, UnitName string }

// Filed lists the filled-in forms, limited to a unit and a period where given.
func (r *Room) Filed(ctx context.Context, unit, period string) ([]Filed, error) {
	return store.All(ctx, r.db, func(rows *sql.Rows) (Filed, error) {
		var f Filed
		return f, rows.Scan(&f.Form, &f.Unit, &f.Period, &f.UnitName)
	}, listForms, unit, period)
}

// Faults cross-foots every filled-in form as the ledger holds it, limited to a unit and a period where
// given.
func (r *Room) Faults(ctx context.Context, unit, period string, knownAt int64) ([]Discrepancy, error) {
	filed, err := r.Filed(ctx, unit, period)
	if err != nil {
		return nil, err
	}
	var out []Discrepancy
	for _, f := range filed {
		form, ok := r.Forms.Get(f.Form)
		if !ok {
			continue // a form of a regime that is no longer shipped
		}
		t, err := r.Table(ctx, form, f.Unit, f.Period, knownAt)
		if err != nil {
			return nil, err
		}
		out = append(out, CrossFoot(t)...)
	}
	return out, nil
}
