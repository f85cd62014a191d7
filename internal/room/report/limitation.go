package report

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
)

// A limitation (hạn chế) is known by the ledger position of its note. It may be given to somebody as a task; the report of
// the next period then says what became of it.

const kindAssigned = "report.limitation_assigned"

// Repair (việc khắc phục) is the task that a limitation was given to, as it was known at a position.
type Repair struct {
	ID, Title string
	Unit      string        // its name, Vietnamese
	Due       calendar.Date // NoDate = none
	DoneOn    calendar.Date // NoDate while open
	Evidence  string
	Withdrawn bool
}

// Limitation is a limitation and what became of it.
type Limitation struct {
	Note
	Repair *Repair // nil while nobody has it
}

// State is what became of a limitation, a word of the texts: "resolved", "repaired", "repairing" or "unassigned".
func (l *Limitation) State() string {
	switch {
	case l.Resolved != "":
		return "resolved"
	case l.Repair == nil || l.Repair.Withdrawn:
		return "unassigned"
	case l.Repair.DoneOn != calendar.NoDate:
		return "repaired"
	}
	return "repairing"
}

// edition is how a review words limitations. Reports frozen before keep the words they had, so that their files stay the
// same bytes: edition 0 knew no tasks.
const edition = 1

// Limitations lists the limitations of a unit and period on one side, as known at a position (0 = now).
func (r *Room) Limitations(ctx context.Context, unit, period, side string, knownAt int64) ([]Limitation, error) {
	notes, err := r.Notes(ctx, unit, period, knownAt)
	if err != nil {
		return nil, err
	}
	var out []Limitation
	for _, n := range notes {
		if n.Kind != "limitation" || n.Side != side {
			continue
		}
		l := Limitation{Note: n}
		if n.Task != "" && r.opts.Repair != nil {
			if l.Repair, err = r.opts.Repair(ctx, n.Task, knownAt); err != nil {
				return nil, err
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// AssignLimitation records the task that is to put a limitation right; a later one takes the place of an earlier. Error:
// fault.NotFound "report.no_such_limitation".
func (r *Room) AssignLimitation(ctx context.Context, unit, period string, position int64, task string, on calendar.Date, actor string) error {
	notes, err := r.Notes(ctx, unit, period, 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(notes, func(n Note) bool { return n.Position == position && n.Kind == "limitation" })
	if i < 0 {
		return fault.New(fault.NotFound, "report.no_such_limitation", "position", position, "period", period)
	}
	if notes[i].Task == task {
		return nil
	}
	_, err = r.ledger.Append(ctx, ledger.Command{Stream: noteStream(unit, period), Expect: ledger.AnyVersion, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: kindAssigned, On: on, Data: noteData{Side: notes[i].Side, Text: notes[i].Text, Of: position, Task: task}}}})
	return err
}

// about takes over an event that speaks of a limitation; ok is false for one that does not.
func about(notes []Note, e *ledger.Event) (ok bool, err error) {
	if e.Kind != kindResolved && e.Kind != kindAssigned {
		return false, nil
	}
	var d noteData
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return true, err
	}
	i := slices.IndexFunc(notes, func(n Note) bool { return n.Position == d.Of })
	switch {
	case i < 0:
	case e.Kind == kindResolved:
		notes[i].Resolved = d.Text
	default:
		notes[i].Task = d.Task
	}
	return true, nil
}

// carriedText says what became of a limitation of the period before.
func (w *review) carriedText(l *Limitation) string {
	text := strings.TrimSuffix(l.Text, ".")
	state := l.State()
	switch {
	case state == "resolved":
		return w.room.text("report.carried_resolved", "text", text, "how", l.Resolved)
	case w.rep.edition == 0:
		return w.room.text("report.carried_open", "text", text)
	case state == "unassigned":
		return w.room.text("report.carried_unassigned", "text", text)
	}
	return w.room.text("report.carried_"+state, append([]any{"text", text}, l.Repair.words(calendar.Date.Written)...)...)
}

// words are the arguments of the texts about a repair; day says how a date is written where they stand.
func (x *Repair) words(day func(calendar.Date) string) []any {
	due := "—"
	if x.Due != calendar.NoDate {
		due = day(x.Due)
	}
	return []any{"task", x.ID, "unit", x.Unit, "due", due, "on", day(x.DoneOn), "evidence", x.Evidence}
}

// StateText says a limitation's state in a few words.
func (l *Limitation) StateText(words *lang.Catalog, tag lang.Tag) string {
	var args []any
	if l.Repair != nil {
		args = l.Repair.words(func(d calendar.Date) string { return d.Format(tag) })
	}
	return words.T(tag, "report.limitation_"+l.State(), append(args, "how", l.Resolved)...)
}

// carried is the sheet of the limitations of the period before.
func (b *workbook) carried() {
	if len(b.rep.Carried) == 0 || b.rep.edition == 0 {
		return
	}
	say := b.rep.room.text
	b.begin(say("report.sheet_carried"), []float64{6, 60, 44, 18}, say("report.carried_title", "period", b.rep.Period.Previous().Name(lang.VI)))
	b.row += 2
	for i, h := range []string{say("report.col_no"), say("report.limitation"), say("report.limitation_state"), say("report.limitation_task")} {
		b.put(i+1, h, b.head)
	}
	for i := range b.rep.Carried {
		l := &b.rep.Carried[i]
		b.row++
		b.put(1, i+1, b.number)
		b.put(2, l.Text, b.text)
		b.put(3, l.StateText(b.rep.room.words, lang.VI), b.text)
		b.put(4, l.Task, b.text)
	}
}
