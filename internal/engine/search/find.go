package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
)

// scratch is a search's working memory, used again by the next.
type scratch struct {
	score   []float32
	met     []uint8
	touched []uint32
	found   []candidate // all of them, or the best of them as a heap
	most    int         // how many of the best are kept; 0 = all
	least   candidate   // what is worse is not kept: the worst of the best once they are so many
	total   int
	toks    []token
	read    [reranked]reading // what the second look read, for the snippets
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

// candidate is a document that has a term of the query.
type candidate struct {
	seg   *segment
	doc   uint32
	date  int32
	score float32
	read  int32 // number of its reading, from 1; 0 = not read or too long to keep
}

// Search finds documents. An empty text finds everything that scope and filter let through.
func (x *Index) Search(query Query) Result {
	query.Limit = cmp.Or(query.Limit, 10)
	x.turns <- struct{}{}
	defer func() { <-x.turns }()
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := x.question(query.Text)
	m := scratches.Get().(*scratch)
	defer scratches.Put(m)
	m.found, m.total, m.most, m.least = m.found[:0], 0, 0, candidate{score: -1}
	if len(q.toks) > 0 && len(q.quoted) == 0 && !query.Newest {
		m.most = max(query.Offset+query.Limit, reranked)
	}
	r := Result{Counts: map[string]map[string]int{}}
	v := x.view(&query)
	x.frequencies(q)
	need := 0
	if query.Most {
		need = (q.content*2 + 2) / 3
	}
	for ; ; need = 1 {
		for _, s := range x.segs {
			v.scan(s, q, m, need)
		}
		if len(m.found) > 0 || need <= 1 {
			break
		}
	}
	x.phrasesOnly(q, m, v)
	r.Total = m.total
	for set, n := range v.counts {
		v.tally(r.Counts, x.sets[set], n)
	}
	if query.Newest || len(q.toks) == 0 {
		sortNewest(m.found)
	} else {
		x.rank(q, m)
	}
	from, to := min(query.Offset, len(m.found)), min(query.Offset+query.Limit, len(m.found))
	for _, c := range m.found[from:to] {
		r.Hits = append(r.Hits, x.hit(q, c, m, query.Snippets))
	}
	if len(q.toks) > 0 {
		r.Meant = v.meant(q)
	}
	clear(m.found)
	m.least = candidate{}
	return r
}

// view is what a reader's scope and filters let through.
type view struct {
	x      *Index
	query  *Query
	passes []int8 // of a set: 0 not asked yet, 1 yes, -1 no
	counts []int
	dated  bool
}

func (x *Index) view(q *Query) *view {
	return &view{x: x, query: q, dated: q.From != 0 || q.To != 0, passes: make([]int8, len(x.sets)), counts: make([]int, len(x.sets))}
}

// scan scores a segment's documents, term by term, and keeps those that the view lets through and that have
// need of the words that say something.
func (v *view) scan(s *segment, q *question, m *scratch, need int) {
	if s.size() == 0 {
		return
	}
	if len(q.toks) == 0 {
		for i := range uint32(s.size()) {
			v.keep(s, i, 0, m)
		}
		return
	}
	if cap(m.score) < s.size() {
		m.score, m.met = make([]float32, s.size()), make([]uint8, s.size())
	}
	score, met := m.score[:s.size()], m.met[:s.size()]
	m.touched = m.touched[:0]
	average := float64(v.x.words) / float64(max(1, len(v.x.where)))
	var bias [256]float32
	for i := range bias {
		bias[i] = float32(termSaturation * (1 - lengthBias + lengthBias*float64(lengths[i])/max(1, average)))
	}
	for _, c := range q.clauses {
		if c.df == 0 {
			continue
		}
		n, post := s.list(c.term)
		if n == 0 {
			continue
		}
		m.touched = accumulate(post, float32(c.weight*idf(len(v.x.where), c.df)), c, &bias, s.norms, score, met, m.touched)
	}
	for _, i := range m.touched {
		if int(met[i]) >= need || need <= 1 {
			v.keep(s, i, score[i], m)
		}
		score[i], met[i] = 0, 0
	}
}

// accumulate adds a term's share to every document that has it. Reading the list in place is what makes a
// query with long lists quick: there is no call for each posting.
func accumulate(post []byte, weight float32, c clause, bias *[256]float32, norms []byte, score []float32, met []uint8, touched []uint32) []uint32 {
	doc := uint32(0)
	var word uint8
	if c.word >= 0 && !c.adds {
		word = 1
	}
	for i := 0; i < len(post); {
		v := uint64(post[i])
		i++
		if v >= 0x80 {
			rest, k := binary.Uvarint(post[i:])
			v, i = v&0x7f|rest<<7, i+k
		}
		tf := float32(1)
		if v&1 != 0 {
			n, k := binary.Uvarint(post[i:])
			tf, i = float32(n), i+k
		}
		doc += uint32(v >> 1)
		if score[doc] == 0 {
			if c.adds {
				continue
			}
			touched = append(touched, doc)
		}
		score[doc] += weight * tf / (tf + bias[norms[doc]])
		met[doc] += word
	}
	return touched
}

// keep counts a document that the view lets through and takes it in. A query of common words comes here tens of thousands of
// times, so most of them cost a look at two arrays.
func (v *view) keep(s *segment, i uint32, score float32, m *scratch) {
	if s.gone > 0 && has(s.dead, i) {
		return
	}
	if v.dated {
		if d := s.dates[i]; v.query.From != 0 && d < v.query.From || v.query.To != 0 && (d > v.query.To || d == 0) {
			return
		}
	}
	set := s.sets[i]
	if v.passes[set] <= 0 && !v.lets(set) {
		return
	}
	v.counts[set]++
	m.total++
	if score > m.least.score || score == m.least.score && s.dates[i] >= m.least.date {
		m.keep(candidate{seg: s, doc: i, date: s.dates[i], score: score})
	}
}

// keep takes a document in. Of the thousands that have a common word only the best are of use, the worst of them on top of
// the heap.
func (m *scratch) keep(c candidate) {
	switch {
	case m.most == 0 || len(m.found) < m.most:
		m.found = append(m.found, c)
		if len(m.found) != m.most {
			return
		}
		heapify(m.found)
	case better(c, m.found[0]) < 0:
		m.found[0] = c
		sink(m.found, 0)
	default:
		return
	}
	m.least = m.found[0]
}

// lets decides once for each set of facets.
func (v *view) lets(set uint32) bool {
	if v.passes[set] == 0 {
		v.passes[set] = -1
		if v.allowed(v.x.sets[set]) {
			v.passes[set] = 1
		}
	}
	return v.passes[set] > 0
}

func (v *view) allowed(facets []string) bool {
	for _, choice := range v.query.Filter {
		if !anyOf(facets, choice) {
			return false
		}
	}
	if v.query.Scope == nil {
		return true
	}
	return slices.ContainsFunc(v.query.Scope, func(c Clause) bool { return c.holds(facets) })
}

func (c Clause) holds(facets []string) bool {
	for _, f := range c.All {
		if !slices.Contains(facets, f) {
			return false
		}
	}
	return (c.Any == nil || anyOf(facets, c.Any)) && !anyOf(facets, c.None)
}

func anyOf(facets, choice []string) bool {
	return slices.ContainsFunc(choice, func(f string) bool { return slices.Contains(facets, f) })
}

func (v *view) tally(counts map[string]map[string]int, facets []string, n int) {
	if n == 0 {
		return
	}
	for _, f := range facets {
		name, value, _ := strings.Cut(f, ":")
		if slices.Contains(v.query.Count, name) {
			if counts[name] == nil {
				counts[name] = map[string]int{}
			}
			counts[name][value] += n
		}
	}
}

func sortNewest(list []candidate) {
	slices.SortFunc(list, func(a, b candidate) int {
		if a.date != b.date {
			return cmp.Compare(b.date, a.date)
		}
		return bytes.Compare(a.seg.rawID(a.doc), b.seg.rawID(b.doc))
	})
}

// better orders candidates: the better first, of equals the later; the same always the same way.
func better(a, b candidate) int {
	switch {
	case a.score != b.score:
		return cmp.Compare(b.score, a.score)
	case a.date != b.date:
		return cmp.Compare(b.date, a.date)
	}
	return bytes.Compare(a.seg.rawID(a.doc), b.seg.rawID(b.doc))
}

func heapify(list []candidate) {
	for i := len(list)/2 - 1; i >= 0; i-- {
		sink(list, i)
	}
}

// sink puts the candidate at i in its place in a heap with the worst on top.
func sink(heap []candidate, i int) {
	for {
		worst := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
			if better(heap[c], heap[worst]) > 0 {
				worst = c
			}
		}
		if worst == i {
			return
		}
		heap[i], heap[worst] = heap[worst], heap[i]
		i = worst
	}
}
