package lang

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Encoding is how a file's letters are stored.
type Encoding uint8

const (
	Unicode Encoding = iota // UTF-8
	TCVN3                   // TCVN 5712:1993 VN3, the "ABC" fonts (.VnTime)
	VNI                     // VNI-Windows, a mark after its letter
)

// String is the name used in messages and JSON.
func (e Encoding) String() string { return [...]string{"UTF-8", "TCVN3 (ABC)", "VNI"}[e] }

// Decode reads the bytes of a text file: UTF-8 (with or without a byte-order mark), or one of the two
// encodings used before Unicode, found by trying which reading gives Vietnamese syllables. It never fails;
// bytes that fit nothing come out as they would in Latin-1.
func Decode(b []byte) (string, Encoding) {
	s := strings.TrimPrefix(string(b), "\ufeff")
	if !utf8.ValidString(s) {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		s = string(runes)
	}
	e := DetectEncoding(s)
	return e.ToUnicode(s), e
}

// DetectEncoding tells from a text whose legacy bytes were read as Latin-1 or Windows-1252 ("C«ng nghÖ",
// "Coâng ngheä") what it was written in. Text without any letter beyond ASCII is Unicode.
func DetectEncoding(s string) Encoding {
	best, bestScore := Unicode, syllableScore(s)
	for _, e := range []Encoding{TCVN3, VNI} {
		if score := syllableScore(e.ToUnicode(sample(s))); score > bestScore {
			best, bestScore = e, score
		}
	}
	return best
}

// sample bounds the work of detection on a long text.
func sample(s string) string {
	const limit = 64 << 10
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// syllableScore is the number of words that have a Vietnamese mark and are well written syllables, less the words with
// other letters beyond ASCII.
func syllableScore(s string) int {
	score := 0
	for _, w := range strings.FieldsFunc(sample(s), func(r rune) bool {
		return r < 0x80 && !unicode.IsLetter(r) || unicode.Is(unicode.Zs, r)
	}) {
		if strings.IndexFunc(w, func(r rune) bool { return r >= 0x80 }) < 0 {
			continue
		}
		if wellWritten(w) {
			score++
		} else if strings.IndexFunc(w, unicode.IsLetter) >= 0 {
			score--
		}
	}
	return score
}

// wellWritten asks for the tone on its right vowel too: the wrong reading of a word is often a syllable with
// the tone misplaced.
func wellWritten(w string) bool {
	w = NFC(w)
	return IsSyllable(w) && (placeTone(w, ToneOld) == w || placeTone(w, ToneNew) == w)
}

// ToUnicode converts text read as Latin-1 or Windows-1252 from the encoding; runes outside its table stay.
// TCVN3 has no capital letters with a tone: they were lower case in a capitals-only font, and come out
// lower case.
func (e Encoding) ToUnicode(s string) string {
	switch e {
	case TCVN3:
		return strings.Map(func(r rune) rune {
			if u, ok := tcvn3[r]; ok {
				return u
			}
			return r
		}, s)
	case VNI:
		return vni.Replace(s)
	}
	return s
}

// tcvn3 is the code table of TCVN 5712:1993 VN3: from byte value to letter.
var tcvn3 = tableOf([]run{
	{0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"}, {0xB5, "àảãáạ"}, {0xBB, "ằẳẵắ"}, {0xC6, "ặầẩẫấậè"}, {0xCE, "ẻẽéẹềểễếệìỉ"},
	{0xDC, "ĩíịò"}, {0xE1, "ỏõóọồổỗốộờởỡớợù"}, {0xF1, "ủũúụừửữứựỳỷỹýỵ"},
})

type run struct {
	first   rune
	letters string
}

func tableOf(runs []run) map[rune]rune {
	m := map[rune]rune{}
	for _, run := range runs {
		at := run.first
		for _, letter := range run.letters {
			m[at] = letter
			at++
		}
	}
	return m
}

// vni replaces letter + mark by the letter, the longest first. The table is built from the marks' meaning:
// a tone on a plain letter, or circumflex and breve with and without a tone.
var vni = strings.NewReplacer(vniPairs()...)

func vniPairs() []string {
	pairs := map[string]string{
		"ñ": "đ", "Ñ": "Đ", "ô": "ơ", "Ô": "Ơ", "ö": "ư", "Ö": "Ư",
		"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ",
		"Í": "Í", "Ì": "Ì", "Æ": "Ỉ", "Ó": "Ĩ", "Ò": "Ị", "Î": "Ỵ",
	}
	const toneMarks = "ùøûõï" // acute, grave, hook, tilde, dot below
	toned := map[string]string{"a": "áàảãạ", "e": "éèẻẽẹ", "o": "óòỏõọ", "u": "úùủũụ", "y": "ýỳỷỹ", "ô": "ớờởỡợ", "ö": "ứừửữự"}
	addVNI(pairs, toned, toneMarks)
	addVNI(pairs, map[string]string{"a": "âấầẩẫậ", "e": "êếềểễệ", "o": "ôốồổỗộ"}, "âáàåãä")
	addVNI(pairs, map[string]string{"a": "ăắằẳẵặ"}, "êéèúüë")
	keys := make([]string, 0, len(pairs))
	for k := range pairs {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if len(keys[i]) != len(keys[j]) {
			return len(keys[i]) > len(keys[j])
		}
		return keys[i] < keys[j]
	})
	list := make([]string, 0, 2*len(keys))
	for _, k := range keys {
		list = append(list, k, pairs[k])
	}
	return list
}

// addVNI adds every letter of the rows with its mark, in lower case, capitals, and a capital letter with a
// small mark (met where only the first letter of a word was made large).
func addVNI(pairs, rows map[string]string, marks string) {
	mark := []rune(marks)
	for letter, row := range rows {
		for i, u := range []rune(row) {
			if i >= len(mark) {
				break
			}
			upper := strings.ToUpper(string(u))
			pairs[letter+string(mark[i])] = string(u)
			pairs[strings.ToUpper(letter)+string(mark[i])] = upper
			pairs[strings.ToUpper(letter)+strings.ToUpper(string(mark[i]))] = upper
		}
	}
}
