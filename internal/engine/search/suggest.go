package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Complete lists how the last word of a text may go on, the commonest first, each as the whole text with its
// marks. One letter says too little. Only what stands in a document of the scope is named: a word is data too.
func (x *Index) Complete(text string, scope []Clause, n int) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	text = normal(text)
	toks := words(text, nil)
	if len(toks) == 0 || int(toks[len(toks)-1].end) != len(text) {
		return nil
	}
	last := toks[len(toks)-1]
	prefix := foldedWord(text[last.start:])
	if len(prefix) < 2 {
		return nil
	}
	typed := strings.ToLower(text[last.start:])
	v := x.view(&Query{Scope: scope})
	type guess struct {
		text string
		term uint64
		n    uint32
	}
	var guesses []guess
	for _, e := range x.vocab.from(prefix) {
		best, count := e.best()
		term := e.hash
		if len(toks) > 1 {
			term = pairTerm(toks[len(toks)-2].fold, e.hash)
			count = x.documents(term)
		}
		if count > 0 && best != typed {
			guesses = append(guesses, guess{best, term, count})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.n, a.n) })
	var out []string
	for _, g := range guesses {
		if len(out) == n {
			break
		}
		if v.sees(g.term) {
			out = append(out, text[:last.start]+g.text)
		}
	}
	return out
}

// sees reports whether a document that the view lets through has the term.
func (v *view) sees(term uint64) bool {
	for _, s := range v.x.segs {
		_, post := s.list(term)
		seen := !postings(post, func(doc, _ uint32) bool { return has(s.dead, doc) || !v.lets(s.sets[doc]) })
		if seen {
			return true
		}
	}
	return false
}

// from lists the words that begin so.
func (v *vocabulary) from(prefix string) []*entry {
	all := v.order()
	i := sort.Search(len(all), func(i int) bool { return all[i].folded >= prefix })
	k := i
	for k < len(all) && strings.HasPrefix(all[k].folded, prefix) {
		k++
	}
	return all[i:k]
}

// documents counts those that have a term.
func (x *Index) documents(term uint64) uint32 {
	n := 0
	for _, s := range x.segs {
		k, _ := s.list(term)
		n += k
	}
	return uint32(n)
}

// meant puts known words for unknown ones: a word one slip away, the one that stands most beside its neighbours. Known
// is what the reader's scope knows.
func (v *view) meant(q *question) string {
	var b strings.Builder
	at, changed := 0, false
	for i, t := range q.toks {
		if t.digit || v.sees(t.fold) {
			continue
		}
		if w := v.nearest(q, i); w != "" {
			b.WriteString(q.text[at:t.start])
			b.WriteString(w)
			at, changed = int(t.end), true
		}
	}
	if !changed {
		return ""
	}
	return b.String() + q.text[at:]
}

// longEnough is how many letters a word alone has before one slip away is not just another word: syllables are short, and
// KHCN is no slip of SKHCN. Beside known words two letters do.
const longEnough = 5

// nearest is a known word that stands beside one of the neighbours; of a long word alone the commonest.
func (v *view) nearest(q *question, i int) string {
	x := v.x
	original := q.text[q.toks[i].start:q.toks[i].end]
	typed := strings.ToLower(original)
	wrong := foldedWord(typed)
	if len(wrong) < 2 || len(wrong) > longestWord || original == strings.ToUpper(original) {
		return ""
	}
	alone := len(q.toks) == 1 && len(wrong) >= longEnough
	best, bestScore := "", uint32(0)
	for _, e := range x.vocab.order() {
		if !oneSlip([]byte(wrong), []byte(e.folded)) || !v.sees(e.hash) {
			continue
		}
		text, n := e.best()
		score := uint32(0)
		if alone {
			score = min(n, 1000)
		}
		if i > 0 && v.sees(pairTerm(q.toks[i-1].fold, e.hash)) {
			score += 1000
		}
		if i+1 < len(q.toks) && v.sees(pairTerm(e.hash, q.toks[i+1].fold)) {
			score += 1000
		}
		if score > 0 {
			score += min(n, 999) // of those beside the same neighbours the commonest
		}
		if near := e.nearest(typed); near != "" && q.marked { // the marks that were typed are kept
			text = near
		}
		if score > bestScore {
			best, bestScore = text, score
		}
	}
	return best
}

// oneSlip reports whether b is a with one letter more, fewer, other, or two neighbours swapped.
func oneSlip[T byte | rune](a, b []T) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || slices.Equal(a, b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return slices.Equal(a[i:], b[i+1:])
	}
	return slices.Equal(a[i+1:], b[i+1:]) || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
