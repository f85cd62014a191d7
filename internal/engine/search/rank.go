package search

import (
	"math"
	"slices"
)

// The second look reads the best documents word by word and adds to their scores. Words are compared with their marks
// where the query was typed with marks.
const (
	reranked    = 20   // documents that are looked at
	earlyShare  = 0.54 // words, by how near to the beginning they first stand: a text begins with what it is about
	placeShare  = 0.12 // the best stretch of words and pairs: an answer stands in one place
	placeWords  = 20
	meanShare   = 0.4  // words that a document lacks and says in another word of like meaning
	unitShare   = 0.25 // words of one or two syllables that the other documents found lack
	unitRivals  = 10   // how many others
	unitBond    = 0.15 // from which closeness on two syllables are a word
	longestLook = 4096 // words of a document
)

// asked is what the second look compares: the different words of a query and which of them are neighbours.
type asked struct {
	index  map[uint64]int16 // by exact form; by folded form where any marks will do
	sieve  [4]uint64        // lets through few words that are not asked for, without asking the map
	words  []askedWord
	pairs  []askedPair
	units  []askedUnit
	means  []askedMeaning
	other  map[uint64][]otherWord // by their first syllable, exact
	inside []uint16               // of the words and then of the pairs: how often in the stretch
}

type askedWord struct {
	weight float32
	ends   []int16 // pairs that end with this word
}

type askedPair struct {
	first, second int16
	weight        float32
}

// askedUnit is a word of one syllable, or of two that keep together.
type askedUnit struct {
	word, pair int16 // pair -1: one syllable
	weight     float32
}

// askedMeaning is some neighbouring words that other words may stand for.
type askedMeaning struct {
	words, pairs []int16
	weight       float32
}

// otherWord stands for a meaning.
type otherWord struct {
	toks    []token
	meaning int
}

