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
