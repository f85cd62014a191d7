package indicator

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
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
	Due         string // due date; empty while the clock has not started
	Late        bool   // finished after its due date
	WorkingDays int    // elapsed, net of pauses, on finishing
	Dims        map[string]string
	Amounts     map[string]float64 // numeric fields of the event
}

// maxNodes bounds an expression: definitions are edited by people, and one must not stall the ledger's reader.
const maxNodes = 200

// resultKind is what an expression must yield.
type resultKind int

const (
	asBool resultKind = iota
	asNumber
	asText
)

// program is one compiled expression.
type program struct {
	code    *vm.Program
	amounts bool // reads Amounts, so the event's fields must be parsed
}

func compileExpression(source string, want resultKind) (*program, error) {
	options := []expr.Option{expr.Env(Fact{}), expr.MaxNodes(maxNodes)}
	switch want {
	case asBool:
		options = append(options, expr.AsBool())
	case asNumber:
		options = append(options, expr.AsFloat64())
	case asText:
		options = append(options, expr.AsKind(reflect.String))
	}
	code, err := expr.Compile(source, options...)
	if err != nil {
		return nil, err
	}
	return &program{code: code, amounts: strings.Contains(source, "Amounts")}, nil
}

// runner runs programs on one reused machine; it belongs to one goroutine.
type runner struct{ machine vm.VM }

func (r *runner) bool(p *program, f *Fact) (bool, error) {
	if p == nil {
		return true, nil
	}
	v, err := r.machine.Run(p.code, f)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("want true or false, got %T", v)
	}
	return b, nil
}

func (r *runner) number(p *program, f *Fact) (Value, error) {
	if p == nil {
		return One, nil
	}
	v, err := r.machine.Run(p.code, f)
	if err != nil {
		return NoValue, err
	}
	n, ok := v.(float64)
	if !ok {
		return NoValue, fmt.Errorf("want a number, got %T", v)
	}
	value := FromFloat(n)
	if value == NoValue {
		return NoValue, fmt.Errorf("%v is not a number that can be added", n)
	}
	return value, nil
}

func (r *runner) text(p *program, f *Fact) (string, error) {
	v, err := r.machine.Run(p.code, f)
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("want a text, got %T", v)
	}
	return s, nil
}
