package indicator

import (
	"strings"
	"sync"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/rule"
)

// Fact is what the expressions of a definition see of one event.
type Fact struct {
	Kind        string // event kind
	Stream      string // what it is about
	Unit        string // the unit it counts for
	Procedure   string
	Action      string
	From        string // state left
	To          string // state entered
	Status      int    // national status code 1–10 after the event
	PrevStatus  int    // and before
	Applicant   string // empty where the applicant is personal data
	Received    string // when the dossier was taken in; empty before
	Due         string // due date; empty while no deadline runs
	Late        bool   // finished after its due date
	WorkingDays int    // elapsed, net of pauses, on finishing
	Dims        map[string]string
	Amounts     map[string]float64 // numeric fields of the event
}

// program is one expression.
type program struct {
	compiled func() (*rule.Program, error) // at the first call; later calls give the same
	amounts  bool                          // reads Amounts, so the event's fields must be parsed
}

// resultKind is what an expression must yield.
type resultKind func(source string, env any) (*rule.Program, error)

// expression is an expression over a Fact. It is compiled when an event first needs it: most of a process's life no
// event needs most of them.
func expression(source string, want resultKind) *program {
	return &program{amounts: strings.Contains(source, "Amounts"),
		compiled: sync.OnceValues(func() (*rule.Program, error) { return want(source, Fact{}) })}
}

// holds evaluates a condition; none is always true.
func (p *program) holds(f *Fact) (bool, error) {
	if p == nil {
		return true, nil
	}
	c, err := p.compiled()
	if err != nil {
		return false, err
	}
	return c.Bool(f)
}

// text evaluates a phrase.
func (p *program) text(f *Fact) (string, error) {
	c, err := p.compiled()
	if err != nil {
		return "", err
	}
	return c.Text(f)
}

// amount evaluates a formula; none is one.
func (p *program) amount(f *Fact) (Value, error) {
	if p == nil {
		return One, nil
	}
	c, err := p.compiled()
	if err != nil {
		return NoValue, err
	}
	n, err := c.Number(f)
	if err != nil {
		return NoValue, err
	}
	v := FromFloat(n)
	if v == NoValue {
		return NoValue, fault.New(fault.Invalid, "indicator.amount_too_large", "amount", n)
	}
	return v, nil
}
