package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Weights of the ranking: one setting for everything, measured by TestQuality.
const (
	termSaturation = 1.2  // how soon more of a word says no more
	lengthBias     = 0.82 // how much a long text needs more of it
	smallWeight    = 0.2  // of a word that says little
	nameWeight     = 1.6  // of a word with a capital letter within the sentence
	pairWeight     = 1.05 // of two words side by side
	smallPair      = 0.8  // where one of them says little
	symbolWeight   = 3    // of a document's symbol
	conceptWeight  = 0.6  // of an abbreviation or its long form
	likeWeight     = 1.2  // of the known word most like an unknown one
	meaningWeight  = 0.4  // of a word that means what an unknown one does
)

// clause is one term of a query.
type clause struct {
	term   uint64
	weight float64
	word   int   // which word of the query it stands for, -1 for none
	adds   bool  // only adds to documents that are found by other clauses
	meets  uint8 // how many words of the query a document with it has, 0 = as word says
	df     int
}

// question is a query taken apart.
type question struct {
	text    string
	toks    []token
	marked  bool
	small   []bool
	content int // words that say something
	clauses []clause
	quoted  [][]token
	likes   []like
	means   []meaning
	asked   asked
}

// meaning is a word of n syllables of the query of which the lexicon knows others that mean alike.
type meaning struct {
	at, n int
	sense sense
}

// like is a known word that stands for one of the query that is not known.
type like struct {
	word int
	fold uint64
}

func (x *Index) question(text string) *question {
	q := &question{text: normal(text)}
	q.toks = words(q.text, nil)
	if len(q.toks) > mostWords {
		q.toks = q.toks[:mostWords]
	}
	for _, t := range q.toks {
		q.marked = q.marked || t.marked
	}
	for _, t := range q.toks {
		small := x.lex.isSmall(t, q.marked)
		q.small = append(q.small, small)
		if !small {
			q.content++
		}
	}
	if q.content == 0 { // only such words: then they are what is looked for
		clear(q.small)
		q.content = len(q.toks)
	}
	q.phrases()
	q.terms(x.lex)
	return q
}

// mostWords of a query are looked at: enough for a paragraph pasted whole.
const mostWords = 128

// phrases finds what stands within quotation marks.
func (q *question) phrases() {
	text := strings.NewReplacer("“", `"`, "”", `"`).Replace(q.text)
	if text != q.text {
		q.text = text
		q.toks = words(text, nil)[:len(q.toks)]
	}
	parts := strings.Split(text, `"`)
	for i := 1; i+1 < len(parts); i += 2 {
		if p := words(parts[i], nil); len(p) > 0 {
			q.quoted = append(q.quoted, p)
		}
	}
}

// weight is what a word counts, before it is known how rare it is. A capital letter within a sentence is a name.
func (q *question) weight(i int) float64 {
	if q.small[i] {
		return smallWeight
	}
	if first, _ := utf8.DecodeRuneInString(q.text[q.toks[i].start:]); i > 0 && unicode.IsUpper(first) {
		return nameWeight
	}
	return 1
}

// pairOf is what the words i-1 and i count side by side; 0 where they are apart.
func (q *question) pairOf(i int) float64 {
	switch {
	case apart(q.text[q.toks[i-1].end:q.toks[i].start]):
		return 0
	case q.small[i] && q.small[i-1]:
		return pairWeight * smallWeight
	case q.small[i] || q.small[i-1]:
		return smallPair
	}
	return pairWeight
}

func (q *question) terms(lex *Lexicon) {
	for i, t := range q.toks {
		q.clauses = append(q.clauses, clause{term: t.fold, weight: q.weight(i), word: i, adds: q.small[i]})
		if i > 0 {
			if w := q.pairOf(i); w > 0 {
				q.clauses = append(q.clauses, clause{term: pairTerm(q.toks[i-1].fold, t.fold), weight: w, word: -1})
			}
		}
		for _, s := range lex.senses(q.toks[i:], q.marked) {
			q.means = append(q.means, meaning{i, len(lex.means[s.group][s.word]), s})
		}
		if s, n := symbol(q.text, q.toks, i); n > 0 {
			q.clauses = append(q.clauses, clause{term: s, weight: symbolWeight, word: -1})
		}
		if c, n := lex.concept(q.toks[i:]); n > 0 {
			q.clauses = append(q.clauses, clause{term: c, weight: conceptWeight * float64(n), word: -1})
		}
	}
	q.clauses = unite(q.clauses)
}

