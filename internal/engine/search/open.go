package search

import (
	"cmp"
	"slices"
)

// openTerms are the lists of the head by their terms. Terms are hashes already, so that a term's place in the table
// follows from its bits and finding it costs one miss of the processor's cache, half of what a map costs.
//
// Most lists hold one or two bytes, and there are hundreds of thousands: they share blocks, and both the table and the
// blocks are used again by the next head.
type openTerms struct {
	slots  []slot // a power of two of them, at most half taken
	lists  []growing
	blocks [][]byte
	used   int // blocks taken, the last of them up to free
	free   int
}

type slot struct {
	term uint64
	list uint32 // one more than its place in lists; 0 = free
}

// growing is the list of a term in the head.
type growing struct {
	term uint64
	n    uint32
	last uint32
	buf  []byte
}

// Sizes of what lists are cut from, in bytes.
const (
	blockBytes = 64 << 10
	firstBytes = 4
)

func newOpenTerms() *openTerms { return &openTerms{slots: make([]slot, 1<<10)} }

// reset empties the lists for another head. Nobody may hold one of them.
func (o *openTerms) reset() {
	clear(o.slots)
	o.lists, o.used, o.free = o.lists[:0], 0, 0
}

// slot is where a term is, or where it would be.
func (o *openTerms) slot(term uint64) *slot {
	mask := uint64(len(o.slots) - 1)
	for i := term & mask; ; i = (i + 1) & mask {
		if s := &o.slots[i]; s.list == 0 || s.term == term {
			return s
		}
	}
}

// get is the list of a term, nil where there is none.
func (o *openTerms) get(term uint64) *growing {
	if s := o.slot(term); s.list > 0 {
		return &o.lists[s.list-1]
	}
	return nil
}

// make is the list of a term, a new one where there is none. It holds until the next call.
func (o *openTerms) make(term uint64) *growing {
	s := o.slot(term)
	if s.list == 0 {
		if 2*len(o.lists) >= len(o.slots) {
			o.grow()
			s = o.slot(term)
		}
		o.lists = append(o.lists, growing{term: term})
		*s = slot{term, uint32(len(o.lists))}
	}
	return &o.lists[s.list-1]
}

func (o *openTerms) grow() {
	o.slots = make([]slot, 2*len(o.slots))
	for i := range o.lists {
		*o.slot(o.lists[i].term) = slot{o.lists[i].term, uint32(i + 1)}
	}
}

// add puts a posting at the end of a list, which moves to twice the room when it is full.
func (o *openTerms) add(g *growing, doc, tf uint32) {
	var space [2 * maxVarint]byte
	more := posting(space[:0], doc-g.last, tf)
	if need := len(g.buf) + len(more); need > cap(g.buf) {
		g.buf = append(o.room(max(2*cap(g.buf), need, firstBytes)), g.buf...)
	}
	g.buf = append(g.buf, more...)
	g.last, g.n = doc, g.n+1
}

// room is an empty list with room for n bytes.
func (o *openTerms) room(n int) []byte {
	if n > blockBytes {
		return make([]byte, 0, n)
	}
	if o.used == 0 || o.free+n > blockBytes {
		if o.used == len(o.blocks) {
			o.blocks = append(o.blocks, make([]byte, blockBytes))
		}
		o.used, o.free = o.used+1, 0
	}
	from := o.free
	o.free += n
	return o.blocks[o.used-1][from:from:o.free]
}

// inOrder are the lists by their terms.
func (o *openTerms) inOrder() []slot {
	out := make([]slot, len(o.lists))
	for i := range o.lists {
		out[i] = slot{o.lists[i].term, uint32(i + 1)}
	}
	slices.SortFunc(out, func(a, b slot) int { return cmp.Compare(a.term, b.term) })
	return out
}
