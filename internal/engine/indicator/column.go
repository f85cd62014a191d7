package indicator

import (
	"trucot/internal/kernel/calendar"
)

// The columns hold one row per event and amount, in ledger order. A row is a class (which indicators it
// counts for, with which sign, and in which unit), a day, a combination of dimensions and a value. An event
// that counts for ten indicators with the same value is one row, because its class names all ten. Classes
// and combinations are numbered within a chunk, so that two bytes always suffice:
//
//	class 2 · day 2 · dims 2 · position 2 · value 4 = 12 bytes a row
//
// A full chunk is never written again, so readers share it without locks.

const (
	chunkRows = 1 << 16
	chunkSpan = 1 << 16 // positions that one chunk covers, so that an offset fits 16 bits
)

// firstDay is the day that a row's day number counts from. Days outside 1900-01-01 … 2079-06-06 are stored
// as the nearer end, which keeps every sum up to a day between them right.
var firstDay = calendar.Of(1900, 1, 1)

func dayNumber(d calendar.Date) uint16 {
	return uint16(min(max(int64(d)-int64(firstDay), 0), 1<<16-1))
}

func dateOf(day uint16) calendar.Date { return firstDay + calendar.Date(day) }

// bigValue is a value that does not fit 32 bits; its row's value column holds 0.
type bigValue struct {
	row   uint16
	value int64
}

// chunk is up to 65,536 rows. The slices of a sealed chunk never change; those of the head only grow, and
// a reader looks only at the lengths it was given.
type chunk struct {
	base     int64 // position that the offsets count from
	class    []uint16
	day      []uint16
	dims     []uint16
	position []uint16
	value    []int32
	big      []bigValue // in row order

	classes []uint32 // local class → class of the view
	combos  []uint32 // local combination → combination of the view

	minDay, maxDay uint16
	totals         []int64 // sealed: sum of values by local class
}

// rows is the number of rows.
func (c *chunk) rows() int { return len(c.day) }

// at is the position of a row.
func (c *chunk) at(row int) int64 { return c.base + int64(c.position[row]) }

// known is how many rows have a position of at most p.
func (c *chunk) known(p int64) int {
	offset := p - c.base
	if offset < 0 {
		return 0
	}
	n := c.rows()
	if n == 0 || offset >= int64(c.position[n-1]) {
		return n
	}
	lo, hi := 0, n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if int64(c.position[mid]) <= offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// amount is the value of a row, looking up the big ones.
func (c *chunk) amount(row int) int64 {
	if v := c.value[row]; v != 0 || len(c.big) == 0 {
		return int64(v)
	}
	for _, b := range c.big {
		if int(b.row) == row {
			return b.value
		}
	}
	return 0
}

// bytes is the memory the chunk takes.
func (c *chunk) bytes() int64 {
	return int64(cap(c.class)*2+cap(c.day)*2+cap(c.dims)*2+cap(c.position)*2+cap(c.value)*4) +
		int64(cap(c.big)*16+cap(c.classes)*4+cap(c.combos)*4+cap(c.totals)*8) + 300
}

// seal ends a chunk: the slices are cut to their size and the totals by class are added up, so that a chunk
// that lies wholly on one side of a period is answered without looking at its rows.
func (c *chunk) seal() *chunk {
	s := &chunk{
		base: c.base, class: trim(c.class), day: trim(c.day), dims: trim(c.dims), position: trim(c.position), value: trim(c.value),
		big: trim(c.big), classes: trim(c.classes), combos: trim(c.combos), minDay: c.minDay, maxDay: c.maxDay,
	}
	s.totals = make([]int64, len(s.classes))
	for i, v := range s.value {
		s.totals[s.class[i]] += int64(v)
	}
	for _, b := range s.big {
		s.totals[s.class[b.row]] += b.value
	}
	return s
}

// trim copies a slice that wastes room.
func trim[T any](s []T) []T {
	if cap(s) == len(s) {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}

// term is one indicator of a pattern with its sign.
type term struct {
	indicator uint16
	negative  bool
}

// pattern is the set of indicators that a row counts for. A distinct row's value is the number of its key.
type pattern struct {
	terms    []term
	distinct bool
}

// class is a pattern in a unit.
type class struct{ pattern, unit uint32 }

// view is what readers see: immutable, replaced as a whole after each fed batch.
type view struct {
	position int64 // last ledger position fed
	anchor   [32]byte
	sealed   []*chunk
	head     chunk

	units    []string
	patterns []pattern
	classes  []class
	combos   [][]string // values in the order of the extractor's dims
	keys     []string   // distinct keys by number
}

// chunks calls f for every chunk, in ledger order, until f returns false.
func (v *view) chunks(f func(*chunk) bool) {
	for _, c := range v.sealed {
		if !f(c) {
			return
		}
	}
	if v.head.rows() > 0 {
		f(&v.head)
	}
}

// rows is the number of rows of the view.
func (v *view) rows() int {
	n := 0
	v.chunks(func(c *chunk) bool { n += c.rows(); return true })
	return n
}
