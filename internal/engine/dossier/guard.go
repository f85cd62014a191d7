package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// fields checks what came with the act and lays it over what the dossier has.
func (s *step) fields() error {
	given, err := s.p.Check(s.act.Fields)
	if err != nil {
		return err
	}
	for _, id := range s.act.Documents {
		if s.p.Document(id) == nil {
			return fault.New(fault.Invalid, "procedure.document_unknown", "name", id)
		}
	}
	s.given = given
	s.values = values(s.p, s.old)
	for k, v := range given {
		s.values[k] = v
	}
	var missing fault.List
	for _, id := range s.t.Asks {
		if !procedure.Filled(given[id]) {
			missing = append(missing, fault.New(fault.Invalid, "procedure.field_missing", "label", s.p.Field(id).Label))
		}
	}
	for _, id := range s.t.Requires.Fields {
		if !procedure.Filled(s.values[id]) {
			missing = append(missing, fault.New(fault.Invalid, "procedure.field_missing", "label", s.p.Field(id).Label))
		}
	}
	return missing.OrNil()
}

// paperAges refuses papers older than the definition allows on the day they are handed in. A paper whose date was not
// written down is left to who looks at it.
func (s *step) paperAges(cal *calendar.Calendar) error {
	var old fault.List
	for id, on := range s.act.Dates {
		paper := s.p.Document(id)
		if paper == nil || paper.MaxAge.Zero() || !slices.Contains(s.act.Documents, id) {
			continue
		}
		if oldest := before(cal, s.act.On, paper.MaxAge.Duration); on < oldest || on > s.act.On {
			old = append(old, fault.New(fault.Invalid, "dossier.paper_old", "label", paper.Label, "date", on, "oldest", oldest))
		}
	}
	return old.OrNil()
}

// concluded fills in what the council of the step found, and stops a step that needs a council in favour. The same typed by hand passes, anything else is refused: the
// record must not say another thing than the count.
func (e *Engine) concluded(ctx context.Context, s *step) error {
	if s.t.Council == "" || e.opts.Conclusion == nil {
		return nil
	}
	found, err := e.opts.Conclusion(ctx, s.old.Code, s.t.Council)
	if err != nil || found == nil {
		return err
	}
	if s.t.Passed && !found.Passed {
		return fault.New(fault.Invalid, "dossier.council_against", "action", s.t.Label)
	}
	all := maps.Clone(s.act.Fields)
	if all == nil {
		all = map[string]any{}
	}
	for id, v := range found.Fields {
		if typed := fmt.Sprint(all[id]); !s.p.Field(id).Personal && all[id] != nil && typed != "" && typed != fmt.Sprint(v) {
			return fault.New(fault.Conflict, "dossier.not_as_counted", "label", s.p.Field(id).Label, "typed", typed, "counted", fmt.Sprint(v))
		}
		all[id] = v
	}
	s.act.Fields = all
	return nil
}

// values are the fields of a dossier in the types that conditions use. A sealed value counts as filled and
// shows nothing.
func values(p *procedure.Procedure, d *Dossier) map[string]any {
	if d.knownBy == p {
		return maps.Clone(d.known)
	}
	out := make(map[string]any, len(d.Fields)+4)
	for id, raw := range d.Fields {
		f := p.Field(id)
		if f == nil {
			continue
		}
		if v, ok := Value(f, raw); ok {
			out[id] = v
		}
	}
	return out
}

// recorded makes of the step's values what values would read from its event.
func (s *step) recorded() map[string]any {
	for id, v := range s.given {
		switch {
		case v == nil:
			delete(s.values, id)
		case s.p.Field(id).Personal:
			s.values[id] = sealedMark
		}
	}
	return s.values
}

// Value decodes one recorded field; it was checked when it was recorded. Of a personal one it says only that there is one.
func Value(f *procedure.Field, raw json.RawMessage) (any, bool) {
	if f.Personal {
		return sealedMark, true
	}
	var v any
	if decode(raw, &v) != nil {
		return nil, false
	}
	clean, err := f.Read(v)
	return clean, err == nil
}

