package indicator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/rule"
)

// maxIndicators keeps an indicator's number within 16 bits of a pattern.
const maxIndicators = 1 << 15

var idForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// add checks one definition by itself and adds it; tested tells that its expressions are known to compile.
func (d *Definitions) add(def Definition, tested bool, locate func(string) fault.Place) fault.List {
	c := &compiled{Definition: def, locate: locate}
	if c.Type == Ratio && c.Scale == 0 {
		c.Scale = 100
	}
	l := linter{c: c, tested: tested}
	l.identity(d)
	l.texts()
	l.shape()
	l.numbers()
	l.compile()
	if len(l.faults) > 0 {
		return l.faults
	}
	d.index[c.ID] = len(d.list)
	d.list = append(d.list, c)
	return nil
}

// linter collects the faults of one definition.
type linter struct {
	c      *compiled
	tested bool // its expressions compile
	faults fault.List
}

func (l *linter) say(field, key string, args ...any) {
	args = append([]any{"id", l.c.ID}, args...)
	l.faults = append(l.faults, fault.New(fault.Invalid, key, args...).At(l.c.locate(field)))
}

func (l *linter) identity(d *Definitions) {
	if !idForm.MatchString(l.c.ID) {
		l.say("id", "indicator.bad_id")
		return
	}
	if _, twice := d.index[l.c.ID]; twice {
		l.say("id", "indicator.id_twice")
	}
	if len(d.list) >= maxIndicators {
		l.say("id", "indicator.too_many", "limit", maxIndicators)
	}
}

func (l *linter) texts() {
	for _, tag := range []lang.Tag{lang.VI, lang.EN} {
		if strings.TrimSpace(l.c.Title[tag]) == "" {
			l.say("title", "indicator.text_missing", "field", "title", "lang", string(tag))
		}
		if strings.TrimSpace(l.c.Measure[tag]) == "" {
			l.say("measure", "indicator.text_missing", "field", "measure", "lang", string(tag))
		}
	}
}

// allowed says which fields each type takes; the first one of each type is required.
var allowed = map[Type][]string{
	Flow:     {"on"},
	Stock:    {"plus", "minus"},
	Sum:      {"on", "parts"},
	Ratio:    {"of", "over", "scale"},
	Distinct: {"by", "on"},
	Manual:   {},
}

func (l *linter) shape() {
	fields, known := allowed[l.c.Type]
	if !known {
		l.say("type", "indicator.bad_type", "type", string(l.c.Type))
		return
	}
	given := map[string]bool{
		"on": len(l.c.On) > 0, "plus": len(l.c.Plus) > 0, "minus": len(l.c.Minus) > 0, "by": l.c.By != "",
		"parts": len(l.c.Parts) > 0, "of": l.c.Of != "", "over": l.c.Over != "", "scale": l.c.Definition.Scale != 0,
	}
	for _, f := range []string{"on", "plus", "minus", "by", "parts", "of", "over", "scale"} {
		if given[f] && !slices.Contains(fields, f) {
			l.say(f, "indicator.field_not_for_type", "field", f, "type", string(l.c.Type))
		}
	}
	require := fields[:min(len(fields), 2)]
	switch l.c.Type {
	case Sum:
		if given["on"] == given["parts"] {
			l.say("type", "indicator.sum_needs_one")
		}
		require = nil
	case Stock:
		require = fields[:1]
	}
	for _, f := range require {
		if !given[f] {
			l.say("type", "indicator.field_missing", "field", f, "type", string(l.c.Type))
		}
	}
}

func (l *linter) numbers() {
	if l.c.Places < 0 || l.c.Places > 3 {
		l.say("places", "indicator.bad_places")
	}
	for i, t := range l.c.Targets {
		field := fmt.Sprintf("targets[%d]", i)
		if _, err := calendar.ParsePeriod(t.Period); err != nil {
			l.say(field+".period", "indicator.bad_target", "reason", err)
		}
		if _, err := ParseValue(t.Value); err != nil || t.Value == "" {
			l.say(field+".value", "indicator.bad_target", "reason", fault.New(fault.Invalid, "indicator.bad_value", "text", t.Value))
		}
	}
}

// compile reads the expressions; a misspelt field or a wrong type is a fault here, not at the first event.
func (l *linter) compile() {
	for _, m := range l.c.matches() {
		at := fmt.Sprintf("%s[%d]", m.field, m.index)
		if len(m.Kind) == 0 || slices.Contains(m.Kind, "") {
			l.say(at, "indicator.kind_missing")
		}
		if l.c.Type == Sum && m.Value == "" {
			l.say(at, "indicator.field_missing", "field", "value", "type", string(l.c.Type))
		}
		if l.c.Type == Distinct && m.Value != "" {
			l.say(at+".value", "indicator.field_not_for_type", "field", "value", "type", string(l.c.Type))
		}
		l.c.rules = append(l.c.rules, clause{
			Match: m.Match, sign: m.sign,
			where: l.expression(at+".where", m.Where, rule.Condition), value: l.expression(at+".value", m.Value, rule.Formula),
		})
	}
	l.c.by = l.expression("by", l.c.By, rule.Phrase)
}

func (l *linter) expression(field, source string, want resultKind) *program {
	if source == "" {
		return nil
	}
	p := expression(source, want)
	if !l.tested {
		if _, err := p.compiled(); err != nil {
			l.say(field, "indicator.bad_expression", "field", field, "reason", err)
		}
	}
	return p
}

// Check tests the references between indicators: every one named exists, none is computed from itself, and a
// sum is of things that can be added. Call it when all definitions are in; New does.
func (d *Definitions) Check() error {
	var faults fault.List
	for _, c := range d.list {
		for _, n := range c.needs() {
			i, known := d.index[n.id]
			if !known {
				faults = append(faults, c.fault("indicator.unknown_part", "part", n.id))
				continue
			}
			if t := d.list[i].Type; c.Type == Sum && (t == Ratio || t == Distinct) {
				faults = append(faults, c.fault("indicator.not_additive", "part", n.id, "type", string(t)))
			}
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return d.cycles().OrNil()
}

func (c *compiled) fault(key string, args ...any) *fault.Error {
	field := "parts"
	if c.Type == Ratio {
		field = "of"
	}
	return fault.New(fault.Invalid, key, append([]any{"id", c.ID}, args...)...).At(c.locate(field))
}

// cycles finds indicators that need themselves, by depth-first search with the path kept for the message.
func (d *Definitions) cycles() fault.List {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(d.list))
	var faults fault.List
	var visit func(i int, chain []string)
	visit = func(i int, chain []string) {
		c := d.list[i]
		chain = append(chain, c.ID)
		switch state[i] {
		case open:
			faults = append(faults, c.fault("indicator.cycle", "chain", strings.Join(chain[slices.Index(chain, c.ID):], " → ")))
			return
		case done:
			return
		}
		state[i] = open
		for _, n := range c.needs() {
			visit(d.index[n.id], chain)
		}
		state[i] = done
	}
	for i := range d.list {
		visit(i, nil)
	}
	return faults
}
