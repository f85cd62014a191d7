package search

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// TitleWeight is how much a word of the title counts against one of the text.
const TitleWeight = 2

// fanIn is how many neighbours of like size are merged.
const fanIn = 8

// sizes bound the segments.
type sizes struct {
	headDocs  int // documents after which the head is sealed: few enough for its table to stay near the processor
	headBytes int // or so much text
	keptBytes int // of text, up to which a head is used again
	// A merge needs room for what it makes beside what it makes it of: larger segments stay as they are.
	largestDocs, largestPost int
}

var ordinary = sizes{headDocs: 1024, headBytes: 32 << 20, keptBytes: 4 << 20, largestDocs: 64 << 10, largestPost: 1 << 30}

// weighted is one occurrence of a term in a document.
type weighted struct {
	term   uint64
	weight uint8
	word   bool // counts for the document's length
}

type place struct {
	seg *segment
	doc uint32
}

// Index is what can be searched. It is safe for concurrent use: any number of searches beside one writer.
type Index struct {
	lex   *Lexicon
	sizes sizes

	write sync.Mutex // one writer at a time; guards the buffers below
	toks  []token
	terms []weighted

	turns chan struct{} // a search holds one: as many at once as there are processors, the others in the order they came

	mu    sync.RWMutex
	segs  []*segment // the last one is the head
	where map[string]place
	sets  []([]string) // facets of a set
	setOf map[string]uint32
	vocab *vocabulary
	words uint64 // weighted length of all documents, for the average
}

// New makes an empty index.
func New(lex *Lexicon) *Index {
	return &Index{lex: lex, sizes: ordinary, turns: make(chan struct{}, runtime.GOMAXPROCS(0)), segs: []*segment{{open: newOpenTerms()}},
		where: map[string]place{}, setOf: map[string]uint32{}, vocab: newVocabulary()}
}

// Len is the number of documents.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.where)
}

// Put adds documents; one that has the id of an older one takes its place.
func (x *Index) Put(docs ...Doc) {
	x.write.Lock()
	defer x.write.Unlock()
	for i := range docs {
		d := docs[i]
		d.Title, d.Text = normal(d.Title), normal(d.Text)
		x.terms = x.terms[:0]
		x.read(d.Title, TitleWeight)
		x.read(d.Text, 1)
		slices.SortFunc(x.terms, func(a, b weighted) int {
			switch {
			case a.term < b.term:
				return -1
			case a.term > b.term:
				return 1
			}
			return 0
		})
		x.mu.Lock()
		x.remove(d.ID)
		head := x.segs[len(x.segs)-1]
		n := head.add(&d, x.set(d.Facets), x.terms)
		x.where[d.ID] = place{head, n}
		x.words += uint64(lengths[head.norms[n]])
		full := head.size() >= x.sizes.headDocs || len(head.texts) >= x.sizes.headBytes
		x.mu.Unlock()
		if full {
			x.seal()
		}
	}
}

// Remove takes documents out; unknown ids are no matter.
func (x *Index) Remove(ids ...string) {
	x.write.Lock()
	defer x.write.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		x.remove(id)
	}
}

func (x *Index) remove(id string) {
	if p, ok := x.where[id]; ok {
		p.seg.kill(p.doc)
		x.words -= uint64(lengths[p.seg.norms[p.doc]])
		delete(x.where, id)
	}
}

// IDs lists the documents whose id begins with prefix.
func (x *Index) IDs(prefix string) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var ids []string
	for id := range x.where {
		if strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	return ids
}

// read takes the terms of one field. The vocabulary is the writer's until it must grow.
func (x *Index) read(text string, weight uint8) {
	x.toks = words(text, x.toks[:0])
	for i, t := range x.toks {
		x.vocab.count(x, t, text)
		x.terms = append(x.terms, weighted{t.fold, weight, true})
		if i > 0 && !apart(text[x.toks[i-1].end:t.start]) {
			x.terms = append(x.terms, weighted{pairTerm(x.toks[i-1].fold, t.fold), weight, false})
		}
		if s, n := symbol(text, x.toks, i); n > 0 {
			x.terms = append(x.terms, weighted{s, weight, false})
		}
		if c, n := x.lex.concept(x.toks[i:]); n > 0 {
			x.terms = append(x.terms, weighted{c, weight, false})
		}
	}
}

// set numbers a set of facets; documents share few of them.
func (x *Index) set(facets []string) uint32 {
	sorted := slices.Sorted(slices.Values(facets))
	key := strings.Join(sorted, "\x00")
	n, ok := x.setOf[key]
	if !ok {
		n = uint32(len(x.sets))
		x.sets, x.setOf[key] = append(x.sets, sorted), n
	}
	return n
}

// seal closes the head and merges neighbours while there are enough of a size. Searches go on meanwhile:
// sealed segments do not change but for their marks of what is gone, which the writer sets.
func (x *Index) seal() {
	last := len(x.segs) - 1
	head := x.segs[last]
	x.replace(last, merge(x.segs[last:], true))
	for n := len(x.segs); n >= fanIn && x.mergeable(x.segs[n-fanIn:]); n = len(x.segs) {
		x.replace(n-fanIn, merge(x.segs[n-fanIn:], true))
	}
	if cap(head.texts) > x.sizes.keptBytes {
		head = &segment{open: newOpenTerms()}
	}
	head.reset() // no search has the old head any more: each holds the lock to its end
	x.mu.Lock()
	x.segs = append(x.segs, head)
	x.mu.Unlock()
}

// mergeable reports whether segments are of a size and what they make is not too large.
func (x *Index) mergeable(list []*segment) bool {
	docs, post := 0, 0
	for _, s := range list {
		docs, post = docs+s.size(), post+len(s.post)
	}
	return list[0].size() <= 2*fanIn*list[len(list)-1].size() && docs <= x.sizes.largestDocs && post <= x.sizes.largestPost
}

// replace puts one segment for all from i on.
func (x *Index) replace(i int, s *segment) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.segs = append(x.segs[:i:i], s)
	for n := range uint32(s.size()) {
		x.where[s.id(n)] = place{s, n}
	}
}

// lengths are the lengths that a byte can say, each about 7 % more than the one before.
var lengths = func() (l [256]uint32) {
	for i := range l {
		l[i] = uint32(i)
		if i >= 32 {
			l[i] = uint32(32 * math.Pow(1.07, float64(i-32)))
		}
	}
	return l
}()

func lengthByte(n int) byte {
	i, _ := slices.BinarySearch(lengths[:], uint32(n))
	return byte(min(i, 255))
}
