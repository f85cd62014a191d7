// Package password (mật khẩu) decides which passwords are good enough, after NIST SP 800-63B-4 §3.1.1: length counts,
// no mix of characters is asked, and what others try first is refused. It owns the rules and the lists of common
// passwords; it does not store or compare passwords (package people does).
package password

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Least and greatest lengths in characters (NIST SP 800-63B-4 §3.1.1.2: 15 where the password is the only factor, 8
// beside a second one; at least 64 must be taken).
const (
	MinAlone = 15
	MinTwo   = 8
	Max      = 256
)

// tail is how many digits and signs at the ends of a common password leave it as easy to guess as it was.
const tail = 4

// Use says what a password is for.
type Use struct {
	SecondFactor bool     // a second factor is asked besides
	Names        []string // of the account, person, agency and product: a password made of one is refused
}

// Text is a password as it is compared: Unicode normal form C, so that the keyboards of two devices agree.
func Text(typed string) string { return norm.NFC.String(typed) }

// Least is the least length for a use.
func (u Use) Least() int {
	if u.SecondFactor {
		return MinTwo
	}
	return MinAlone
}

// Check refuses a password that is too short or long (password.bad_length), that many people use or that is an easy
// row or repetition (password.common), or that is made of a name that stands nearby (password.name).
func Check(typed string, u Use) error {
	text := Text(typed)
	if n := utf8.RuneCountInString(text); n < u.Least() || n > Max {
		return fault.New(fault.Invalid, "password.bad_length", "min", u.Least(), "max", Max, "n", n)
	}
	tries := guesses(fold(text))
	for _, name := range u.Names {
		if name = fold(name); name != "" && tries[name] {
			return fault.New(fault.Invalid, "password.name")
		}
	}
	for guess := range tries {
		if isRow(guess) {
			return fault.New(fault.Invalid, "password.common")
		}
	}
	known, err := listed(tries)
	if err == nil && known {
		err = fault.New(fault.Invalid, "password.common")
	}
	return err
}

// fold is what a guesser tries: small letters, no marks, no spaces.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, lang.Fold(s))
}

// guesses are the simpler texts that a password is made from: itself, without the few digits and signs at its ends,
// and what it repeats.
func guesses(s string) map[string]bool {
	out := map[string]bool{}
	for _, t := range []string{s, period(s)} {
		out[t] = true
		core := strings.TrimFunc(t, func(r rune) bool { return !unicode.IsLetter(r) })
		head, rest, _ := strings.Cut(t, core)
		if cut := head + rest; core != "" && (utf8.RuneCountInString(cut) <= tail || isRow(cut)) {
			out[core], out[period(core)] = true, true
		}
	}
	return out
}

// period is the shortest text whose repetition gives s, the last time perhaps in part.
func period(s string) string {
	r := []rune(s)
	for n := 1; n <= len(r)/2; n++ {
		same := true
		for i := n; i < len(r) && same; i++ {
			same = r[i] == r[i-n]
		}
		if same {
			return string(r[:n])
		}
	}
	return s
}

// isRow reports one character again and again, or characters in order, up or down, 9 going on with 0.
func isRow(s string) bool {
	r := []rune(s)
	if len(r) < 3 {
		return len(r) > 0 && period(s) != s
	}
	step := r[1] - r[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 1; i < len(r); i++ {
		d := r[i] - r[i-1]
		if d != step && !(r[i-1] == '9' && r[i] == '0' && step == 1) && !(r[i-1] == '0' && r[i] == '9' && step == -1) {
			return false
		}
	}
	return true
}

//go:embed common.txt.gz common-vi.txt
var lists embed.FS

// listed looks the guesses up. The lists are read through each time and not kept: passwords are set a few times a year.
func listed(guesses map[string]bool) (bool, error) {
	vi, err := lists.ReadFile("common-vi.txt")
	if err != nil {
		return false, err
	}
	packed, err := lists.ReadFile("common.txt.gz")
	if err != nil {
		return false, err
	}
	en, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return false, err
	}
	lines := bufio.NewScanner(io.MultiReader(bytes.NewReader(vi), en))
	for lines.Scan() {
		if guesses[strings.ReplaceAll(lines.Text(), " ", "")] {
			return true, nil
		}
	}
	return false, lines.Err()
}

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }
