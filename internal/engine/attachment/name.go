package attachment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// CleanName is a file's name as it may be shown and saved: without folders, in NFC, and without characters that do
// not show or turn the reading direction, by which "gpj.exe" can be made to read "exe.jpg".
func CleanName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r): // no Windows folder takes them
			return '_'
		}
		return r
	}, lang.NFC(name))
	return strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
}

// ending is what follows the last dot, in small letters.
func ending(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return strings.ToLower(name[i+1:])
	}
	return ""
}

// checkName cleans a name. Errors: attachment.no_name, attachment.name_too_long.
func (r *Rules) checkName(name string) (string, error) {
	clean := CleanName(name)
	switch n := utf8.RuneCountInString(clean); {
	case n == 0:
		return "", fault.New(fault.Invalid, "attachment.no_name")
	case n > r.NameLength:
		return "", fault.New(fault.Invalid, "attachment.name_too_long", "n", n, "limit", r.NameLength)
	}
	return clean, nil
}