// sealedMark stands in conditions for a personal value.
const sealedMark = "*"

// papers are the documents after the act.
func (s *step) papers() map[string]bool {
	have := make(map[string]bool, len(s.old.Track.Documents)+len(s.act.Documents))
	for _, id := range s.old.Track.Documents {
		have[id] = true
	}
	for _, id := range s.act.Documents {
		have[id] = true
	}
	return have
}

// facts are what conditions ask of a dossier besides its form.
func facts(d *Dossier, today calendar.Date) procedure.Facts {
	return procedure.Facts{Today: today, Received: d.ReceivedOn, Due: d.DueOn, State: d.State, Status: d.Status, Channel: d.Channel, Supplements: d.Supplements,
		Done: d.doneOn, Limit: d.limit}
}

// doneOn is the day on which a step was last taken.
func (d *Dossier) doneOn(action string) calendar.Date {
	if a, ok := d.Track.Anchors[action]; ok {
		return a.On
	}
	return procedure.Never
}

// limit is the day on which a deadline ends, or ended when it last ran; Never while the clock stands still.
func (d *Dossier) limit(id string) calendar.Date {
	for i := len(d.Track.Deadlines) - 1; i >= 0; i-- {
		if r := &d.Track.Deadlines[i]; r.ID == id {
			if r.Due == calendar.NoDate {
				break
			}
			return r.Due
		}
	}
	return procedure.Never
}

// Merited reports whether a dossier has come so far that it is somebody's merit, as its definition says.
func (e *Engine) Merited(ctx context.Context, d *Dossier) (bool, error) {
	p, err := e.Procedure(ctx, d)
	if err != nil || p.Merit == nil || !slices.Contains(p.Merit.States, d.State) {
		return false, err
	}
	return p.Merit.When.Holds(p.Form().Fill(facts(d, e.today()), values(p, d), nil))
}

// guards checks the condition of the transition and what filing and receipt ask for.
func (s *step) guards(e *Engine) error {
	have := s.papers()
	known := facts(s.old, s.act.On)
	if strings.Contains(s.t.When.Source, "was.") {
		known.Was = values(s.p, s.old)
	}
	s.env = s.p.Form().Fill(known, s.values, have)
	var missing fault.List
	if s.old.State == s.p.Initial {
		missing = s.p.Missing(s.values, s.env)
	}
	if s.p.Verb(s.t, s.old.State) == "received" {
		papers, err := s.p.MissingDocuments(have, s.env)
		if err != nil {
			return err
		}
		missing = append(missing, papers...)
	}
	for _, id := range s.t.Requires.Documents {
		if !have[id] {
			missing = append(missing, fault.New(fault.Invalid, "procedure.document_missing", "label", s.p.Document(id).Label))
		}
	}
	if err := missing.OrNil(); err != nil {
		return err
	}
	ok, err := s.t.When.Holds(s.env)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "dossier.guard", "action", s.t.Label, "because", s.t.Because)
	}
	return s.notBefore(e)
}

// notBefore checks the deadlines that count back from a date: the act must come so long before it.
func (s *step) notBefore(e *Engine) error {
	for i := range s.p.Deadlines {
		l := &s.p.Deadlines[i]
		if !l.Before || !slices.Contains(l.Until, s.t.ID) {
			continue
		}
		day, ok := s.values[l.Date].(calendar.Date)
		if !ok {
			continue
		}
		length, err := l.DurationFor(s.env)
		if err != nil {
			return err
		}
		if latest := before(e.cal, day, length.Duration); s.act.On > latest {
			return fault.New(fault.Invalid, "dossier.too_close", "deadline", l.Label, "latest", latest, "date", day)
		}
	}
	return nil
}

// before is the last day that lies at least so long before a day.
func before(cal *calendar.Calendar, day calendar.Date, length calendar.Duration) calendar.Date {
	switch length.Unit {
	case calendar.Month:
		return day.AddMonths(-length.N)
	case calendar.WorkingDay:
		for n := 0; n < length.N; day-- {
			if cal.Working(day) {
				n++
			}
		}
		return day
	}
	return day - calendar.Date(length.N)
}
