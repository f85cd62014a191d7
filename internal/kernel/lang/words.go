package lang

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest bounds a joined word in bytes; what is longer is found by its parts alone.
const longest = 64

// EachWord gives the words by which a text can be found: lower case, with marks, the tone mark where official papers put it.
// What is joined by signs is taken apart, and where it has a digit, as codes and symbols of documents have, it is a word as
// well, whole and from each of its joints on: "16/QĐ-TTg" is 16, qđ, ttg, 16/qđ-ttg and qđ-ttg.
func EachWord(text string, each func(word string)) {
	runs(text, func(run string, parts []int, digit bool) {
		for i, at := range parts {
			end := len(run)
			if i+1 < len(parts) {
				end = parts[i+1] - 1 // every joint is one byte
			}
			each(run[at:end])
			if digit && i+1 < len(parts) && len(run)-at <= longest {
				each(run[at:])
			}
		}
	})
}

// Words are the words of what somebody looks for, as EachWord gives them, but a code is one word and no more.
func Words(query string) []string {
	var out []string
	runs(query, func(run string, parts []int, digit bool) {
		if digit && len(run) <= longest {
			out = append(out, run)
			return
		}
		EachWord(run, func(w string) { out = append(out, w) })
	})
	return out
}

// HasWord reports whether what was typed of a word fits a word of a text: the letters are the same, or the first of them where
// begins is set, and every mark that was typed is there. Marks that were left out do not matter.
func HasWord(word, typed string, begins bool) bool {
	typedRunes, wordRunes := []rune(typed), []rune(word)
	if len(typedRunes) > len(wordRunes) || len(typedRunes) < len(wordRunes) && !begins {
		return false
	}
	for i, r := range typedRunes {
		if !fits(wordRunes[i], r) {
			return false
		}
	}
	return true
}

// fits reports whether a letter has at least the marks that were typed.
func fits(letter, typed rune) bool {
	if letter == typed {
		return true
	}
	if typed == 'đ' || foldRune(letter) == letter && letter < utf8.RuneSelf {
		return false
	}
	have, want := []rune(norm.NFD.String(string(letter))), []rune(norm.NFD.String(string(typed)))
	if have[0] != want[0] && (letter != 'đ' || typed != 'd') {
		return false
	}
	return !slices.ContainsFunc(want[1:], func(mark rune) bool { return !slices.Contains(have[1:], mark) })
}

// runs gives the stretches of letters and digits, joined ones in one, with where their parts begin.
func runs(text string, each func(run string, parts []int, digit bool)) {
	text = strings.ToLower(text)
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			text = TonePlacement(text, ToneOld)
			break
		}
	}
	start, digit := -1, false
	var parts []int
	end := 0 // of the last letter or digit
	flush := func() {
		if start >= 0 {
			for i := range parts {
				parts[i] -= start
			}
			each(text[start:end], parts, digit)
		}
		start, digit, parts = -1, false, parts[:0]
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			if start < 0 {
				start, end = i, i
			}
			if len(parts) == 0 || i > end { // the first, or the first behind a joint
				parts = append(parts, i)
			}
			digit = digit || unicode.IsDigit(r)
			end = i + utf8.RuneLen(r)
		case start >= 0 && i == end && isJoint(r): // a second sign in a row ends the run
		default:
			flush()
		}
	}
	flush()
}

func isJoint(r rune) bool { return strings.ContainsRune("./-_&", r) }
