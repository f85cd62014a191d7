package procedure

import (
	"errors"
	"sync"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/rule"
)

// Verbs are the verbs of a dossier's events; the kind of an event is "dossier." and the verb.
var Verbs = []string{"submitted", "received", "refused", "assigned", "stepped", "supplement_requested", "supplemented",
	"fee_requested", "fee_paid", "withdrawn", "stopped", "apologised", "finished", "returned"}

// statusVerb is the event by which a dossier comes to a national status (TT 01/2018/TT-VPCP family, the ten
// statuses of the national synchronisation).
var statusVerb = map[int]string{1: "submitted", 2: "received", 3: "refused", 5: "supplement_requested", 6: "fee_requested",
	7: "withdrawn", 8: "stopped", 9: "finished", 10: "returned"}

// statusOnlyVia are the statuses that no other event may lead to, since figures count these events.
var statusOnlyVia = map[int]bool{3: true, 7: true, 8: true, 9: true, 10: true}

// Verb is the verb of the event that the transition records when it leaves the state from.
func (p *Procedure) Verb(t *Transition, from string) string {
	if t.Event != "" {
		return t.Event
	}
	if t.Reappoint != "" {
		return "apologised"
	}
	if t.To == "" || t.To == from {
		return "stepped"
	}
	before, after := p.states[from].Status, p.states[t.To].Status
	switch {
	case from == p.Initial:
		return "submitted"
	case before == after:
		return "stepped"
	case before == 5 && after != 7 && after != 8 && after != 3:
		return "supplemented"
	case before == 6 && (after == 1 || after == 2 || after == 4):
		return "fee_paid"
	}
	if verb, ok := statusVerb[after]; ok && after != 1 {
		return verb
	}
	return "stepped"
}

// compile makes the form and compiles every condition and formula against it, with lazily only when one is first used.
func (p *Procedure) compile(lazily bool) fault.List {
	for _, f := range p.Fields {
		if !idPattern.MatchString(f.ID) {
			return nil // named by lint already; a struct cannot be made of it
		}
	}
	for _, d := range p.Documents {
		if !idPattern.MatchString(d.ID) {
			return nil
		}
	}
	p.form = sync.OnceValue(func() *Form { return newForm(p) })
	var faults fault.List
	p.eachRule(func(r *Rule, formula bool) {
		if r.Empty() {
			return
		}
		compile := rule.Condition
		if formula {
			compile = rule.Formula
		}
		if lazily {
			r.later = &later{compile: func() (*rule.Program, error) { return compile(r.Source, p.form().Type) }}
			return
		}
		program, err := compile(r.Source, p.form().Type)
		if err != nil {
			faults = append(faults, at(r.Place, err))
			return
		}
		r.program = program
	})
	return faults
}

// eachRule visits every condition and formula of the definition.
func (p *Procedure) eachRule(visit func(r *Rule, formula bool)) {
	for i := range p.Fields {
		visit(&p.Fields[i].When, false)
	}
	for i := range p.Documents {
		visit(&p.Documents[i].When, false)
	}
	for i := range p.Transitions {
		visit(&p.Transitions[i].When, false)
	}
	for i := range p.Deadlines {
		for j := range p.Deadlines[i].Cases {
			visit(&p.Deadlines[i].Cases[j].When, false)
		}
	}
	for i := range p.Fees {
		visit(&p.Fees[i].Amount, true)
	}
	if p.Merit != nil {
		visit(&p.Merit.When, false)
	}
	for i := range p.Records {
		visit(&p.Records[i].When, false)
	}
	for i := range p.Councils {
		if forced := p.Councils[i].Ballot.Forced; forced != nil {
			visit(&forced.Rule, false)
		}
	}
	if c := p.Credential; c != nil {
		visit(&c.When, false)
		for i := range c.Cases {
			visit(&c.Cases[i].When, false)
		}
		for i := range c.Renewal {
			visit(&c.Renewal[i].When, false)
		}
		for i := range c.Replaces {
			visit(&c.Replaces[i].When, false)
		}
	}
}

// at moves a fault inside an expression to its place in the file.
func at(p fault.Place, err error) *fault.Error {
	var e *fault.Error
	if !errors.As(err, &e) {
		return fault.New(fault.Internal, "lang.internal_error").Because(err)
	}
	if e.Place.Line == 1 && e.Place.Column > 0 {
		p.Column += e.Place.Column - 1
	}
	return e.At(p)
}

// Holds evaluates a condition; an empty one holds. env comes from Form.Fill.
func (r *Rule) Holds(env any) (bool, error) {
	program, err := r.compiled()
	if program == nil {
		return r.Source == "", err
	}
	return program.Bool(env)
}

// Number evaluates a formula. env comes from Form.Fill.
func (r *Rule) Number(env any) (float64, error) {
	program, err := r.compiled()
	if err != nil {
		return 0, err
	}
	if program == nil {
		return 0, fault.New(fault.Invalid, "rule.not_number", "rule", r.Source)
	}
	return program.Number(env)
}

// DurationFor is the length of a deadline for one dossier: the first case that holds, else the general one,
// and the agency's own where that is shorter. env comes from Form.Fill.
func (d *Deadline) DurationFor(env any) (Duration, error) {
	legal := d.Duration
	for i := range d.Cases {
		ok, err := d.Cases[i].When.Holds(env)
		if err != nil {
			return legal, err
		}
		if ok {
			legal = d.Cases[i].Duration
			break
		}
	}
	if l := d.local; l != nil && l.Duration.Unit == legal.Unit && l.Duration.N < legal.N {
		return l.Duration, nil
	}
	return legal, nil
}
