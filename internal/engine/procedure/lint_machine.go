package procedure

import (
	"strings"

	"trucot/internal/kernel/fault"
)

// actions checks what each transition refers to.
func (l *linter) actions() {
	p := l.p
	actors, councils := map[string]bool{}, map[string]bool{}
	for _, a := range p.Actors {
		actors[a.ID] = true
	}
	for _, c := range p.Councils {
		councils[c.ID] = true
	}
	for i := range p.Transitions {
		t := &p.Transitions[i]
		for _, a := range t.Actor {
			known(l, t.At, "actor", a, actors)
		}
		for _, s := range t.From {
			known(l, t.At, "state", s, p.states)
		}
		if t.To != "" {
			known(l, t.At, "state", t.To, p.states)
		}
		for _, f := range append(append([]string(nil), t.Requires.Fields...), t.Asks...) {
			known(l, t.At, "field", f, p.fields)
		}
		for _, d := range t.Requires.Documents {
			known(l, t.At, "document", d, p.documents)
		}
		for _, name := range t.Offers {
			if p.documents[name] == nil {
				known(l, t.At, "field", name, p.fields)
			}
		}
		for _, o := range t.Output {
			known(l, t.At, "output", o, p.outputs)
		}
		if t.Fee != "" {
			known(l, t.At, "fee", t.Fee, p.fees)
		}
		l.typed(t.At, t.Clears, TypeText)
		if t.Passed && t.Council == "" {
			l.fail(t.At, "procedure.passed_without_council", "action", t.ID)
		}
		if t.Council != "" {
			known(l, t.At, "council", t.Council, councils)
		}
		if len(t.From) == 0 {
			l.fail(t.At, "procedure.from_nowhere", "action", t.ID)
		}
		if !t.When.Empty() && len(t.Because) == 0 {
			l.fail(t.At, "procedure.guard_without_because", "action", t.ID)
		}
		l.reappoint(t)
		l.verb(t)
	}
	if p.Merit != nil {
		for _, s := range p.Merit.States {
			known(l, p.Merit.At, "state", s, p.states)
		}
	}
}

func (l *linter) reappoint(t *Transition) {
	if t.Reappoint == "" {
		return
	}
	if !known(l, t.At, "field", t.Reappoint, l.p.fields) {
		return
	}
	if l.p.fields[t.Reappoint].Type != TypeDate || t.Once == "" {
		l.fail(t.At, "procedure.bad_reappointment", "action", t.ID, "field", t.Reappoint)
	}
}

// verb checks that the event of a transition agrees with the national status it leads to.
func (l *linter) verb(t *Transition) {
	to := l.p.states[t.To]
	if to == nil {
		return
	}
	want, fixed := statusVerb[to.Status]
	if fixed && t.Event != "" && t.Event != want && statusOnlyVia[to.Status] {
		l.fail(t.At, "procedure.event_against_status", "action", t.ID, "event", t.Event, "status", to.Status, "want", want)
	}
}

// machine checks that every state can be reached and left, and that the end is an end.
func (l *linter) machine() {
	p := l.p
	if p.Initial == "" || p.states[p.Initial] == nil {
		l.fail(p.At, "procedure.no_initial", "initial", p.Initial)
		return
	}
	reached := map[string]bool{p.Initial: true}
	for queue := []string{p.Initial}; len(queue) > 0; queue = queue[1:] {
		for _, t := range p.leaving[queue[0]] {
			if t.To != "" && !reached[t.To] {
				reached[t.To] = true
				queue = append(queue, t.To)
			}
		}
	}
	terminals := 0
	for i := range p.States {
		s := &p.States[i]
		exits := 0
		for _, t := range p.leaving[s.ID] {
			if t.To != "" && t.To != s.ID {
				exits++
			}
		}
		switch {
		case !reached[s.ID]:
			l.fail(s.At, "procedure.unreachable", "state", s.ID)
		case s.Terminal && len(p.leaving[s.ID]) > 0:
			l.fail(s.At, "procedure.terminal_with_exit", "state", s.ID, "action", p.leaving[s.ID][0].ID)
		case !s.Terminal && exits == 0:
			l.fail(s.At, "procedure.dead_end", "state", s.ID)
		}
		if s.Status < 0 || s.Status > 10 || (s.Status == 0) != (s.ID == p.Initial) {
			l.fail(s.At, "procedure.bad_status", "state", s.ID, "status", s.Status)
		}
		if s.Terminal {
			terminals++
		}
	}
	if terminals == 0 {
		l.fail(p.At, "procedure.no_end")
	}
	l.ends(reached)
}

