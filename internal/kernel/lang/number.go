package lang

import (
	"math"
	"strings"
	"unicode"

	"trucot/internal/kernel/fault"
)

// NumberStyle says which sign groups thousands and which begins the decimals.
type NumberStyle uint8

const (
	NumberPlain NumberStyle = iota // no grouping; dot or comma begins the decimals
	NumberVI                       // 1.234,5
	NumberEN                       // 1,234.5
)

// NumbersOf is how readers of a language write numbers.
func NumbersOf(tag Tag) NumberStyle {
	if tag == EN {
		return NumberEN
	}
	return NumberVI
}

// String is the style's code, as printed in JSON.
func (s NumberStyle) String() string {
	return [...]string{"plain", "dot-thousands", "comma-thousands"}[s]
}

// Decimal writes a value given in thousandths: 1234500 is 1.234,5 in Vietnamese and 1,234.5 in English.
// The least int64, which stands for "no value", is an empty string.
func Decimal(tag Tag, thousandths int64) string {
	if thousandths == math.MinInt64 {
		return ""
	}
	sign := ""
	if thousandths < 0 {
		sign, thousandths = "-", -thousandths
	}
	s := sign + Integer(tag, thousandths/1000)
	rest := thousandths % 1000
	if rest == 0 {
		return s
	}
	point := ","
	if tag == EN {
		point = "."
	}
	digits := string([]byte{byte('0' + rest/100), byte('0' + rest/10%10), byte('0' + rest%10)})
	return s + point + strings.TrimRight(digits, "0")
}

// ParseNumber reads a number written in the style and returns thousandths, rounded half away from zero.
// Blanks may group thousands in every style; a percent sign at the end is dropped. It refuses anything
// else with lang.bad_number, a group of the wrong length included, since "1.23" read as 123 is a wrong
// figure nobody notices.
func ParseNumber(s string, style NumberStyle) (thousandths int64, err error) {
	bad := fault.New(fault.Invalid, "lang.bad_number", "text", s)
	body, negative := cleanNumber(s)
	whole, decimals, ok := cutDecimals(body, style)
	if !ok {
		return 0, bad
	}
	var n int64
	for _, r := range whole {
		if n > (math.MaxInt64/1000-10)/10 {
			return 0, bad
		}
		n = n*10 + int64(r-'0')
	}
	n *= 1000
	scale := int64(100)
	for i, r := range decimals {
		if i == 3 {
			if r >= '5' {
				n++
			}
			break
		}
		n += int64(r-'0') * scale
		scale /= 10
	}
	if negative {
		n = -n
	}
	return n, nil
}

// cleanNumber drops blanks, a percent sign and the sign.
func cleanNumber(s string) (body string, negative bool) {
	body = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u202f' || r == '\u2009' {
			return -1
		}
		if r == '−' || r == '–' {
			return '-'
		}
		return r
	}, strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if rest, ok := strings.CutPrefix(body, "-"); ok {
		return rest, true
	}
	return strings.TrimPrefix(body, "+"), false
}

// cutDecimals splits the body into digits before and after the decimal sign and checks the groups.
func cutDecimals(body string, style NumberStyle) (whole, decimals string, ok bool) {
	group, point := "", ".,"
	switch style {
	case NumberVI:
		group, point = ".", ","
	case NumberEN:
		group, point = ",", "."
	}
	whole = body
	if i := strings.IndexAny(body, point); i >= 0 {
		whole, decimals = body[:i], body[i+1:]
		if decimals == "" {
			return "", "", false
		}
	}
	if group != "" && strings.Contains(whole, group) {
		parts := strings.Split(whole, group)
		for i, p := range parts {
			if i == 0 && (len(p) == 0 || len(p) > 3) || i > 0 && len(p) != 3 {
				return "", "", false
			}
		}
		whole = strings.Join(parts, "")
	}
	return whole, decimals, whole != "" && digitsOnly(whole) && digitsOnly(decimals)
}

func digitsOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// NumberDecision is how the numbers of one file are read, and why, so that an import can say it.
type NumberDecision struct {
	Style   NumberStyle
	Key     string   // text key of the reason: lang.numbers_…; takes {sample}, {against}
	Sample  string   // the number that settled it, if one did
	Against []string // numbers that can only be read the other way; they need a person
}

// DecideNumberStyle reads all the numbers of one file together. "1.234" alone may be 1234 or 1.234; a
// neighbour such as "12,5" or "1.234.567" settles it. When nothing settles it, the Vietnamese reading
// holds and the reason says that it was a guess.
func DecideNumberStyle(samples []string) NumberDecision {
	var votes [3][]string
	ambiguous := ""
	for _, s := range samples {
		body, _ := cleanNumber(s)
		style, sure := numberEvidence(body)
		switch {
		case sure:
			votes[style] = append(votes[style], s)
		case style != NumberPlain && ambiguous == "":
			ambiguous = s
		}
	}
	vi, en := votes[NumberVI], votes[NumberEN]
	switch {
	case len(vi) == 0 && len(en) == 0 && ambiguous == "":
		return NumberDecision{Style: NumberPlain, Key: "lang.numbers_plain"}
	case len(vi) == 0 && len(en) == 0:
		return NumberDecision{Style: NumberVI, Key: "lang.numbers_guessed", Sample: ambiguous}
	case len(en) > len(vi):
		return NumberDecision{Style: NumberEN, Key: reasonKey("comma_thousands", vi), Sample: en[0], Against: vi}
	default:
		return NumberDecision{Style: NumberVI, Key: reasonKey("dot_thousands", en), Sample: vi[0], Against: en}
	}
}

func reasonKey(style string, against []string) string {
	if len(against) > 0 {
		return "lang.numbers_" + style + "_mixed"
	}
	return "lang.numbers_" + style
}

// numberEvidence says which style one number shows. NumberPlain, true is a number without separators;
// a style with sure = false is a single group of three, readable both ways; NumberPlain, false is no
// number at all.
func numberEvidence(body string) (style NumberStyle, sure bool) {
	dots, commas := strings.Count(body, "."), strings.Count(body, ",")
	if !digitsOnly(strings.NewReplacer(".", "", ",", "").Replace(body)) || body == "" {
		return NumberPlain, false
	}
	switch {
	case dots == 0 && commas == 0:
		return NumberPlain, true
	case dots > 0 && commas > 0:
		style = NumberVI
		if strings.LastIndexByte(body, '.') > strings.LastIndexByte(body, ',') {
			style = NumberEN
		}
		_, _, ok := cutDecimals(body, style)
		return style, ok
	}
	asGroups, asDecimals := NumberVI, NumberEN // for dots only
	if commas > 0 {
		asGroups, asDecimals = NumberEN, NumberVI
	}
	_, _, grouped := cutDecimals(body, asGroups)
	_, _, decimal := cutDecimals(body, asDecimals)
	leadingZero := strings.HasPrefix(body, "0") // 0.125 is never a group
	switch {
	case grouped && (dots+commas > 1 || !decimal):
		return asGroups, true
	case decimal && (!grouped || leadingZero):
		return asDecimals, true
	case grouped && decimal:
		return asGroups, false
	}
	return NumberPlain, false
}
