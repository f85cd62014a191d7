package directive

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"trucot/internal/kernel/lang"
)

// text is a text made ready for the grammar: composed letters, every dash a hyphen, every blank a space or a
// newline, and beside it the same folded, rune for rune. start leads back to the caller's characters.
type text struct {
	source []rune
	runes  []rune
	fold   []rune
	start  []int
}

func prepare(s string) *text {
	t := &text{source: []rune(s)}
	n := len(t.source)
	t.runes, t.fold, t.start = make([]rune, 0, n), make([]rune, 0, n), make([]int, 0, n)
	valid := string(t.source)
	if norm.NFC.IsNormalString(valid) {
		for i, r := range t.source {
			t.push(r, i)
		}
		return t
	}
	var it norm.Iter
	it.InitString(norm.NFC, valid)
	at, runeAt := 0, 0
	for !it.Done() {
		piece := it.Next()
		for _, r := range string(piece) {
			t.push(r, runeAt)
		}
		runeAt += utf8.RuneCountInString(valid[at:it.Pos()])
		at = it.Pos()
	}
	return t
}

func (t *text) push(r rune, source int) {
	switch {
	case r == '\n':
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63, r == 0xFF0D:
		r = '-'
	case r == 0x2044, r == 0x2215, r == 0xFF0F:
		r = '/'
	case unicode.IsSpace(r), r == 0x200B, r == 0xFEFF, r == 0xAD, r == 0x2060:
		r = ' '
	}
	t.runes, t.fold, t.start = append(t.runes, r), append(t.fold, foldOne(r)), append(t.start, source)
}

// foldOne folds a composed rune to its base letter.
func foldOne(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	for _, f := range lang.Fold(string(r)) {
		return f
	}
	return r
}

// endOf is the caller's offset behind position end-1. A letter of several characters (e + two marks) stays
// whole.
func (t *text) endOf(end int) int {
	for k := end; k < len(t.start); k++ {
		if t.start[k] > t.start[end-1] {
			return t.start[k]
		}
	}
	return len(t.source)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
func isBlank(r rune) bool { return r == ' ' || r == '\n' }
func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// at is the rune at i, 0 beyond the end.
func (t *text) at(i int) rune {
	if i < 0 || i >= len(t.runes) {
		return 0
	}
	return t.runes[i]
}

// maxBlanks bounds a gap inside one citation: a blank, a line break, an indent.
const maxBlanks = 4

// skipBlanks goes over at most maxBlanks blanks.
func (t *text) skipBlanks(i int) int {
	for k := 0; k < maxBlanks && isBlank(t.at(i)); k++ {
		i++
	}
	return i
}

// wordEnd is the position behind the word at i.
func (t *text) wordEnd(i int) int {
	for i < len(t.runes) && isWord(t.runes[i]) {
		i++
	}
	return i
}

// has reports whether the folded phrase stands at i, as whole words; end is behind it. A blank in the phrase
// matches a gap.
func (t *text) has(i int, phrase []rune) (end int, ok bool) {
	for _, p := range phrase {
		if p == ' ' {
			next := t.skipBlanks(i)
			if next == i {
				return i, false
			}
			i = next
			continue
		}
		if i >= len(t.fold) || t.fold[i] != p {
			return i, false
		}
		i++
	}
	return i, i >= len(t.fold) || !isWord(t.runes[i]) || !isWord(t.runes[i-1])
}

// hasAny is has for the first of several phrases.
func (t *text) hasAny(i int, phrases ...string) (end int, ok bool) {
	for _, p := range phrases {
		if end, ok = t.has(i, []rune(p)); ok {
			return end, true
		}
	}
	return i, false
}

// skipSo goes over blanks, an opening colon and the word "số" before a number.
func (t *text) skipSo(i int) (at int, so bool) {
	at = t.skipBlanks(i)
	if end, ok := t.hasAny(at, "so"); ok {
		so = true
		at = t.skipBlanks(end)
	}
	if t.at(at) == ':' {
		at = t.skipBlanks(at + 1)
	}
	return at, so
}

// backSo finds the word "số" right before position i; start is where it begins, or i.
func (t *text) backSo(i int) (start int, so bool) {
	k := i
	for n := 0; n < maxBlanks && (isBlank(t.at(k-1)) || t.at(k-1) == ':'); n++ {
		k--
	}
	if k >= 2 && k < i && t.fold[k-1] == 'o' && t.fold[k-2] == 's' && (k == 2 || !isWord(t.runes[k-3])) {
		return k - 2, true
	}
	return i, false
}

// joined reports whether only a list's glue stands between two positions: a comma, "và", "hoặc", "số".
func (t *text) joined(from, to int) bool {
	if to < from || to-from > 12 {
		return false
	}
	for i := from; i < to; {
		switch {
		case isBlank(t.runes[i]) || t.runes[i] == ',' || t.runes[i] == ';':
			i++
		default:
			end, ok := t.hasAny(i, "va", "hoac", "so", "cung")
			if !ok || end > to {
				return false
			}
			i = end
		}
	}
	return true
}
