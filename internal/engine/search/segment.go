package search

import (
	"bytes"
	"encoding/binary"
	"math/bits"
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
	offs  []uint32 // len(terms)+1 offsets into post
	post  []byte

	open *openTerms // terms of the head; nil once sealed
}

func (s *segment) size() int { return len(s.norms) }

// reset makes an empty head of one whose documents are in another segment, and keeps its room.
func (s *segment) reset() {
	s.open.reset()
	*s = segment{norms: s.norms[:0], sets: s.sets[:0], dates: s.dates[:0], texts: s.texts[:0], ends: s.ends[:0], open: s.open}
}

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

// start is where the text of a document begins.
func (s *segment) start(i uint32) uint64 {
	if i == 0 {
		return 0
	}
	return s.ends[i-1]
}

// doc gives back what was indexed.
func (s *segment) doc(i uint32) (id, title, text string) {
	id, rest, _ := strings.Cut(string(s.texts[s.start(i):s.ends[i]]), "\x00")
	title, text, _ = strings.Cut(rest, "\x00")
	return id, title, text
}

func (s *segment) id(i uint32) string { return string(s.rawID(i)) }

func (s *segment) rawID(i uint32) []byte {
	id, _, _ := bytes.Cut(s.texts[s.start(i):s.ends[i]], []byte{0})
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
		s.open.add(s.open.make(terms[i].term), n, uint32(tf))
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

// merge makes one sealed segment of several, without what was removed and, for the file, without what is brief. Everything is
// counted before it is copied: slices that grow as they are filled would take twice the memory and leave as much garbage.
func merge(parts []*segment, brief bool) *segment {
	m := merger{parts: parts, renumber: make([][]uint32, len(parts)), cursors: make([]cursor, len(parts))}
	out := m.documents(brief)
	for p, s := range parts {
		m.cursors[p] = s.cursor()
	}
	terms, size := 0, 0
	m.terms(func(_ uint64, n int, list []byte) { terms, size = terms+1, size+varint(uint64(n))+len(list) })
	out.terms, out.offs, out.post = make([]uint64, 0, terms), make([]uint32, 0, terms+1), make([]byte, 0, size)
	m.terms(func(term uint64, n int, list []byte) {
		out.terms, out.offs = append(out.terms, term), append(out.offs, uint32(len(out.post)))
		out.post = append(binary.AppendUvarint(out.post, uint64(n)), list...)
	})
	out.offs = append(out.offs, uint32(len(out.post)))
	return out
}

// merger is a merge under way.
type merger struct {
	parts    []*segment
	renumber [][]uint32 // the new number of each part's documents
	cursors  []cursor
	list     []byte
}

// documents is a segment of the documents that stay, without terms.
func (m *merger) documents(brief bool) *segment {
	docs, text := uint32(0), uint64(0)
	for p, s := range m.parts {
		m.renumber[p] = make([]uint32, s.size())
		for i := range uint32(s.size()) {
			if has(s.dead, i) || !brief && has(s.brief, i) {
				m.renumber[p][i] = none
				continue
			}
			m.renumber[p][i] = docs
			docs, text = docs+1, text+s.ends[i]-s.start(i)
		}
	}
	out := &segment{norms: make([]byte, 0, docs), sets: make([]uint32, 0, docs), dates: make([]int32, 0, docs),
		texts: make([]byte, 0, text), ends: make([]uint64, 0, docs)}
	for p, s := range m.parts {
		for i, to := range m.renumber[p] {
			if to != none {
				out.take(s, uint32(i))
			}
		}
	}
	return out
}

// terms calls each for every term that a document has which stays, with the number of such documents and their list, which
// holds for the call.
func (m *merger) terms(each func(term uint64, n int, list []byte)) {
	for p := range m.cursors {
		m.cursors[p].at = 0
	}
	for {
		term, more := smallest(m.cursors)
		if !more {
			return
		}
		n, last := 0, uint32(0)
		m.list = m.list[:0]
		for p := range m.cursors {
			c := &m.cursors[p]
			if at, ok := c.term(); !ok || at != term {
				continue
			}
			to := m.renumber[p]
			postings(c.take(), func(doc, tf uint32) bool {
				if to[doc] != none {
					m.list = posting(m.list, to[doc]-last, tf)
					last = to[doc]
					n++
				}
				return true
			})
		}
		if n > 0 {
			each(term, n, m.list)
		}
	}
}

// maxVarint is the most bytes that a number of 32 bits takes, doubled.
const maxVarint = binary.MaxVarintLen64

// varint is how many bytes a number takes.
func varint(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// none numbers a document that is left out.
const none = ^uint32(0)

func (s *segment) take(from *segment, i uint32) uint32 {
	n := uint32(s.size())
	start := from.start(i)
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
	open  []slot // of the head in place of terms
	at    int
}

func (s *segment) cursor() cursor {
	if s.open == nil {
		return cursor{seg: s, terms: s.terms}
	}
	return cursor{seg: s, open: s.open.inOrder()}
}

// term is the one under the cursor.
func (c *cursor) term() (term uint64, ok bool) {
	switch {
	case c.at < len(c.terms):
		return c.terms[c.at], true
	case c.at < len(c.open):
		return c.open[c.at].term, true
	}
	return 0, false
}

// take gives the postings of the term under the cursor and goes on to the next.
func (c *cursor) take() []byte {
	i := c.at
	c.at++
	if c.open != nil {
		return c.seg.open.lists[c.open[i].list-1].buf
	}
	post := c.seg.post[c.seg.offs[i]:c.seg.offs[i+1]]
	_, k := binary.Uvarint(post)
	return post[k:]
}

func smallest(cursors []cursor) (term uint64, ok bool) {
	for p := range cursors {
		if t, more := cursors[p].term(); more && (!ok || t < term) {
			term, ok = t, true
		}
	}
	return term, ok
}
