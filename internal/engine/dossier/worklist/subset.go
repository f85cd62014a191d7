package worklist

import (
	"math/bits"
	"slices"
)

// set is a set of row numbers, a bit for each.
type set []uint64

func (s set) has(num uint32) bool { return int(num>>6) < len(s) && s[num>>6]&(1<<(num&63)) != 0 }

func (s set) count() (n int) {
	for _, b := range s {
		n += bits.OnesCount64(b)
	}
	return n
}

// of is the rows of an order that are in the set, of which there are n.
func (s set) of(order []uint32, n int) []uint32 {
	out := make([]uint32, 0, n)
	for _, num := range order {
		if s.has(num) {
			out = append(out, num)
		}
	}
	return out
}

// Subset is an index of some of the rows, for the questions of one reader: it is not safe for concurrent use. It shares
// what it can with the index, and keeps the rows in the cells in which they stood when it was made.
type Subset struct{ x *Index }

// many is which part of the rows must be in a subset for looking through every cell to be cheaper than sorting.
const many = 16

// Subset makes an index of the rows of a set, a bit for each number.
func (x *Index) Subset(rows []uint64) *Subset {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := &Index{names: x.names, days: x.days, places: x.places, at: map[cellKey]uint32{}}
	some := set(rows)
	if n := some.count(); n > len(x.cellOf)/many {
		for _, c := range x.cells {
			if rows := some.of(c.orders[Filed], 0); len(rows) > 0 {
				own := &cell{cellKey: c.cellKey, some: some, whole: c}
				own.orders[Filed] = slices.Clip(rows)
				s.add(own)
			}
		}
		return &Subset{s}
	}
	own := make([]*cell, len(x.cells))
	for i, word := range some {
		for ; word != 0; word &= word - 1 {
			num := uint32(i<<6 + bits.TrailingZeros64(word))
			if int(num) >= len(x.cellOf) || x.cellOf[num] == noCell {
				continue
			}
			at := x.cellOf[num]
			if own[at] == nil {
				own[at] = &cell{cellKey: x.cells[at].cellKey, some: some}
				s.add(own[at])
			}
			own[at].orders[Filed] = append(own[at].orders[Filed], num)
		}
	}
	for _, c := range s.cells {
		slices.SortFunc(c.orders[Filed], func(a, b uint32) int { return x.compare(Filed, a, b) })
	}
	return &Subset{s}
}
