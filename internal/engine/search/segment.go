package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// A segment holds documents and, for each term, the documents that have it. The head segment grows; when it
// is full it is sealed: its terms sorted into arrays without pointers, which the garbage collector never walks.
//
// A list of postings is varints: the number of documents, then for each the distance from the one before,
// doubled, plus one where a weighted count other than 1 follows.
type segment struct {
	// documents, by number
	norms []byte   // length of the document, see lengthByte
	sets  []uint32 // its facets, as the number of a set of the index
	dates []int32
	texts []byte // id, title and text of all documents, NUL between
	ends  []uint64
	dead  []uint64 // bitmap of documents replaced or removed
	gone  int
	brief []uint64

	// terms of a sealed segment, in order
	terms []uint64
	offs  []uint64 // len(terms)+1 offsets into post
	post  []byte

	open *openTerms // terms of the head; nil once sealed
}

func newHead() *segment { return &segment{open: newOpenTerms()} }

func (s *segment) size() int { return len(s.norms) }

// list is how many documents have a term, and the rest of its postings.
func (s *segment) list(term uint64) (n int, post []byte) {
	if s.open != nil {
		if g := s.open.get(term); g != nil {
			return int(g.n), g.buf
		}
		return 0, nil
	}
	i, ok := slices.BinarySearch(s.terms, term)
	if !ok {
		return 0, nil
	}
	post = s.post[s.offs[i]:s.offs[i+1]]
	count, k := binary.Uvarint(post)
	return int(count), post[k:]
}