// phrasesOnly leaves the documents that hold every quoted phrase. Where none does and other words were asked for
// besides, the phrase counts as words.
func (x *Index) phrasesOnly(q *question, m *scratch, v *view) {
	if len(q.quoted) == 0 {
		return
	}
	var kept []candidate
	quoted := 0
	for _, p := range q.quoted {
		quoted += len(p)
	}
	for _, c := range m.found {
		if c.seg.holdsAll(c.doc, q.quoted, m) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 && quoted < len(q.toks) {
		return
	}
	m.found, m.total = append(m.found[:0], kept...), len(kept)
	clear(v.counts)
	for _, c := range kept {
		v.counts[c.seg.sets[c.doc]]++
	}
}

func (s *segment) holdsAll(doc uint32, phrases [][]token, m *scratch) bool {
	_, title, text := s.doc(doc)
	for _, p := range phrases {
		if m.toks = words(title, m.toks[:0]); within(p, m.toks) {
			continue
		}
		if m.toks = words(text, m.toks[:0]); !within(p, m.toks) {
			return false
		}
	}
	return true
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

// rank puts the best in order: first by the index alone, then the best of those by a look at their words.
func (x *Index) rank(q *question, m *scratch) {
	slices.SortFunc(m.found, better)
	best := m.found[:min(reranked, len(m.found))]
	if len(best) < 2 {
		return
	}
	x.ask(q)
	has := make([][]bool, len(best)) // units
	for i := range best {
		var gain float32
		r := &m.read[i]
		r.take(best[i])
		gain, has[i] = q.asked.look(r.all[:min(len(r.all), longestLook)])
		if best[i].read = int32(i + 1); len(r.all) > longestLook {
			best[i].read, r.all = 0, nil
		}
		best[i].score += gain
	}
	for u, unit := range q.asked.units {
		n := 0
		for i := range min(unitRivals, len(best)) {
			if has[i][u] {
				n++
			}
		}
		rare := float32(math.Log((float64(min(unitRivals, len(best)))+1)/(float64(n)+.5)) / 2)
		for i := range best {
			if has[i][u] {
				best[i].score += unitShare * unit.weight * rare
			}
		}
	}
	slices.SortFunc(best, better)
}

// ask prepares what the second look compares.
func (x *Index) ask(q *question) {
	a := &q.asked
	a.index = make(map[uint64]int16, len(q.toks))
	at := make([]int16, len(q.toks))
	df := make([]int, len(q.toks))
	for i, t := range q.toks {
		df[i] = int(x.documents(t.fold))
		f := x.form(q, t)
		n, old := a.index[f]
		if !old {
			n = int16(len(a.words))
			a.add(f, n)
			for _, l := range q.likes {
				if l.word == i {
					a.add(l.fold, n)
				}
			}
			a.words = append(a.words, askedWord{weight: float32(q.weight(i) * idf(len(x.where), df[i]))})
		}
		at[i] = n
	}
	bond := make([]float64, len(q.toks))
	pairAt := make([]int16, len(q.toks))
	for i := 1; i < len(q.toks); i++ {
		pairAt[i] = -1
		w := q.pairOf(i) / pairWeight
		if w == 0 {
			continue
		}
		n := int(x.documents(pairTerm(q.toks[i-1].fold, q.toks[i].fold)))
		bond[i] = closeness(n, df[i-1], df[i], len(x.where))
		pairAt[i] = a.pair(askedPair{at[i-1], at[i], float32(w * idf(len(x.where), n))})
	}
	for _, m := range q.means {
		a.mean(x.lex, m, at[m.at:m.at+m.n], pairAt[m.at+1:m.at+m.n])
	}
	a.inside = make([]uint16, len(a.words)+len(a.pairs))
	a.cut(q, at, pairAt, bond)
}

// mean prepares the words that mean what some of the query's do.
func (a *asked) mean(lex *Lexicon, m meaning, words, pairs []int16) {
	one := askedMeaning{words: words, pairs: pairs}
	for _, w := range words {
		one.weight += a.words[w].weight
	}
	for i, toks := range lex.means[m.sense.group] {
		if int32(i) != m.sense.word {
			if a.other == nil {
				a.other = map[uint64][]otherWord{}
			}
			a.other[toks[0].exact] = append(a.other[toks[0].exact], otherWord{toks, len(a.means)})
		}
	}
	a.means = append(a.means, one)
}

// otherwise is what a document gains that lacks words of the query and says them in others. seen is which words and pairs it has.
func (a *asked) otherwise(toks []token, seen []bool) (gain float32) {
	if len(a.means) == 0 {
		return 0
	}
	said := make([]bool, len(a.means))
	for i := range toks {
		for _, o := range a.other[toks[i].exact] {
			said[o.meaning] = said[o.meaning] || begins(toks[i:], o.toks, true)
		}
	}
	for i, m := range a.means {
		lacks := slices.ContainsFunc(m.words, func(w int16) bool { return !seen[w] }) ||
			slices.ContainsFunc(m.pairs, func(p int16) bool { return p >= 0 && !seen[len(a.words)+int(p)] })
		if said[i] && lacks {
			gain += meanShare * m.weight
		}
	}
	return gain
}

func (a *asked) add(form uint64, word int16) {
	a.index[form] = word
	a.sieve[form>>6&3] |= 1 << (form & 63)
}

// pair numbers a pair of words.
func (a *asked) pair(p askedPair) int16 {
	for _, n := range a.words[p.second].ends {
		if a.pairs[n].first == p.first {
			return n
		}
	}
	n := int16(len(a.pairs))
	a.pairs = append(a.pairs, p)
	a.words[p.second].ends = append(a.words[p.second].ends, n)
	return n
}

// closeness is how much oftener two words stand side by side than chance has it, from -1 to 1 (normalised
// pointwise mutual information).
func closeness(pair, a, b, all int) float64 {
	if pair == 0 {
		return -1
	}
	n := float64(all)
	return math.Log(float64(pair)*n/(float64(a)*float64(b))) / -math.Log(float64(pair)/n+1e-9)
}

// cut parts the query into words of one and two syllables so that the bonds kept are the strongest: the syllables of
// "đại dương" say together what they do not say alone.
func (a *asked) cut(q *question, at, pairAt []int16, bond []float64) {
	best := make([]float64, len(q.toks)+1)
	two := make([]bool, len(q.toks)+1)
	for i := 1; i <= len(q.toks); i++ {
		best[i] = best[i-1]
		if i > 1 && bond[i-1] > unitBond && best[i-2]+bond[i-1] > best[i] {
			best[i], two[i] = best[i-2]+bond[i-1], true
		}
	}
	seen := map[[2]int16]bool{}
	for i := len(q.toks); i > 0; i-- {
		u := askedUnit{word: at[i-1], pair: -1, weight: a.words[at[i-1]].weight}
		if two[i] {
			u.pair, u.weight = pairAt[i-1], a.pairs[pairAt[i-1]].weight
			i--
		}
		if key := [2]int16{u.word, u.pair}; !seen[key] {
			seen[key] = true
			a.units = append(a.units, u)
		}
	}
}

// reading is the words of a document.
type reading struct {
	all   []token
	title int // how many are the title's
}

func (r *reading) take(c candidate) {
	_, title, text := c.seg.doc(c.doc)
	r.all = words(title, r.all[:0])
	r.title = len(r.all)
	r.all = words(text, r.all)
}

// look goes through one document: what its words add to its score, and which units it has.
func (a *asked) look(toks []token) (gain float32, units []bool) {
	clear(a.inside)
	seen := make([]bool, len(a.inside))
	var ring [placeWords][2]int16 // the words and pairs of the stretch, 1 up, 0 for others
	var now, best float32
	var early float32
	bestAt, before := 0, int16(-1)
	for i := range toks {
		slot := &ring[i%placeWords]
		now -= a.leave(slot[0]-1) + a.leavePair(slot[1]-1)
		*slot = [2]int16{}
		w := a.find(&toks[i])
		if w < 0 {
			before = -1
			continue
		}
		slot[0] = w + 1
		if !seen[w] {
			seen[w] = true
			early += a.words[w].weight * (1 - float32(i)/float32(len(toks)))
		}
		if a.inside[w]++; a.inside[w] == 1 {
			now += a.words[w].weight
		}
		if before >= 0 {
			for _, p := range a.words[w].ends {
				if a.pairs[p].first == before {
					n := len(a.words) + int(p)
					slot[1], seen[n] = p+1, true
					if a.inside[n]++; a.inside[n] == 1 {
						now += a.pairs[p].weight
					}
				}
			}
		}
		if before = w; now > best {
			best, bestAt = now, i
		}
	}
	units = make([]bool, len(a.units))
	for i, u := range a.units {
		units[i] = u.pair < 0 && seen[u.word] || u.pair >= 0 && seen[len(a.words)+int(u.pair)]
	}
	return a.otherwise(toks, seen) + earlyShare*early + placeShare*best*(1-float32(bestAt)/float32(len(toks)+1)), units
}

// leave takes a word out of the stretch and gives what it loses.
func (a *asked) leave(w int16) float32 {
	if w < 0 {
		return 0
	}
	if a.inside[w]--; a.inside[w] > 0 {
		return 0
	}
	return a.words[w].weight
}

func (a *asked) leavePair(p int16) float32 {
	if p < 0 {
		return 0
	}
	n := len(a.words) + int(p)
	if a.inside[n]--; a.inside[n] > 0 {
		return 0
	}
	return a.pairs[p].weight
}

// find gives which word asked for a word of a document is, -1 for none.
func (a *asked) find(t *token) int16 {
	for _, f := range [2]uint64{t.exact, t.fold} {
		if a.sieve[f>>6&3]&(1<<(f&63)) != 0 {
			if w, ok := a.index[f]; ok {
				return w
			}
		}
	}
	return -1
}

// form is a word as the query compares it: with its marks, unless the query has none, or this word has none and
// hardly ever stands so, which is how a word looks whose marks were not typed.
func (x *Index) form(q *question, t token) uint64 {
	if !q.marked || !t.marked && x.vocab.bare(t) {
		return t.fold
	}
	return t.exact
}
