// Package rule (điều kiện) compiles the conditions and formulas that definitions carry, such as
// "so_tien > 0 && loai in ['moi', 'gia_han']", and checks them against the form's fields when the
// definition is loaded: a misspelt field never waits for the first dossier.
//
// It owns the small language: expr with a bounded number of nodes, no loops but those over a field's own
// rows, no clock and no way out of the expression. It does not own the fields.
package rule

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"trucot/internal/kernel/fault"
)

// MaxNodes bounds the size of one expression, MaxBytes the length of its text. There is no instruction
// budget below, so size and the ban on ranges and deep nesting are what bounds the time.
const (
	MaxNodes = 200
	MaxBytes = 2000
)

// Program is a compiled expression. It is safe for use by many goroutines.
type Program struct {
	src string
	vm  *vm.Program
}

// allowed are the built-in functions of the language; everything else that expr brings is off.
var allowed = []string{"all", "none", "any", "one", "count", "sum", "len", "min", "max", "abs",
	"ceil", "floor", "round", "upper", "lower", "trim", "int", "float", "string"}

// Compile compiles src against env: a struct, a pointer to one or a reflect.Type of one, whose fields are
// named by the tag `expr`. Errors are fault.Invalid placed at the column inside src (line 1 = first line).
func Compile(src string, env any) (*Program, error) { return compile(src, env, nil) }

// Condition is Compile for an expression that must be true or false.
func Condition(src string, env any) (*Program, error) { return compile(src, env, expr.AsBool()) }

// Formula is Compile for an expression that must be a number.
func Formula(src string, env any) (*Program, error) { return compile(src, env, expr.AsFloat64()) }

// Phrase is Compile for an expression that must be a text.
func Phrase(src string, env any) (*Program, error) {
	return compile(src, env, expr.AsKind(reflect.String))
}

func compile(src string, env any, want expr.Option) (*Program, error) {
	if len(src) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "rule.too_long", "limit", MaxBytes)
	}
	guardian := &guardian{}
	options := []expr.Option{expr.Env(sample(env)), expr.DisableAllBuiltins(), expr.MaxNodes(MaxNodes),
		expr.Function("date", dateFunction, new(func(string) int)),
		expr.Function("months", monthsFunction, new(func(int, int) int), new(func(int, float64) int)), expr.Patch(guardian)}
	for _, name := range allowed {
		options = append(options, expr.EnableBuiltin(name))
	}
	if want != nil {
		options = append(options, want, expr.WarnOnAny())
	}
	program, err := expr.Compile(src, options...)
	if guardian.err != nil {
		return nil, guardian.err
	}
	if err != nil {
		return nil, explain(err, env)
	}
	return &Program{src: src, vm: program}, nil
}

// String is the source of the expression.
func (p *Program) String() string { return p.src }

var machines = sync.Pool{New: func() any { return new(vm.VM) }}

func (p *Program) run(env any) (any, error) {
	m := machines.Get().(*vm.VM)
	defer machines.Put(m)
	out, err := m.Run(p.vm, env)
	if err != nil {
		return nil, fault.New(fault.Invalid, "rule.failed", "rule", p.src).Because(err)
	}
	return out, nil
}

// Bool evaluates a condition. A run that fails, such as one past the end of a list, is a fault and
// never counts as true.
func (p *Program) Bool(env any) (bool, error) {
	out, err := p.run(env)
	if err != nil {
		return false, err
	}
	b, ok := out.(bool)
	if !ok {
		return false, fault.New(fault.Invalid, "rule.not_bool", "rule", p.src)
	}
	return b, nil
}

// Number evaluates a formula. A result that is no finite number, such as a division by zero, is a fault.
func (p *Program) Number(env any) (float64, error) {
	out, err := p.run(env)
	if err != nil {
		return 0, err
	}
	v := reflect.ValueOf(out)
	var f float64
	switch {
	case v.CanFloat():
		f = v.Float()
	case v.CanInt():
		f = float64(v.Int())
	default:
		return 0, fault.New(fault.Invalid, "rule.not_number", "rule", p.src)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fault.New(fault.Invalid, "rule.not_number", "rule", p.src)
	}
	return f, nil
}

// Text evaluates a phrase.
func (p *Program) Text(env any) (string, error) {
	out, err := p.run(env)
	if err != nil {
		return "", err
	}
	s, ok := out.(string)
	if !ok {
		return "", fault.New(fault.Invalid, "rule.not_text", "rule", p.src)
	}
	return s, nil
}

func sample(env any) any {
	t, ok := env.(reflect.Type)
	if !ok {
		return env
	}
	return reflect.New(t).Elem().Interface()
}

// explain turns the library's sentence into one of ours, keeping the place.
func explain(err error, env any) error {
	var at *file.Error
	if !errors.As(err, &at) {
		if strings.Contains(err.Error(), "maximum") {
			return fault.New(fault.TooLarge, "rule.too_long", "limit", MaxNodes).Because(err)
		}
		return fault.New(fault.Invalid, "rule.wrong_result").Because(err)
	}
	place := fault.Place{Line: max(at.Line, 1), Column: at.Column + 1}
	word := lastWord(at.Message)
	var out *fault.Error
	switch {
	case strings.HasPrefix(at.Message, "unknown name"), strings.HasPrefix(at.Message, "unknown field"), strings.Contains(at.Message, "has no field"):
		out = unknown(word, env)
	case strings.HasPrefix(at.Message, "invalid operation"):
		out = fault.New(fault.Invalid, "rule.mismatch")
	case strings.Contains(at.Message, "maximum"):
		out = fault.New(fault.TooLarge, "rule.too_long", "limit", MaxNodes)
	case strings.HasPrefix(at.Message, "expected bool"), strings.HasPrefix(at.Message, "expected float"),
		strings.HasPrefix(at.Message, "expected string"):
		out = fault.New(fault.Invalid, "rule.wrong_result")
	default:
		out = fault.New(fault.Invalid, "rule.syntax")
	}
	return out.At(place).Because(err)
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }
