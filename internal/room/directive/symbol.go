package directive

import (
	"slices"
	"strings"
	"unicode"

	"trucot/internal/kernel/lang"
)

// trust says what stands before a number: the less, the more the symbol itself must show.
type trust uint8

const (
	alone    trust = iota // nothing
	numbered              // the word "số"
	sure                  // a kind word
)

// symbol is a document's symbol taken apart.
type symbol struct {
	number  string
	year    string   // of laws, decrees, circulars
	codes   []string // kind and issuers' abbreviations, canonical
	seps    []rune   // seps[k] stands before codes[k]; ' ' where the writer lost it
	yearSep rune     // between number and year
	gap     bool     // blanks round the first separator
	text    string   // normalised
	end     int
	ignored bool // numbered, but a licence, contract or minutes
}

// symbolAt reads a symbol whose number begins at i.
//
//	LAW    n / yyyy / QHnn
//	QPPL   n / yyyy / TYPE - ISSUER (- ISSUER)*
//	ADM    n / TYPE - ISSUER (- UNIT)*
//	CV     n / ISSUER - UNIT
//	PARTY  n - TYPE / ISSUER (- UNIT)*
//
// with any separator, blanks round it, or a lost one, as writers have them.
func (r *Recogniser) symbolAt(t *text, i int, trusted trust) (symbol, bool) {
	var s symbol
	at := i
	for at < len(t.runes) && isDigit(t.runes[at]) && at-i < 7 {
		at++
	}
	if at-i > 6 || at == i {
		return s, false
	}
	if l := t.at(at); unicode.IsLower(l) && l < 0x80 && (t.at(at+1) == '/' || t.at(at+1) == '-') {
		at++ // 49a/KH-UBND
	} else if isWord(l) {
		return s, false
	}
	s.number = string(t.runes[i:at])
	sep, next, blanks := t.separator(at)
	if sep == 0 {
		return s, false
	}
	s.gap = blanks > 0
	if y, ok := t.year(next); ok && sep != ' ' {
		s.year, s.yearSep = y, sep
		if sep, next, _ = t.separator(next + 4); sep == 0 || sep == ' ' {
			return s, false
		}
	}
	r.readCodes(t, &s, sep, next)
	if len(s.codes) == 0 {
		return s, false
	}
	if r.ignored[s.codes[0]] {
		s.ignored = true
		return s, true
	}
	if !r.accept(&s, trusted) {
		return s, false
	}
	s.text = r.normal(&s)
	return s, true
}

// maxCodes bounds a symbol; the longest circular met has eight issuers.
const maxCodes = 12

// readCodes reads the abbreviations from position at on, the separator before it being sep.
func (r *Recogniser) readCodes(t *text, s *symbol, sep rune, at int) {
	blanks := 0
	for len(s.codes) < maxCodes {
		code, end, ok := r.codeAt(t, at, len(s.codes) == 0)
		if !ok || len(s.codes) > 0 && !r.continues(s, sep, blanks, code) {
			return
		}
		if kind, issuer, glued := r.unglue(code); glued && len(s.codes) == 0 {
			s.codes, s.seps = append(s.codes, kind), append(s.seps, sep)
			code, sep = issuer, ' '
		}
		s.codes, s.seps, s.end = append(s.codes, code), append(s.seps, sep), end
		if sep, at, blanks = t.separator(end); sep == 0 {
			return
		}
	}
}

// unglue parts an abbreviation that lost its separator: NĐCP is NĐ-CP.
func (r *Recogniser) unglue(code string) (kind, issuer string, ok bool) {
	if r.listed(code) || isAssembly(code) {
		return "", "", false
	}
	for i := range code {
		if _, listed := r.issuers[code[i:]]; listed && r.types[code[:i]] != nil {
			return code[:i], code[i:], true
		}
	}
	return "", "", false
}

// continues decides whether one more abbreviation belongs to the symbol. While the issuer is missing a gap
// or a lost separator is forgiven; afterwards only joint circulars go on over a gap.
func (r *Recogniser) continues(s *symbol, sep rune, blanks int, code string) bool {
	_, known := r.issuers[code]
	complete := len(s.codes) > 1 || r.types[s.codes[0]] == nil
	switch {
	case sep == ' ':
		return !complete && known
	case blanks > 0 && complete:
		return known && strings.HasSuffix(s.codes[0], "LT")
	}
	return true
}

