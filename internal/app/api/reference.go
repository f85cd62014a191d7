package api

import (
	"net/http"

	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

func (s *service) referenceOps() []operation {
	return []operation{
		op("procedure-list", http.MethodGet, "/thu-tuc", people.ReadProcedures, s.listProcedures),
		op("procedure-get", http.MethodGet, "/thu-tuc/{id}", people.ReadProcedures, s.getProcedure),
		op("unit-list", http.MethodGet, "/don-vi", web.SignedIn, s.listUnits),
		op("calendar-add", http.MethodGet, "/lich/cong", web.SignedIn, s.addDays),
	}
}

// Procedure is one dated version of a procedure. Verified is false where an officer must still check it.
type Procedure struct {
	ID       string            `json:"id"`
	Version  string            `json:"version"`
	Title    map[string]string `json:"title"`
	Code     string            `json:"code,omitempty"`
	Status   string            `json:"status"`
	Verified bool              `json:"verified"`
	From     calendar.Date     `json:"from"`
	To       calendar.Date     `json:"to"`
	Digest   string            `json:"digest"`
}

func procedureOf(p *procedure.Procedure) Procedure {
	return Procedure{p.ID, p.Version, words(p.Title), p.Code, p.Status, p.Verified(), p.Effective.From, p.Effective.To, p.Digest}
}

func (s *service) listProcedures(r *web.Request, _ *struct{}) (*reply[[]Procedure], error) {
	out := []Procedure{}
	for _, p := range s.Procedures.All() {
		if !p.Toy {
			out = append(out, procedureOf(p))
		}
	}
	return ok(out)
}

type oneProcedure struct {
	ID      string `path:"id" maxLength:"100"`
	Version string `query:"version" maxLength:"40"`
}

// FullProcedure is a version with the sources it was read from, which hold all there is to know about it.
type FullProcedure struct {
	Procedure
	Fields      []FieldOf         `json:"fields"`
	Documents   []Labelled        `json:"documents"`
	States      []StateOf         `json:"states"`
	Transitions []TransitionOf    `json:"transitions"`
	Deadlines   []DeadlineOf      `json:"deadlines"`
	Legal       []LegalOf         `json:"legal"`
	Sources     map[string]string `json:"sources"`
}

// Labelled is a thing with a name.
type Labelled struct {
	ID    string            `json:"id"`
	Label map[string]string `json:"label"`
}

// FieldOf is a field of the form.
type FieldOf struct {
	Labelled
	Type     string `json:"type"`
	Required bool   `json:"required"`
	Personal bool   `json:"personal"`
}

// StateOf is a state with its national status.
type StateOf struct {
	Labelled
	Status int `json:"status"`
}

// TransitionOf is a step.
type TransitionOf struct {
	Labelled
	Actors []string `json:"actors"`
	From   []string `json:"from"`
	To     string   `json:"to"`
}

// DeadlineOf is a legal time limit.
type DeadlineOf struct {
	Labelled
	Term  string   `json:"term"`
	Main  bool     `json:"main"`
	Until []string `json:"until"`
	Basis string   `json:"basis"`
}

// LegalOf is a legal basis.
type LegalOf struct {
	ID      string `json:"id"`
	Symbol  string `json:"symbol"`
	Article string `json:"article,omitempty"`
}

func (s *service) getProcedure(r *web.Request, in *oneProcedure) (*reply[FullProcedure], error) {
	p, err := s.Procedures.At(in.ID, r.Today())
	if in.Version != "" {
		p, err = s.Procedures.Version(in.ID, in.Version)
	} else if versions := s.Procedures.Versions(in.ID); err != nil && len(versions) > 0 {
		p, err = versions[len(versions)-1], nil
	}
	if err != nil {
		return nil, err
	}
	out := FullProcedure{Procedure: procedureOf(p), Fields: []FieldOf{}, Documents: []Labelled{}, States: []StateOf{}, Transitions: []TransitionOf{},
		Deadlines: []DeadlineOf{}, Legal: []LegalOf{}, Sources: p.Sources}
	for _, f := range p.Fields {
		out.Fields = append(out.Fields, FieldOf{Labelled{f.ID, words(f.Label)}, string(f.Type), f.Required, f.Personal})
	}
	for _, d := range p.Documents {
		out.Documents = append(out.Documents, Labelled{d.ID, words(d.Label)})
	}
	for _, st := range p.States {
		out.States = append(out.States, StateOf{Labelled{st.ID, words(st.Label)}, st.Status})
	}
	for _, t := range p.Transitions {
		out.Transitions = append(out.Transitions, TransitionOf{Labelled{t.ID, words(t.Label)}, some(t.Actor), some(t.From), t.To})
	}
	for _, d := range p.Deadlines {
		out.Deadlines = append(out.Deadlines, DeadlineOf{Labelled{d.ID, words(d.Label)}, d.Duration.String(), d.Main, some(d.Until), d.Basis})
	}
	for _, b := range p.Legal {
		out.Legal = append(out.Legal, LegalOf{b.ID, b.Symbol, b.Article})
	}
	return tagged(r, `"`+p.Digest+`"`, out)
}

// Unit is an organisational unit.
type Unit struct {
	Code   string        `json:"code"`
	NameVI string        `json:"name_vi"`
	NameEN string        `json:"name_en,omitempty"`
	Parent string        `json:"parent,omitempty"`
	Side   people.Side   `json:"side"`
	Kind   string        `json:"kind,omitempty"`
	From   calendar.Date `json:"from"`
}

type unitsOn struct {
	On string `query:"on" format:"date"`
}

// listUnits leaves out the Party side for readers who have nothing there.
func (s *service) listUnits(r *web.Request, in *unitsOn) (*reply[[]Unit], error) {
	on, err := day(in.On, "query.on")
	if err != nil {
		return nil, err
	}
	if on == calendar.NoDate {
		on = r.Today()
	}
	units, err := s.People.Units(r.Context(), on, "")
	out := []Unit{}
	for _, u := range units {
		if u.Side == people.State || r.Can(people.ReadParty, u.Code) {
			out = append(out, Unit{u.Code, u.NameVI, u.NameEN, u.Parent, u.Side, u.Kind, u.From})
		}
	}
	if err != nil {
		return nil, err
	}
	return ok(out)
}

type addDays struct {
	From string `query:"from" format:"date" required:"true"`
	Term string `query:"term" required:"true" maxLength:"20"`
}

func (s *service) addDays(r *web.Request, in *addDays) (*reply[Explained], error) {
	from, err := day(in.From, "query.from")
	if err != nil {
		return nil, err
	}
	d, err := calendar.ParseDuration(in.Term)
	if err != nil {
		return nil, fault.New(fault.Invalid, "calendar.bad_duration", "text", in.Term).At(fault.Place{File: "query.term"})
	}
	x, err := s.Calendar.Explain(calendar.Count{From: from, Duration: d, Ahead: true})
	if err != nil {
		return nil, err
	}
	return ok(explained(r, x))
}