// doc gives back what was indexed.
func (s *segment) doc(i uint32) (id, title, text string) {
	from := uint64(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	parts := strings.SplitN(string(s.texts[from:s.ends[i]]), "\x00", 3)
	return parts[0], parts[1], parts[2]
}

func (s *segment) id(i uint32) string { return string(s.rawID(i)) }

func (s *segment) rawID(i uint32) []byte {
	from := uint64(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	id, _, _ := bytes.Cut(s.texts[from:s.ends[i]], []byte{0})
	return id
}

func has(set []uint64, i uint32) bool {
	return int(i>>6) < len(set) && set[i>>6]&(1<<(i&63)) != 0
}

func put(set []uint64, i uint32) []uint64 {
	for int(i>>6) >= len(set) {
		set = append(set, 0)
	}
	set[i>>6] |= 1 << (i & 63)
	return set
}

func (s *segment) kill(i uint32) {
	if !has(s.dead, i) {
		s.dead, s.gone = put(s.dead, i), s.gone+1
	}
}

// add appends a document with its terms, which are in order with equal ones side by side.
func (s *segment) add(d *Doc, set uint32, terms []weighted) uint32 {
	n := uint32(s.size())
	length := 0
	for i := 0; i < len(terms); {
		tf, k := 0, i
		for ; k < len(terms) && terms[k].term == terms[i].term; k++ {
			tf += int(terms[k].weight)
		}
		g := s.open.make(terms[i].term)
		g.buf = posting(g.buf, n-g.last, uint32(tf))
		g.last, g.n = n, g.n+1
		i = k
	}
	for _, t := range terms {
		if t.word {
			length += int(t.weight)
		}
	}
	s.norms = append(s.norms, lengthByte(length))
	s.sets, s.dates = append(s.sets, set), append(s.dates, d.Date)
	s.texts = append(s.texts, d.ID...)
	s.texts = append(append(s.texts, 0), strings.ReplaceAll(d.Title, "\x00", " ")...)
	s.texts = append(append(s.texts, 0), strings.ReplaceAll(d.Text, "\x00", " ")...)
	s.ends = append(s.ends, uint64(len(s.texts)))
	if d.Brief {
		s.brief = put(s.brief, n)
	}
	return n
}

func posting(buf []byte, gap, tf uint32) []byte {
	if tf == 1 {
		return binary.AppendUvarint(buf, uint64(gap)<<1)
	}
	return binary.AppendUvarint(binary.AppendUvarint(buf, uint64(gap)<<1|1), uint64(tf))
}

// postings calls fn for each document of a list for as long as it says so, and reports whether it did to the end. The
// first posting's distance is from 0.
func postings(post []byte, fn func(doc, tf uint32) bool) bool {
	doc := uint32(0)
	for i := 0; i < len(post); {
		v, k := binary.Uvarint(post[i:])
		i += k
		tf := uint64(1)
		if v&1 != 0 {
			tf, k = binary.Uvarint(post[i:])
			i += k
		}
		doc += uint32(v >> 1)
		if !fn(doc, uint32(tf)) {
			return false
		}
	}
	return true
}

// merge makes one sealed segment of several, without what was removed and, for the file, without what is brief.
func merge(parts []*segment, brief bool) *segment {
	out := &segment{}
	renumber := make([][]uint32, len(parts))
	for p, s := range parts {
		renumber[p] = make([]uint32, s.size())
		for i := range uint32(s.size()) {
			if has(s.dead, i) || !brief && has(s.brief, i) {
				renumber[p][i] = none
				continue
			}
			renumber[p][i] = out.take(s, i)
		}
	}
	cursors := make([]cursor, len(parts))
	for p, s := range parts {
		cursors[p] = s.cursor()
	}
	var list []byte
	for {
		term, more := smallest(cursors)
		if !more {
			break
		}
		n, last := 0, uint32(0)
		list = list[:0]
		for p := range cursors {
			c := &cursors[p]
			if c.at >= len(c.terms) || c.terms[c.at] != term {
				continue
			}
			post := c.take()
			postings(post, func(doc, tf uint32) bool {
				if to := renumber[p][doc]; to != none {
					list = posting(list, to-last, tf)
					last = to
					n++
				}
				return true
			})
		}
		if n > 0 {
			out.terms, out.offs = append(out.terms, term), append(out.offs, uint64(len(out.post)))
			out.post = append(binary.AppendUvarint(out.post, uint64(n)), list...)
		}
	}
	out.offs = append(out.offs, uint64(len(out.post)))
	return out
}

// none numbers a document that is left out.
const none = ^uint32(0)

func (s *segment) take(from *segment, i uint32) uint32 {
	n := uint32(s.size())
	start := uint64(0)
	if i > 0 {
		start = from.ends[i-1]
	}
	s.norms, s.sets, s.dates = append(s.norms, from.norms[i]), append(s.sets, from.sets[i]), append(s.dates, from.dates[i])
	s.texts = append(s.texts, from.texts[start:from.ends[i]]...)
	s.ends = append(s.ends, uint64(len(s.texts)))
	if has(from.brief, i) {
		s.brief = put(s.brief, n)
	}
	return n
}

// cursor walks a segment's terms in order.
type cursor struct {
	seg   *segment
	terms []uint64
	lists []*growing // of the head, beside terms
	at    int
}

func (s *segment) cursor() cursor {
	if s.open == nil {
		return cursor{seg: s, terms: s.terms}
	}
	taken := slices.DeleteFunc(slices.Clone(s.open.slots), func(e slot) bool { return e.list == 0 })
	slices.SortFunc(taken, func(a, b slot) int { return cmp.Compare(a.term, b.term) })
	c := cursor{seg: s, terms: make([]uint64, len(taken)), lists: make([]*growing, len(taken))}
	for i, e := range taken {
		c.terms[i], c.lists[i] = e.term, &s.open.lists[e.list-1]
	}
	return c
}

// take gives the postings of the term under the cursor and goes on to the next.
func (c *cursor) take() []byte {
	i := c.at
	c.at++
	if c.lists != nil {
		return c.lists[i].buf
	}
	post := c.seg.post[c.seg.offs[i]:c.seg.offs[i+1]]
	_, k := binary.Uvarint(post)
	return post[k:]
}

func smallest(cursors []cursor) (term uint64, ok bool) {
	for _, c := range cursors {
		if c.at < len(c.terms) && (!ok || c.terms[c.at] < term) {
			term, ok = c.terms[c.at], true
		}
	}
	return term, ok
}
