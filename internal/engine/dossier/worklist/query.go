package worklist

import (
	"cmp"
	"container/heap"
	"slices"

	"trucot/internal/kernel/calendar"
)

// Query says which rows count. Empty parts do not restrict.
type Query struct {
	In      [dims][]string // any of these; nil = all, empty = none
	Without []string       // none of these units
	Open    *bool
	Late    *bool
	// DueFrom and DueUntil bound the due date, until exclusive; zero or NoDate = unbounded. With DueUntil a row
	// without a due date is out.
	DueFrom, DueUntil calendar.Date
	Only              *Subset // nil = all rows
}

// Order is how a page is sorted: by Group where there is one, then by Key.
type Order struct {
	Group     Dim // NoDim for none
	GroupDesc bool
	Rank      func(value string) string // sorts the group's values, themselves when nil
	Key       Key
	Desc      bool // of the key
}

// Cursor is a row's place in an order. The zero value is the start.
type Cursor struct {
	Set   bool
	Group string // value of the group
	Day   uint16 // 0 in an order by title, where the number says it
	Num   uint32
}

// Page is a part of a list.
type Page struct {
	Rows        []uint32
	First       int // rows before the page
	Total       int
	Begin, End  Cursor // of the first and the last row
	Back, Ahead bool   // whether there are rows before and after
}

func (m *matcher) day(d uint16) bool { return d >= m.from && d < m.until }

// within is the part of an order by due date whose days fit.
func (x *Index) within(m *matcher, order []uint32) (lo, hi int) {
	lo, _ = slices.BinarySearchFunc(order, m.from, func(n uint32, d uint16) int { return cmp.Compare(x.days[Due][n], d) })
	hi, _ = slices.BinarySearchFunc(order, m.until, func(n uint32, d uint16) int { return cmp.Compare(x.days[Due][n], d) })
	return lo, max(lo, hi)
}

// day is a row's day for a cursor.
func (x *Index) day(k Key, num uint32) uint16 {
	if k == Title {
		return 0
	}
	return x.days[k][num]
}

func (x *Index) size(m *matcher, c *cell) int {
	if !m.span {
		return len(c.orders[Filed])
	}
	lo, hi := x.within(m, x.order(c, Due))
	return hi - lo
}

