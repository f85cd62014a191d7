// Package words (từ trong danh sách việc) finds rows by the words of their text: which of a million dossiers have these
// words, marks or none. It owns the vocabulary and for each word the rows that have it, all in memory. It does not own
// the texts, which stay in their table, nor the order and the reach of a list, which are package worklist's.
//
// A word that many rows have is a bit for every row, any other a sorted list; a word that one row has is four bytes.
package words

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"

	"trucot/internal/kernel/lang"
)

const (
	none = ^uint32(0)
	// dense is which part of the rows must have a word for bits to be smaller than a list.
	dense = 32
	// leastBits is the length below which a list stays one.
	leastBits = 1024
	// mostTail is how many new words wait outside the sorted vocabulary.
	mostTail = 512
	// mostKnown is how many written words are remembered with what they are made of while many rows are put.
	mostKnown = 1 << 16
)

// Rows is a set of row numbers, a bit for each.
type Rows []uint64

// Has reports whether a row is in the set.
func (r Rows) Has(num uint32) bool { return int(num>>6) < len(r) && r[num>>6]&(1<<(num&63)) != 0 }

// Add puts a row into the set; there must be room for it.
func (r Rows) Add(num uint32) { r[num>>6] |= 1 << (num & 63) }

// Index is safe for concurrent use.
type Index struct {
	mu   sync.RWMutex
	seed maphash.Seed

	// The vocabulary: each word without marks, then a zero byte and the word itself where it has some. The first words stand
	// in the order of their bytes.
	text   []byte
	ends   []uint32
	sorted int      // how many stand in order
	slots  []uint32 // words by hash, plus one, only while the index is filled; 0 = free

	only  []uint32         // the row of a word that one row has
	more  map[uint32]*list // the rows of the others
	texts []uint32         // by row: a hash of its text, 0 = none
}

// list is the rows of a word, sorted or as bits.
type list struct {
	nums []uint32
	bits Rows
}

// New is an empty index.
func New() *Index {
	return &Index{seed: maphash.MakeSeed(), more: map[uint32]*list{}}
}

// Put sets the text of a row and reports whether it was another before.
func (x *Index) Put(num uint32, text string) (changed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.put(num, text, nil)
}

// Fill puts many rows at once, best in the order of their numbers.
func (x *Index) Fill(rows func(put func(num uint32, text string))) {
	x.mu.Lock()
	defer x.mu.Unlock()
	known := map[string][]uint32{}
	x.slots = make([]uint32, 1<<bits.Len(uint(2*len(x.ends)+1<<9)))
	x.hash()
	rows(func(num uint32, text string) { x.put(num, text, known) })
	for _, l := range x.more {
		l.nums = slices.Clip(l.nums)
	}
	x.texts = slices.Clip(x.texts)
	x.sort()
}

func (x *Index) put(num uint32, text string, known map[string][]uint32) (changed bool) {
	for int(num) >= len(x.texts) {
		x.texts = append(x.texts, 0)
	}
	sum := uint32(maphash.String(x.seed, text)) | 1 // never none
	if x.texts[num] == sum {
		return false
	}
	if changed = x.texts[num] != 0; changed {
		x.remove(num)
	}
	x.texts[num] = sum
	for written := range strings.FieldsSeq(text) {
		ids, ok := known[written]
		if !ok {
			lang.EachWord(written, func(w string) { ids = append(ids, x.word(w)) })
			if known != nil && len(known) < mostKnown {
				known[written] = ids
			}
		}
		for _, id := range ids {
			x.add(id, num)
		}
	}
	if known == nil && len(x.ends)-x.sorted > mostTail {
		x.sort()
	}
	return changed
}

// remove takes a row out of every word: its old text is not known any more.
func (x *Index) remove(num uint32) {
	for id, n := range x.only {
		if n == num {
			x.only[id] = none
		}
	}
	for _, l := range x.more {
		if l.bits.Has(num) {
			l.bits[num>>6] &^= 1 << (num & 63)
		} else if i, found := slices.BinarySearch(l.nums, num); found {
			l.nums = slices.Delete(l.nums, i, i+1)
		}
	}
}

// entry is a word as the vocabulary holds it.
func entry(word string) string {
	if folded := lang.Fold(word); folded != word {
		return folded + "\x00" + word
	}
	return word
}

// word is the number of a word, a new one where it is new.
func (x *Index) word(word string) uint32 {
	e := entry(word)
	at, found := x.look(e)
	if found {
		return at
	}
	id := uint32(len(x.ends))
	x.text = append(x.text, e...)
	x.ends, x.only = append(x.ends, uint32(len(x.text))), append(x.only, none)
	if x.slots != nil {
		if x.slots[at] = id + 1; len(x.ends)*4 > len(x.slots)*3 {
			x.slots = make([]uint32, 2*len(x.slots))
			x.hash()
		}
	}
	return id
}

// look gives the number of an entry, or while the index is filled the slot for it.
func (x *Index) look(e string) (at uint32, found bool) {
	if x.slots != nil {
		mask := uint32(len(x.slots) - 1)
		for at = uint32(maphash.String(x.seed, e)) & mask; x.slots[at] != 0; at = (at + 1) & mask {
			if id := x.slots[at] - 1; string(x.at(id)) == e {
				return id, true
			}
		}
		return at, false
	}
	if at = x.from(e); int(at) < x.sorted && string(x.at(at)) == e {
		return at, true
	}
	for at = uint32(x.sorted); int(at) < len(x.ends); at++ {
		if string(x.at(at)) == e {
			return at, true
		}
	}
	return at, false
}

