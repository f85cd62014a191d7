package directive

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// finish reads what stands beside a citation: its date and its issuer.
func (f *finder) finish(c *find) {
	t := f.t
	written := ""
	at := c.end
	for range 2 { // date and issuer come in either order
		if date, end := t.dateAfter(at); end > 0 {
			if c.date == "" {
				c.date = date
			}
			at = end
		}
		if issuer, end := f.issuerAfter(at); end > 0 {
			if written == "" {
				written = issuer
			}
			at = end
		}
	}
	f.inside(c, &written)
	f.before(c, &written)
	f.chooseIssuer(c, written)
}

// chooseIssuer prefers the symbol where it names one body alone: writers credit the Prime Minister with the
// Government's decrees. Otherwise the words beside the citation say it.
func (f *finder) chooseIssuer(c *find, written string) {
	if c.issuer != "" {
		return
	}
	guess, firm := f.r.issuerOf(&c.sym)
	switch {
	case firm:
		c.issuer = guess
	case written != "":
		c.issuer = f.r.spelledOut(written)
	case f.r.known[c.symbol].Issuer != "" && f.r.known[c.symbol].Kind == c.kind:
		c.issuer = f.r.known[c.symbol].Issuer
	case guess != "":
		c.issuer = guess
	case c.kind == "nghi_dinh":
		c.issuer = f.r.issuers["CP"].Name
	}
}

// inside looks for date and issuer between the kind word and the number.
func (f *finder) inside(c *find, written *string) {
	t := f.t
	for k := c.start; k < c.end; k++ {
		if isWord(t.at(k-1)) || !isWord(t.runes[k]) {
			continue
		}
		if _, ok := t.hasAny(k, "ngay"); ok && c.date == "" {
			if date, end := t.dateAt(k); end > 0 && end <= c.end {
				c.date = date
			}
		}
		if end, ok := t.hasAny(k, "cua", "do"); ok && *written == "" && c.name == "" {
			if at := t.skipBlanks(end); at < c.end {
				if stop, ok := f.issuerAt(at); ok && stop <= c.end {
					*written = t.words(at, stop)
				}
			}
		}
	}
}

// before reads "Ngày 6-2-2017, UBND TP Hà Nội ban hành" in front of a citation.
func (f *finder) before(c *find, written *string) {
	t := f.t
	verb := c.start
	for n := 0; n < maxBlanks && isBlank(t.at(verb-1)); n++ {
		verb--
	}
	const said = "ban hanh"
	verb -= len(said)
	if verb < 0 || verb+len(said) == c.start {
		return
	}
	if _, ok := t.has(verb, []rune(said)); !ok || isWord(t.at(verb-1)) {
		return
	}
	clause := verb
	for clause > 0 && verb-clause < maxBridge && (!strings.ContainsRune(",.;:()\n", t.runes[clause-1]) || t.nameWord(max(clause-3, 0)) == clause) {
		clause-- // the full stop of "TP." ends no clause
	}
	for k := clause; k < verb; k++ {
		if isWord(t.at(k-1)) || !unicode.IsUpper(t.runes[k]) {
			continue
		}
		end, ok := f.issuerAt(k)
		if !ok || !t.onlyFillers(end, verb) {
			continue
		}
		if *written == "" {
			*written = t.words(k, end)
		}
		if c.date == "" && t.at(clause-1) == ',' {
			c.date = t.dateEndingAt(clause - 1)
		}
		return
	}
}

// onlyFillers allows "đã", "vừa", "ký" between issuer and verb.
func (t *text) onlyFillers(from, to int) bool {
	for from < to {
		from = t.skipBlanks(from)
		if from >= to {
			return true
		}
		end, ok := t.hasAny(from, "da", "vua", "cung", "ky", "co", "tiep tuc")
		if !ok {
			return false
		}
		from = end
	}
	return true
}

// dateEndingAt finds the date that ends at a comma.
func (t *text) dateEndingAt(comma int) string {
	for k := comma - 1; k >= 0 && comma-k < 40; k-- {
		if isWord(t.at(k-1)) || !isWord(t.runes[k]) {
			continue
		}
		if _, ok := t.hasAny(k, "ngay"); ok {
			if date, end := t.dateAt(k); end == comma {
				return date
			}
			return ""
		}
	}
	return ""
}

// dateAfter reads the date behind a citation; end is 0 when there is none, date empty when it is not whole.
func (t *text) dateAfter(i int) (date string, end int) {
	at := t.skipBlanks(i)
	if c := t.at(at); c == ',' || c == '(' {
		at = t.skipBlanks(at + 1)
	}
	if after, ok := t.hasAny(at, "ban hanh", "ky"); ok {
		at = t.skipBlanks(after)
	}
	return t.dateAt(at)
}

