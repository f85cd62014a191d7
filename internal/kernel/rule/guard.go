package rule

import (
	"reflect"
	"sort"
	"strings"

	"github.com/expr-lang/expr/ast"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// guardian refuses the parts of expr that could run long, and turns date("2021-06-14") into a number of
// days at load, so that a wrong date is found there too.
type guardian struct{ err error }

// Visit is called on every node, children first.
func (g *guardian) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		switch n.Operator {
		case "..":
			g.refuse(n, "rule.no_range", "operator", n.Operator)
		case "**", "^":
			g.refuse(n, "rule.no_operator", "operator", n.Operator)
		case "matches":
			if _, literal := n.Right.(*ast.StringNode); !literal {
				g.refuse(n, "rule.no_operator", "operator", n.Operator)
			}
		}
	case *ast.PredicateNode:
		if nested(n.Node) > 0 {
			g.refuse(n, "rule.too_nested")
		}
	case *ast.CallNode:
		g.date(node, n)
	}
}

func (g *guardian) refuse(n ast.Node, key string, args ...any) {
	if g.err == nil {
		g.err = fault.New(fault.Invalid, key, args...).At(fault.Place{Line: 1, Column: n.Location().From + 1})
	}
}

// date replaces a call of date on a literal by the number of days.
func (g *guardian) date(node *ast.Node, call *ast.CallNode) {
	callee, ok := call.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "date" || len(call.Arguments) != 1 {
		return
	}
	text, ok := call.Arguments[0].(*ast.StringNode)
	if !ok {
		g.refuse(call, "rule.date_literal")
		return
	}
	d, err := calendar.Parse(text.Value)
	if err != nil {
		g.refuse(call, "rule.bad_date", "text", text.Value)
		return
	}
	ast.Patch(node, &ast.IntegerNode{Value: int(d)})
}

// dateFunction only declares the type: every call is replaced at load.
func dateFunction(...any) (any, error) { return 0, nil }

// monthsFunction is the day so many months after one, as calendar.Date.AddMonths counts. A fraction of a month is left out.
func monthsFunction(args ...any) (any, error) {
	day, n := args[0].(int), 0
	switch months := args[1].(type) {
	case int:
		n = months
	case float64:
		n = int(months)
	}
	return int(calendar.Date(day).AddMonths(n)), nil
}

type depth struct{ predicates int }

func (d *depth) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.PredicateNode); ok {
		d.predicates++
	}
}

// nested counts the predicates inside a predicate: rows over rows are quadratic.
func nested(n ast.Node) int {
	d := &depth{}
	ast.Walk(&n, d)
	return d.predicates
}

// unknown is the fault for a name that the form does not have.
func unknown(name string, env any) *fault.Error {
	names := Names(env)
	if near := defs.Nearest(name, names); near != "" {
		return fault.New(fault.Invalid, "rule.unknown_near", "name", name, "near", near)
	}
	return fault.New(fault.Invalid, "rule.unknown", "name", name, "names", strings.Join(names, ", "))
}

// Names lists the names an expression over env may use, in order.
func Names(env any) []string {
	t, ok := env.(reflect.Type)
	if !ok {
		t = reflect.TypeOf(env)
	}
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		name := t.Field(i).Name
		if tag := t.Field(i).Tag.Get("expr"); tag != "" {
			name = tag
		}
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
