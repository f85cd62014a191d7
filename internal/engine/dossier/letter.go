package dossier

import (
	"context"
	"encoding/json"
	"slices"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Letter (phiếu, thư) is what a document of the dossier says, as of the step that issued it: a later step changes
// nothing in it. Room onestop lays it out.
type Letter struct {
	Kind      string // id of the output in the definition; empty for one that no step has issued
	Title     procedure.Text
	Form      string // number of the official form
	Layout    string // key of the template
	On        calendar.Date
	Step      int64             // version of the dossier that the step made
	Actor     string            // account that took the step
	Fields    map[string]string // by name: code, title, applicant, received_on, due_on, old_due_on, ly_do, …
	Shown     []FieldText       // the filled fields in the order of the form; personal ones and those of an apology before it left out
	Documents []procedure.Text  // papers handed in until then
	Issued    *Issued           // credential that the step issued
}

// FieldText is a field as paper shows it.
type FieldText struct{ Label, Text string }

// Letter gives the content of a document that a step of the dossier issued, as of its last issue; output "" is a
// draft of what the dossier says now. Errors: fault.NotFound when the dossier has not issued it.
func (e *Engine) Letter(ctx context.Context, code, output string) (*Letter, error) {
	d, err := e.Get(ctx, code)
	if err != nil {
		return nil, err
	}
	p, err := e.Procedure(ctx, d)
	if err != nil {
		return nil, err
	}
	history, err := e.History(ctx, code)
	if err != nil {
		return nil, err
	}
	w := letterWriter{p: p, d: d, fields: map[string]json.RawMessage{}, due: calendar.NoDate}
	for i := range history {
		w.step(&history[i], int64(i+1), output)
	}
	if w.letter == nil {
		return nil, fault.New(fault.NotFound, "dossier.no_letter", "output", output, "code", code)
	}
	return w.letter, nil
}

// letterWriter walks through the history and writes down the last step that issued the document.
type letterWriter struct {
	p        *procedure.Procedure
	d        *Dossier
	fields   map[string]json.RawMessage
	papers   []string
	received calendar.Date
	due      calendar.Date
	letter   *Letter
}

func (w *letterWriter) step(en *Entry, version int64, output string) {
	for id, raw := range en.Fields {
		if string(raw) == "null" {
			delete(w.fields, id)
		} else {
			w.fields[id] = raw
		}
	}
	for _, id := range en.Documents {
		if !slices.Contains(w.papers, id) {
			w.papers = append(w.papers, id)
		}
	}
	if en.Kind == kindPrefix+"received" {
		w.received = en.On
	}
	o := w.p.Output(output)
	if output == "" || o != nil && slices.Contains(en.Outputs, output) {
		w.write(en, o, version)
	}
	w.due = en.Due
}

func (w *letterWriter) write(en *Entry, o *procedure.Output, version int64) {
	l := &Letter{On: en.On, Step: version, Actor: en.Actor}
	if o != nil {
		l.Kind, l.Title, l.Form, l.Layout = o.ID, o.Label, o.Form, o.Template
		if l.Layout == "" {
			l.Layout = o.ID
		}
	}
	l.Fields = map[string]string{"code": w.d.Code, "title": w.d.Title, "applicant": w.d.Applicant, "procedure": w.p.Title.In("vi"),
		"submitted_on": w.d.SubmittedOn.String(), "received_on": dayText(w.received), "due_on": en.Due.String(),
		"old_due_on": w.due.String(), "note": en.Note, "credential": en.Credential, "unit": en.Unit, "channel": w.d.Channel}
	known := values(w.p, &Dossier{Fields: w.fields})
	for i := range w.p.Fields {
		f := &w.p.Fields[i]
		text := paperText(f, known[f.ID])
		if f.Personal || text == "" {
			continue
		}
		l.Fields[f.ID] = text
		if _, now := en.Fields[f.ID]; !now && w.p.OfReappointment(f.ID) {
			continue // why the result came late is not what it says
		}
		l.Shown = append(l.Shown, FieldText{f.Label.In("vi"), text})
	}
	for _, id := range w.papers {
		if paper := w.p.Document(id); paper != nil {
			l.Documents = append(l.Documents, paper.Label)
		}
	}
	for i := range w.d.Track.Issued {
		if w.d.Track.Issued[i].Number == en.Credential {
			l.Issued = &w.d.Track.Issued[i]
		}
	}
	w.letter = l
}

// dayText is a date for Letter.Fields; none is empty.
func dayText(d calendar.Date) string {
	if d == 0 {
		return calendar.NoDate.String()
	}
	return d.String()
}

// paperText writes a checked value as paper shows it: choices by their label. Dates stay as recorded.
func paperText(f *procedure.Field, v any) string {
	text := shown(v)
	for i := range f.Options {
		if f.Options[i].ID == text {
			return f.Options[i].Label.In("vi")
		}
	}
	return text
}

// Filer is the name of who filed, opened where it is personal: only for papers that are theirs. An erased name is
// empty.
func (e *Engine) Filer(ctx context.Context, d *Dossier) string {
	if d.Applicant != "" || e.opts.Open == nil {
		return d.Applicant
	}
	p, err := e.Procedure(ctx, d)
	if err != nil {
		return ""
	}
	var x struct {
		Sealed string `json:"sealed"`
	}
	if json.Unmarshal(d.Fields[p.Applicant], &x) != nil || x.Sealed == "" {
		return ""
	}
	plain, err := e.opts.Open(ctx, d.Code, x.Sealed)
	var name string
	if err != nil || json.Unmarshal([]byte(plain), &name) != nil {
		return ""
	}
	return name
}