// ends finds states from which no end can be reached: a loop that never lets a dossier go.
func (l *linter) ends(reached map[string]bool) {
	out := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for i := range l.p.States {
			s := &l.p.States[i]
			if out[s.ID] {
				continue
			}
			ok := s.Terminal
			for _, t := range l.p.leaving[s.ID] {
				ok = ok || out[t.To]
			}
			if ok {
				out[s.ID], changed = true, true
			}
		}
	}
	for i := range l.p.States {
		if s := &l.p.States[i]; reached[s.ID] && !out[s.ID] && len(l.p.leaving[s.ID]) > 0 {
			l.fail(s.At, "procedure.no_way_out", "state", s.ID)
		}
	}
}

// clocks checks that a stopped clock can start again, and cannot be stopped again and again by oversight.
func (l *linter) clocks() {
	p := l.p
	for i := range p.Transitions {
		t := &p.Transitions[i]
		if t.Clock != "stop" {
			continue
		}
		if t.Once == "" && !t.Repeats {
			l.fail(t.At, "procedure.stop_without_once", "action", t.ID)
		}
		resumes := false
		for _, next := range p.leaving[t.To] {
			resumes = resumes || next.Clock == "resume"
		}
		if !resumes {
			l.fail(t.At, "procedure.never_resumes", "action", t.ID, "state", t.To)
		}
	}
}

func (l *linter) deadlines() {
	p := l.p
	main, processing := false, false
	for i := range p.Deadlines {
		d := &p.Deadlines[i]
		main = main || d.Main
		for _, a := range append(append([]string(nil), d.Anchor...), d.Until...) {
			known(l, d.At, "action", a, p.transitions)
		}
		if (d.Date == "") == (len(d.Anchor) == 0) {
			l.fail(d.At, "procedure.deadline_anchor", "deadline", d.ID)
		}
		if d.Date != "" && known(l, d.At, "field", d.Date, p.fields) && p.fields[d.Date].Type != TypeDate {
			l.fail(d.At, "procedure.not_a_date", "field", d.Date)
		}
		if d.Before && (d.Date == "" || d.Main) {
			l.fail(d.At, "procedure.before_needs_date", "deadline", d.ID)
		}
		if len(d.Until) == 0 {
			l.fail(d.At, "procedure.deadline_without_end", "deadline", d.ID)
		}
		if d.Extends != nil && d.Extends.Times < 1 {
			l.fail(d.At, "procedure.bad_extension", "deadline", d.ID)
		}
	}
	for _, s := range p.States {
		processing = processing || s.Status == 4
	}
	if processing && !main && !p.Abstract {
		l.fail(p.At, "procedure.no_main_deadline")
	}
}

// figures checks dimensions, measures, and the actions that indicators name.
func (l *linter) figures() {
	p := l.p
	for _, id := range p.Dimensions {
		if id == "channel" || !known(l, p.At, "field", id, p.fields) {
			continue
		}
		if f := p.fields[id]; f.Personal {
			l.fail(f.At, "procedure.personal_shown", "id", id, "key", "dimensions")
		} else if f.Type == TypeList {
			l.fail(f.At, "procedure.bad_dimension", "id", id)
		}
	}
	for _, id := range p.Measures {
		if known(l, p.At, "field", id, p.fields) && p.fields[id].Type != TypeNumber && p.fields[id].Type != TypeMoney {
			l.fail(p.fields[id].At, "procedure.bad_measure", "id", id)
		}
	}
	for _, i := range p.Indicators {
		l.indicator(i)
	}
}

// indicator checks every action and state that its expressions name in quotes beside Action, From or To.
func (l *linter) indicator(i Indicator) {
	scalars(i.Raw, func(text string, at fault.Place) {
		for _, m := range namedIn.FindAllStringSubmatch(text, -1) {
			for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
				if m[1] == "Action" {
					known(l, at, "action", q[1], l.p.transitions)
				} else {
					known(l, at, "state", q[1], l.p.states)
				}
			}
		}
	})
	for _, list := range []string{"on", "plus", "minus"} {
		if i.Raw.Get(list) == nil {
			continue
		}
		for _, match := range i.Raw.Get(list).Items {
			names(match.Get("action"), func(name string, at fault.Place) { known(l, at, "action", name, l.p.transitions) })
			names(match.Get("to"), func(name string, at fault.Place) { known(l, at, "state", name, l.p.states) })
		}
	}
	if title := i.Raw.Get("title"); title == nil || title.Get("vi") == nil || title.Get("en") == nil {
		l.fail(i.Raw.Place, "procedure.missing_text", "language", "vi, en", "other", i.ID)
	}
	if !strings.HasPrefix(i.ID, l.p.ID+".") {
		l.fail(i.Raw.Place, "procedure.indicator_prefix", "id", i.ID, "prefix", l.p.ID+".")
	}
}
