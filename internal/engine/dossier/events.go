package dossier

import (
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// The kinds of events of a dossier; the rest of Verbs are "dossier." and the verb.
const (
	kindPrefix   = "dossier."
	streamPrefix = "dossier/"
	kindImported = "dossier.imported"
	kindStepped  = "dossier.stepped"
)

// Data is what an event of a dossier says. It is self-explanatory: figures and lists need no other event.
type Data struct {
	Procedure   string            `json:"procedure"`
	Version     string            `json:"version"`
	Digest      string            `json:"digest,omitempty"` // when the definition is pinned
	Action      string            `json:"action"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Status      int               `json:"status"`
	PrevStatus  int               `json:"prev_status"`
	Due         calendar.Date     `json:"due,omitzero"`      // after the event; absent while none runs
	Received    calendar.Date     `json:"received,omitzero"` // when it was taken in; absent before
	Late        bool              `json:"late"`
	WorkingDays int               `json:"working_days,omitempty"`
	Title       string            `json:"title"`
	Applicant   string            `json:"applicant"`
	Fields      map[string]any    `json:"fields,omitempty"` // those changed, and every measure
	Dims        map[string]string `json:"dims,omitempty"`
	Note        string            `json:"note,omitempty"`

	Channel     string                   `json:"channel,omitempty"` // when filed
	Role        string                   `json:"role,omitempty"`    // under which the actor acted
	Assignee    string                   `json:"assignee,omitempty"`
	Unassigned  bool                     `json:"unassigned,omitempty"` // nobody works on it any more
	Clock       string                   `json:"clock,omitempty"`      // "stop" or "resume"
	Once        string                   `json:"once,omitempty"`
	After       bool                     `json:"after_cut_off,omitempty"`
	Reappointed bool                     `json:"reappointed,omitempty"`
	Deadlines   []Running                `json:"deadlines,omitempty"` // all of the dossier, where the event changed one
	Documents   []string                 `json:"documents,omitempty"`
	Fee         *FeePaid                 `json:"fee,omitempty"`
	FeesDue     []FeePaid                `json:"fees_due,omitempty"`    // asked for by this step
	PaperDates  map[string]calendar.Date `json:"paper_dates,omitempty"` // dates on papers that may not be older than so long
	Issued      *Issued                  `json:"issued,omitempty"`
	Outputs     []string                 `json:"outputs,omitempty"`
	Pauses      []calendar.Pause         `json:"pauses,omitempty"` // all of the dossier, where the event changed one

	Marks *Marks `json:"marks,omitempty"` // where the event changed them
	Moved *Moved `json:"moved,omitempty"` // to another unit

	Span *Span `json:"span,omitempty"` // of an imported dossier
	Line *Line `json:"line,omitempty"` // of an imported event
}

// apply makes the dossier what it is after an event. It is the only place where a dossier changes: the
// engine and the fold both use it, so that a rebuilt table equals the live one.
func (d *Dossier) apply(e *ledger.Event, x *payload) {
	if e.Version == 1 {
		d.start(e, &x.Data)
	}
	verb := strings.TrimPrefix(e.Kind, kindPrefix)
	d.Position, d.Stream = e.Position, e.Version
	if e.Kind != kindHandedOver && e.Kind != kindMarked { // which must not keep anybody from entering a step of last week
		d.LastOn = e.EffectiveOn
	}
	d.Version, d.State, d.Status = x.Version, x.To, x.Status
	if x.Digest != "" {
		d.Digest = x.Digest
	}
	if e.Unit != "" {
		d.Unit = e.Unit
	}
	if x.Assignee != "" || x.Unassigned {
		d.Assignee = x.Assignee
	}
	if x.Marks != nil {
		d.Priority, d.Labels = x.Marks.Priority, x.Marks.Labels
	}
	d.Title, d.Applicant = x.Title, x.Applicant
	d.DueOn = x.Due
	if x.Due == 0 {
		d.DueOn = calendar.NoDate
	}
	d.Late = d.Late || x.Late
	d.Reappointed = d.Reappointed || x.Reappointed
	for k, v := range x.Fields {
		if string(v) == "null" {
			delete(d.Fields, k)
		} else {
			d.Fields[k] = v
		}
	}
	switch verb {
	case "received":
		d.ReceivedOn = e.EffectiveOn
	case "supplement_requested":
		d.Supplements++
	case "finished":
		d.FinishedOn, d.WorkingDays = e.EffectiveOn, x.WorkingDays
	case "returned":
		d.ReturnedOn = e.EffectiveOn
	}
	if x.Span != nil {
		d.ReceivedOn, d.FinishedOn = x.Span.ReceivedOn, x.Span.FinishedOn
	}
	if x.Line == nil {
		d.Track.apply(e, &x.Data)
	}
}

func (d *Dossier) start(e *ledger.Event, x *Data) {
	*d = Dossier{Code: strings.TrimPrefix(e.Stream, streamPrefix), Procedure: x.Procedure, Channel: x.Channel,
		SubmittedOn: e.EffectiveOn, ReceivedOn: calendar.NoDate, DueOn: calendar.NoDate, FinishedOn: calendar.NoDate,
		ReturnedOn: calendar.NoDate, Fields: map[string]json.RawMessage{}}
}

func (t *Track) apply(e *ledger.Event, x *Data) {
	if x.Once != "" {
		t.Once = append(t.Once, x.Once)
	}
	if x.Action != "" {
		if t.Anchors == nil {
			t.Anchors = map[string]Anchor{}
		}
		t.Anchors[x.Action] = Anchor{On: e.EffectiveOn, After: x.After}
	}
	if len(x.Deadlines) > 0 {
		t.Deadlines = x.Deadlines
	}
	if len(x.Pauses) > 0 {
		t.Pauses = x.Pauses
	}
	for _, id := range x.Documents {
		if !slices.Contains(t.Documents, id) {
			t.Documents = append(t.Documents, id)
		}
	}
	if x.Fee != nil {
		t.Fees = append(t.Fees, *x.Fee)
	}
	if x.Issued != nil {
		t.Issued = append(t.Issued, *x.Issued)
	}
	t.Outputs = append(t.Outputs, x.Outputs...)
}

// payload is Data as the fold reads it: the fields stay raw.
type payload struct {
	Data
	Fields map[string]json.RawMessage `json:"fields,omitempty"`

	before *Dossier // as the engine saw it; nil where the payload was read from the ledger
}

// payloadOf is what an event says, without decoding it where this process has just written it.
func payloadOf(e *ledger.Event) (*payload, error) {
	if x, ok := e.Value.(*payload); ok {
		return x, nil
	}
	x := new(payload)
	return x, decode(e.Data, x)
}

// payload is the step's data with the fields as they are recorded.
func (s *step) payload() (*payload, error) {
	x := &payload{Data: s.data, before: s.old}
	x.Data.Fields = nil
	if len(s.data.Fields) > 0 {
		x.Fields = make(map[string]json.RawMessage, len(s.data.Fields))
	}
	for id, v := range s.data.Fields {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		x.Fields[id] = text
	}
	// Lists of the definition and of the caller are not ours to keep.
	x.Outputs, x.Documents = slices.Clone(x.Outputs), slices.Clone(x.Documents)
	return x, nil
}
