package indicator

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// window is a period in day numbers: before from, from … to, after to. An empty period has from = to+1.
type window struct{ from, to int32 }

func (q Query) window() window {
	to := int32(dayNumber(q.end()))
	return window{from: min(int32(dayNumber(q.Period.From)), to+1), to: to}
}

// part is where a day lies: 0 before, 1 inside, 2 after.
func (w window) part(day uint16) int {
	d := int32(day)
	return int(uint32(w.from-1-d)>>31 + uint32(w.to-d)>>31)
}

// tally is the sum of values by class, before and inside a window.
type tally [][2]int64

// tally adds up every row with position at most known, on all processors. wanted limits it to chunks that hold one of
// those classes; nil is all of them.
func (v *view) tally(w window, known int64, wanted []bool, workers int) tally {
	all := v.all(known)
	workers = min(max(workers, 1), len(all))
	if workers <= 1 {
		return v.tallyOf(all, w, known, wanted, new(atomic.Int64))
	}
	var next atomic.Int64
	sums := make([]tally, workers)
	var wg sync.WaitGroup
	for i := range sums {
		wg.Go(func() { sums[i] = v.tallyOf(all, w, known, wanted, &next) })
	}
	wg.Wait()
	for _, s := range sums[1:] {
		for c, part := range s {
			sums[0][c][0] += part[0]
			sums[0][c][1] += part[1]
		}
	}
	return sums[0]
}

// all lists the chunks that begin at or before a position.
func (v *view) all(known int64) []*chunk {
	out := make([]*chunk, 0, len(v.sealed)+1)
	v.chunks(func(c *chunk) bool {
		if c.base > known {
			return false
		}
		out = append(out, c)
		return true
	})
	return out
}

// tallyOf takes chunks off the common counter until none is left.
func (v *view) tallyOf(all []*chunk, w window, known int64, wanted []bool, next *atomic.Int64) tally {
	sum := make(tally, len(v.classes))
	var local []int64
	for {
		i := next.Add(1) - 1
		if i >= int64(len(all)) {
			return sum
		}
		c := all[i]
		if wanted != nil && !c.holds(wanted) {
			continue
		}
		local = c.tally(w, c.known(known), local)
		for l, global := range c.classes {
			sum[global][0] += local[4*l]
			sum[global][1] += local[4*l+1]
		}
	}
}

// holds reports whether any of the wanted classes occurs in the chunk.
func (c *chunk) holds(wanted []bool) bool {
	for _, g := range c.classes {
		if wanted[g] {
			return true
		}
	}
	return false
}

// tally fills sums[4*class+part] from the first n rows. A sealed chunk that lies in one part takes its stored totals.
func (c *chunk) tally(w window, n int, sums []int64) []int64 {
	need := 4 * len(c.classes)
	if cap(sums) < need {
		sums = make([]int64, need)
	}
	sums = sums[:need]
	clear(sums)
	if first, last := w.part(c.minDay), w.part(c.maxDay); first == last && c.totals != nil && n == c.rows() {
		for l, t := range c.totals {
			sums[4*l+first] = t
		}
		return sums
	}
	addRows(sums, c.class[:n], c.day[:n], c.value[:n], w)
	for _, b := range c.big {
		if int(b.row) < n {
			sums[4*int(c.class[b.row])+w.part(c.day[b.row])] += b.value
		}
	}
	return sums
}

// addRows is the one hot loop of the program's figures: no branch depends on the data, so its time is that
// of reading eight bytes a row.
func addRows(sums []int64, class, day []uint16, value []int32, w window) {
	class, value = class[:len(day)], value[:len(day)]
	before, to := w.from-1, w.to
	for i, d := range day {
		part := uint32(before-int32(d))>>31 + uint32(to-int32(d))>>31
		sums[uint32(class[i])<<2|part] += int64(value[i])
	}
}

func defaultWorkers() int { return min(runtime.GOMAXPROCS(0), 8) }
