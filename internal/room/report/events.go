package report

import (
	"context"
	"encoding/json"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// The facts this room appends.
const (
	kindFigure   = "figure.recorded"      // one cell of a form
	kindImported = "report.form_imported" // after the cells of one import
	kindFrozen   = "report.frozen"        // a report as it was sent
)

// partySide is the side of a regime, outline or note that is the Party's and not the State's.
const partySide = "party"

// unionSide is the side of the trade union's own review.
const unionSide = "union"

// figureData is one cell. Value "" means that the cell was cleared.
type figureData struct {
	Indicator string     `json:"indicator"`
	Period    string     `json:"period"`
	Value     string     `json:"value"`
	Estimate  bool       `json:"estimate"`
	Source    cellSource `json:"source"`
	Note      string     `json:"note"`
}

type cellSource struct {
	File   string `json:"file"`
	Cell   string `json:"cell"`
	SHA256 string `json:"sha256"`
}

func (s cellSource) String() string { return strings.TrimSpace(s.File + " " + s.Cell) }

// importedData closes one import: what was read, and how.
type importedData struct {
	Form     string   `json:"form"`
	UnitName string   `json:"unit_name,omitempty"`
	Period   string   `json:"period"`
	File     string   `json:"file"`
	SHA256   string   `json:"sha256"`
	Numbers  string   `json:"numbers"`
	Recorded int      `json:"recorded"`
	Notes    []string `json:"notes,omitempty"`
}

func formStream(form, unit, period string) string { return "form/" + form + "/" + unit + "/" + period }

// OfParty reports whether an event of this room belongs to the Party side: a frozen report of its regimes, or
// a sentence written down for its review. Such an event need not name a Party unit.
func (r *Room) OfParty(e ledger.Event) bool {
	kind, rest, _ := strings.Cut(e.Stream, "/")
	switch kind {
	case "report":
		id, _, _ := strings.Cut(rest, "/")
		regime, err := r.Regimes.Get(id)
		return err == nil && regime.Side == partySide
	case "review":
		var d noteData
		return json.Unmarshal(e.Data, &d) == nil && d.Side == partySide
	}
	return false
}

// splitFormStream is the reverse of formStream; the form's id itself holds one stroke.
func splitFormStream(stream string) (form, unit, period string, ok bool) {
	parts := strings.Split(stream, "/")
	if len(parts) != 5 || parts[0] != "form" {
		return "", "", "", false
	}
	return parts[1] + "/" + parts[2], parts[3], parts[4], true
}

// record appends the cells that differ from what the ledger holds.
func (r *Room) record(ctx context.Context, im *Imported, actor string) error {
	stream := formStream(im.Form.ID, im.Unit, im.Period)
	events, err := r.ledger.Stream(ctx, stream)
	if err != nil {
		return err
	}
	held := foldTable(im.Form, im.Unit, im.Period, events, 0)
	end, err := r.periodEnd(im.Period)
	if err != nil {
		return err
	}
	var batch []ledger.NewEvent
	add := func(at cellAt, v indicator.Value, ref string) {
		batch = append(batch, ledger.NewEvent{Kind: kindFigure, On: end, Data: figureData{
			Indicator: im.Form.Indicator(at.row, at.column), Period: im.Period, Value: v.String(),
			Source: cellSource{im.File, ref, im.SHA256}}})
	}
	im.Table.each(func(at cellAt, e Entry) {
		if was, ok := held.Get(at); ok && was == e.Value {
			im.Unchanged++
			return
		}
		add(at, e.Value, strings.TrimPrefix(e.Source, im.File+" "))
	})
	held.each(func(at cellAt, _ Entry) {
		if _, still := im.Table.Get(at); !still {
			add(at, indicator.NoValue, "")
		}
	})
	im.Recorded = len(batch)
	if len(batch) == 0 {
		return nil
	}
	batch = append(batch, ledger.NewEvent{Kind: kindImported, On: end, Data: importedData{Form: im.Form.ID, UnitName: im.UnitName,
		Period: im.Period, File: im.File, SHA256: im.SHA256, Numbers: im.Numbers.Style.String(), Recorded: im.Recorded, Notes: noteLines(im.Notes)}})
	_, err = r.ledger.Append(ctx, ledger.Command{Stream: stream, Expect: int64(len(events)), Actor: actor, Unit: im.Unit, Events: batch})
	return err
}

// noteLines keeps the notes' keys and arguments with the import; their words are chosen when shown.
func noteLines(notes fault.List) []string {
	var out []string
	for _, n := range notes {
		out = append(out, n.Error())
	}
	return out
}

// Table is a form as the ledger holds it for one unit and period, as known at a ledger position (0 = now).
func (r *Room) Table(ctx context.Context, f *Form, unit, period string, knownAt int64) (*Table, error) {
	events, err := r.ledger.Stream(ctx, formStream(f.ID, unit, period))
	if err != nil {
		return nil, err
	}
	return foldTable(f, unit, period, events, knownAt), nil
}

// foldTable replays the events of one form's stream: the last recorded value of a cell holds.
func foldTable(f *Form, unit, period string, events []ledger.Event, knownAt int64) *Table {
	t := NewTable(f, unit, period)
	for _, e := range events {
		if knownAt > 0 && e.Position > knownAt {
			break
		}
		t.apply(e)
	}
	return t
}

func (t *Table) apply(e ledger.Event) {
	if e.Kind != kindFigure {
		return
	}
	var d figureData
	if json.Unmarshal(e.Data, &d) != nil || d.Estimate || d.Period != t.Period {
		return
	}
	row, column, ok := t.Form.Cell(d.Indicator)
	if !ok {
		return
	}
	v, err := indicator.ParseValue(d.Value)
	if err != nil || v == indicator.NoValue {
		delete(t.cells, cellAt{row, column})
		return
	}
	t.File = d.Source.File
	t.Set(row, column, Entry{Value: v, Source: d.Source.String(), Position: e.Position})
}
