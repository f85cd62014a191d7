package report

import (
	"context"
	"encoding/json"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// NoteKinds are what people write down for a review, besides figures.
var NoteKinds = []string{"result", "strength", "limitation", "cause", "task", "recommendation", "example"}

// NoteCarried stands in an outline for the limitations of the period before, with what became of them.
const NoteCarried = "carried"

// noteEvents are the event kinds: "report.limitation_recorded" and so on; a task is planned.
var noteEvents = map[string]string{
	"result": "report.result_recorded", "strength": "report.strength_recorded", "limitation": "report.limitation_recorded",
	"cause": "report.cause_recorded", "task": "report.task_planned", "recommendation": "report.recommendation_recorded",
	"example": "report.example_recorded",
}

const kindResolved = "report.limitation_resolved"

// Note is one sentence that somebody recorded for the review of a period.
type Note struct {
	Kind     string
	Side     string // "state" or "party"
	Section  string // outline section for kind "result"; empty = any
	Text     string
	Position int64
	Resolved string // for a limitation: what was done about it; empty while open
	Task     string // for a limitation: id of the task that is to put it right
}

type noteData struct {
	Side    string `json:"side"`
	Section string `json:"section,omitempty"`
	Text    string `json:"text"`
	Of      int64  `json:"of,omitempty"`   // report.limitation_resolved: position of the limitation
	Task    string `json:"task,omitempty"` // report.limitation_assigned
}

func noteStream(unit, period string) string { return "review/" + unit + "/" + period }

// AddNote records a sentence for the review of a unit and period. Error: fault.Invalid "report.no_such_note".
func (r *Room) AddNote(ctx context.Context, unit, period string, n Note, on calendar.Date, actor string) error {
	kind, ok := noteEvents[n.Kind]
	if !ok {
		return fault.New(fault.Invalid, "report.no_such_note", "kind", n.Kind)
	}
	_, err := r.ledger.Append(ctx, ledger.Command{Stream: noteStream(unit, period), Expect: ledger.AnyVersion, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kind, On: on, Data: noteData{Side: n.Side, Section: n.Section, Text: n.Text}}}})
	return err
}

// ResolveLimitation records what was done about a limitation, named by its ledger position; it belongs to
// the same side as the limitation.
func (r *Room) ResolveLimitation(ctx context.Context, unit, period string, position int64, text string, on calendar.Date, actor string) error {
	notes, err := r.Notes(ctx, unit, period, 0)
	if err != nil {
		return err
	}
	side := ""
	if i := slices.IndexFunc(notes, func(n Note) bool { return n.Position == position }); i >= 0 {
		side = notes[i].Side
	}
	_, err = r.ledger.Append(ctx, ledger.Command{Stream: noteStream(unit, period), Expect: ledger.AnyVersion, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kindResolved, On: on, Data: noteData{Side: side, Text: text, Of: position}}}})
	return err
}

// Notes lists what was recorded for a unit and period, as known at a position (0 = now).
func (r *Room) Notes(ctx context.Context, unit, period string, knownAt int64) ([]Note, error) {
	events, err := r.ledger.Stream(ctx, noteStream(unit, period))
	if err != nil {
		return nil, err
	}
	var out []Note
	for _, e := range events {
		if knownAt > 0 && e.Position > knownAt {
			break
		}
		if ok, err := about(out, &e); ok || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		var d noteData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return nil, err
		}
		for kind, event := range noteEvents {
			if event == e.Kind {
				out = append(out, Note{Kind: kind, Side: d.Side, Section: d.Section, Text: d.Text, Position: e.Position})
			}
		}
	}
	return out, nil
}
