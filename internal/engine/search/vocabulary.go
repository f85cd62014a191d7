package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// vocabulary is every word met, with its spellings: what corrections and completions are drawn from. Only the
// writer changes it, under the index's lock where it grows.
type vocabulary struct {
	forms map[uint64]*form  // by exact hash
	words map[uint64]*entry // by folded hash

	sort   sync.Mutex
	sorted []*entry // by folded text; nil = to be made again
}

type form struct {
	text string // as first met, lower case
	n    atomic.Uint32
}

type entry struct {
	folded string
	hash   uint64
	forms  []*form
}

func newVocabulary() *vocabulary {
	return &vocabulary{forms: map[uint64]*form{}, words: map[uint64]*entry{}}
}

// longest word that can be completed or corrected; what is longer is no word.
const longestWord = 24

func (v *vocabulary) count(x *Index, t token, text string) {
	if f := v.forms[t.exact]; f != nil {
		f.n.Add(1)
		return
	}
	if t.end-t.start > 2*longestWord || t.digit {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	v.grow(strings.ToLower(text[t.start:t.end]), t, 1)
}

func (v *vocabulary) grow(text string, t token, n uint32) {
	f := &form{text: strings.Clone(text)}
	f.n.Store(n)
	v.forms[t.exact] = f
	e := v.words[t.fold]
	if e == nil {
		e = &entry{folded: foldedWord(text), hash: t.fold}
		v.words[t.fold] = e
		v.sorted = nil
	}
	e.forms = append(e.forms, f)
}

// order gives the words by their folded text. The caller holds the index's lock for reading.
func (v *vocabulary) order() []*entry {
	v.sort.Lock()
	defer v.sort.Unlock()
	if v.sorted == nil {
		v.sorted = make([]*entry, 0, len(v.words))
		for _, e := range v.words {
			v.sorted = append(v.sorted, e)
		}
		slices.SortFunc(v.sorted, func(a, b *entry) int { return cmp.Or(cmp.Compare(a.folded, b.folded), cmp.Compare(a.hash, b.hash)) })
	}
	return v.sorted
}

// best is the spelling met most, and how often the word was met in any.
func (e *entry) best() (text string, n uint32) {
	most := uint32(0)
	for _, f := range e.forms {
		k := f.n.Load()
		n += k
		if k > most || k == most && f.text < text {
			text, most = f.text, k
		}
	}
	return text, n
}

// Shares of likeness and of spellings.
const (
	likeEnough = 0.3 // of letter pairs in common, from which a word may be meant for another
	sameLetter = 0.9 // of a word of the same letters in another order, which is a slip of the fingers
	bareShare  = 20  // a word is seldom written without marks: one time in so many
)

// nearest is the word most like one that is not known, and how like: the share of letter pairs in common. Both begin
// with the same letter and have some length, or nothing is like anything.
func (v *vocabulary) nearest(folded string) (e *entry, share float64) {
	if len(folded) < 4 || len(folded) > longestWord {
		return nil, 0
	}
	share = likeEnough
	for _, other := range v.from(folded[:1]) {
		if 2*len(other.folded) < len(folded) || len(other.folded) > 2*len(folded) || len(other.folded) < 4 {
			continue
		}
		s := likeness(folded, other.folded)
		if sameLetters(folded, other.folded) {
			s = max(s, sameLetter)
		}
		if s > share {
			e, share = other, s
		}
	}
	return e, share
}

// sameLetters reports whether two words have the same letters, in whatever order.
func sameLetters(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	var count [256]int8 // words are short
	for i := range len(a) {
		count[a[i]]++
		count[b[i]]--
	}
	return count == [256]int8{}
}

// likeness is the share of the letter pairs of two words that both have.
func likeness(a, b string) float64 {
	a, b = "^"+a+"$", "^"+b+"$"
	common := 0
	for i := 0; i+2 <= len(b); i++ {
		if strings.Contains(a, b[i:i+2]) && strings.Index(b, b[i:i+2]) == i {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-2-common)
}

// bare reports whether a word that has no marks nearly always has some.
func (v *vocabulary) bare(t token) bool {
	e := v.words[t.fold]
	if e == nil {
		return false
	}
	without := uint32(0)
	if f := v.forms[t.exact]; f != nil {
		without = f.n.Load()
	}
	_, all := e.best()
	return without*bareShare < all
}

// nearest is the commonest spelling that is one slip away from what was typed, marks included; "" where none is.
func (e *entry) nearest(typed string) string {
	text, most := "", uint32(0)
	for _, f := range e.forms {
		if n := f.n.Load(); n > most && oneSlip([]rune(typed), []rune(f.text)) {
			text, most = f.text, n
		}
	}
	return text
}
