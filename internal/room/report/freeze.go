package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Frozen (chốt báo cáo) is a report as it was sent: what it showed, and the ledger position whose state
// that was. Built again from it, the files are the same bytes.
type Frozen struct {
	Regime     string         `json:"regime"`
	Unit       string         `json:"unit"`
	Period     string         `json:"period"`
	AsOf       calendar.Date  `json:"as_of"`
	Position   int64          `json:"position"`             // ledger position known to the report
	Checkpoint string         `json:"checkpoint,omitempty"` // signed tree head at that position, where the ledger gives one
	On         calendar.Date  `json:"on"`                   // date printed on the report
	Digest     string         `json:"definitions"`          // of the regime, its outline or forms, and the indicators shown
	Agency     Agency         `json:"agency"`
	Figures    []FrozenFigure `json:"figures"`
	DOCX       string         `json:"docx"` // SHA-256 of the file
	XLSX       string         `json:"xlsx"`
	Edition    int            `json:"edition,omitempty"` // of the report's words
	At         int64          `json:"-"`                 // position of the event itself
}

// FrozenFigure is one number as the report showed it.
type FrozenFigure struct {
	Ref       string          `json:"ref"`
	Indicator string          `json:"indicator"`
	Part      indicator.Part  `json:"part"`
	Period    string          `json:"period"`
	Value     indicator.Value `json:"value"`
}

func reportStream(regime, unit, period string) string {
	return "report/" + regime + "/" + unit + "/" + period
}

// Freeze builds the report as of now and records it. Freezing again records a new version; the last one
// holds and the earlier ones stay in the stream.
func (r *Room) Freeze(ctx context.Context, q Request, actor string) (*Report, error) {
	q.KnownAt = 0
	rep, err := r.Build(ctx, q)
	if err != nil {
		return nil, err
	}
	f := &Frozen{Regime: rep.Regime.ID, Unit: rep.Unit, Period: rep.Period.Code, AsOf: rep.AsOf, Position: rep.KnownAt,
		On: rep.On, Digest: rep.digest(), Agency: rep.Agency, Figures: frozenFigures(rep), Edition: edition}
	if r.opts.Checkpoint != nil {
		if f.Checkpoint, err = r.opts.Checkpoint(ctx, rep.KnownAt); err != nil {
			return nil, err
		}
	}
	rep.Frozen = f
	if err := r.keep(ctx, rep); err != nil {
		return nil, err
	}
	receipts, err := r.ledger.Append(ctx, ledger.Command{Stream: reportStream(f.Regime, f.Unit, f.Period), Expect: ledger.AnyVersion,
		Actor: actor, Unit: f.Unit, Events: []ledger.NewEvent{{Kind: kindFrozen, On: f.On, Data: f}}})
	if err != nil {
		return nil, err
	}
	f.At = receipts[0].Position
	return rep, nil
}

func frozenFigures(rep *Report) []FrozenFigure {
	var out []FrozenFigure
	for _, n := range rep.Figures {
		out = append(out, FrozenFigure{n.Ref, n.Indicator, n.Part, n.Period, n.Value})
	}
	for _, t := range rep.Tables {
		t.each(func(at cellAt, e Entry) {
			id := t.Form.Indicator(at.row, at.column)
			out = append(out, FrozenFigure{id, id, indicator.Arising, t.Period, e.Value})
		})
	}
	return out
}

// LastFrozen is the frozen report that holds for the regime, unit and period asked for; nil when none was
// frozen.
func (r *Room) LastFrozen(ctx context.Context, q Request) (*Frozen, error) {
	regime, err := r.Regimes.Get(q.Regime)
	if err != nil {
		return nil, err
	}
	period, err := regime.Period(q.Period)
	if err != nil {
		return nil, err
	}
	events, err := r.ledger.Stream(ctx, reportStream(regime.ID, q.Unit, period.Code))
	if err != nil {
		return nil, err
	}
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Kind != kindFrozen {
			continue
		}
		f := &Frozen{At: events[i].Position}
		return f, json.Unmarshal(events[i].Data, f)
	}
	return nil, nil
}

// Rebuild builds a frozen report again, as known at its position and with the names and date it bore.
// Error: fault.Conflict "report.definitions_changed" when its outline, forms or indicators are no longer those
// it was built with, since the bytes could not be the same.
func (r *Room) Rebuild(ctx context.Context, f *Frozen) (*Report, error) {
	rep, err := r.build(ctx, Request{Regime: f.Regime, Period: f.Period, Unit: f.Unit, AsOf: f.AsOf, KnownAt: f.Position}, &f.Agency, f.Edition)
	if fault.KindOf(err) == fault.NotFound { // a regime, an outline or an indicator is gone
		return nil, changed(f)
	}
	if err != nil {
		return nil, err
	}
	if rep.digest() != f.Digest {
		return nil, changed(f)
	}
	rep.On, rep.Frozen = f.On, f
	side := rep.layout.Side
	if rep.layout, err = r.layout(side, f.On); err != nil {
		return nil, err
	}
	return rep, nil
}

