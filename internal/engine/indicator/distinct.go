package indicator

import "math/bits"

// distinctCount is which keys of one distinct indicator occur before and inside the window, by group.
type distinctCount struct {
	before, inside []bitset
}

// bitset marks keys by number.
type bitset []uint64

func (b bitset) add(n uint32) { b[n>>6] |= 1 << (n & 63) }

func (b bitset) has(n uint32) bool { return b[n>>6]&(1<<(n&63)) != 0 }

func (b bitset) count() Value {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return Of(int64(n))
}

// either counts the keys in b or o.
func (b bitset) either(o bitset) Value {
	n := 0
	for i, w := range b {
		n += bits.OnesCount64(w | o[i])
	}
	return Of(int64(n))
}

// fill writes the counts. Closing is everything up to the end of the window: an object seen before and
// inside counts once.
func (d *distinctCount) fill(out []Figure) {
	for g := range out {
		out[g].Opening, out[g].Arising = d.before[g].count(), d.inside[g].count()
		out[g].Closing = d.before[g].either(d.inside[g])
	}
}

func newDistinctCount(groups, keys int) *distinctCount {
	d := &distinctCount{make([]bitset, groups), make([]bitset, groups)}
	for g := range d.before {
		d.before[g], d.inside[g] = make(bitset, keys/64+1), make(bitset, keys/64+1)
	}
	return d
}

// countDistinct reads the chunks that hold rows of the wanted distinct indicators.
func (ev *evaluation) countDistinct() {
	for i := range ev.distinct {
		ev.distinct[i] = newDistinctCount(ev.g.n, len(ev.v.keys))
	}
	counters := make([]*distinctCount, len(ev.v.classes)) // by class
	group := make([]int32, len(ev.v.classes))
	wanted := make([]bool, len(ev.v.classes))
	groups := ev.g.numbers(ev.v.units)
	for class, c := range ev.v.classes {
		p := &ev.v.patterns[c.pattern]
		if !p.distinct || groups[c.unit] < 0 {
			continue
		}
		counters[class], group[class] = ev.distinct[int(p.terms[0].indicator)], groups[c.unit]
		wanted[class] = counters[class] != nil
	}
	for _, c := range ev.v.all(ev.cut.known) {
		if !c.holds(wanted) {
			continue
		}
		for row := range c.known(ev.cut.known) {
			class := c.classes[c.class[row]]
			d := counters[class]
			if d == nil {
				continue
			}
			switch ev.window.part(c.day[row]) {
			case 0:
				d.before[group[class]].add(uint32(c.amount(row)))
			case 1:
				d.inside[group[class]].add(uint32(c.amount(row)))
			}
		}
	}
}
