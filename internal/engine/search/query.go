package search

import (
	"math"
	"slices"
	"strings"
)

// Weights of the ranking: one setting for everything, measured by TestQuality.
const (
	termSaturation = 1.2  // how soon more of a word says no more
	lengthBias     = 0.75 // how much a long text needs more of it
	smallWeight    = 0.15 // of a word that says little
	pairWeight     = 0.6  // of two words side by side
	smallPair      = 0.45 // where one of them says little
	symbolWeight   = 3    // of a document's symbol
	conceptWeight  = 0.6  // of an abbreviation or its long form
)

// clause is one term of a query.
type clause struct {
	term   uint64
	weight float64
	word   int // which word of the query it stands for, -1 for none
	small  bool
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

func (q *question) terms(lex *Lexicon) {
	for i, t := range q.toks {
		w := 1.0
		if q.small[i] {
			w = smallWeight
		}
		q.clauses = append(q.clauses, clause{term: t.fold, weight: w, word: i, small: q.small[i]})
		if i > 0 && !apart(q.text[q.toks[i-1].end:t.start]) {
			w := float64(pairWeight)
			if q.small[i] && q.small[i-1] {
				w *= smallWeight
			} else if q.small[i] || q.small[i-1] {
				w = smallPair
			}
			q.clauses = append(q.clauses, clause{term: pairTerm(q.toks[i-1].fold, t.fold), weight: w, word: -1})
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

// idf is what it says about a document that it has a term.
func idf(docs, df int) float64 {
	return math.Log(1 + (float64(docs)-float64(df)+0.5)/(float64(df)+0.5))
}
