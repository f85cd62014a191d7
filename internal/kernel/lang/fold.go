package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC is the composed normal form. Every text that enters the program is stored in it, so that "ế" typed
// on two keyboards is one string.
func NFC(s string) string { return norm.NFC.String(s) }

// Fold makes the form for finding: lower case, without marks, đ as d. "Quyết định" and "QUYET DINH" fold
// to the same string. It is idempotent, and keeps blanks and punctuation.
func Fold(s string) string {
	if folded, ok := foldASCII(s); ok {
		return folded
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		if r = foldRune(r); r >= 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldASCII is Fold for the common case of plain ASCII; ok is false when s has any other byte.
func foldASCII(s string) (folded string, ok bool) {
	upper := false
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return "", false
		}
		upper = upper || 'A' <= s[i] && s[i] <= 'Z'
	}
	if !upper {
		return s, true
	}
	return strings.ToLower(s), true
}

// foldRune folds one decomposed rune; -1 means it is a mark and drops out.
func foldRune(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf:
		return r
	case unicode.Is(unicode.Mn, r):
		return -1
	}
	switch r {
	case 'đ', 'Đ', 'ð', 'Ð', 'ɖ', 'Ɖ': // the last four are look-alikes met in real files
		return 'd'
	}
	// A lower-case form may itself decompose (İ does); one step is enough, a test runs every rune.
	lower := unicode.ToLower(r)
	for _, d := range norm.NFD.String(string(lower)) {
		return d
	}
	return lower
}

// FoldAligned folds rune by rune and says, for every rune of the result, which rune of s it came from. Use
// it to search in folded text and mark the find in the original. len(origin) = len(folded).
func FoldAligned(s string) (folded []rune, origin []int) {
	folded = make([]rune, 0, len(s))
	origin = make([]int, 0, len(s))
	i := 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			folded, origin = append(folded, foldRune(r)), append(origin, i)
		} else {
			for _, d := range norm.NFD.String(string(r)) {
				if d = foldRune(d); d >= 0 {
					folded, origin = append(folded, d), append(origin, i)
				}
			}
		}
		i++
	}
	return folded, origin
}
