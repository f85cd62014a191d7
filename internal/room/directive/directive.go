// Package directive (chỉ đạo) recognises how directives are cited in running text: resolutions, directives,
// conclusions, plans, decrees, laws, of the State and of the Party, by number or by name. It owns the
// grammar of symbols; the kinds, abbreviations and issuers are data in definitions/directives.
//
// It also owns the register of the directives that the agency works by, with their chains of replacement and the
// targets that they set. A citation is not a document: a symbol is no identity (numbers restart with the year or
// the term), so a citation says what stands in the text and guesses no more than the lists allow.
package directive

import (
	"sync"

	"trucot/definitions"
)

// Citation is one mention of a directive. Start and End count characters (runes) of the text; Mention is
// the text between them, unchanged.
type Citation struct {
	Kind    string `json:"kind"`             // code of definitions/directives/kinds.yaml
	Symbol  string `json:"symbol,omitempty"` // normalised: no blanks, TƯ as TW, separators in order; empty for a name
	Issuer  string `json:"issuer,omitempty"` // who issued it, from the symbol or the words beside it
	Date    string `json:"date,omitempty"`   // ISO; only when day, month and year are written
	Name    string `json:"name,omitempty"`   // for a document cited without a number
	Mention string `json:"mention"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
}

var shipped = sync.OnceValues(func() (*Recogniser, error) { return Load(definitions.Files) })

// Find lists the citations of a text in order, with the shipped lists. It is safe for concurrent use.
func Find(text string) ([]Citation, error) {
	r, err := shipped()
	if err != nil {
		return nil, err
	}
	return r.Find(text), nil
}

// Find lists the citations of a text in order; they never overlap. Its time grows linearly with the text.
func (r *Recogniser) Find(s string) []Citation {
	f := finder{r: r, t: prepare(s)}
	for i := 0; i < len(f.t.runes); {
		if i > 0 && isWord(f.t.runes[i-1]) || !isWord(f.t.runes[i]) {
			i++
			continue
		}
		before := len(f.found)
		end := f.at(i)
		if end <= i {
			end = i + 1
		}
		for k := before; k < len(f.found); k++ {
			f.finish(&f.found[k])
		}
		i = end
	}
	return f.out()
}

// finder is one run over one text.
type finder struct {
	r     *Recogniser
	t     *text
	found []find

	places []string // by level, see place
}

// find is a citation in work, in positions of the prepared text.
type find struct {
	start, end int
	kind       string
	sym        symbol
	symbol     string
	name       string
	issuer     string
	date       string
}

// at tries everything that can begin at word start i and returns where to go on.
func (f *finder) at(i int) int {
	if isDigit(f.t.runes[i]) {
		return f.standalone(i)
	}
	if end, ok := f.regulation(i); ok {
		return end
	}
	if word, ok := f.r.kindAt(f.t, i); ok {
		return f.afterKind(i, word)
	}
	return i
}

// afterKind handles what follows a kind word: a symbol, a list of numbers, a bare number, or a name.
func (f *finder) afterKind(i int, word kindWord) int {
	end := i + word.length
	at, so := f.t.skipSo(end)
	if at < len(f.t.runes) && isDigit(f.t.runes[at]) && at > end {
		if sym, ok := f.r.symbolAt(f.t, at, sure); ok {
			if sym.ignored {
				return sym.end
			}
			return f.add(find{start: i, end: sym.end, kind: f.r.kindOf(&sym, word.kind), sym: sym, symbol: sym.text})
		}
		if next, ok := f.list(i, at, so, word); ok {
			return next
		}
	}
	for _, named := range []func(int, kindWord) (int, bool){f.law, f.bridged, f.congress, f.plenum, f.plan} {
		if next, ok := named(i, word); ok {
			return next
		}
	}
	return end
}

// standalone handles a number without a kind word before it, such as the second of a list.
func (f *finder) standalone(i int) int {
	t := f.t
	if i > 0 && (t.runes[i-1] == '/' || t.runes[i-1] == '-' || t.runes[i-1] == '.' || t.runes[i-1] == ',') && i > 1 && isWord(t.runes[i-2]) {
		return t.wordEnd(i)
	}
	start, so := t.backSo(i)
	trust := alone
	if so {
		trust = numbered
	}
	sym, ok := f.r.symbolAt(t, i, trust)
	if !ok {
		return t.wordEnd(i)
	}
	if sym.ignored {
		return sym.end
	}
	carried := ""
	if n := len(f.found); n > 0 && t.joined(f.found[n-1].end, start) {
		carried = f.found[n-1].kind
	}
	return f.add(find{start: start, end: sym.end, kind: f.r.kindOf(&sym, carried), sym: sym, symbol: sym.text})
}

// add takes a citation and returns its end.
func (f *finder) add(c find) int {
	f.found = append(f.found, c)
	return c.end
}

// out turns the finds into citations, with offsets in the caller's text.
func (f *finder) out() []Citation {
	full := map[string]string{} // kind and number → the one full symbol of the text; "" when there are two
	for _, c := range f.found {
		if n := c.sym.number; n != "" && len(c.sym.codes) > 0 {
			key := c.kind + " " + n
			if old, ok := full[key]; ok && old != c.symbol {
				full[key] = ""
			} else if !ok {
				full[key] = c.symbol
			}
		}
	}
	out := make([]Citation, 0, len(f.found))
	for _, c := range f.found {
		if len(c.sym.codes) == 0 && c.sym.year == "" && c.symbol != "" {
			if s, ok := full[c.kind+" "+c.symbol]; ok && s != "" {
				c.symbol = s
			} else if k, known := f.r.short[c.kind+" "+c.symbol]; known && !ok && (c.issuer == "" || c.issuer == k.Issuer) {
				c.symbol, c.issuer = k.Symbol, k.Issuer
			}
		}
		c.issuer = f.inItsPlace(c.issuer)
		start, end := f.t.start[c.start], f.t.endOf(c.end)
		out = append(out, Citation{Kind: c.kind, Symbol: c.symbol, Issuer: c.issuer, Date: c.date, Name: c.name,
			Mention: string(f.t.source[start:end]), Start: start, End: end})
	}
	return out
}
