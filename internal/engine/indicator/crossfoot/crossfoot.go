// Package crossfoot (đối chiếu cộng dọc, cộng ngang) checks that a table of figures adds up: a row is the
// sum of rows, a column the sum of columns, a part ("trong đó") no more than its whole, a cell the same
// as a cell of another form.
//
// It owns the rules, which are data of each form, and the faults, which name row, column and difference. It
// never changes a figure: a total that does not add up is reported, not repaired. It does not own the forms.
//
// What blank cells mean is fixed here once. A rule is looked at only where something is filled in. A blank part
// counts as nothing. A filled total over parts that are all blank is "no breakdown given" and no fault, unless
// the rule says blank: fault. A blank total over filled parts is a fault. A cell crossed out ("X", not
// applicable) is never checked as a total and counts as blank among parts.
package crossfoot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
)

// Ref names a cell by the codes printed on the form, not by its place on a sheet.
type Ref struct {
	Form   string `def:"form"`
	Row    string `def:"row"`
	Column string `def:"column"`
}

// Cell is what stands there.
type Cell struct {
	Value   indicator.Value // indicator.NoValue = blank
	Crossed bool            // "X": this cell does not apply
	Source  string          // where it was read, "form03.json R12C4"
}

// Tables are the filled cells of one unit and one period, of any number of forms.
type Tables map[Ref]Cell

// Kind of rule.
type Kind string

// The kinds.
const (
	Rows    Kind = "rows"    // row total = sum of rows, in each of the columns
	Columns Kind = "columns" // column total = sum of columns, in each of the rows
	Within  Kind = "within"  // each part ≤ total ("trong đó"); together: their sum ≤ total
	Equal   Kind = "equal"   // cell left = cell right, of any forms
)

// Rule is one check. For "rows" and a "within" of rows, Total and Parts are row codes and In lists columns;
// for "columns" and a "within" of columns the other way round. In empty is every row or column that has
// something filled in.
type Rule struct {
	ID        string   `def:"id"` // printed with the fault; empty = the formula
	Form      string   `def:"form"`
	Kind      Kind     `def:"kind"`
	Axis      string   `def:"axis"` // within: "row" (the default) or "column"
	Total     string   `def:"total"`
	Parts     []string `def:"parts"` // "-05" is subtracted
	In        []string `def:"in"`
	Except    []string `def:"except"` // taken out of In
	Together  bool     `def:"together"`
	Left      Ref      `def:"left"`
	Right     Ref      `def:"right"`
	Blank     string   `def:"blank"`     // "skip" (the default) or "fault": a filled total, every part blank
	Tolerance string   `def:"tolerance"` // largest difference that is no fault, "0.1"; for amounts rounded one by one
}

// Fault is one cell that does not agree. Expected or Found is indicator.NoValue where the cell is blank;
// Difference is found − expected with blank as nothing.
type Fault struct {
	Form       string          `json:"form"`
	Row        string          `json:"row"`
	Column     string          `json:"column"`
	Rule       string          `json:"rule"`
	Expected   indicator.Value `json:"expected"`
	Found      indicator.Value `json:"found"`
	Difference indicator.Value `json:"difference"`
	Source     string          `json:"source"`
	Formula    string          `json:"-"` // "01 = 02 + 05"
}

// Lint lists what is wrong with the rules themselves. known says whether a form has a cell; nil = do not ask.
func Lint(rules []Rule, known func(Ref) bool) error {
	var faults fault.List
	for i, r := range rules {
		for _, key := range r.lint(known) {
			faults = append(faults, fault.New(fault.Invalid, key, "n", i+1, "form", r.Form, "rule", r.name()))
		}
	}
	return faults.OrNil()
}

func (r Rule) lint(known func(Ref) bool) []string {
	var keys []string
	if r.Blank != "" && r.Blank != "skip" && r.Blank != "fault" {
		keys = append(keys, "crossfoot.bad_blank")
	}
	if v, err := indicator.ParseValue(r.Tolerance); err != nil || v != indicator.NoValue && v < 0 {
		keys = append(keys, "crossfoot.bad_tolerance")
	}
	switch r.Kind {
	case Rows, Columns, Within:
		if r.Total == "" || len(r.Parts) == 0 {
			keys = append(keys, "crossfoot.parts_missing")
		}
		if slices.Contains(r.Parts, r.Total) {
			keys = append(keys, "crossfoot.total_is_part")
		}
	case Equal:
		if r.Left == (Ref{}) || r.Right == (Ref{}) || r.Left == r.Right {
			keys = append(keys, "crossfoot.sides_missing")
		}
	default:
		keys = append(keys, "crossfoot.bad_kind")
	}
	if known != nil && len(keys) == 0 && !r.knownCells(known) {
		keys = append(keys, "crossfoot.unknown_cell")
	}
	return keys
}

// knownCells reports whether every cell that the rule names outright exists.
func (r Rule) knownCells(known func(Ref) bool) bool {
	if r.Kind == Equal {
		return known(r.Left) && known(r.Right)
	}
	for _, in := range r.In {
		for _, code := range append([]string{r.Total}, r.Parts...) {
			if !known(r.ref(strings.TrimPrefix(code, "-"), in)) {
				return false
			}
		}
	}
	return true
}

