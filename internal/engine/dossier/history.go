package dossier

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"time"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Entry is one event of a dossier as a history page shows it: the parts of a plain sentence.
type Entry struct {
	Position    int64
	Kind        string
	On          calendar.Date
	RecordedAt  time.Time
	Actor       string
	Role        string
	Unit        string
	Action      string
	Label       procedure.Text // of the action; empty for imported events
	From, To    procedure.Text // labels of the states
	Status      int
	Assignee    string
	Due         calendar.Date // due date after the event, NoDate when none
	Moved       bool          // the due date is another than before
	Late        bool
	WorkingDays int
	Changed     []procedure.Text // labels of the fields that changed
	Fields      map[string]json.RawMessage
	Documents   []string // papers handed in
	Fee         int64    // đồng paid
	Credential  string   // number issued
	Outputs     []string
	Note        string
	Between     *Moved // the units of a move; nil for anything else
}

// History is every event of a dossier, oldest first. Error: fault.NotFound.
func (e *Engine) History(ctx context.Context, code string) ([]Entry, error) {
	events, err := e.ledger.Stream(ctx, streamPrefix+code)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, fault.New(fault.NotFound, "dossier.not_found", "code", code)
	}
	var p *procedure.Procedure
	out := make([]Entry, 0, len(events))
	due := calendar.NoDate
	for i := range events {
		ev := &events[i]
		var x payload
		if err := decode(ev.Data, &x); err != nil {
			return nil, err
		}
		if x.Digest != "" {
			if p, err = e.definition(ctx, x.Procedure, x.Version, x.Digest); err != nil {
				p = nil // shown with ids: the history outlives the definition
			}
		}
		entry := Entry{Position: ev.Position, Kind: ev.Kind, On: ev.EffectiveOn, RecordedAt: ev.RecordedAt, Actor: ev.Actor, Role: x.Role,
			Unit: ev.Unit, Action: x.Action, Status: x.Status, Assignee: x.Assignee, Due: x.due(), Late: x.Late, WorkingDays: x.WorkingDays,
			Fields: x.Fields, Documents: x.Documents, Outputs: x.Outputs, Note: x.Note, Between: x.Moved}
		entry.Moved, due = entry.Due != due, entry.Due
		if x.Fee != nil {
			entry.Fee = x.Fee.Amount
		}
		if x.Issued != nil {
			entry.Credential = x.Issued.Number
		}
		entry.label(p, &x)
		out = append(out, entry)
	}
	return out, nil
}

// due is the due date after the event, NoDate when it names none.
func (x *Data) due() calendar.Date {
	if x.Due == 0 {
		return calendar.NoDate
	}
	return x.Due
}

func (en *Entry) label(p *procedure.Procedure, x *payload) {
	plain := func(s string) procedure.Text { return procedure.Text{"vi": s, "en": s} }
	en.Label, en.From, en.To = plain(x.Action), plain(x.From), plain(x.To)
	if p == nil {
		return
	}
	if t := p.Transition(x.Action); t != nil {
		en.Label = t.Label
	}
	if s := p.State(x.From); s != nil {
		en.From = s.Label
	}
	if s := p.State(x.To); s != nil {
		en.To = s.Label
	}
	ids := make([]string, 0, len(x.Fields))
	for id := range x.Fields {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		if f := p.Field(id); f != nil {
			en.Changed = append(en.Changed, f.Label)
		}
	}
}

// Explain says day by day why the dossier is due when it is. While the clock stands still it gives the days so
// far. Errors: fault.NotFound, also when the dossier has no main deadline.
func (e *Engine) Explain(ctx context.Context, code string) (calendar.Explanation, error) {
	d, err := e.Get(ctx, code)
	if err != nil {
		return calendar.Explanation{}, err
	}
	r := d.main()
	if r == nil {
		return calendar.Explanation{}, fault.New(fault.NotFound, "dossier.no_deadline", "code", code)
	}
	x, err := e.cal.Explain(count(r, d.Track.Pauses))
	if fault.Is(err, "calendar.clock_stopped") {
		return x, nil
	}
	return x, err
}

// Actions are the steps open to a dossier by its state and by what is used up, in the order of the definition.
// Guards are not evaluated: a page shows the action and the engine says why not yet.
func (e *Engine) Actions(ctx context.Context, d *Dossier) ([]*procedure.Transition, error) {
	p, err := e.Procedure(ctx, d)
	if err != nil {
		return nil, err
	}
	var out []*procedure.Transition
	for _, t := range p.Leaving(d.State) {
		if t.Once != "" && slices.Contains(d.Track.Once, t.Once) {
			continue
		}
		out = append(out, t)
	}
	return out, nil
}
