package report

import (
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Form is one statutory table (biểu mẫu thống kê): its rows and columns by their printed codes, and the
// sums that it implies.
type Form struct {
	Place   fault.Place         `def:"@"`
	ID      string              `def:"id,required"`     // "tkth-26-2015/01": regime folder and code
	Code    string              `def:"code,required"`   // "01", "02CS": the name in messages and in --json
	Prefix  string              `def:"prefix,required"` // of its indicators: "tkth01" in "tkth01.05.3"
	Number  string              `def:"number,required"` // as printed: "01/TKTH-KHCN-ĐP"
	Title   map[lang.Tag]string `def:"title,required"`
	Basis   string              `def:"basis,required"`  // the law that prescribes it
	Source  string              `def:"source,required"` // where its structure was seen
	Status  string              `def:"status,required"` // how far that was verified
	Notes   string              `def:"notes"`           // known differences between copies of the form
	Period  string              `def:"period,required"` // period suffix: S = statistics year
	When    string              `def:"when,required"`   // "at" = state on the period's last day, "during" = in the period
	Due     string              `def:"due,required"`    // month-day of the following year
	Inline  bool                `def:"inline"`          // lines "label: value" in place of a table
	Measure map[lang.Tag]string `def:"measure"`         // one unit of measure for all cells

	Columns  []Column          `def:"columns,required"`
	Rows     []Row             `def:"rows,required"`
	Measures map[string]string `def:"measures"` // English names of the rows' units of measure
	Checks   []Check           `def:"checks"`

	leaves []Column
	rows   map[string]int // key → index in Rows
}

// Column is a heading over further columns, or a column of cells when it has a code.
type Column struct {
	Code    string   `def:"code"`
	VI      string   `def:"vi,required"`
	EN      string   `def:"en,required"`
	Columns []Column `def:"columns"`
}

// In is the column's heading.
func (c Column) In(tag lang.Tag) string { return pick(tag, c.VI, c.EN) }

// Row is a heading, or a row of cells when it has a code or, where the law prints none, a key of ours.
type Row struct {
	Code    string   `def:"code"`
	KeyText string   `def:"key"`
	Indent  int64    `def:"indent"`
	Measure string   `def:"measure"`
	X       []string `def:"x"` // columns that the form crosses out in this row
	VI      string   `def:"vi,required"`
	EN      string   `def:"en,required"`
}

// Key names the row's cells: its printed code, or ours; empty for a heading.
func (r Row) Key() string {
	if r.Code != "" {
		return r.Code
	}
	return r.KeyText
}

// In is the row's label.
func (r Row) In(tag lang.Tag) string { return pick(tag, r.VI, r.EN) }

func pick(tag lang.Tag, vi, en string) string {
	if tag == lang.EN {
		return en
	}
	return vi
}

// Leaves are the columns that hold cells, left to right.
func (f *Form) Leaves() []Column { return f.leaves }

// Row is the row of a key.
func (f *Form) Row(key string) (Row, bool) {
	i, ok := f.rows[key]
	if !ok {
		return Row{}, false
	}
	return f.Rows[i], true
}

// Crossed reports whether the form marks the cell X (not applicable).
func (f *Form) Crossed(row, column string) bool {
	r, ok := f.Row(row)
	return ok && slices.Contains(r.X, column)
}

// Indicator is the id under which the cell's value is recorded.
func (f *Form) Indicator(row, column string) string {
	return f.Prefix + "." + row + "." + column
}

// Cell splits an indicator id of this form into row and column.
func (f *Form) Cell(indicator string) (row, column string, ok bool) {
	rest, ok := strings.CutPrefix(indicator, f.Prefix+".")
	if !ok {
		return "", "", false
	}
	i := strings.LastIndexByte(rest, '.')
	if i < 0 {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}

// Forms are all the forms the program knows.
type Forms struct {
	list []*Form
	byID map[string]*Form
}

// All lists the forms: those of the province's report first, each regime in order of code.
func (f *Forms) All() []*Form { return f.list }

// Get is the form of an id such as "tkth-26-2015/01".
func (f *Forms) Get(id string) (*Form, bool) {
	form, ok := f.byID[id]
	return form, ok
}

// OfRegime lists the forms of one regime folder in order of code.
func (f *Forms) OfRegime(regime string) []*Form {
	var out []*Form
	for _, form := range f.list {
		if path.Dir(form.ID) == regime {
			out = append(out, form)
		}
	}
	return out
}

// LoadForms reads every reports/*/form*.yaml below fsys (definitions). The error is a fault.List of all
// the faults of all the files.
func LoadForms(fsys fs.FS) (*Forms, error) {
	names, err := fs.Glob(fsys, "reports/*/form*.yaml")
	if err != nil {
		return nil, err
	}
	forms := &Forms{byID: map[string]*Form{}}
	var faults fault.List
	for _, name := range names {
		f := &Form{}
		if err := decodeFile(fsys, name, f); err != nil {
			faults = appendFaults(faults, err)
			continue
		}
		faults = append(faults, f.prepare()...)
		if _, twice := forms.byID[f.ID]; twice {
			faults = append(faults, f.fail("report.form_twice", "id", f.ID))
		}
		forms.byID[f.ID] = f
		forms.list = append(forms.list, f)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	sort.SliceStable(forms.list, func(i, j int) bool { return forms.list[i].order() < forms.list[j].order() })
	return forms, nil
}

// order puts the summary forms before those of the reporting units.
func (f *Form) order() string {
	if strings.HasSuffix(f.Code, "CS") {
		return "2" + f.ID
	}
	return "1" + f.ID
}

func (f *Form) fail(key string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, args...).At(f.Place)
}

// prepare indexes the form and checks that its parts agree.
func (f *Form) prepare() fault.List {
	var faults fault.List
	f.leaves = leavesOf(f.Columns)
	f.rows = map[string]int{}
	for i, r := range f.Rows {
		k := r.Key()
		if k == "" {
			continue
		}
		if _, twice := f.rows[k]; twice {
			faults = append(faults, f.fail("report.row_twice", "form", f.Code, "row", k))
		}
		f.rows[k] = i
		for _, c := range r.X {
			if !f.hasColumn(c) {
				faults = append(faults, f.fail("report.no_such_column", "form", f.Code, "column", c))
			}
		}
		if f.Measure == nil && r.Measure != "" && f.Measures[r.Measure] == "" {
			faults = append(faults, f.fail("report.measure_untranslated", "form", f.Code, "measure", r.Measure))
		}
	}
	for i := range f.Checks {
		faults = append(faults, f.Checks[i].prepare(f)...)
	}
	return faults
}

func (f *Form) hasColumn(code string) bool {
	return slices.ContainsFunc(f.leaves, func(c Column) bool { return c.Code == code })
}

func leavesOf(columns []Column) []Column {
	var out []Column
	for _, c := range columns {
		if len(c.Columns) > 0 {
			out = append(out, leavesOf(c.Columns)...)
		} else {
			out = append(out, c)
		}
	}
	return out
}

func appendFaults(list fault.List, err error) fault.List {
	switch e := err.(type) {
	case fault.List:
		return append(list, e...)
	case *fault.Error:
		return append(list, e)
	}
	return append(list, fault.New(fault.Internal, "report.definition_unreadable", "file", "").Because(err))
}
