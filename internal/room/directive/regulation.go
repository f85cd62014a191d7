package directive

import "strings"

// regulation reads a national technical regulation at i: "QCVN 102:2016/BTTTT", with the words before it.
func (f *finder) regulation(i int) (int, bool) {
	t := f.t
	at := i
	if t.fold[i] == 'q' {
		if w, ok := f.r.kindAt(t, i); ok && w.kind == "quy_chuan" {
			at, _ = t.skipSo(i + w.length)
		}
	}
	symbol, issuer, end := f.regulationAt(at)
	if end == 0 {
		return i, false
	}
	return f.add(find{start: i, end: end, kind: "quy_chuan", symbol: symbol, issuer: issuer}), true
}

// regulationAt reads the symbol itself; end is 0 when there is none.
func (f *finder) regulationAt(i int) (symbol, issuer string, end int) {
	t := f.t
	at, ok := t.hasAny(i, "qcvn")
	if !ok {
		return "", "", 0
	}
	at = t.skipBlanks(at)
	number := at
	for at < len(t.runes) && at-number < 12 && (isDigit(t.runes[at]) || at > number && (t.runes[at] == '-' || codeLetter(t.runes[at]))) {
		at++
	}
	colon := t.skipBlanks(at)
	if at == number || t.at(colon) != ':' {
		return "", "", 0
	}
	year := t.skipBlanks(colon + 1)
	y, ok := t.year(year)
	slash := t.skipBlanks(year + 4)
	if !ok || t.at(slash) != '/' {
		return "", "", 0
	}
	code, end, ok := f.r.codeAt(t, t.skipBlanks(slash+1), false)
	if !ok {
		return "", "", 0
	}
	symbol = strings.ToUpper(string(t.runes[i:i+4])) + " " + string(t.runes[number:at]) + ":" + y + "/" + code
	if amended := t.amendment(end); amended > 0 {
		symbol, end = symbol+string(t.runes[end:amended]), amended
	}
	return symbol, f.r.issuers[code].Name, end
}

// amendment reads "/SĐ2:2018" behind a regulation's symbol; 0 when there is none.
func (t *text) amendment(i int) int {
	at := i + 3
	if t.at(i) != '/' || t.at(i+1) != 'S' || t.at(i+2) != 'Đ' {
		return 0
	}
	for isDigit(t.at(at)) && at < i+6 {
		at++
	}
	if _, ok := t.year(at + 1); !ok || t.at(at) != ':' {
		return 0
	}
	return at + 5
}
