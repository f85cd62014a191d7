package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ToneStyle is one of the two spellings of the tone mark in open oa, oe and uy. They are the only rhymes in
// which the two schools differ; everything else has one right place.
type ToneStyle uint8

const (
	ToneOld ToneStyle = iota // hòa, khỏe, thúy: the mark on the first vowel, as most official papers write
	ToneNew                  // hoà, khoẻ, thuý: the mark on the main vowel, as school books write
)

// TonePlacement moves the tone marks of every Vietnamese syllable in s to where the style puts them, and
// repairs marks put on a vowel that no style allows (qúy, gìa). Words that are not Vietnamese syllables
// stay as they are. The result is in NFC.
func TonePlacement(s string, style ToneStyle) string {
	s = NFC(s)
	var b strings.Builder
	b.Grow(len(s))
	start := -1
	flush := func(end int) {
		if start >= 0 {
			b.WriteString(placeTone(s[start:end], style))
			start = -1
		}
	}
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) {
			if start < 0 {
				start = i
			}
			continue
		}
		flush(i)
		b.WriteRune(r)
	}
	flush(len(s))
	return b.String()
}

// IsSyllable reports whether word (any case, any tone placement) can be a Vietnamese syllable. It checks
// spelling, not a dictionary.
func IsSyllable(word string) bool {
	_, ok := parseSyllable(word)
	return ok
}

func placeTone(word string, style ToneStyle) string {
	y, ok := parseSyllable(word)
	if !ok || y.tone == 0 {
		return word
	}
	at := y.tonePosition(style)
	var b strings.Builder
	for i, letter := range y.letters {
		b.WriteRune(letter)
		if i == at {
			b.WriteRune(y.tone)
		}
	}
	return NFC(b.String())
}

// syllable is a word taken apart: letters without tone (ế → ê), the tone as a combining mark, and the
// vowels' place.
type syllable struct {
	letters     []rune // as written, upper or lower case
	lower       []rune
	tone        rune // 0 = level
	vowel, coda int  // letters[vowel:coda] are the vowels, letters[coda:] the final consonant
}

func parseSyllable(word string) (syllable, bool) {
	var y syllable
	if len(word) > 40 || !y.split(word) {
		return y, false
	}
	n := len(y.lower)
	for y.vowel < n && !isVowel(y.lower[y.vowel]) {
		y.vowel++
	}
	onset := string(y.lower[:y.vowel])
	y.coda = y.vowel
	for y.coda < n && isVowel(y.lower[y.coda]) {
		y.coda++
	}
	if y.coda == y.vowel {
		return y, false
	}
	// In qu- and gi- the first vowel letter belongs to the onset: quý, già, but gìn.
	if y.coda-y.vowel > 1 && (onset == "q" && y.lower[y.vowel] == 'u' || onset == "g" && y.lower[y.vowel] == 'i') {
		y.vowel++
	} else if onset == "q" {
		return y, false
	}
	return y, onsets[onset] && rhymes[string(y.lower[y.vowel:y.coda])] && codas[string(y.lower[y.coda:])]
}

// split takes the tone off and fails on a second tone or a mark that Vietnamese does not use.
func (y *syllable) split(word string) bool {
	for _, r := range NFC(word) {
		letter, tone := splitTone(r)
		if tone != 0 {
			if y.tone != 0 {
				return false
			}
			y.tone = tone
		}
		if letter == 0 {
			return false
		}
		y.letters = append(y.letters, letter)
		y.lower = append(y.lower, unicode.ToLower(letter))
	}
	return true
}

// splitTone splits ế into ê and the acute mark. letter is 0 for anything but a letter.
func splitTone(r rune) (letter, tone rune) {
	if r < 0x80 || r == 'đ' || r == 'Đ' {
		if !unicode.IsLetter(r) {
			return 0, 0
		}
		return r, 0
	}
	base := make([]rune, 0, 3)
	for _, d := range norm.NFD.String(string(r)) {
		switch d {
		case 0x300, 0x301, 0x303, 0x309, 0x323: // grave, acute, tilde, hook, dot below
			tone = d
		default:
			base = append(base, d)
		}
	}
	composed := []rune(NFC(string(base)))
	if len(composed) != 1 || !unicode.IsLetter(composed[0]) {
		return 0, 0
	}
	return composed[0], tone
}

// tonePosition is the index of the letter that carries the tone.
func (y *syllable) tonePosition(style ToneStyle) int {
	cluster := y.lower[y.vowel:y.coda]
	for i := len(cluster) - 1; i >= 0; i-- { // a vowel with its own mark always carries it; ươ takes ơ
		if strings.ContainsRune("ăâêôơư", cluster[i]) {
			return y.vowel + i
		}
	}
	switch {
	case len(cluster) == 1:
		return y.vowel
	case len(cluster) == 3, y.coda < len(y.lower):
		return y.vowel + 1
	}
	switch string(cluster) {
	case "oa", "oe", "uy":
		if style == ToneNew {
			return y.vowel + 1
		}
	}
	return y.vowel
}

func isVowel(r rune) bool { return strings.ContainsRune("aăâeêioôơuưy", r) }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// The spelling of Vietnamese, as every primer lists it. The empty onset and coda are added below.
var (
	onsets = set("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x")
	codas  = set("c ch m n ng nh p t")
	rhymes = set("a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oă oe oi oo ôi ơi " +
		"ua uâ uê ui uô uơ uy ưa ưi ươ ưu yê iêu oai oao oay oeo uai uao uay uây uêu uôi uya uyê uyu ươi ươu yêu ôô")
)

func init() { onsets[""], codas[""] = true, true }
