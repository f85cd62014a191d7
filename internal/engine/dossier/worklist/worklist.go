// Package worklist (danh sách việc) keeps in memory what a list of a million rows is filtered, sorted and counted
// by: fourteen bytes a row, eight more once somebody sorts by title. It owns the cells of equal rows, their orders and the merging of cells into a page. It
// does not own the rows themselves, which stay in their table, nor who may see which: a Query says that.
//
// Rows that agree in unit, procedure, status, assignee, priority, labels, open and late form a cell. Counting is a sum over cells,
// a page is a merge of the cells' sorted lists: neither grows with the number of rows. What an installation pays
// at rest follows its rows; an index that nobody asked holds nothing.
package worklist

import (
	"slices"
	"sync"

	"trucot/internal/kernel/calendar"
)

// Dim is a property of a row that takes few values.
type Dim int

// The dimensions. Status and Priority are numbers written as text, Labels is all labels of a row in one text.
const (
	Unit Dim = iota
	Procedure
	Status
	Assignee
	Priority
	Labels
	dims

	NoDim  Dim = -1 // no grouping
	ByOpen Dim = -2 // open rows before closed ones
)

// Key is a day by which rows are sorted, rows without the day last, or the title.
type Key int

// The keys. Rows of one day keep the order in which they were first recorded.
const (
	Filed Key = iota
	Received
	Due
	days         // how many keys are days
	Title = days // by the places that Arrange gave
	keys  = days + 1
)

// Row is what the index knows of a row.
type Row struct {
	Values     [dims]string
	Open, Late bool
	Days       [days]calendar.Date
}

type cellKey struct {
	values     [dims]uint16
	open, late bool
}

// cell holds equal rows, sorted by day and number. The order of filing is always there, the others once asked for.
type cell struct {
	cellKey
	orders [keys][]uint32

	some  set   // of a Subset: which rows
	whole *cell // and of which cell, where they are many of it
}

const noCell = ^uint32(0)

// Index is safe for concurrent use.
type Index struct {
	mu     sync.RWMutex
	names  [dims]names
	cellOf []uint32 // by number of the row
	days   [days][]uint16
	places []uint32 // by title; a row that is not in it comes last
	cells  []*cell
	at     map[cellKey]uint32
	have   having
}

// New is an empty index.
func New() *Index { return &Index{at: map[cellKey]uint32{}} }

// names numbers the values of a dimension.
type names struct {
	list []string
	at   map[string]uint16
}

func (n *names) number(s string) uint16 {
	i, ok := n.at[s]
	if !ok {
		if n.at == nil {
			n.at = map[string]uint16{}
		}
		i = uint16(len(n.list)) // fewer than 65,536 units, procedures, statuses or accounts
		n.list, n.at[s] = append(n.list, s), i
	}
	return i
}

// The index counts days from 1900, where the ledger's dates begin, to 2079; a later day sorts as the last of them.
var (
	firstDay = calendar.MustParse("1900-01-01")
	noDay    = ^uint16(0)
)

func short(d calendar.Date) uint16 {
	if d == calendar.NoDate {
		return noDay
	}
	return uint16(min(max(d-firstDay, 0), calendar.Date(noDay)-1))
}

// Names are the values that any row has or had in a dimension.
func (x *Index) Names(d Dim) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Clone(x.names[d].list)
}

// Put sets the row of a number. Numbers are dense: the index has room for every number below the highest.
func (x *Index) Put(num uint32, r Row) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.put(num, &r, true)
}

// Fill puts many new rows at once: put is to be called for each, with numbers the index does not have yet.
func (x *Index) Fill(rows func(put func(num uint32, r *Row))) {
	x.mu.Lock()
	defer x.mu.Unlock()
	rows(func(num uint32, r *Row) { x.put(num, r, false) })
	for _, c := range x.cells {
		slices.SortFunc(c.orders[Filed], func(a, b uint32) int { return x.compare(Filed, a, b) })
		c.orders[Received], c.orders[Due], c.orders[Title] = nil, nil, nil
	}
}

