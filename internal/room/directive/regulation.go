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
	code, end, ok := f.r.codeAt(t, t.skipBlanks(slash+1))
	if !ok {
		return "", "", 0
	}
	return strings.ToUpper(string(t.runes[i:i+4])) + " " + string(t.runes[number:at]) + ":" + y + "/" + code, f.r.issuers[code].Name, end
}
