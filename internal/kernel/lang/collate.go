package lang

import (
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A collator keeps scratch space, so each goroutine takes its own.
var collators = sync.Pool{New: func() any {
	return &collator{c: collate.New(language.Vietnamese)}
}}

type collator struct {
	c   *collate.Collator
	buf collate.Buffer
}

// Compare orders two strings as a Vietnamese dictionary does: a ă â … d đ …, then the tones level, grave,
// hook, tilde, acute, dot; then case. Strings that differ only in ways the dictionary ignores are ordered
// by their bytes, so that a sorted list is always the same.
func Compare(a, b string) int {
	if a == b {
		return 0
	}
	k := collators.Get().(*collator)
	defer collators.Put(k)
	if n := k.c.CompareString(a, b); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}

// SortKey is a key whose byte order is the order of the fields, compared one after the other. It can be
// stored in a blob column and indexed. Byte order of keys equals Compare on each field in turn, but for
// the last tie, by bytes, which a key does not carry.
func SortKey(fields ...string) []byte {
	k := collators.Get().(*collator)
	defer collators.Put(k)
	var key []byte
	for i, f := range fields {
		if i > 0 {
			key = append(key, 0, 0, 0) // below any weight, so that a shorter field sorts first
		}
		key = append(key, k.c.KeyFromString(&k.buf, NFC(f))...)
		k.buf.Reset()
	}
	return key
}

// NameKey is the SortKey of a person's name: given name first, then family name, then the middle names, as
// Vietnamese lists of people are ordered.
func NameKey(name string) []byte {
	given, family, middle := SplitName(name)
	return SortKey(given, family, middle)
}

// SplitName takes "Nguyễn Thị Minh Khai" apart into Khai, Nguyễn and "Thị Minh". A single word is a given
// name.
func SplitName(name string) (given, family, middle string) {
	words := strings.Fields(name)
	switch n := len(words); n {
	case 0:
		return "", "", ""
	case 1:
		return words[0], "", ""
	default:
		return words[n-1], words[0], strings.Join(words[1:n-1], " ")
	}
}
