package worklist

import (
	"math/bits"

	"trucot/internal/kernel/calendar"
)

// having tells by a bit for each cell which cells have a property: finding those that fit a question costs a word for
// 64 of them. A page asks a dozen questions, an office of years has thousands of cells.
type having struct {
	values     [dims][]set // by the value's number; of Assignee and Labels, which take many values, nothing
	open, late set
}

// few reports whether a dimension takes so few values that each has its set.
func few(d Dim) bool { return d != Assignee && d != Labels }

// add takes a new cell in and gives its number.
func (x *Index) add(c *cell) uint32 {
	at := uint32(len(x.cells))
	x.cells = append(x.cells, c)
	for d := range dims {
		if !few(d) {
			continue
		}
		for int(c.values[d]) >= len(x.have.values[d]) {
			x.have.values[d] = append(x.have.values[d], nil)
		}
		x.have.values[d][c.values[d]].put(at)
	}
	if c.open {
		x.have.open.put(at)
	}
	if c.late {
		x.have.late.put(at)
	}
	return at
}

// matcher is a query in the index's numbers: the cells that fit, and the days that a row's due date must be in.
type matcher struct {
	x           *Index
	fit         set
	from, until uint16
	span        bool
}

func (x *Index) matcher(q *Query) *matcher {
	m := &matcher{x: x, fit: full(len(x.cells)), until: ^uint16(0)}
	m.keep(x.have.open, q.Open)
	m.keep(x.have.late, q.Late)
	for d := range dims {
		switch {
		case q.In[d] == nil:
		case few(d):
			m.fit.and(x.any(d, q.In[d]))
		default:
			m.sift(d, q.In[d])
		}
	}
	if len(q.Without) > 0 {
		m.fit.without(x.any(Unit, q.Without))
	}
	if q.DueFrom != 0 && q.DueFrom != calendar.NoDate {
		m.from, m.span = short(q.DueFrom), true
	}
	if q.DueUntil != 0 && q.DueUntil != calendar.NoDate {
		m.until, m.span = short(q.DueUntil), true
	} else if m.span {
		m.until = noDay
	}
	return m
}

// any is the cells that have one of the values.
func (x *Index) any(d Dim, values []string) set {
	out := make(set, len(full(len(x.cells))))
	for _, v := range values {
		if i, ok := x.names[d].at[v]; ok && int(i) < len(x.have.values[d]) {
			out.or(x.have.values[d][i])
		}
	}
	return out
}

// keep drops the cells that differ from what is wanted of a property.
func (m *matcher) keep(have set, want *bool) {
	switch {
	case want == nil:
	case *want:
		m.fit.and(have)
	default:
		m.fit.without(have)
	}
}

// sift drops the cells that have none of the values, looking at each.
func (m *matcher) sift(d Dim, values []string) {
	in := make([]bool, len(m.x.names[d].list))
	for _, v := range values {
		if i, ok := m.x.names[d].at[v]; ok {
			in[i] = true
		}
	}
	for at := range m.fit.each {
		if !in[m.x.cells[at].values[d]] {
			m.fit[at>>6] &^= 1 << (at & 63)
		}
	}
}

// cells yields the cells that fit.
func (m *matcher) cells(yield func(*cell) bool) {
	for at := range m.fit.each {
		if !yield(m.x.cells[at]) {
			return
		}
	}
}

// full is the set of all numbers below n.
func full(n int) set {
	s := make(set, (n+63)/64)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if over := n % 64; over != 0 {
		s[len(s)-1] = 1<<over - 1
	}
	return s
}

func (s *set) put(num uint32) {
	for int(num>>6) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[num>>6] |= 1 << (num & 63)
}

// or adds what o has, which is no longer.
func (s set) or(o set) {
	for i, w := range o {
		s[i] |= w
	}
}

// and keeps what o has too, which may be shorter.
func (s set) and(o set) {
	for i := range s {
		if i < len(o) {
			s[i] &= o[i]
		} else {
			s[i] = 0
		}
	}
}

// without drops what o has, which is no longer.
func (s set) without(o set) {
	for i, w := range o {
		s[i] &^= w
	}
}

// each yields the numbers in the set.
func (s set) each(yield func(uint32) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !yield(uint32(i<<6 + bits.TrailingZeros64(w))) {
				return
			}
		}
	}
}
