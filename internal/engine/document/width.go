package document

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Advance widths of Times in thousandths of the size, for A–Z and a–z; the digits are 500. They are the
// metrics that Times New Roman and Liberation Serif share, and serve only to fit lines and rules.
var (
	regularUpper = [26]int{722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611}
	regularLower = [26]int{444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444}
	boldUpper    = [26]int{722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667}
	boldLower    = [26]int{500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444}
)

const mmPerPoint = 25.4 / 72

// width is the length of a text in millimetres.
func width(text string, size float64, bold bool) float64 {
	upper, lower := &regularUpper, &regularLower
	if bold {
		upper, lower = &boldUpper, &boldLower
	}
	sum := 0
	for _, r := range norm.NFD.String(text) {
		switch {
		case r >= 'A' && r <= 'Z':
			sum += upper[r-'A']
		case r >= 'a' && r <= 'z':
			sum += lower[r-'a']
		case r == 'Đ':
			sum += 722
		case r == 0x31b: // the horn of ơ and ư widens the letter
			sum += 60
		case unicode.Is(unicode.Mn, r):
		case strings.ContainsRune(" ,.;:/", r):
			sum += 260
		case strings.ContainsRune("-()'", r):
			sum += 333
		default:
			sum += 500
		}
	}
	return float64(sum) / 1000 * size * mmPerPoint
}

// fit breaks a text into lines that fit into mm at the style's preferred size, else at its smallest;
// what is still too long is broken between words into lines of even length.
func fit(text string, s Style, mm float64) (lines []string, size float64) {
	if s.Caps {
		text = strings.ToUpper(text)
	}
	parts := strings.Split(text, "\n")
	for _, size = range s.Size {
		ok := true
		for _, p := range parts {
			ok = ok && width(p, size, s.Bold) <= mm
		}
		if ok {
			return parts, size
		}
	}
	for _, p := range parts {
		lines = append(lines, balance(p, s.Size[0], s.Bold, mm)...)
	}
	return lines, s.Size[0]
}

// balance breaks one line into the fewest lines that fit, as even as words allow.
func balance(text string, size float64, bold bool, mm float64) []string {
	lines := wrap(text, size, bold, mm)
	if len(lines) < 2 {
		return lines
	}
	best := lines
	for limit := mm; limit > mm/2; limit-- {
		if narrower := wrap(text, size, bold, limit); len(narrower) == len(lines) {
			best = narrower
		}
	}
	return best
}

func wrap(text string, size float64, bold bool, mm float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line+" "+word, size, bold) > mm {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
