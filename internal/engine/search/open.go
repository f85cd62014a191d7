package search

// openTerms are the lists of the head by their terms. Terms are hashes already, so that a term's place in the table
// follows from its bits and finding it costs one miss of the processor's cache, half of what a map costs.
type openTerms struct {
	slots []slot // a power of two of them, at most half taken
	lists []growing
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

func newOpenTerms() *openTerms { return &openTerms{slots: make([]slot, 1<<10)} }

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
