package directive

import (
	"slices"
	"strings"
	"unicode"
)

// element is one entry of a list of numbers: "18" in "Nghị quyết số 18, 19-NQ/TW".
type element struct {
	start, end int
	number     string
	year       string
	sym        symbol // the full symbol, on the entry that has it
}

// firmKinds are the kinds whose word is hardly ever followed by a count: "Chỉ thị 05" even in small letters.
var firmKinds = []string{"nghi_quyet", "chi_thi", "nghi_dinh", "thong_tu"}

// list handles numbers without a symbol of their own after a kind word at i: a list whose last entry has the
// symbol ("các Nghị quyết số 18, 19-NQ/TW"), or short forms ("Chỉ thị 05").
func (f *finder) list(i, at int, so bool, word kindWord) (next int, ok bool) {
	short := f.r.kinds[word.kind].Short
	if short == "none" || !so && short != "strong" || !so && word.exact != "" && !slices.Contains(firmKinds, word.kind) {
		return i, false
	}
	list := f.elements(at)
	if len(list) == 0 {
		return i, false
	}
	list[0].start = i
	last := list[len(list)-1]
	if len(last.sym.codes) > 0 {
		if kind := f.r.kindOf(&last.sym, word.kind); kind == word.kind {
			for _, e := range list {
				f.add(f.fromSymbol(e, last.sym, kind))
			}
			return last.end, true
		}
		list = list[:len(list)-1] // another document, found by itself
	}
	for len(list) > 0 && !f.closes(i, list[len(list)-1], so, word) {
		list = list[:len(list)-1]
	}
	for _, e := range list {
		f.add(f.fromNumber(e, word.kind))
		next = e.end
	}
	return next, len(list) > 0
}

// elements reads numbers joined by commas and "và", up to and with the first that has a full symbol.
func (f *finder) elements(at int) []element {
	t := f.t
	var list []element
	for len(list) < 20 {
		start, _ := t.backSo(at)
		if len(list) > 0 {
			if sym, ok := f.r.symbolAt(t, at, sure); ok && !sym.ignored {
				return append(list, element{start: start, end: sym.end, number: sym.number, sym: sym})
			}
		}
		e, ok := t.bareNumber(at)
		if !ok {
			return list
		}
		e.start = start
		list = append(list, e)
		if at, ok = t.glue(e.end); !ok {
			return list
		}
	}
	return list
}

// bareNumber reads a document's number, with or without a year, that no symbol follows.
func (t *text) bareNumber(at int) (element, bool) {
	end := at
	for isDigit(t.at(end)) && end-at < 6 {
		end++
	}
	if end == at || end-at > 5 {
		return element{}, false
	}
	e := element{end: end, number: string(t.runes[at:end])}
	if y, ok := t.year(end + 1); ok && t.at(end) == '/' {
		e.year, end = y, end+5
		e.end = end
	}
	switch c, after := t.at(end), t.at(end+1); {
	case isWord(c), c == '%', c == '/', c == ':':
		return e, false
	case (c == '.' || c == ',' || c == '-') && isWord(after):
		return e, false
	case c == ' ' && after == '%':
		return e, false
	case t.rangeFollows(end):
		return e, false
	}
	return e, true
}

// rangeFollows sees "2021 - 2025": a term, not a number.
func (t *text) rangeFollows(end int) bool {
	at := t.skipBlanks(end)
	return t.at(at) == '-' && isDigit(t.at(t.skipBlanks(at+1)))
}

// glue goes over what joins two entries of a list.
func (t *text) glue(i int) (at int, ok bool) {
	at = t.skipBlanks(i)
	joined := false
	if c := t.at(at); c == ',' || c == ';' {
		at, joined = t.skipBlanks(at+1), true
	}
	if end, and := t.hasAny(at, "va", "hoac", "cung"); and {
		at, joined = t.skipBlanks(end), true
	}
	if !joined {
		return i, false
	}
	at, _ = t.skipSo(at)
	return at, isDigit(t.at(at))
}

// afterNumber are the words that go on after a cited number; any other word makes the number a count.
var afterNumber = [][]rune{}

func init() {
	for _, w := range strings.Fields("cua ve va la da duoc trong co cung tai theo do thi quy ban voi khi nham de cho o doi neu bao hoac hay den tu nay tren " +
		"vao khong se can con dang chua van ra doi den giai huong sau truoc thay bi khoa thuc chi yeu xac nhan nhu") {
		afterNumber = append(afterNumber, []rune(w))
	}
}

// closes reports whether what follows a bare number lets it be a document's number.
func (f *finder) closes(kindAt int, e element, so bool, word kindWord) bool {
	if so {
		return true
	}
	t := f.t
	firm := slices.Contains(firmKinds, word.kind)
	if !firm && !unicode.IsUpper(t.runes[kindAt]) {
		return false
	}
	if e.year != "" {
		return len(e.number) > 2 || word.kind == "nghi_dinh" || word.kind == "thong_tu" || e.number > "12"
	}
	at := t.skipBlanks(e.end)
	c := t.at(at)
	dated, isDated := t.hasAny(at, "nam", "ngay") // "ngày 5/6", "năm 2020", not "5 năm", "3 ngày"
	_, ofBody := t.hasAny(at, "cua")
	_, isYear := t.year(e.end - len(e.number))
	switch {
	case len(e.number) > 4, isYear && len(e.number) == 4 && !ofBody:
		return false // a count or a year
	case isDated:
		return isDigit(t.at(t.skipBlanks(dated)))
	case c == 0, !isWord(c), unicode.IsUpper(c):
		return true
	case firm && len(e.number) == 2 && e.number[0] == '0':
		return true
	}
	for _, w := range afterNumber {
		if _, ok := t.has(at, w); ok {
			return true
		}
	}
	return false
}

// fromSymbol gives a list's entry the symbol of its last entry, with its own number.
func (f *finder) fromSymbol(e element, sym symbol, kind string) find {
	s := sym
	s.number = e.number
	if e.year != "" && s.year != "" {
		s.year = e.year
	}
	return find{start: e.start, end: e.end, kind: kind, sym: s, symbol: f.r.normal(&s)}
}

// fromNumber is a short form. Decrees are the Government's alone, so number and year give the full symbol.
func (f *finder) fromNumber(e element, kind string) find {
	c := find{start: e.start, end: e.end, kind: kind, symbol: e.number, sym: symbol{number: e.number, year: e.year}}
	if e.year != "" {
		c.symbol = e.number + "/" + e.year
		if kind == "nghi_dinh" {
			c.sym.codes, c.sym.seps, c.sym.yearSep = []string{"NĐ", "CP"}, []rune{'/', '-'}, '/'
			c.symbol = f.r.normal(&c.sym)
		}
	}
	return c
}
