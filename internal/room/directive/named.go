package directive

import (
	"slices"
	"strings"
	"unicode"

	"trucot/internal/kernel/lang"
)

// The limits, in characters, of how far the parts of one citation may lie apart.
const (
	maxLawName = 220 // the longest names of laws have thirty words
	maxBridge  = 140
	maxNamed   = 160
)

// law reads a law by name: with its number at the end, with a year, or by a name on the list.
func (f *finder) law(i int, word kindWord) (int, bool) {
	t := f.t
	end := i + word.length
	if word.kind != "luat" && word.kind != "bo_luat" && word.kind != "phap_lenh" || !unicode.IsUpper(t.runes[i]) || !isBlank(t.at(end)) {
		return i, false
	}
	if sym, ok := f.lawSymbol(end); ok {
		return f.add(find{start: f.amending(i), end: sym.end, kind: f.r.kindOf(&sym, word.kind), sym: sym, symbol: sym.text}), true
	}
	name := t.skipBlanks(end)
	stop := f.lawName(name, word.kind)
	if stop == 0 {
		return i, false
	}
	c := find{start: i, end: stop, kind: word.kind, name: t.words(i, stop)}
	if y := t.yearAfter(stop); y > 0 {
		c.end = y
	}
	if f.r.lawAt(t, name, word.kind) == 0 && c.end == stop {
		return i, false
	}
	return f.add(c), true
}

// lawSymbol looks for the number that ends a law's full name.
func (f *finder) lawSymbol(from int) (symbol, bool) {
	t := f.t
	for k := from; k < len(t.runes) && k-from < maxLawName; k++ {
		switch c := t.runes[k]; {
		case c == ';', c == ':', c == '(', c == ')', c == '.' && !isWord(t.at(k+1)), c == '\n' && t.at(k+1) == '\n':
			return symbol{}, false
		case isWord(t.at(k - 1)):
		case isDigit(c):
			sym, ok := f.r.symbolAt(t, k, numbered)
			if ok && !sym.ignored && len(sym.codes) > 0 && (isAssembly(sym.codes[0]) || isAssembly(sym.codes[len(sym.codes)-1]) || sym.codes[0] == "L") {
				return sym, true
			}
			if ok {
				return symbol{}, false
			}
		case unicode.IsUpper(c):
			if w, ok := f.r.kindAt(t, k); ok && !slices.Contains(inLawNames, w.kind) {
				return symbol{}, false // another document begins
			}
		}
	}
	return symbol{}, false
}

// inLawNames are the kinds whose words also stand in names of laws: Luật Tiêu chuẩn và Quy chuẩn kỹ thuật.
var inLawNames = []string{"cong_van", "ke_hoach", "quy_chuan", "thong_bao", "bao_cao"}

// amending moves the start back over "Luật sửa đổi, bổ sung một số điều của": then the number is the
// amending law's.
func (f *finder) amending(i int) int {
	const phrase = "luat sua doi, bo sung mot so dieu cua "
	start := i - len(phrase)
	if start < 0 {
		return i
	}
	if end, _ := f.t.has(start, []rune(phrase)); end == i && unicode.IsUpper(f.t.runes[start]) {
		return start
	}
	return i
}

// lawName is where a law's name ends: a listed one, or an unlisted one that a year follows; 0 for neither.
func (f *finder) lawName(at int, kind string) int {
	if end := f.r.lawAt(f.t, at, kind); end > 0 {
		return end
	}
	t := f.t
	if !unicode.IsUpper(t.at(at)) {
		return 0
	}
	end := at
	for n := 0; n < 10; n++ {
		end = t.wordEnd(end)
		if t.yearAfter(end) > 0 {
			return end
		}
		next := end
		for isBlank(t.at(next)) && next-end < 2 {
			next++
		}
		if next == end || !unicode.IsLetter(t.at(next)) {
			return 0
		}
		if t.isOne(next, "ngày", "tháng", "từ", "đến", "trong", "năm", "được", "đã", "có", "này") {
			return 0
		}
		end = next
	}
	return 0
}