// Change is a number that is no longer what the frozen report showed, and the events that did it.
type Change struct {
	FrozenFigure
	Now     indicator.Value
	Records []indicator.Record
}

// Changes lists what changed since a report was frozen (thay đổi so với báo cáo), in the report's order.
func (r *Room) Changes(ctx context.Context, f *Frozen) ([]Change, error) {
	regime, err := r.Regimes.Get(f.Regime)
	if err != nil {
		return nil, err
	}
	if regime.Kind == KindForms {
		return r.formChanges(ctx, f)
	}
	var out []Change
	for _, was := range f.Figures {
		change, changed, err := r.figureChange(f, was)
		if err != nil {
			return nil, err
		}
		if changed {
			if err := r.figures.Fill(ctx, r.ledger, change.Records); err != nil {
				return nil, err
			}
			out = append(out, change)
		}
	}
	return out, nil
}

// figureChange compares one number of a review with what it would be today.
func (r *Room) figureChange(f *Frozen, was FrozenFigure) (c Change, changed bool, err error) {
	ref := ParseRef(was.Ref)
	if ref.Part == "change" {
		return c, false, nil // follows from the two numbers it compares
	}
	period, err := calendar.ParsePeriod(was.Period)
	if err != nil {
		return c, false, err
	}
	q := indicator.Query{Period: period, AsOf: calendar.NoDate, Units: f.Agency.Units}
	if period.Code == f.Period {
		q.AsOf = f.AsOf
	}
	now, err := r.figures.Figure(q, was.Indicator)
	if err != nil {
		return c, false, err
	}
	value := now.Get(was.Part)
	switch ref.Part {
	case "estimate":
		value = now.Estimate
	case "target":
		value = now.Target
	}
	if value == was.Value || value == indicator.NoValue && was.Value == 0 {
		return c, false, nil
	}
	records, err := r.figures.ChangedSince(q, was.Indicator, f.Position)
	return Change{was, value, records}, true, err
}

// formChanges compares every cell of the regime's forms, those that were blank included.
func (r *Room) formChanges(ctx context.Context, f *Frozen) ([]Change, error) {
	var out []Change
	for _, form := range r.Forms.OfRegime(f.Regime) {
		events, err := r.ledger.Stream(ctx, formStream(form.ID, f.Unit, f.Period))
		if err != nil {
			return nil, err
		}
		was, now := foldTable(form, f.Unit, f.Period, events, f.Position), foldTable(form, f.Unit, f.Period, events, 0)
		for _, row := range form.rowKeys() {
			for _, column := range form.leaves {
				at := cellAt{row, column.Code}
				before, after := was.value(at), now.value(at)
				if before == after {
					continue
				}
				id := form.Indicator(at.row, at.column)
				out = append(out, Change{FrozenFigure{id, id, indicator.Arising, f.Period, before}, after, cellRecords(events, id, f.Position)})
			}
		}
	}
	return out, nil
}

// cellRecords are the events after a position that recorded a cell.
func cellRecords(events []ledger.Event, id string, after int64) []indicator.Record {
	var out []indicator.Record
	for _, e := range events {
		var d figureData
		if e.Position <= after || e.Kind != kindFigure || json.Unmarshal(e.Data, &d) != nil || d.Indicator != id {
			continue
		}
		v, _ := indicator.ParseValue(d.Value) // a value that cannot be read shows as absent
		out = append(out, indicator.Record{Position: e.Position, Indicator: id, Unit: e.Unit, On: e.EffectiveOn, Value: v, Part: indicator.Arising,
			Stream: e.Stream, Kind: e.Kind, Label: d.Source.String(), Actor: e.Actor})
	}
	return out
}

// digest names the definitions that a report was built with: its regime's, its outline's or forms', and those of the indicators
// that it shows. Others may change without touching it.
func (rep *Report) digest() string {
	files := []string{rep.Regime.Place.File}
	if rep.Outline != nil {
		files = append(files, rep.Outline.Place.File)
	}
	var ids []string
	for _, n := range rep.Figures {
		ids = append(ids, n.Indicator)
	}
	for _, t := range rep.Tables {
		files = append(files, t.Form.Place.File)
	}
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %x\n", f, rep.room.Regimes.sums[f])
	}
	d := rep.room.figures.Definitions().DigestOf(ids...)
	h.Write(d[:])
	return hex.EncodeToString(h.Sum(nil))
}
