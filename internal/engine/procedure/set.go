package procedure

import (
	"slices"
	"sort"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// At is the version in force on d. Errors: fault.NotFound when there is no such procedure, or when no
// version of it covers the day; fault.Invalid when the one that does is only a draft.
func (s *Set) At(id string, d calendar.Date) (*Procedure, error) {
	versions := s.byID[id]
	if len(versions) == 0 {
		return nil, fault.New(fault.NotFound, "procedure.unknown", "id", id)
	}
	for i := len(versions) - 1; i >= 0; i-- {
		if p := versions[i]; p.Effective.Covers(d) && p.Status != Draft {
			return p, nil
		}
	}
	for _, p := range versions {
		if p.Effective.Covers(d) {
			return nil, fault.New(fault.Invalid, "procedure.draft", "id", id, "version", p.Version)
		}
	}
	return nil, fault.New(fault.NotFound, "procedure.not_in_force", "id", id, "date", d, "first", versions[0].Effective.From)
}

// Version is one version by name. Errors: fault.NotFound.
func (s *Set) Version(id, version string) (*Procedure, error) {
	for _, p := range s.byID[id] {
		if p.Version == version {
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "procedure.unknown_version", "id", id, "version", version)
}

// Versions are all versions of one procedure, oldest first.
func (s *Set) Versions(id string) []*Procedure { return s.byID[id] }

// All is every version of every procedure, by id and then by date; bases are left out.
func (s *Set) All() []*Procedure {
	var out []*Procedure
	for _, versions := range s.byID {
		out = append(out, versions...)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].ID != out[j].ID {
			return out[i].ID < out[j].ID
		}
		return out[i].Effective.From < out[j].Effective.From
	})
	return out
}

// Bases are the abstract definitions that others extend.
func (s *Set) Bases() []*Procedure {
	var out []*Procedure
	for _, versions := range s.base {
		out = append(out, versions...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.File < out[j].At.File })
	return out
}

// lintVersions finds versions of one procedure whose times in force overlap: a dossier must have one law.
func (s *Set) lintVersions() fault.List {
	var faults fault.List
	for _, versions := range s.byID {
		for i := 1; i < len(versions); i++ {
			a, b := versions[i-1], versions[i]
			if a.Status != Draft && b.Status != Draft && a.Effective.Covers(b.Effective.From) {
				faults = append(faults, fault.New(fault.Invalid, "procedure.overlap", "id", a.ID, "a", a.Version, "b", b.Version,
					"date", b.Effective.From-1).At(a.At))
			}
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].Place.File < faults[j].Place.File })
	return faults
}

// lintHeld finds papers that stand for the result of a procedure which is not there or issues none.
func (s *Set) lintHeld() fault.List {
	var faults fault.List
	for _, p := range s.All() {
		for i := range p.Documents {
			d := &p.Documents[i]
			for _, id := range d.HeldFrom {
				if !slices.ContainsFunc(s.byID[id], func(v *Procedure) bool { return v.Credential != nil }) {
					faults = append(faults, fault.New(fault.Invalid, "procedure.held_unknown", "id", id, "label", d.Label).At(d.At))
				}
			}
		}
	}
	return faults
}

func (p *Procedure) index() {
	p.states, p.transitions, p.deadlines = map[string]*State{}, map[string]*Transition{}, map[string]*Deadline{}
	p.fields, p.leaving, p.fees = map[string]*Field{}, map[string][]*Transition{}, map[string]*Fee{}
	p.outputs, p.documents = map[string]*Output{}, map[string]*Document{}
	for i := range p.States {
		p.states[p.States[i].ID] = &p.States[i]
	}
	for i := range p.Deadlines {
		p.deadlines[p.Deadlines[i].ID] = &p.Deadlines[i]
	}
	for i := range p.Fields {
		p.fields[p.Fields[i].ID] = &p.Fields[i]
	}
	for i := range p.Fees {
		p.fees[p.Fees[i].ID] = &p.Fees[i]
	}
	for i := range p.Outputs {
		p.outputs[p.Outputs[i].ID] = &p.Outputs[i]
	}
	for i := range p.Documents {
		p.documents[p.Documents[i].ID] = &p.Documents[i]
	}
	for i := range p.Transitions {
		t := &p.Transitions[i]
		p.transitions[t.ID] = t
		for _, from := range t.From {
			p.leaving[from] = append(p.leaving[from], t)
		}
	}
}

// State is a state by id, nil when there is none.
func (p *Procedure) State(id string) *State { return p.states[id] }

// Transition is an action by id, nil when there is none.
func (p *Procedure) Transition(id string) *Transition { return p.transitions[id] }

// Deadline is a deadline by id, nil when there is none.
func (p *Procedure) Deadline(id string) *Deadline { return p.deadlines[id] }

// Field is a field by id, nil when there is none.
func (p *Procedure) Field(id string) *Field { return p.fields[id] }

// Fee is a fee by id, nil when there is none.
func (p *Procedure) Fee(id string) *Fee { return p.fees[id] }

// Output is an output by id, nil when there is none.
func (p *Procedure) Output(id string) *Output { return p.outputs[id] }

// Document is a paper by id, nil when there is none.
func (p *Procedure) Document(id string) *Document { return p.documents[id] }

// Leaving are the actions that start in a state, in the order of the definition.
func (p *Procedure) Leaving(state string) []*Transition { return p.leaving[state] }

// Form is the struct type that the conditions look at.
func (p *Procedure) Form() *Form { return p.form() }

// Verified reports whether the definition as a whole is settled law; the others are shown as
// “cần xác minh”.
func (p *Procedure) Verified() bool { return p.Status == Published }