// reading runs f over the index, or over the query's own rows, while nobody writes.
func (x *Index) reading(q *Query, f func(*Index)) {
	if q.DueFrom != 0 || q.DueUntil != 0 {
		x.prepare(Due, q.Open != nil && *q.Open)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if q.Only != nil {
		x = q.Only.x
	}
	f(x)
}

// Count is how many rows a query has.
func (x *Index) Count(q Query) (n int) {
	x.reading(&q, func(x *Index) {
		m := x.matcher(&q)
		for c := range m.cells {
			n += x.size(m, c)
		}
	})
	return n
}

// Values counts a query's rows by a dimension, whatever the query says of that dimension itself, except that units
// stay within reach.
func (x *Index) Values(q Query, by Dim) map[string]int {
	if by != Unit {
		q.In[by] = nil
	}
	out := map[string]int{}
	x.reading(&q, func(x *Index) {
		m := x.matcher(&q)
		counts := make([]int, len(x.names[by].list))
		for c := range m.cells {
			counts[c.values[by]] += x.size(m, c)
		}
		for i, n := range counts {
			if n > 0 {
				out[x.names[by].list[i]] = n
			}
		}
	})
	return out
}

// Page gives limit rows after a place, or before it where back is set.
func (x *Index) Page(q Query, o Order, at Cursor, back bool, limit int) (p Page) {
	x.prepare(o.Key, q.Open != nil && *q.Open)
	x.reading(&q, func(x *Index) { p = x.page(&q, o, at, back, limit) })
	return p
}

// group is the matching cells of one value.
type group struct {
	value, rank string
	cells       []*cell
}

func (x *Index) groups(m *matcher, o Order) []*group {
	if o.Group == NoDim {
		g := &group{}
		g.cells = slices.AppendSeq(make([]*cell, 0, m.fit.count()), m.cells)
		return []*group{g}
	}
	at := map[string]*group{}
	var out []*group
	for c := range m.cells {
		v := x.groupOf(c, o)
		g := at[v]
		if g == nil {
			g = &group{value: v, rank: o.rank(v)}
			at[v] = g
			out = append(out, g)
		}
		g.cells = append(g.cells, c)
	}
	slices.SortFunc(out, func(a, b *group) int { return o.compareGroups(a.value, a.rank, b.value, b.rank) })
	return out
}

func (x *Index) groupOf(c *cell, o Order) string {
	switch {
	case o.Group == NoDim:
		return ""
	case o.Group >= 0:
		return x.names[o.Group].list[c.values[o.Group]]
	case c.open:
		return "0"
	}
	return "1"
}

func (o *Order) rank(v string) string {
	if o.Rank == nil || o.Group < 0 {
		return v
	}
	return o.Rank(v)
}

func (o *Order) compareGroups(av, ar, bv, br string) int {
	c := cmp.Or(cmp.Compare(ar, br), cmp.Compare(av, bv))
	if o.GroupDesc {
		return -c
	}
	return c
}

// run is a part of a cell's order on its way into the page.
type run struct {
	rows []uint32
	at   int // next; moves by step
	end  int // where it stops
	next uint64
}

// merge is the runs of a group as a heap, the run with the least next weight first; backwards the greatest.
type merge struct {
	x    *Index
	m    *matcher
	key  Key
	down bool // weights fall
	runs []*run
}

func (h *merge) Len() int { return len(h.runs) }
func (h *merge) Less(i, j int) bool {
	if h.down {
		return h.runs[i].next > h.runs[j].next
	}
	return h.runs[i].next < h.runs[j].next
}
func (h *merge) Swap(i, j int) { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *merge) Push(r any)    { h.runs = append(h.runs, r.(*run)) }
func (h *merge) Pop() any {
	last := h.runs[len(h.runs)-1]
	h.runs = h.runs[:len(h.runs)-1]
	return last
}

// settle moves a run to its next row that fits and says whether there is one.
func (h *merge) settle(r *run) bool {
	step := 1
	if h.down {
		step = -1
	}
	for ; r.at != r.end; r.at += step {
		num := r.rows[r.at]
		if !h.m.span || h.key == Due || h.m.day(h.x.days[Due][num]) {
			r.next = h.x.weight(h.key, num)
			return true
		}
	}
	return false
}

func (x *Index) page(q *Query, o Order, at Cursor, back bool, limit int) Page {
	m := x.matcher(q)
	groups := x.groups(m, o)
	var p Page
	for _, g := range groups {
		for _, c := range g.cells {
			p.Total += x.size(m, c)
		}
	}
	p.Rows = make([]uint32, 0, limit)
	x.collect(m, o, groups, at, back, limit, &p)
	p.First = x.before(m, o, groups, at, !back)
	if back {
		slices.Reverse(p.Rows)
		p.Begin, p.End = p.End, p.Begin
		p.First -= len(p.Rows)
	}
	p.Back, p.Ahead = p.First > 0, p.First+len(p.Rows) < p.Total
	return p
}

// collect appends up to limit rows beyond the cursor, in the order or against it.
func (x *Index) collect(m *matcher, o Order, groups []*group, at Cursor, back bool, limit int, p *Page) {
	if back {
		groups = slices.Clone(groups)
		slices.Reverse(groups)
	}
	for _, g := range groups {
		beyond := 1
		if at.Set {
			if beyond = o.compareGroups(g.value, g.rank, at.Group, o.rank(at.Group)); back {
				beyond = -beyond
			}
		}
		if beyond < 0 {
			continue
		}
		h := &merge{x: x, m: m, key: o.Key, down: o.Desc != back, runs: make([]*run, 0, len(g.cells))}
		runs := make([]run, len(g.cells))
		for i, c := range g.cells {
			if runs[i] = x.run(h, c, at, beyond == 0); h.settle(&runs[i]) {
				h.runs = append(h.runs, &runs[i])
			}
		}
		heap.Init(h)
		for len(h.runs) > 0 && len(p.Rows) < limit {
			r := h.runs[0]
			num := r.rows[r.at]
			p.End = Cursor{Set: true, Group: g.value, Day: x.day(o.Key, num), Num: num}
			if p.Rows = append(p.Rows, num); len(p.Rows) == 1 {
				p.Begin = p.End
			}
			if h.down {
				r.at--
			} else {
				r.at++
			}
			if h.settle(r) {
				heap.Fix(h, 0)
			} else {
				heap.Pop(h)
			}
		}
		if len(p.Rows) >= limit {
			return
		}
	}
}

// run is what of a cell lies beyond the cursor.
func (x *Index) run(h *merge, c *cell, at Cursor, cut bool) run {
	order := x.order(c, h.key)
	lo, hi := x.bounds(h.m, h.key, order)
	if cut {
		below, through := x.split(h.key, order, at)
		if h.down {
			hi = max(lo, min(hi, below))
		} else {
			lo = min(hi, max(lo, through))
		}
	}
	if h.down {
		return run{rows: order, at: hi - 1, end: lo - 1}
	}
	return run{rows: order, at: lo, end: hi}
}

// bounds is the part of an order that fits as a whole.
func (x *Index) bounds(m *matcher, k Key, order []uint32) (lo, hi int) {
	if m.span && k == Due {
		return x.within(m, order)
	}
	return 0, len(order)
}

// split is how many rows of an order weigh less than the cursor, and how many no more.
func (x *Index) split(k Key, order []uint32, at Cursor) (below, through int) {
	w := uint64(at.Day)<<32 | uint64(at.Num)
	if k == Title {
		w = x.weight(k, at.Num)
	}
	i, found := slices.BinarySearchFunc(order, w, func(n uint32, w uint64) int { return cmp.Compare(x.weight(k, n), w) })
	if found {
		return i, i + 1
	}
	return i, i
}

// before counts the rows ahead of the cursor in the order, the cursor's own among them where with is set.
func (x *Index) before(m *matcher, o Order, groups []*group, at Cursor, with bool) (n int) {
	if !at.Set {
		return 0
	}
	for _, g := range groups {
		c := o.compareGroups(g.value, g.rank, at.Group, o.rank(at.Group))
		for _, cell := range g.cells {
			switch {
			case c < 0:
				n += x.size(m, cell)
			case c == 0:
				n += x.passed(m, o, cell, at, with)
			}
		}
	}
	return n
}

func (x *Index) passed(m *matcher, o Order, c *cell, at Cursor, with bool) (n int) {
	order := x.order(c, o.Key)
	lo, hi := x.bounds(m, o.Key, order)
	below, through := x.split(o.Key, order, at)
	if with == o.Desc {
		through = below
	}
	if o.Desc {
		lo = max(lo, through)
	} else {
		hi = min(hi, through)
	}
	if !m.span || o.Key == Due {
		return max(0, hi-lo)
	}
	for _, num := range order[lo:max(lo, hi)] {
		if m.day(x.days[Due][num]) {
			n++
		}
	}
	return n
}