// unite leaves each term once: a word said twice is not asked for twice.
func unite(list []clause) []clause {
	slices.SortStableFunc(list, func(a, b clause) int {
		switch {
		case a.term < b.term:
			return -1
		case a.term > b.term:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(list, func(a, b clause) bool { return a.term == b.term })
}

// frequencies says how often each term stands in the whole index.
func (x *Index) frequencies(q *question) {
	for i := range q.clauses {
		q.clauses[i].df = int(x.documents(q.clauses[i].term))
	}
	x.alike(q)
	x.otherwise(q)
	// what says most comes first, so that small words only add to documents that are there already
	slices.SortStableFunc(q.clauses, func(a, b clause) int {
		switch {
		case a.adds != b.adds && a.adds:
			return 1
		case a.adds != b.adds:
			return -1
		}
		return a.df - b.df
	})
}

// alike lets known words stand for each word that no document has: those it may be the beginning of, where it is the
// last and nothing follows it; else the word most like it, since a slip or another spelling of a name should not lose
// the document that the other words find. The beginnings of words find documents, and so do words of the same letters; a
// likeness only adds to documents, unless no other word is known.
func (x *Index) alike(q *question) {
	known := slices.ContainsFunc(q.clauses, func(c clause) bool { return c.df > 0 && !c.adds && c.word >= 0 })
	for _, c := range q.clauses[:len(q.clauses):len(q.clauses)] {
		if c.df > 0 || c.word < 0 || c.adds || q.toks[c.word].digit {
			continue
		}
		t := q.toks[c.word]
		typed := foldedWord(q.text[t.start:t.end])
		if int(t.end) == len(q.text) && x.unfinished(q, c, typed) {
			continue
		}
		if e, share := x.vocab.nearest(typed); e != nil {
			q.likes = append(q.likes, like{c.word, e.hash})
			n := clause{term: e.hash, weight: likeWeight * c.weight * share, word: -1, adds: true, df: int(x.documents(e.hash))}
			if share >= sameLetter || !known {
				n.word, n.adds = c.word, false
			}
			q.clauses = append(q.clauses, n)
		}
	}
}

// otherwise lets words of one or two syllables find documents for a word that means alike and stands nowhere, where nothing
// else is asked for.
func (x *Index) otherwise(q *question) {
	for _, m := range q.means {
		if q.content > m.n || x.stands(q.toks[m.at:m.at+m.n]) > 0 {
			continue
		}
		for _, word := range x.lex.means[m.sense.group] {
			df := x.stands(word)
			if df == 0 || len(word) > 2 {
				continue
			}
			term, weight := word[0].fold, meaningWeight
			if len(word) == 2 {
				term, weight = pairTerm(word[0].fold, word[1].fold), 2*meaningWeight
			}
			q.clauses = append(q.clauses, clause{term: term, weight: weight, word: m.at, meets: uint8(m.n), df: df})
			for _, t := range word { // for the snippets
				q.likes = append(q.likes, like{m.at, t.fold})
			}
		}
	}
}

// stands is how many documents have a word at most, by its pairs of syllables.
func (x *Index) stands(word []token) int {
	n := x.documents(word[0].fold)
	for i := 1; i < len(word); i++ {
		n = min(n, x.documents(pairTerm(word[i-1].fold, word[i].fold)))
	}
	return int(n)
}

// mostEndings is how many words an unfinished one may become.
const mostEndings = 8

// unfinished lets the commonest words that begin as the last one was typed stand for it, those first that stand
// beside the word before it.
func (x *Index) unfinished(q *question, c clause, typed string) bool {
	if len(typed) < 2 {
		return false
	}
	type ending struct {
		term, pair uint64
		df, pairs  int
	}
	var list []ending
	for _, e := range x.vocab.from(typed) {
		n := ending{term: e.hash, df: int(x.documents(e.hash))}
		if c.word > 0 {
			n.pair = pairTerm(q.toks[c.word-1].fold, e.hash)
			n.pairs = int(x.documents(n.pair))
		}
		if n.df > 0 {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b ending) int {
		return cmp.Or(cmp.Compare(b.pairs, a.pairs), cmp.Compare(b.df, a.df), cmp.Compare(a.term, b.term))
	})
	for _, n := range list[:min(mostEndings, len(list))] {
		q.likes = append(q.likes, like{c.word, n.term})
		q.clauses = append(q.clauses, clause{term: n.term, weight: c.weight, word: c.word, df: n.df})
		if n.pairs > 0 {
			q.clauses = append(q.clauses, clause{term: n.pair, weight: pairWeight, word: -1, df: n.pairs})
		}
	}
	return len(list) > 0
}

// idf is what it says about a document that it has a term.
func idf(docs, df int) float64 {
	return math.Log(1 + (float64(docs)-float64(df)+0.5)/(float64(df)+0.5))
}