// lawAt matches the listed names, the longest first; 0 when none stands there.
func (r *Recogniser) lawAt(t *text, at int, kind string) int {
	for _, name := range r.laws[kind] {
		if end, ok := t.has(at, name); ok {
			return end
		}
	}
	return 0
}

// yearAfter reads " 2003" or " năm 2003" and returns its end; 0 when there is none.
func (t *text) yearAfter(i int) int {
	at := t.skipBlanks(i)
	if at == i {
		return 0
	}
	if end, ok := t.hasAny(at, "nam"); ok {
		at = t.skipBlanks(end)
	}
	if _, ok := t.year(at); !ok || isWord(t.at(at+4)) || t.at(at+4) == '/' || t.rangeFollows(at+4) {
		return 0
	}
	return at + 4
}

// bridged reads a kind word parted from its number by the issuer or the date: "Quyết định của Thủ tướng
// Chính phủ số 1131/QĐ-TTg", "Quyết định ngày 18/5/2016 số 844/QĐ-TTg".
func (f *finder) bridged(i int, word kindWord) (int, bool) {
	t := f.t
	end := i + word.length
	at := t.skipBlanks(end)
	if _, ok := t.hasAny(at, "cua", "do", "giua", "ngay", "lien tich"); !ok {
		if _, named := f.issuerAt(at); !named { // "Nghị quyết HĐND tỉnh số …"
			return i, false
		}
	}
	for k := at; k < len(t.runes) && k-at < maxBridge; k++ {
		switch c := t.runes[k]; {
		case strings.ContainsRune(";:()“”\"", c), c == '.' && !isWord(t.at(k+1)), c == '\n' && t.at(k+1) == '\n':
			return i, false
		case isWord(t.at(k - 1)):
		case isDigit(c):
			if _, so := t.backSo(k); !so {
				continue
			}
			sym, ok := f.r.symbolAt(t, k, numbered)
			if !ok || sym.ignored || f.r.kindOf(&sym, word.kind) != word.kind {
				return i, false
			}
			return f.add(find{start: i, end: sym.end, kind: word.kind, sym: sym, symbol: sym.text}), true
		case unicode.IsUpper(c):
			if _, ok := f.r.kindAt(t, k); ok {
				return i, false
			}
		}
	}
	return i, false
}

// congress reads "Nghị quyết Đại hội … lần thứ XIII của Đảng", "… nhiệm kỳ 2015 - 2020".
func (f *finder) congress(i int, word kindWord) (int, bool) {
	t := f.t
	at := t.skipBlanks(i + word.length)
	if end, ok := t.hasAny(at, "cua"); ok {
		at = t.skipBlanks(end)
	}
	body := at
	at, ok := t.hasAny(at, "dai hoi")
	if word.kind != "nghi_quyet" || !ok {
		return i, false
	}
	end, mark := 0, 0
	for k := at; k < len(t.runes) && k-at < maxNamed && end == 0; k++ {
		c := t.runes[k]
		if strings.ContainsRune(".;:,()“”\"", c) || c == '\n' && t.at(k+1) == '\n' {
			break
		}
		if !isWord(c) || isWord(t.at(k-1)) {
			continue
		}
		if _, ok := t.hasAny(k, "cac cap"); ok {
			break // the congresses of all levels are not one
		}
		end, mark = t.congressMark(k), k
	}
	if end == 0 {
		return i, false
	}
	c := find{start: i, end: t.congressTail(end), kind: word.kind, issuer: f.congressBody(body, mark)}
	c.name = f.congressName(i, end, c.end, word)
	return f.add(c), true
}

// congressName is the full name of a national congress's resolution; any other keeps the writer's words.
func (f *finder) congressName(i, mark, end int, word kindWord) string {
	t := f.t
	own := t.words(i, end)
	folded := lang.Fold(own)
	number := mark
	for strings.ContainsRune("IVXLC", t.at(number-1)) {
		number--
	}
	national := strings.Contains(folded, "toan quoc") || strings.HasSuffix(folded, "cua dang")
	if number == mark || !national || strings.Contains(folded, "dang bo") {
		return own
	}
	return strings.NewReplacer("{kind}", f.r.kinds[word.kind].VI, "{n}", t.words(number, mark)).Replace(f.r.congressName)
}

