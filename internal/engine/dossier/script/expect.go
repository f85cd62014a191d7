package script

import (
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// expectation is one thing a script can expect: how many words follow it, and what it finds. found is what to
// compare with the first word unless check compares by itself.
type expectation struct {
	least, most int
	found       func(r *runner, l line) string
	check       func(r *runner, l line) bool
}

// expectations by name.
var expectations map[string]expectation

func init() {
	own := func(f func(d *dossier.Dossier) string) func(*runner, line) string {
		return func(r *runner, _ line) string { return f(r.current) }
	}
	expectations = map[string]expectation{
		"state":        {1, 1, own(func(d *dossier.Dossier) string { return d.State }), nil},
		"status":       {1, 1, own(func(d *dossier.Dossier) string { return strconv.Itoa(d.Status) }), nil},
		"due":          {1, 1, own(func(d *dossier.Dossier) string { return dateOrNone(d.DueOn) }), nil},
		"version":      {1, 1, own(func(d *dossier.Dossier) string { return d.Version }), nil},
		"code":         {1, 1, own(func(d *dossier.Dossier) string { return d.Code }), nil},
		"assignee":     {1, 1, own(func(d *dossier.Dossier) string { return d.Assignee }), nil},
		"unit":         {1, 1, own(func(d *dossier.Dossier) string { return d.Unit }), nil},
		"supplements":  {1, 1, own(func(d *dossier.Dossier) string { return strconv.Itoa(d.Supplements) }), nil},
		"working_days": {1, 1, own(func(d *dossier.Dossier) string { return strconv.Itoa(d.WorkingDays) }), nil},
		"event":        {1, 1, (*runner).event, nil},
		"field":        {2, 2, (*runner).field, func(r *runner, l line) bool { return r.field(l) == l.args[1] }},
		"fee":          {1, 1, (*runner).fee, nil},
		"output":       {1, 1, own(func(d *dossier.Dossier) string { return strings.Join(d.Track.Outputs, " ") }), (*runner).hasOutput},
		"credential":   {1, 3, (*runner).credential, func(r *runner, l line) bool { return r.credential(l) == strings.Join(l.args, " ") }},
		"deadline":     {2, 2, (*runner).deadline, func(r *runner, l line) bool { return r.deadline(l) == l.args[1] }},
		"actions":      {0, 99, (*runner).actions, func(r *runner, l line) bool { return r.actions(l) == sorted(l.args) }},
		"explain":      {1, 1, (*runner).explain, func(r *runner, l line) bool { return strings.Contains(r.explain(l), l.args[0]) }},
		"letter":       {1, 3, (*runner).letter, nil},
		"late":         {0, 0, own(late), func(r *runner, _ line) bool { return r.overdue() }},
		"not":          {1, 1, own(late), func(r *runner, l line) bool { return l.args[0] == "late" && !r.overdue() }},
		"fault":        {1, 2, nil, nil},
	}
}

func late(d *dossier.Dossier) string { return "due " + dateOrNone(d.DueOn) }

func dateOrNone(d calendar.Date) string {
	if d == calendar.NoDate {
		return "none"
	}
	return d.String()
}

func sorted(words []string) string {
	words = slices.Sorted(slices.Values(words))
	return strings.Join(words, " ")
}

// expectation checks the form of an expect line when the script is read.
func (p *parser) expectation(l *line) bool {
	x, ok := expectations[l.name]
	if !ok {
		known := make([]string, 0, len(expectations))
		for name := range expectations {
			known = append(known, name)
		}
		slices.Sort(known)
		p.unknown(l.name, known)
		return false
	}
	if len(l.args) < x.least || len(l.args) > x.most {
		p.fail("script.argument_count", "word", l.name, "least", x.least, "most", x.most)
		return false
	}
	return true
}

// expect checks one expect line.
func (r *runner) expect(l line) {
	if l.name == "fault" {
		r.expectFault(l)
		return
	}
	if r.current == nil {
		r.fail(l, "script.nothing_filed")
		return
	}
	x := expectations[l.name]
	ok := false
	if x.check != nil {
		ok = x.check(r, l)
	} else {
		ok = x.found(r, l) == l.args[0]
	}
	if !ok {
		r.fail(l, "script.differs", "what", l.name, "want", strings.Join(l.args, " "), "found", x.found(r, l))
	}
}

func (r *runner) expectFault(l line) {
	err := r.last
	r.last = nil
	switch {
	case err == nil:
		r.fail(l, "script.no_fault", "key", l.args[0])
	case key(err) != l.args[0]:
		r.fail(l, "script.differs", "what", "fault", "want", l.args[0], "found", key(err))
	case len(l.args) == 2 && !strings.Contains(r.catalog.Error(lang.VI, err), l.args[1]):
		r.fail(l, "script.differs", "what", "fault", "want", l.args[1], "found", r.catalog.Error(lang.VI, err))
	}
}

func (r *runner) overdue() bool { return r.current.Overdue(calendar.OfTime(r.now)) }

func (r *runner) event(line) string {
	history, err := r.engine.History(r.ctx, r.current.Code)
	if err != nil {
		return err.Error()
	}
	return history[len(history)-1].Kind
}

func (r *runner) field(l line) string {
	return strings.Trim(string(r.current.Fields[l.args[0]]), `"`)
}

func (r *runner) fee(line) string {
	var sum int64
	for _, f := range r.current.Track.Fees {
		sum += f.Amount
	}
	return strconv.FormatInt(sum, 10)
}

func (r *runner) hasOutput(l line) bool { return slices.Contains(r.current.Track.Outputs, l.args[0]) }

// credential is the last one issued, as it is expected: NUMBER, or NUMBER until DATE.
func (r *runner) credential(l line) string {
	issued := r.current.Track.Issued
	if len(issued) == 0 {
		return "none"
	}
	last := issued[len(issued)-1]
	if len(l.args) == 1 {
		return last.Number
	}
	return last.Number + " until " + dateOrNone(last.Until)
}

func (r *runner) deadline(l line) string {
	for i := len(r.current.Track.Deadlines) - 1; i >= 0; i-- {
		if d := r.current.Track.Deadlines[i]; d.ID == l.args[0] {
			return dateOrNone(d.Due)
		}
	}
	return "none"
}

func (r *runner) actions(line) string {
	open, err := r.engine.Actions(r.ctx, r.current)
	if err != nil {
		return err.Error()
	}
	ids := make([]string, len(open))
	for i, t := range open {
		ids[i] = t.ID
	}
	return sorted(ids)
}

func (r *runner) explain(line) string {
	x, err := r.engine.Explain(r.ctx, r.current.Code)
	if err != nil {
		return r.catalog.Error(lang.VI, err)
	}
	var b strings.Builder
	for _, s := range x.Steps {
		b.WriteString(s.Date.String() + " " + s.Text(lang.VI) + "\n")
	}
	return b.String()
}

// letter is the output itself where it was issued; with two more words, the value of one of its fields is
// compared instead.
func (r *runner) letter(l line) string {
	x, err := r.engine.Letter(r.ctx, r.current.Code, l.args[0])
	if err != nil {
		return r.catalog.Error(lang.VI, err)
	}
	if len(l.args) == 3 && x.Fields[l.args[1]] != l.args[2] {
		return l.args[1] + "=" + x.Fields[l.args[1]]
	}
	return x.Kind
}