// accept decides whether what was read is a symbol, given what stood before it.
func (r *Recogniser) accept(s *symbol, trusted trust) bool {
	first := s.codes[0]
	_, isType := r.types[first]
	_, isIssuer := r.issuers[first]
	switch {
	case isAssembly(first):
		return s.year != "" && len(s.codes) == 1
	case s.year != "":
		return isType && len(s.codes) > 1 || trusted == sure
	case s.seps[0] == ' ':
		return isType && len(s.codes) > 1 && (trusted > alone || r.isIssuer(s.codes[1]))
	case isType && len(s.codes) > 1:
		return trusted > alone || !s.gap || r.isIssuer(s.codes[1]) && len(s.number) < 4
	case isType:
		return trusted == sure
	case s.gap:
		return trusted == sure && isIssuer
	}
	return trusted == sure || s.seps[0] == '/' && (trusted == numbered || isIssuer && len(s.codes) > 1)
}

func (r *Recogniser) isIssuer(code string) bool {
	_, ok := r.issuers[code]
	return ok || partyCode(code)
}

// isAssembly reports QH15, UBTVQH14: the Assembly's numbered terms.
func isAssembly(code string) bool {
	digits := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(code, "UBTV"), "QH"), "0123456789")
	return digits == "" && (strings.HasPrefix(code, "QH") || strings.HasPrefix(code, "UBTVQH")) && isDigit(rune(code[len(code)-1]))
}

// partyCode recognises Party bodies that are not on the list by how their abbreviations end or begin.
func partyCode(code string) bool {
	return strings.HasSuffix(code, "TW") || strings.HasSuffix(code, "TU") || strings.HasPrefix(code, "ĐU") || strings.HasPrefix(code, "UBKT") ||
		strings.HasPrefix(code, "BCSĐ")
}

// normal writes the symbol without blanks and with the separators in the order of its side: n/TYPE-ISSUER
// for the State, n-TYPE/ISSUER for the Party. Where the issuer is unknown, the writer's order stays.
func (r *Recogniser) normal(s *symbol) string {
	seps := slices.Clone(s.seps)
	if _, isType := r.types[s.codes[0]]; s.year == "" && isType && len(s.codes) > 1 {
		issuer, listed := r.issuers[s.codes[1]]
		switch {
		case issuer.Scope == "party" || !listed && partyCode(s.codes[1]):
			seps[0], seps[1] = '-', '/'
		case issuer.Scope == "state":
			seps[0], seps[1] = '/', '-'
		case seps[0] == ' ' && seps[1] == '/':
			seps[0] = '-'
		case seps[0] == ' ':
			seps[0] = '/'
		case seps[1] == ' ' && seps[0] == '-':
			seps[1] = '/'
		}
	}
	var b strings.Builder
	b.WriteString(s.number)
	if s.year != "" {
		b.WriteRune(s.yearSep)
		b.WriteString(s.year)
		seps[0] = '/'
	}
	for k, code := range s.codes {
		if seps[k] == ' ' {
			seps[k] = '-'
		}
		b.WriteRune(seps[k])
		b.WriteString(code)
	}
	return b.String()
}

// codeAt reads one abbreviation at i and gives its canonical form; first says that a kind is expected.
func (r *Recogniser) codeAt(t *text, i int, first bool) (code string, end int, ok bool) {
	const longest = 24
	var b strings.Builder
	end = i
	for ; end < len(t.runes) && end-i <= longest; end++ {
		c := t.runes[end]
		switch {
		case isDigit(c) && end > i, codeLetter(c), c == '&' && end > i && codeLetter(t.at(end+1)):
			b.WriteRune(c)
			continue
		case c == '.' && t.at(end-1) == 'T' && strings.ContainsRune("ƯWU", t.at(end+1)) && !isWord(t.at(end+2)):
			continue // T.Ư
		}
		break
	}
	if end == i || isWord(t.at(end)) {
		return "", i, false
	}
	code, ok = r.canonical(b.String(), first)
	return code, end, ok
}

// codeLetter is a letter that abbreviations use; toned vowels stand in words only.
func codeLetter(c rune) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || strings.ContainsRune("ĐđƯưƠơÂâÊêÔôĂă", c)
}