// congressMark reads what makes a congress one congress: its ordinal or its term.
func (t *text) congressMark(k int) int {
	if at, ok := t.hasAny(k, "lan thu"); ok {
		if end := t.ordinal(t.skipBlanks(at)); end > 0 {
			return end
		}
	}
	if at, ok := t.hasAny(k, "khoa"); ok {
		if end := t.roman(t.skipBlanks(at)); end > 0 {
			return end
		}
	}
	if end := t.term(k); end > 0 {
		return end
	}
	return t.roman(k)
}

// congressTail takes in ", nhiệm kỳ 2020-2025" and "của Đảng".
func (t *text) congressTail(end int) int {
	at := t.skipBlanks(end)
	if after, ok := t.hasAny(at, "cua dang cong san viet nam", "cua dang"); ok && at > end && unicode.IsUpper(t.at(at+4)) {
		if _, base := t.hasAny(t.skipBlanks(after), "bo", "uy"); !base { // của Đảng bộ …
			end = after
		}
	}
	at = t.skipBlanks(end)
	if c := t.at(at); c == ',' || c == '(' {
		at = t.skipBlanks(at + 1)
	}
	if after := t.term(at); after > 0 {
		if t.at(after) == ')' {
			after++
		}
		return after
	}
	return end
}

// term reads "nhiệm kỳ 2015 - 2020".
func (t *text) term(k int) int {
	if at, ok := t.hasAny(k, "nhiem ky", "nhiem ki"); ok {
		return t.yearRange(t.skipBlanks(at))
	}
	return 0
}

// yearRange reads "2021-2025", with or without blanks.
func (t *text) yearRange(at int) int {
	if _, ok := t.year(at); !ok {
		return 0
	}
	dash := t.skipBlanks(at + 4)
	second := t.skipBlanks(dash + 1)
	if _, ok := t.year(second); !ok || t.at(dash) != '-' || isWord(t.at(second+4)) {
		return 0
	}
	return second + 4
}

// roman reads a Roman number in capitals.
func (t *text) roman(at int) int {
	end := at
	for strings.ContainsRune("IVXLC", t.at(end)) && t.at(end) != 0 {
		end++
	}
	if end == at || isWord(t.at(end)) {
		return 0
	}
	return end
}