// from is the first sorted word not before an entry.
func (x *Index) from(e string) uint32 {
	return uint32(sort.Search(x.sorted, func(i int) bool { return string(x.at(uint32(i))) >= e }))
}

// hash enters every word into the empty slots.
func (x *Index) hash() {
	mask := uint32(len(x.slots) - 1)
	for id := range x.ends {
		at := uint32(maphash.Bytes(x.seed, x.at(uint32(id)))) & mask
		for x.slots[at] != 0 {
			at = (at + 1) & mask
		}
		x.slots[at] = uint32(id) + 1
	}
}

func (x *Index) at(id uint32) []byte {
	if id == 0 {
		return x.text[:x.ends[0]]
	}
	return x.text[x.ends[id-1]:x.ends[id]]
}

// add notes that a row has a word.
func (x *Index) add(id, num uint32) {
	l := x.more[id]
	if l == nil {
		switch x.only[id] {
		case none:
			x.only[id] = num
		case num:
		default:
			x.more[id] = &list{nums: []uint32{min(x.only[id], num), max(x.only[id], num)}}
			x.only[id] = none
		}
		return
	}
	if l.bits != nil {
		for int(num>>6) >= len(l.bits) {
			l.bits = append(l.bits, 0)
		}
		l.bits.Add(num)
		return
	}
	if n := len(l.nums); n == 0 || l.nums[n-1] < num {
		l.nums = append(l.nums, num)
	} else if i, found := slices.BinarySearch(l.nums, num); !found {
		l.nums = slices.Insert(l.nums, i, num)
	}
	if len(l.nums) > leastBits && len(l.nums)*dense > len(x.texts) {
		l.bits = make(Rows, len(x.texts)/64+1)
		for _, n := range l.nums {
			l.bits.Add(n)
		}
		l.nums = nil
	}
}

// sort numbers the words anew in the order of their bytes.
func (x *Index) sort() {
	tail := make([]uint32, 0, len(x.ends)-x.sorted)
	for id := x.sorted; id < len(x.ends); id++ {
		tail = append(tail, uint32(id))
	}
	slices.SortFunc(tail, func(a, b uint32) int { return bytes.Compare(x.at(a), x.at(b)) })
	old := Index{text: x.text, ends: x.ends, only: x.only, more: x.more, sorted: x.sorted}
	x.text, x.ends, x.only = make([]byte, 0, len(old.text)), make([]uint32, 0, len(old.ends)), make([]uint32, 0, len(old.ends))
	x.more, x.slots, x.sorted = make(map[uint32]*list, len(old.more)), nil, len(old.ends)
	take := func(id uint32) {
		if l := old.more[id]; l != nil {
			x.more[uint32(len(x.ends))] = l
		}
		x.text = append(x.text, old.at(id)...)
		x.ends, x.only = append(x.ends, uint32(len(x.text))), append(x.only, old.only[id])
	}
	next := uint32(0)
	for _, id := range tail {
		for before := old.from(string(old.at(id))); next < before; next++ {
			take(next)
		}
		take(id)
	}
	for ; next < uint32(old.sorted); next++ {
		take(next)
	}
}

// Find gives the rows that have a word, typed with marks or without; begins: or a word that begins so. Typed with marks, it
// is found without them where no word has them.
func (x *Index) Find(typed string, begins bool) Rows {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := make(Rows, (len(x.texts)+63)/64)
	folded := lang.Fold(typed)
	marked := folded != typed
	some := x.collect(folded, begins, out, func(word string) bool { return !marked || lang.HasWord(word, typed, begins) })
	if marked && !some {
		x.collect(folded, begins, out, func(string) bool { return true })
	}
	return out
}

// collect adds the rows of the words with these letters that fit and says whether there was one.
func (x *Index) collect(folded string, begins bool, out Rows, fit func(word string) bool) (some bool) {
	one := func(id uint32) (beyond bool) {
		e := x.at(id)
		if !bytes.HasPrefix(e, []byte(folded)) {
			return true
		}
		if rest := e[len(folded):]; !begins && len(rest) > 0 && rest[0] != 0 {
			return true // a longer word, as are all behind it
		}
		if i := bytes.IndexByte(e, 0); i >= 0 {
			e = e[i+1:]
		}
		if fit(string(e)) {
			some = x.unite(id, out) || some
		}
		return false
	}
	for id := x.from(folded); int(id) < x.sorted && !one(id); id++ {
	}
	for id := x.sorted; id < len(x.ends); id++ {
		one(uint32(id))
	}
	return some
}

func (x *Index) unite(id uint32, out Rows) (some bool) {
	if n := x.only[id]; n != none {
		out.Add(n)
		return true
	}
	l := x.more[id]
	if l == nil {
		return false
	}
	for i, b := range l.bits {
		out[i] |= b
	}
	for _, n := range l.nums {
		out.Add(n)
	}
	return len(l.nums) > 0 || l.bits != nil
}
