package report

import "trucot/internal/engine/indicator"

// cellAt is a cell's row key and column code.
type cellAt struct{ row, column string }

// Entry is one filled cell.
type Entry struct {
	Value    indicator.Value
	Source   string // file and cell it came from
	Position int64  // ledger position that holds it; 0 before it is recorded
}

// Table is one form as filled in by one unit for one period. Blank and crossed cells are absent.
type Table struct {
	Form   *Form
	Unit   string
	Period string
	File   string // the file it was read from, where there is one
	cells  map[cellAt]Entry
}

// NewTable is an empty form.
func NewTable(f *Form, unit, period string) *Table {
	return &Table{Form: f, Unit: unit, Period: period, cells: map[cellAt]Entry{}}
}

// Set fills a cell.
func (t *Table) Set(row, column string, e Entry) { t.cells[cellAt{row, column}] = e }

// Entry is a filled cell.
func (t *Table) Entry(row, column string) (Entry, bool) {
	e, ok := t.cells[cellAt{row, column}]
	return e, ok
}

// Get is a cell's value.
func (t *Table) Get(at cellAt) (indicator.Value, bool) {
	e, ok := t.cells[at]
	return e.Value, ok
}

// value is a cell's value, or NoValue.
func (t *Table) value(at cellAt) indicator.Value {
	if e, ok := t.cells[at]; ok {
		return e.Value
	}
	return indicator.NoValue
}

// Len counts the filled cells.
func (t *Table) Len() int { return len(t.cells) }

// each calls fn for the filled cells in the order of the form.
func (t *Table) each(fn func(at cellAt, e Entry)) {
	for _, row := range t.Form.rowKeys() {
		for _, c := range t.Form.leaves {
			if e, ok := t.cells[cellAt{row, c.Code}]; ok {
				fn(cellAt{row, c.Code}, e)
			}
		}
	}
}