// dateAt reads "ngày 20/6/2017", "20-6-2017", "ngày 5 tháng 6 năm 2020"; of "tháng 11/2012", "năm 2007" and
// "ngày 6-2" it gives the end only.
func (t *text) dateAt(i int) (date string, end int) {
	at := i
	called := false
	if after, ok := t.hasAny(at, "ngay"); ok {
		at, called = t.skipBlanks(after), true
	}
	if after, ok := t.hasAny(at, "thang", "nam"); ok && !called {
		return t.partialDate(t.skipBlanks(after))
	}
	day, at2 := t.number(at, 2)
	month, at3, words := t.datePart(at2, "thang", 2)
	if at2 == 0 || at3 == 0 {
		return "", 0
	}
	year, at4, _ := t.datePart(at3, "nam", 4)
	if at4 == 0 || year < 1900 {
		if called && !words {
			return "", at3
		}
		return "", 0
	}
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if d.Day() != day || int(d.Month()) != month {
		return "", at4
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day), at4
}

// partialDate reads "11/2012" or "2007".
func (t *text) partialDate(at int) (date string, end int) {
	if _, ok := t.year(at); ok {
		return "", at + 4
	}
	if _, next := t.number(at, 2); next > 0 {
		if _, after, _ := t.datePart(next, "nam", 4); after > 0 {
			return "", after
		}
	}
	return "", 0
}

// datePart reads a separator or the word, and a number; end is 0 when they are not there.
func (t *text) datePart(i int, word string, digits int) (n, end int, worded bool) {
	if i == 0 {
		return 0, 0, false
	}
	at := t.skipBlanks(i)
	switch c := t.at(at); {
	case c == '/' || c == '-' || c == '.':
		at = t.skipBlanks(at + 1)
	default:
		if c == ',' {
			at = t.skipBlanks(at + 1)
		}
		after, ok := t.hasAny(at, word)
		if !ok {
			return 0, 0, false
		}
		at, worded = t.skipBlanks(after), true
	}
	n, end = t.number(at, digits)
	return n, end, worded
}

// number reads at most so many digits; end is 0 when there is none or more follow.
func (t *text) number(at, digits int) (n, end int) {
	end = at
	for isDigit(t.at(end)) && end-at < digits {
		n = n*10 + int(t.runes[end]-'0')
		end++
	}
	if end == at || isWord(t.at(end)) {
		return 0, 0
	}
	return n, end
}

// issuerAfter reads ", của Ban Bí thư"; end is 0 when there is none.
func (f *finder) issuerAfter(i int) (name string, end int) {
	t := f.t
	at := t.skipBlanks(i)
	if c := t.at(at); c == ',' || c == ')' {
		at = t.skipBlanks(at + 1)
	}
	after, ok := t.hasAny(at, "cua", "do")
	if !ok {
		return "", 0
	}
	at = t.skipBlanks(after)
	if end, ok := f.issuerAt(at); ok {
		return t.words(at, end), end
	}
	return "", 0
}

// issuerAt reads a body's name at i: a listed one, or a run of capitalised words.
func (f *finder) issuerAt(i int) (end int, ok bool) {
	t := f.t
	if i >= len(t.runes) || !unicode.IsUpper(t.runes[i]) {
		return i, false
	}
	for _, n := range f.r.names[t.fold[i]] {
		if end, ok := t.has(i, n.folded); ok {
			if n.place {
				end = f.extendName(end)
			}
			return end, true
		}
	}
	if _, kind := f.r.kindAt(t, i); kind {
		return i, false
	}
	unit := f.nameUnit(i)
	end = f.extendName(unit)
	return end, end > unit || unit-i > 1 && unicode.IsUpper(t.at(unit-1)) // one word must be an abbreviation
}

// extendName goes on over capitalised words, the words for places, and "các", "và" between capitals.
func (f *finder) extendName(end int) int {
	t := f.t
	for n := 0; n < 16; n++ {
		at := t.skipBlanks(end)
		if at == end || at >= len(t.runes) {
			return end
		}
		if unicode.IsUpper(t.runes[at]) {
			if _, kind := f.r.kindAt(t, at); kind {
				return end
			}
			end = f.nameUnit(at)
			continue
		}
		if after, ok := t.hasAny(at, "tinh", "thanh pho", "huyen", "quan", "thi xa", "xa", "phuong", "thi tran", "khoi"); ok {
			end = after
			continue
		}
		after, ok := t.hasAny(at, "cac", "va")
		next := t.skipBlanks(after)
		if !ok || !unicode.IsUpper(t.at(next)) {
			return end
		}
		if _, kind := f.r.kindAt(t, next); kind {
			return end
		}
		end = f.nameUnit(next)
	}
	return end
}

// nameUnit is the end of one word of a name, or of a compound such as "Khoa học".
func (f *finder) nameUnit(i int) int {
	for _, c := range f.r.compounds {
		if end, ok := f.t.has(i, c); ok {
			return end
		}
	}
	return f.t.nameWord(i)
}

// nameWord is the end of one word of a name: Hà, KH&CN, TP.
func (t *text) nameWord(i int) int {
	end := t.wordEnd(i)
	for t.at(end) == '&' && isWord(t.at(end+1)) {
		end = t.wordEnd(end + 1)
	}
	if end-i == 2 && t.at(end) == '.' && t.fold[i] == 't' && t.fold[i+1] == 'p' {
		end++
	}
	return end
}