func (x *Index) put(num uint32, r *Row, sorted bool) {
	for int(num) >= len(x.cellOf) {
		x.cellOf = append(x.cellOf, noCell)
		for k := range x.days {
			x.days[k] = append(x.days[k], noDay)
		}
	}
	if x.cellOf[num] != noCell {
		x.take(num)
	}
	for k, d := range r.Days {
		x.days[k][num] = short(d)
	}
	key := cellKey{open: r.Open, late: r.Late}
	for d, v := range r.Values {
		key.values[d] = x.names[d].number(v)
	}
	at := x.cell(key)
	x.cellOf[num] = at
	c := x.cells[at]
	for k, order := range c.orders {
		switch {
		case !sorted && Key(k) == Filed:
			c.orders[k] = append(order, num)
		case sorted && (Key(k) == Filed || order != nil):
			i, _ := slices.BinarySearchFunc(order, num, func(a, b uint32) int { return x.compare(Key(k), a, b) })
			c.orders[k] = slices.Insert(order, i, num)
		}
	}
}

// take removes a row from its cell; its days must still be those it was sorted by.
func (x *Index) take(num uint32) {
	c := x.cells[x.cellOf[num]]
	for k, order := range c.orders {
		if order == nil {
			continue
		}
		if i, found := slices.BinarySearchFunc(order, num, func(a, b uint32) int { return x.compare(Key(k), a, b) }); found {
			c.orders[k] = slices.Delete(order, i, i+1)
		}
	}
}

func (x *Index) cell(key cellKey) uint32 {
	at, ok := x.at[key]
	if !ok {
		at = x.add(&cell{cellKey: key})
		x.at[key] = at
	}
	return at
}

// weight is a row's place in an order: its day or its place by title, then its number.
func (x *Index) weight(k Key, num uint32) uint64 {
	if k == Title {
		return uint64(x.place(num))<<32 | uint64(num)
	}
	return uint64(x.days[k][num])<<32 | uint64(num)
}

func (x *Index) place(num uint32) uint32 {
	if int(num) >= len(x.places) {
		return noCell
	}
	return x.places[num]
}

// Arrange says in which order the titles stand: the numbers of all rows whose title is known. moved are those that stood
// elsewhere before, or nowhere; nil = any.
func (x *Index) Arrange(sorted, moved []uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if moved == nil {
		for _, c := range x.cells {
			c.orders[Title] = nil
		}
	}
	for _, num := range moved {
		x.reorder(num, func(order []uint32, i int, found bool) []uint32 {
			if found {
				order = slices.Delete(order, i, i+1)
			}
			return order
		})
	}
	x.places = make([]uint32, len(x.cellOf)) // a Subset keeps the old ones
	for i := range x.places {
		x.places[i] = noCell
	}
	for i, num := range sorted {
		x.places[num] = uint32(i)
	}
	for _, num := range moved {
		x.reorder(num, func(order []uint32, i int, _ bool) []uint32 { return slices.Insert(order, i, num) })
	}
}

// reorder changes the order by title in which a row stands, where there is one.
func (x *Index) reorder(num uint32, change func(order []uint32, i int, found bool) []uint32) {
	if int(num) >= len(x.cellOf) || x.cellOf[num] == noCell {
		return
	}
	c := x.cells[x.cellOf[num]]
	if order := c.orders[Title]; order != nil {
		i, found := slices.BinarySearchFunc(order, num, func(a, b uint32) int { return x.compare(Title, a, b) })
		c.orders[Title] = change(order, i, found)
	}
}

func (x *Index) compare(k Key, a, b uint32) int {
	u, v := x.weight(k, a), x.weight(k, b)
	switch {
	case u < v:
		return -1
	case u > v:
		return 1
	}
	return 0
}

// order is the cell's rows sorted by a key, made when first asked for.
func (x *Index) order(c *cell, k Key) []uint32 {
	if len(c.orders[k]) == len(c.orders[Filed]) {
		return c.orders[k]
	}
	var rows []uint32
	if c.whole != nil && len(c.whole.orders[k]) == len(c.whole.orders[Filed]) {
		rows = c.some.of(c.whole.orders[k], len(c.orders[Filed]))
	} else {
		rows = slices.Clone(c.orders[Filed])
		slices.SortFunc(rows, func(a, b uint32) int { return x.compare(k, a, b) })
	}
	if c.some != nil { // one question's own
		c.orders[k] = rows
	}
	return rows
}

// prepare makes the orders that a question needs while nobody reads.
func (x *Index) prepare(k Key, openOnly bool) {
	missing := func(c *cell) bool {
		return (c.open || !openOnly) && len(c.orders[k]) != len(c.orders[Filed])
	}
	x.mu.RLock()
	some := slices.ContainsFunc(x.cells, missing)
	x.mu.RUnlock()
	if !some {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range x.cells {
		if missing(c) {
			c.orders[k] = x.order(c, k)
		}
	}
}