// canonical finds the listed form of an abbreviation, or takes an unknown one that looks like one.
func (r *Recogniser) canonical(raw string, first bool) (string, bool) {
	if r.listed(raw) {
		return raw, true
	}
	if head, ok := strings.CutSuffix(raw, "TƯ"); ok {
		return head + "TW", true
	}
	letters := strings.TrimRight(raw, "0123456789")
	plain := strings.ToUpper(letters)
	if letters != raw { // QH15, qh15
		return plain + raw[len(letters):], plain == "QH" || plain == "UBTVQH" || shapely(letters)
	}
	small := strings.ToLower(raw) == raw
	if small && r.listed(plain) {
		return plain, true
	}
	code := r.loose[strings.ToUpper(lang.Fold(raw))]
	if code != "" && (small || first && r.types[code] != nil) {
		return code, true // typed without marks, ND-CP, or in small letters
	}
	return raw, shapely(raw)
}

func (r *Recogniser) listed(code string) bool {
	_, issuer := r.issuers[code]
	return issuer || r.types[code] != nil || r.ignored[code]
}

// shapely reports capitals with at most a few small letters between: SKHCN, TTr, QLCL, BTTr.
func shapely(s string) bool {
	upper, lower := 0, 0
	for i, c := range s {
		switch {
		case unicode.IsUpper(c):
			upper++
		case unicode.IsLower(c):
			lower++
		}
		if i == 0 && upper == 0 {
			return false
		}
	}
	return upper >= 2 && lower <= 3 && lower < upper+1
}

// separator reads what stands between two parts of a symbol: '-', '/', or ' ' for blanks only; 0 for
// anything else. next is behind it, blanks how many blanks it has.
func (t *text) separator(i int) (sep rune, next, blanks int) {
	at := t.skipBlanks(i)
	if c := t.at(at); c == '-' || c == '/' {
		next = t.skipBlanks(at + 1)
		return c, next, next - i - 1
	}
	if at > i {
		return ' ', at, at - i
	}
	return 0, i, 0
}

// year reads a year of four digits at i.
func (t *text) year(i int) (string, bool) {
	if i+4 > len(t.runes) || isDigit(t.at(i+4)) {
		return "", false
	}
	y := string(t.runes[i : i+4])
	return y, (strings.HasPrefix(y, "19") || strings.HasPrefix(y, "20")) && isDigit(t.runes[i+2]) && isDigit(t.runes[i+3])
}

// kindOf is the document's kind: what the symbol says, and among the kinds of one abbreviation (QĐ is a
// decision or, in the Party, a regulation) the word.
func (r *Recogniser) kindOf(s *symbol, word string) string {
	first := s.codes[0]
	if isAssembly(first) {
		switch {
		case word == "luat" || word == "bo_luat" || word == "nghi_quyet" || word == "phap_lenh":
			return word
		case strings.HasPrefix(first, "QH"):
			return "luat"
		}
		return "nghi_quyet"
	}
	kinds := r.types[first]
	switch {
	case kinds == nil && (word == "" || word == "quy_chuan"):
		return "cong_van"
	case kinds == nil, slices.Contains(kinds, word):
		return word
	case word == "thong_tu_lien_tich" && first == "TT", word == "phap_lenh" && first == "L":
		return word
	case first == "TT" && len(s.codes) > 1 && (r.issuers[s.codes[1]].Scope == "party" || partyCode(s.codes[1])):
		return "thong_tri"
	}
	return kinds[0]
}

// issuerOf guesses the issuer from the symbol: firm when the abbreviation is one body's alone.
func (r *Recogniser) issuerOf(s *symbol) (name string, firm bool) {
	if len(s.codes) == 0 {
		return "", false
	}
	codes := s.codes[1:]
	switch {
	case isAssembly(s.codes[0]) || r.types[s.codes[0]] == nil:
		codes = s.codes[:1]
	case len(codes) > 1 && !strings.HasSuffix(s.codes[0], "LT"):
		codes = codes[:1] // the rest are units
	}
	var names []string
	firm = true
	for _, c := range codes {
		i, ok := r.issuers[c]
		if bare := strings.TrimRight(c, "0123456789"); !ok && bare != c {
			i, ok = r.issuers[bare]
		}
		if !ok || i.Name == "" {
			return "", false
		}
		names, firm = append(names, i.Name), firm && !i.Place
	}
	if len(names) == 0 {
		return "", false
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " và " + names[n-1], firm
	}
	return names[0], firm
}
