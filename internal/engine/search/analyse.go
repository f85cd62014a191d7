package search

import (
	"math/bits"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"trucot/internal/kernel/lang"
)

// token is one word of a text: its two forms as hashes and where it stands. Two forms are enough: the
// folded one is what the index holds, the exact one (marks kept, the tone apart from its vowel, so that
// hòa = hoà) is what ranking prefers.
type token struct {
	fold, exact uint64
	start, end  int32
	digit       bool // begins with a digit
	marked      bool // has marks, or is not in need of any
}

// glyph is what the analyser must know of a rune.
type glyph struct {
	fold   uint16
	hat    uint8 // 1 đ, 2 circumflex, 3 breve, 4 horn
	tone   uint8
	letter bool
	digit  bool
	vowel  uint8 // 1 of a vowel
}

// latin reaches past ỹ, the last letter of Vietnamese.
const latin = 0x1f00

// glyphs are the runes of Latin scripts, made when the first text is read.
var glyphs = sync.OnceValue(func() *[latin]glyph {
	var all [latin]glyph
	for r := rune(1); r < latin; r++ {
		all[r] = makeGlyph(r)
	}
	return &all
})

func makeGlyph(r rune) glyph {
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return glyph{}
	}
	folded, _ := lang.FoldAligned(string(r))
	if len(folded) == 0 || folded[0] > 0xffff {
		return glyph{}
	}
	g := glyph{fold: uint16(folded[0]), letter: unicode.IsLetter(r), digit: unicode.IsDigit(r)}
	if r == 'đ' || r == 'Đ' {
		g.hat = 1
	}
	for _, m := range norm.NFD.String(string(r)) {
		switch m {
		case 0x302:
			g.hat = 2
		case 0x306:
			g.hat = 3
		case 0x31b:
			g.hat = 4
		case 0x300, 0x301, 0x303, 0x309, 0x323:
			g.tone = uint8(m&0x3f | 0x40) // the grave is 0x300: its low bits alone would be no tone
		}
	}
	switch folded[0] {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		g.vowel = 1
	}
	return g
}

// FNV-1a; the file holds hashes, so the function must stay.
const (
	hashSeed  uint64 = 14695981039346656037
	hashPrime uint64 = 1099511628211
)

func step(h uint64, v uint16) uint64 { return (h ^ uint64(v)) * hashPrime }

// finish spreads the bits: the index sorts by hash.
func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// The other kinds of terms are made of hashes of words.
func pairTerm(a, b uint64) uint64   { return finish(bits.RotateLeft64(a, 21)*3 ^ b) }
func conceptTerm(i uint64) uint64   { return finish(i*hashPrime ^ 0x636f6e63657074) }
func symbolStart(h uint64) uint64   { return finish(h ^ 0x73796d626f6c) }
func symbolTerm(h, p uint64) uint64 { return finish(bits.RotateLeft64(h, 9) ^ p) }

// normal is the text in NFC.
func normal(text string) string {
	if norm.NFC.IsNormalString(text) {
		return text
	}
	return norm.NFC.String(text)
}

// words appends the tokens of a text in NFC to list. The second look reads thousands of letters for each query: what
// Vietnamese is written with is decoded in place, and what is known of a word stands in variables of its own.
func words(text string, list []token) []token {
	table := glyphs()
	for i := 0; i < len(text); {
		fold, exact := hashSeed, hashSeed
		var beforeFold, beforeExact uint64 // without the last letter
		var tone, marks uint8
		var last uint16
		start, size, vowels, letters, digit := i, 1, 0, 0, false
		for ; i < len(text); i += size {
			var g *glyph
			b := text[i]
			switch {
			case b < utf8.RuneSelf:
				g, size = &table[b], 1
			case b >= 0xc2 && b < 0xe0 && i+1 < len(text) && text[i+1]&0xc0 == 0x80:
				g, size = &table[uint(b&0x1f)<<6|uint(text[i+1]&0x3f)], 2
			case b == 0xe1 && i+2 < len(text) && text[i+1]&0xc0 == 0x80 && text[i+1] < 0xbc && text[i+2]&0xc0 == 0x80:
				g, size = &table[0x1000|uint(text[i+1]&0x3f)<<6|uint(text[i+2]&0x3f)], 3
			default:
				g, size = otherGlyph(table, text[i:])
			}
			if g.fold == 0 {
				break
			}
			if letters == 0 {
				digit = g.digit
			}
			letters++
			vowels += int(g.vowel)
			marks |= g.tone | g.hat
			if g.tone != 0 {
				tone = g.tone
			}
			last = g.fold
			beforeFold, beforeExact = fold, exact
			fold, exact = step(fold, last), step(exact, last|uint16(g.hat)<<12)
		}
		if i > start {
			if last == 'y' && vowels == 1 && letters > 1 { // kỹ and kĩ are one word
				fold, exact = step(beforeFold, 'i'), step(beforeExact, 'i')
			}
			list = append(list, token{fold: finish(fold), exact: finish(step(exact, uint16(tone))), start: int32(start), end: int32(i), digit: digit, marked: marks != 0})
		}
		i += size
	}
	return list
}

// otherGlyph is the glyph at the beginning of a text that words does not decode itself, and its length in bytes.
func otherGlyph(table *[latin]glyph, text string) (*glyph, int) {
	r, size := utf8.DecodeRuneInString(text)
	if r < latin {
		return &table[r], size
	}
	g := makeGlyph(r)
	return &g, size
}

// foldedWord is the readable folded form, for the vocabulary.
func foldedWord(s string) string {
	f := lang.Fold(s)
	if len(f) > 1 && f[len(f)-1] == 'y' {
		for _, c := range f[:len(f)-1] {
			if c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y' {
				return f
			}
		}
		return f[:len(f)-1] + "i"
	}
	return f
}

// apart reports whether a phrase ends between two words: only blanks and joining marks keep it together.
func apart(gap string) bool {
	for _, r := range gap {
		switch r {
		case ' ', '\t', '\n', '\u00a0', '-', '–', '/', '&', '\'', '’', '“', '”', '"', '_':
		default:
			return true
		}
	}
	return false
}

// symbolParts is the most parts a document's symbol has: 01/2021/TTLT-BKHCN-BTC.
const symbolParts = 7

// symbol reads a document's symbol that starts at list[i]: a number, then short words joined by / or -,
// with blanks allowed around the first joint (20 -NQ/TW). Which mark joins does not matter. n = 0: none.
func symbol(text string, list []token, i int) (term uint64, n int) {
	if !list[i].digit {
		return 0, 0
	}
	h, letters, end := symbolStart(list[i].fold), false, 1
	for k := i + 1; k < len(list) && k-i < symbolParts; k++ {
		t := list[k]
		if !joint(text[list[k-1].end:t.start], k == i+1) || utf8.RuneCountInString(text[t.start:t.end]) > 8 {
			break
		}
		if t.digit && (k != i+1 || t.end-t.start != 4) {
			break
		}
		h, end = symbolTerm(h, t.fold), k-i+1
		letters = letters || !t.digit
	}
	if !letters {
		return 0, 0
	}
	return h, end
}

func joint(gap string, blanks bool) bool {
	joints := 0
	for _, r := range gap {
		switch r {
		case '/', '-', '–':
			joints++
		case ' ', '\u00a0':
			if !blanks {
				return false
			}
		default:
			return false
		}
	}
	return joints == 1
}