var ordinalWords = []string{"muoi mot", "muoi hai", "muoi ba", "muoi bon", "muoi lam", "thu nhat", "nhat", "hai", "ba", "tu", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"}

// ordinal reads 4, IV or bốn.
func (t *text) ordinal(at int) int {
	if end := t.roman(at); end > 0 {
		return end
	}
	if isDigit(t.at(at)) {
		return t.wordEnd(at)
	}
	if end, ok := t.hasAny(at, ordinalWords...); ok {
		return end
	}
	return 0
}

// plenum reads "Nghị quyết Trung ương 4 (khóa XII)" and "Nghị quyết Hội nghị lần thứ tư Ban Chấp hành Trung
// ương Đảng khóa XII".
func (f *finder) plenum(i int, word kindWord) (int, bool) {
	if !slices.Contains([]string{"nghi_quyet", "ket_luan"}, word.kind) {
		return i, false
	}
	t := f.t
	at := t.skipBlanks(i + word.length)
	skip := func(phrases ...string) {
		if end, ok := t.hasAny(at, phrases...); ok {
			at = t.skipBlanks(end)
		}
	}
	ordinal := 0
	readOrdinal := func() {
		skip("lan thu", "thu")
		if end := t.ordinal(at); end > 0 {
			ordinal, at = end, t.skipBlanks(end)
		}
	}
	skip("hoi nghi")
	if _, ok := t.hasAny(at, "lan thu", "thu"); ok {
		readOrdinal()
	}
	skip("cua")
	skip("ban chap hanh", "bch")
	before := at
	if skip("trung uong", "tw"); at == before && t.at(at) == 'T' {
		skip("tu", "t.u", "t.w") // TƯ, T.Ư
	}
	if at == before && t.at(at) == 'T' && strings.ContainsRune("ƯW", t.at(at+1)) && isDigit(t.at(at+2)) {
		at += 2 // TW4
	}
	if at == before {
		return i, false
	}
	skip("dang")
	end := at
	for isBlank(t.at(end - 1)) {
		end--
	}
	if ordinal == 0 {
		if readOrdinal(); ordinal == 0 || isDigit(t.at(ordinal-1)) && ordinal-before > 20 {
			return i, false
		}
		end = ordinal
	}
	name := ""
	if tail := t.tenure(end); tail > 0 {
		name, end = f.plenumName(ordinal, tail, word), tail
	}
	if name == "" {
		name = t.words(i, end)
	}
	return f.add(find{start: i, end: end, kind: word.kind, name: name, issuer: f.r.issuers["BCHTW"].Name}), true
}

// plenumName is the full name of a plenum's resolution, for an ordinal in digits that ends at a position, and
// a term; empty where the ordinal is a word.
func (f *finder) plenumName(ordinal, tail int, word kindWord) string {
	t := f.t
	n := ordinal
	for isDigit(t.at(n - 1)) {
		n--
	}
	term := tail
	if t.at(term-1) == ')' {
		term--
	}
	from := term
	for strings.ContainsRune("IVXLC", t.at(from-1)) {
		from--
	}
	if n == ordinal {
		return ""
	}
	return strings.NewReplacer("{kind}", f.r.kinds[word.kind].VI, "{n}", t.words(n, ordinal), "{term}", t.words(from, term)).Replace(f.r.plenumName)
}

// tenure reads "khóa XII", "(khóa XII)", ", khóa XII".
func (t *text) tenure(i int) int {
	at := t.skipBlanks(i)
	open := t.at(at) == '('
	if open || t.at(at) == ',' {
		at = t.skipBlanks(at + 1)
	}
	at, ok := t.hasAny(at, "khoa")
	if !ok {
		return 0
	}
	end := t.roman(t.skipBlanks(at))
	if end > 0 && open && t.at(end) == ')' {
		end++
	}
	return end
}

// plan reads a plan without a number, called by its subject and term: "kế hoạch đầu tư công trung hạn giai
// đoạn 2021-2025".
func (f *finder) plan(i int, word kindWord) (int, bool) {
	t := f.t
	if word.kind != "ke_hoach" || word.exact != "" {
		return i, false
	}
	words := 0
	for k := i + word.length; k < len(t.runes) && k-i < maxNamed && words < 18; k++ {
		c := t.runes[k]
		switch {
		case strings.ContainsRune(".;:,()“”\"/\n", c):
			return i, false
		case !isWord(c) || isWord(t.at(k-1)):
		case isDigit(c):
			end := t.yearRange(k)
			if end == 0 || words == 0 {
				if _, ok := t.hasAny(t.skipBlanks(t.wordEnd(k)), "nam"); ok {
					continue // Kế hoạch 5 năm
				}
				return i, false
			}
			return f.add(find{start: i, end: end, kind: word.kind, name: t.words(i, end)}), true
		default:
			if _, ok := f.r.kindAt(t, k); ok {
				return i, false
			}
			if t.isOne(k, "từ", "đến", "năm", "trong", "của", "đã", "được") {
				return i, false // a sentence, no title
			}
			words++
		}
	}
	return i, false
}

// isOne compares the word at k, marks and all: "từ" is not "tư".
func (t *text) isOne(k int, words ...string) bool {
	return slices.Contains(words, string(t.runes[k:t.wordEnd(k)]))
}

// words is the text between two positions with single blanks.
func (t *text) words(start, end int) string {
	return strings.Join(strings.Fields(string(t.runes[start:end])), " ")
}
