package report

import (
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/indicator/crossfoot"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Check is one sum that a form implies. Exactly one of Row and Column names the total, and exactly one of
// Sum and Covers its parts:
//
//   - row: "01", sum: "02..04" – in every column, row 01 = rows 02 + 03 + 04 ("chia theo …");
//   - column: "1", sum: "2..7" – in every row, column 1 = columns 2 + … + 7;
//   - row: "01", covers: "02" – row 02 is a part of row 01 ("trong đó …") and must not exceed it.
//
// A list is written with blanks, a run of codes with "..". A blank cell counts as nothing, as those who
// fill the forms in use it; a check on cells that are all blank is not made.
type Check struct {
	Place   fault.Place `def:"@"`
	Row     string      `def:"row"`
	Column  string      `def:"column"`
	Sum     string      `def:"sum"`
	Covers  string      `def:"covers"`
	Columns []string    `def:"columns"` // limits a row check to these columns
	// Why says why the form implies it, for the reader of a fault.
	Why map[lang.Tag]string `def:"why,required"`

	parts []string
}

// prepare resolves the parts and checks that everything named exists.
func (c *Check) prepare(f *Form) fault.List {
	if (c.Row == "") == (c.Column == "") || (c.Sum == "") == (c.Covers == "") {
		return fault.List{fault.New(fault.Invalid, "report.check_shape", "form", f.Code).At(c.Place)}
	}
	codes, total := f.rowKeys(), c.Row
	if c.Column != "" {
		codes, total = f.columnCodes(), c.Column
	}
	parts, missing := expand(c.Sum+c.Covers, codes)
	c.parts = parts
	if _, bad := expand(total, codes); bad != "" {
		missing = bad
	}
	if _, bad := expand(strings.Join(c.Columns, " "), f.columnCodes()); bad != "" {
		missing = bad
	}
	if missing != "" {
		return fault.List{fault.New(fault.Invalid, "report.check_unknown", "form", f.Code, "code", missing).At(c.Place)}
	}
	return nil
}

func (f *Form) rowKeys() []string {
	var out []string
	for _, r := range f.Rows {
		if k := r.Key(); k != "" {
			out = append(out, k)
		}
	}
	return out
}

func (f *Form) columnCodes() []string {
	var out []string
	for _, c := range f.leaves {
		out = append(out, c.Code)
	}
	return out
}

// expand turns "04 07..09" into codes, in the order of the form; missing names the first unknown one.
func expand(spec string, codes []string) (out []string, missing string) {
	at := map[string]int{}
	for i, c := range codes {
		at[c] = i
	}
	for _, word := range strings.Fields(spec) {
		from, to, run := strings.Cut(word, "..")
		if !run {
			to = from
		}
		i, ok := at[from]
		if !ok {
			return nil, from
		}
		j, ok := at[to]
		if !ok || j < i {
			return nil, to
		}
		out = append(out, codes[i:j+1]...)
	}
	return out, ""
}

// Discrepancy (sai lệch) is one sum that does not hold. Row and Column name the cell that is compared:
// the total, or the single part that exceeds its whole. Difference = Found − Expected, where a blank cell
// counts as 0; Found is null for a blank one.
type Discrepancy struct {
	Form       string          `json:"form"`
	Row        string          `json:"row"`
	Column     string          `json:"column"`
	Rule       string          `json:"rule"`
	Expected   indicator.Value `json:"expected"`
	Found      indicator.Value `json:"found"`
	Difference indicator.Value `json:"difference"`
	Source     string          `json:"source"`

	Why    map[lang.Tag]string `json:"-"` // why the form implies the sum
	Blank  bool                `json:"-"` // every part is blank: the total was not broken down
	Unit   string              `json:"-"`
	Period string              `json:"-"`
}

// CrossFoot checks every sum of the table's form and returns those that do not hold, in the order of the
// form's checks, then of rows or columns. A blank cell counts as 0: those who fill the forms in leave zeros
// out, so a total over parts that are all blank was not broken down, which is a discrepancy too.
func CrossFoot(t *Table) []Discrepancy {
	cells := crossfoot.Tables{}
	t.each(func(at cellAt, e Entry) { cells[t.ref(at)] = crossfoot.Cell{Value: e.Value, Source: e.Source} })
	for _, row := range t.Form.Rows {
		for _, column := range row.X {
			cells[t.ref(cellAt{row.Key(), column})] = crossfoot.Cell{Value: indicator.NoValue, Crossed: true}
		}
	}
	var out []Discrepancy
	for i := range t.Form.Checks {
		c := &t.Form.Checks[i]
		for _, f := range crossfoot.Check([]crossfoot.Rule{c.asRule(t.Form)}, cells) {
			if f.Difference == 0 {
				continue // a blank total over zeros adds up
			}
			d := Discrepancy{Form: f.Form, Row: f.Row, Column: f.Column, Rule: f.Rule, Expected: f.Expected, Found: f.Found, Difference: f.Difference,
				Source: f.Source, Why: c.Why, Unit: t.Unit, Period: t.Period}
			if f.Expected == indicator.NoValue {
				d.Expected, d.Blank = 0, c.Sum != ""
			}
			if d.Source == "" {
				d.Source = t.File
			}
			out = append(out, d)
		}
	}
	return out
}

func (t *Table) ref(at cellAt) crossfoot.Ref {
	return crossfoot.Ref{Form: t.Form.Code, Row: at.row, Column: at.column}
}

// asRule is the check as the engine takes it.
func (c *Check) asRule(f *Form) crossfoot.Rule {
	r := crossfoot.Rule{ID: c.rule(), Form: f.Code, Kind: crossfoot.Rows, Total: c.Row, Parts: c.parts, In: c.Columns, Blank: "fault"}
	if len(r.In) == 0 {
		r.In = f.columnCodes()
	}
	if c.Column != "" {
		r.Kind, r.Axis, r.Total, r.In = crossfoot.Columns, "column", c.Column, f.rowKeys()
	}
	if c.Covers != "" {
		r.Kind, r.Blank, r.Together = crossfoot.Within, "", len(c.parts) > 1
	}
	return r
}

// rule is the check in one language-free line: "row 01 = 02+03+04", "column 1 ≥ 3+4", "row 02 ≤ 01".
func (c *Check) rule() string {
	side, total := "row ", c.Row
	if c.Column != "" {
		side, total = "column ", c.Column
	}
	parts := strings.Join(c.parts, "+")
	switch {
	case c.Sum != "":
		return side + total + " = " + parts
	case len(c.parts) == 1:
		return side + parts + " ≤ " + total
	}
	return side + total + " ≥ " + parts
}
