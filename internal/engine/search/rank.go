package search

import "slices"

// Shares of the second look, in parts of the first score. Words are compared with their marks where the query was
// typed with marks.
const (
	exactShare  = 0.1  // words that stand in the document as typed
	pairShare   = 0.05 // pairs that do
	windowShare = 0.25 // the best stretch of the document: an answer stands in one place
	windowWords = 12
)

// phrasesOnly leaves the documents that hold every quoted phrase.
func (x *Index) phrasesOnly(q *question, m *scratch, v *view) {
	if len(q.quoted) == 0 {
		return
	}
	clear(v.counts)
	m.found = slices.DeleteFunc(m.found, func(c candidate) bool {
		_, title, text := c.seg.doc(c.doc)
		for _, p := range q.quoted {
			if m.toks = words(title, m.toks[:0]); within(p, m.toks) {
				continue
			}
			if m.toks = words(text, m.toks[:0]); !within(p, m.toks) {
				return true
			}
		}
		v.counts[c.seg.sets[c.doc]]++
		return false
	})
}

// within reports whether a phrase stands in a text; a word with marks must stand so.
func within(phrase, text []token) bool {
	for i := 0; i+len(phrase) <= len(text); i++ {
		k := 0
		for k < len(phrase) && (text[i+k].exact == phrase[k].exact || !phrase[k].marked && text[i+k].fold == phrase[k].fold) {
			k++
		}
		if k == len(phrase) {
			return true
		}
	}
	return false
}

// rank puts the best n in front: first by the index alone, then the best of those by a look at their words.
func (x *Index) rank(q *question, m *scratch, n int) {
	n = max(n, min(reranked, len(m.found)))
	top(m.found, n)
	best := m.found[:min(reranked, len(m.found))]
	weights := q.exactWeights(x)
	for i := range best {
		best[i].score *= float32(1 + q.agreement(best[i], weights, m))
	}
	slices.SortFunc(best, better)
}

// exactWeights is what each word of the query is worth, by its exact form.
func (q *question) exactWeights(x *Index) map[uint64]float64 {
	weights := map[uint64]float64{}
	for _, c := range q.clauses {
		if c.word >= 0 {
			weights[q.form(q.toks[c.word])] = c.weight * idf(len(x.where), c.df)
		}
	}
	return weights
}

// agreement is how much of the query stands in the document as it was typed, and how close together.
func (q *question) agreement(c candidate, weights map[uint64]float64, m *scratch) float64 {
	_, title, text := c.seg.doc(c.doc)
	m.toks = words(title, m.toks[:0])
	m.toks = words(text, m.toks)
	seen, pairs, window := q.read(m.toks, weights)
	all, have, allPairs, havePairs := 0.0, 0.0, 0.0, 0.0
	for i, t := range q.toks {
		w := weights[q.form(t)]
		all += w
		if seen[q.form(t)] {
			have += w
		}
		if i > 0 {
			before := q.form(q.toks[i-1])
			w += weights[before]
			allPairs += w
			if pairs[pairTerm(before, q.form(t))] {
				havePairs += w
			}
		}
	}
	return (windowShare*window+exactShare*have)/max(all, 1e-9) + pairShare*havePairs/max(allPairs, 1e-9)
}

// read looks through a document: which of the words and pairs it has, and the most that a stretch of it holds.
func (q *question) read(toks []token, weights map[uint64]float64) (seen, pairs map[uint64]bool, window float64) {
	seen, pairs = map[uint64]bool{}, map[uint64]bool{}
	inside, now := map[uint64]int{}, 0.0
	sieve := uint64(0) // lets through few words that are not asked for, without asking the map
	for form := range weights {
		sieve |= 1 << (form & 63)
	}
	var asked [windowWords]uint64 // the words of the stretch that are asked for, 0 for others
	for i, t := range toks {
		if old := asked[i%windowWords]; old != 0 {
			if inside[old]--; inside[old] == 0 {
				now -= weights[old]
			}
		}
		form := q.form(t)
		w, is := 0.0, sieve&(1<<(form&63)) != 0
		if is {
			w, is = weights[form]
		}
		if !is {
			asked[i%windowWords] = 0
			continue
		}
		asked[i%windowWords] = form
		seen[form] = true
		if i > 0 {
			pairs[pairTerm(q.form(toks[i-1]), form)] = true
		}
		if inside[form]++; inside[form] == 1 {
			now += w
			window = max(window, now)
		}
	}
	return seen, pairs, window
}

// form is a word as the query compares it.
func (q *question) form(t token) uint64 {
	if q.marked {
		return t.exact
	}
	return t.fold
}
