package lang

import (
	"unicode"
	"unicode/utf8"
)

// Sentence is a text that begins with a capital letter: words of the catalogue stand in sentences as they are, and by themselves,
// as on a badge or in front of a date, so.
func Sentence(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	if n == 0 || first == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(first)) + text[n:]
}
