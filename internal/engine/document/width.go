package document

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// advances are the advance widths of Times New Roman (and of its metric twin Liberation Serif) for the
// characters U+0020 … U+007E, in 1/2048 of the size. The writer needs them to draw a rule as long as its
// text and to break a long name into lines of equal length; the page itself is set by the reader's program.
var advances = [2][95]int{
	{512, 682, 836, 1024, 1024, 1706, 1593, 369, 682, 682, 1024, 1155, 512, 682, 512, 569, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 569, 569, 1155, 1155, 1155, 909, 1886, 1479, 1366, 1366, 1479, 1251, 1139, 1479, 1479, 682, 797, 1479, 1251, 1821, 1479, 1479, 1139, 1479, 1366, 1139, 1251, 1479, 1479, 1933, 1479, 1479, 1251, 682, 569, 682, 961, 1024, 682, 909, 1024, 909, 1024, 909, 682, 1024, 1024, 569, 569, 1024, 569, 1593, 1024, 1024, 1024, 1024, 682, 797, 569, 1024, 1024, 1479, 1024, 1024, 909, 983, 410, 983, 1108},
	{512, 682, 1137, 1024, 1024, 2048, 1706, 569, 682, 682, 1024, 1167, 512, 682, 512, 569, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 682, 682, 1167, 1167, 1167, 1024, 1905, 1479, 1366, 1479, 1479, 1366, 1251, 1593, 1593, 797, 1024, 1593, 1366, 1933, 1479, 1593, 1251, 1593, 1479, 1139, 1366, 1479, 1479, 2048, 1479, 1479, 1366, 682, 569, 682, 1190, 1024, 682, 1024, 1139, 909, 1139, 909, 682, 1024, 1139, 569, 682, 1139, 569, 1706, 1139, 1024, 1139, 1139, 909, 797, 682, 1139, 1024, 1479, 1024, 1024, 909, 807, 451, 807, 1065},
}

// horned are the letters whose Vietnamese form is wider than the base letter; đ and Đ have no base.
var horned = [2]map[rune]int{
	{'ơ': 1083, 'ư': 1110, 'đ': 1024, 'Ơ': 1479, 'Ư': 1589, 'Đ': 1479},
	{'ơ': 1134, 'ư': 1229, 'đ': 1139, 'Ơ': 1593, 'Ư': 1630, 'Đ': 1479},
}

const mmPerPoint = 25.4 / 72

// width is the length of a text in millimetres; characters outside the tables count as a digit.
func width(text string, size float64, bold bool) float64 {
	face := 0
	if bold {
		face = 1
	}
	sum := 0
	for _, r := range norm.NFC.String(text) {
		sum += advance(r, face)
	}
	return float64(sum) / 2048 * size * mmPerPoint
}

func advance(r rune, face int) int {
	if r >= ' ' && r <= '~' {
		return advances[face][r-' ']
	}
	var room [utf8.UTFMax]byte
	if parts := norm.NFD.Properties(utf8.AppendRune(room[:0], r)).Decomposition(); len(parts) > 0 && parts[0] >= ' ' && parts[0] <= '~' {
		if strings.ContainsRune("ơờớởỡợưừứửữựƠỜỚỞỠỢƯỪỨỬỮỰ", r) {
			return horned[face][hornedBase(parts[0])]
		}
		return advances[face][parts[0]-' ']
	}
	if w, ok := horned[face][r]; ok {
		return w
	}
	switch r {
	case '…', '—':
		return 2048
	case '\u00a0':
		return 512
	}
	return 1024
}

func hornedBase(letter byte) rune {
	switch letter {
	case 'o':
		return 'ơ'
	case 'u':
		return 'ư'
	case 'O':
		return 'Ơ'
	}
	return 'Ư'
}

// fit sets a text into mm: at the largest size of the style's range at which its lines fit, else at the
// preferred size, broken between words into lines of even length.
func fit(text string, s Style, mm float64) (lines []string, size float64) {
	if s.Caps {
		text = strings.ToUpper(text)
	}
	parts := strings.Split(text, "\n")
	for size = s.Size[0]; size >= s.Size[1]; size -= 0.5 {
		ok := true
		for _, p := range parts {
			ok = ok && width(p, size, s.Bold) <= mm
		}
		if ok {
			return parts, size
		}
	}
	for _, p := range parts {
		lines = append(lines, balance(p, mm, s.Size[0], s.Bold)...)
	}
	return lines, s.Size[0]
}
