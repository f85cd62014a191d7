package indicator

import (
	"math/bits"
	"sort"
)

// cube is the running sum of every class by day, over the first chunks of a view. It answers questions by
// effective date with two look-ups a class; it cannot answer "as known at", which takes the scan.
//
// Only days on which something happened are kept, so its size follows the data and not the calendar.
type cube struct {
	chunks int       // how many sealed chunks it covers
	series []running // by class
}

type running struct {
	days []uint16
	sums []int64 // sums[i] is everything up to and including days[i]
}

// covered is how many sealed chunks the cube covers; a nil cube covers none.
func (k *cube) covered() int {
	if k == nil {
		return 0
	}
	return k.chunks
}

// upTo is everything up to and including a day; the day before the first is 0.
func (r running) upTo(day int32) int64 {
	i := sort.Search(len(r.days), func(i int) bool { return int32(r.days[i]) > day })
	if i == 0 {
		return 0
	}
	return r.sums[i-1]
}

// tally answers from the cube for the chunks it covers and adds the rest by scanning.
func (k *cube) tally(v *view, w window) tally {
	sum := make(tally, len(v.classes))
	for c, r := range k.series {
		if len(r.days) == 0 {
			continue
		}
		before := r.upTo(w.from - 1)
		sum[c] = [2]int64{before, r.upTo(w.to) - before}
	}
	rest := view{sealed: v.sealed[k.chunks:], head: v.head, classes: v.classes, position: v.position}
	for c, part := range rest.tally(w, v.position, nil, 1) {
		sum[c][0] += part[0]
		sum[c][1] += part[1]
	}
	return sum
}

// slab is how many chunks are sorted at a time while a cube is built, which bounds the memory it takes.
const slab = 64

// extend is a cube that covers all sealed chunks of the view; k itself is unchanged and may be nil. Each
// class costs its own new rows and one merge with its old series.
func (k *cube) extend(v *view) *cube {
	next := &cube{series: make([]running, len(v.classes))}
	if k != nil {
		next.chunks = k.chunks
		copy(next.series, k.series)
	}
	byDay := newDaySums()
	for next.chunks < len(v.sealed) {
		to := min(next.chunks+slab, len(v.sealed))
		for class, rows := range groupRows(v.sealed[next.chunks:to], len(v.classes)) {
			if len(rows) > 0 {
				next.series[class] = next.series[class].merge(byDay.running(rows))
			}
		}
		next.chunks = to
	}
	return next
}

// rowValue is a row without its class.
type rowValue struct {
	day   uint16
	value int64
}

// groupRows sorts the rows of some chunks by class, by counting.
func groupRows(chunks []*chunk, classes int) [][]rowValue {
	counts := make([]int, classes)
	total := 0
	for _, c := range chunks {
		for _, l := range c.class {
			counts[c.classes[l]]++
		}
		total += c.rows()
	}
	room := make([]rowValue, total)
	groups := make([][]rowValue, len(counts))
	for class, n := range counts {
		groups[class], room = room[:0:n], room[n:]
	}
	for _, c := range chunks {
		for i, l := range c.class {
			g := c.classes[l]
			groups[g] = append(groups[g], rowValue{c.day[i], int64(c.value[i])})
		}
		for _, b := range c.big {
			g := c.classes[c.class[b.row]]
			groups[g] = append(groups[g], rowValue{c.day[b.row], b.value})
		}
	}
	return groups
}

// daySums adds up values by day in a dense array; seen says which days hold something.
type daySums struct {
	sums []int64
	seen bitset
}

func newDaySums() *daySums {
	return &daySums{sums: make([]int64, 1<<16), seen: make(bitset, 1<<16/64)}
}

// running is the series of the rows, and leaves the array empty.
func (s *daySums) running(rows []rowValue) running {
	n := 0
	for _, r := range rows {
		if s.sums[r.day] == 0 && !s.seen.has(uint32(r.day)) {
			s.seen.add(uint32(r.day))
			n++
		}
		s.sums[r.day] += r.value
	}
	out := running{days: make([]uint16, 0, n), sums: make([]int64, 0, n)}
	var sum int64
	for i, word := range s.seen {
		for ; word != 0; word &= word - 1 {
			day := i<<6 | bits.TrailingZeros64(word)
			sum += s.sums[day]
			out.days, out.sums = append(out.days, uint16(day)), append(out.sums, sum)
			s.sums[day] = 0
		}
		s.seen[i] = 0
	}
	return out
}

// merge is the series of both together.
func (r running) merge(o running) running {
	if len(r.days) == 0 {
		return o
	}
	out := running{days: make([]uint16, 0, len(r.days)+len(o.days)), sums: make([]int64, 0, len(r.days)+len(o.days))}
	i, j := 0, 0
	for i < len(r.days) || j < len(o.days) {
		day := nextDay(r.days[i:], o.days[j:])
		if i < len(r.days) && r.days[i] == day {
			i++
		}
		if j < len(o.days) && o.days[j] == day {
			j++
		}
		out.days = append(out.days, day)
		out.sums = append(out.sums, r.at(i)+o.at(j))
	}
	return running{trim(out.days), trim(out.sums)} // most days are in both
}

// at is the running sum after the first n days.
func (r running) at(n int) int64 {
	if n == 0 {
		return 0
	}
	return r.sums[n-1]
}

func nextDay(a, b []uint16) uint16 {
	switch {
	case len(a) == 0:
		return b[0]
	case len(b) == 0:
		return a[0]
	}
	return min(a[0], b[0])
}

// bytes is the memory the cube takes.
func (k *cube) bytes() int64 {
	n := int64(0)
	for _, r := range k.series {
		n += int64(cap(r.days)*2+cap(r.sums)*8) + 48
	}
	return n
}