// Check applies the rules in order and lists the faults: by rule, then by row or column code.
func Check(rules []Rule, t Tables) []Fault {
	var out []Fault
	for _, r := range rules {
		if r.Kind == Equal {
			out = append(out, r.equal(t)...)
			continue
		}
		for _, in := range r.lines(t) {
			out = append(out, r.line(t, in)...)
		}
	}
	return out
}

// ref is the cell where a total or part code meets a line of In.
func (r Rule) ref(code, in string) Ref {
	if r.Kind == Columns || r.Kind == Within && r.Axis == "column" {
		return Ref{r.Form, in, code}
	}
	return Ref{r.Form, code, in}
}

// lines are the columns (or rows) that the rule is checked in.
func (r Rule) lines(t Tables) []string {
	if len(r.In) > 0 {
		return r.In
	}
	byColumn := r.ref("", "?").Column == "?"
	seen := map[string]bool{}
	for ref := range t {
		code, in := ref.Row, ref.Column
		if !byColumn {
			code, in = in, code
		}
		if ref.Form == r.Form && (code == r.Total || slices.Contains(r.Parts, code) || slices.Contains(r.Parts, "-"+code)) {
			seen[in] = true
		}
	}
	var out []string
	for in := range seen {
		if !slices.Contains(r.Except, in) {
			out = append(out, in)
		}
	}
	slices.SortFunc(out, compareCodes)
	return out
}

// line checks one column (or row).
func (r Rule) line(t Tables, in string) []Fault {
	total, has := t[r.ref(r.Total, in)]
	if !has {
		total.Value = indicator.NoValue
	}
	if total.Crossed {
		return nil
	}
	if r.Kind == Within && !r.Together {
		return r.eachWithin(t, in, total)
	}
	sum := indicator.NoValue
	for _, p := range r.Parts {
		code, negative := strings.CutPrefix(p, "-")
		v := value(t, r.ref(code, in))
		if negative {
			v = v.Neg()
		}
		sum = sum.Add(v)
	}
	if sum == indicator.NoValue && (total.Value == indicator.NoValue || r.Blank != "fault") {
		return nil
	}
	difference := plain(total.Value) - plain(sum)
	if r.Kind == Within && difference > 0 && total.Value != indicator.NoValue {
		return nil
	}
	if total.Value != indicator.NoValue && abs(difference) <= r.tolerance() {
		return nil
	}
	return r.fault(r.ref(r.Total, in), sum, total.Value, difference, total.Source)
}

// eachWithin checks every part against its whole.
func (r Rule) eachWithin(t Tables, in string, whole Cell) []Fault {
	var out []Fault
	for _, code := range r.Parts {
		at := r.ref(code, in)
		part := value(t, at)
		if part == indicator.NoValue {
			continue
		}
		difference := part - plain(whole.Value)
		if whole.Value == indicator.NoValue || difference > r.tolerance() {
			out = append(out, r.fault(at, whole.Value, part, difference, t[at].Source)...)
		}
	}
	return out
}

// equal checks two cells; where only one is filled in there is nothing to compare, unless blank: fault.
func (r Rule) equal(t Tables) []Fault {
	if t[r.Left].Crossed || t[r.Right].Crossed {
		return nil
	}
	left, right := value(t, r.Left), value(t, r.Right)
	oneBlank := (left == indicator.NoValue) != (right == indicator.NoValue)
	if oneBlank && r.Blank != "fault" {
		return nil
	}
	difference := plain(left) - plain(right)
	if !oneBlank && abs(difference) <= r.tolerance() {
		return nil
	}
	return r.fault(r.Left, right, left, difference, t[r.Left].Source)
}

func (r Rule) fault(at Ref, expected, found, difference indicator.Value, source string) []Fault {
	return []Fault{{at.Form, at.Row, at.Column, r.name(), expected, found, difference, source, r.Formula()}}
}

func (r Rule) tolerance() indicator.Value {
	v, err := indicator.ParseValue(r.Tolerance)
	if err != nil {
		return 0 // Lint has named it
	}
	return plain(v)
}

func (r Rule) name() string {
	if r.ID != "" {
		return r.ID
	}
	return r.Formula()
}

// Formula is the rule as a reader would write it: "01 = 02 + 05 − 08".
func (r Rule) Formula() string {
	var b strings.Builder
	switch {
	case r.Kind == Equal:
		return cellName(r.Left) + " = " + cellName(r.Right)
	case r.Kind == Within && !r.Together:
		return strings.Join(r.Parts, ", ") + " ≤ " + r.Total
	case r.Kind == Within:
		b.WriteString(r.Total + " ≥ ")
	default:
		b.WriteString(r.Total + " = ")
	}
	for i, p := range r.Parts {
		code, negative := strings.CutPrefix(p, "-")
		switch {
		case negative:
			b.WriteString(" − ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(code)
	}
	return b.String()
}

func cellName(r Ref) string { return r.Form + "[" + r.Row + ", " + r.Column + "]" }

func value(t Tables, at Ref) indicator.Value {
	c, ok := t[at]
	if !ok || c.Crossed {
		return indicator.NoValue
	}
	return c.Value
}

// plain is v with blank as nothing.
func plain(v indicator.Value) indicator.Value {
	if v == indicator.NoValue {
		return 0
	}
	return v
}

func abs(v indicator.Value) indicator.Value { return max(v, -v) }

// compareCodes puts 2 before 10, and numbers before other codes.
func compareCodes(a, b string) int {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(a, b))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
