package directive

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Mention is a directive that a text names, with what it may be in the register: none, the one that it is, or several among
// which a person has to choose, since a symbol or a name is no identity.
type Mention struct {
	Citation
	Of []*Document
}

// Finder looks up in the register what texts name, for one reader. It remembers the directives without symbol and is for one
// piece of work.
type Finder struct {
	r     *Register
	lists *Recogniser
	may   Filter
	named []namedDocument
}

// namedDocument is a directive without symbol with the words that make its name.
type namedDocument struct {
	*Document
	words  []string        // of the name, in order
	known  map[string]bool // with those of its full name, its issuer and its year
	issuer map[string]bool
}

var listNameless = store.Statement(`select data, version, position from directive where symbol = '' and ((side = 'state' and $1 = 1) or replace($2, '<' || unit || '>', '') <> $2)
	order by id limit $3`)

// Finder makes one that finds what a filter's State and Units allow.
func (r *Register) Finder(ctx context.Context, f Filter) (*Finder, error) {
	lists, err := r.Lists()
	if err != nil {
		return nil, err
	}
	x := &Finder{r: r, lists: lists, may: f}
	args := f.args(r.today())
	list, err := store.All(ctx, r.db, scanDocument, listNameless, args[0], args[1], int64(most))
	for _, d := range list {
		x.named = append(x.named, lists.named(d))
	}
	return x, err
}

// named takes a directive's name apart.
func (r *Recogniser) named(d *Document) namedDocument {
	out := namedDocument{Document: d, words: texts(r.tokens(prepare(d.Name))), known: map[string]bool{}, issuer: map[string]bool{}}
	for _, text := range append(r.fullNames(d.Name), d.Name, d.Issuer) {
		for _, w := range texts(r.tokens(prepare(text))) {
			out.known[w] = true
		}
	}
	for _, w := range texts(r.tokens(prepare(d.Issuer))) {
		out.issuer[w] = true
	}
	if d.Date != calendar.NoDate {
		year, _, _ := d.Date.YMD()
		out.known[strconv.Itoa(year)] = true
	}
	return out
}

// fullNames are the names under which a name's own words would be recognised.
func (r *Recogniser) fullNames(name string) []string {
	var out []string
	for _, c := range r.Find(name) {
		out = append(out, c.Name)
	}
	return out
}

// Find lists the directives that a text names, in order. Besides the citations of Recogniser.Find these are the names of
// directives without symbol as they stand in the register, however their blanks, dashes and abbreviations are written.
func (x *Finder) Find(ctx context.Context, text string) ([]Mention, error) {
	var out []Mention
	for _, c := range x.lists.Find(text) {
		of, err := x.lookup(ctx, &c)
		if err != nil {
			return nil, err
		}
		out = append(out, Mention{c, of})
	}
	for _, m := range x.called(text) {
		at := slices.IndexFunc(out, func(o Mention) bool { return o.Start < m.End && m.Start < o.End })
		switch {
		case at < 0:
			out = append(out, m)
		case out[at].Symbol == "" && len(out[at].Of) == 0:
			m.Issuer, m.Date = out[at].Issuer, out[at].Date
			out[at] = m
		}
	}
	slices.SortFunc(out, func(a, b Mention) int { return a.Start - b.Start })
	return out, nil
}

// lookup gives what a citation may be.
func (x *Finder) lookup(ctx context.Context, c *Citation) ([]*Document, error) {
	if c.Symbol == "" {
		return narrowed(c, x.fitting(c)), nil
	}
	all, err := store.All(ctx, x.r.db, scanDocument, calledSo, c.Symbol)
	var out []namedDocument
	for _, d := range all {
		if x.sees(d) {
			out = append(out, x.lists.named(d))
		}
	}
	return narrowed(c, out), err
}

// Named gives what a directive cited by its name may be.
func (x *Finder) Named(ctx context.Context, c Cited) ([]*Document, error) {
	for _, found := range x.lists.Find(c.Mention) {
		if found.Symbol == "" {
			found.Issuer = c.Issuer
			return x.lookup(ctx, &found)
		}
	}
	return nil, nil
}

func (x *Finder) sees(d *Document) bool {
	return x.may.State && d.Side == people.State || slices.Contains(x.may.Units, d.Unit)
}

// fitting are the directives without symbol of the citation's kind whose name holds all its words.
func (x *Finder) fitting(c *Citation) []namedDocument {
	ways := [][]string{texts(x.lists.tokens(prepare(c.Name))), texts(x.lists.tokens(prepare(c.Mention)))}
	var out []namedDocument
	for _, d := range x.named {
		if d.Kind != "" && d.Kind != c.Kind {
			continue
		}
		if slices.ContainsFunc(ways, func(words []string) bool { return len(words) > 0 && d.holds(words) }) {
			out = append(out, d)
		}
	}
	return out
}

func (d *namedDocument) holds(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !d.known[w] })
}

// narrowed leaves those that the words beside a citation do not rule out: another date, then another issuer.
func narrowed(c *Citation, of []namedDocument) []*Document {
	if on, err := calendar.Parse(c.Date); err == nil {
		of = slices.DeleteFunc(of, func(d namedDocument) bool { return d.Date != calendar.NoDate && d.Date != on })
	}
	if len(of) > 1 && c.Issuer != "" {
		words := strings.Fields(lang.Fold(c.Issuer))
		same := slices.DeleteFunc(slices.Clone(of), func(d namedDocument) bool {
			return slices.ContainsFunc(words, func(w string) bool { return !d.issuer[w] && !minor[w] })
		})
		if len(same) > 0 {
			of = same
		}
	}
	var out []*Document
	for _, d := range of {
		out = append(out, d.Document)
	}
	return out
}

// leastWords is how many words a name needs to be found where the grammar sees none: fewer stand in any sentence.
const leastWords = 5

// called finds the names of the register in a text, the longest at each place.
func (x *Finder) called(text string) []Mention {
	t := prepare(text)
	words := x.lists.tokens(t)
	at := map[string][]int{}
	for i, w := range words {
		at[w.text] = append(at[w.text], i)
	}
	type span struct{ from, to int }
	found := map[span][]namedDocument{}
	for _, d := range x.named {
		if len(d.words) < leastWords {
			continue
		}
		for _, i := range at[d.words[0]] {
			if d.standsAt(words, i) {
				s := span{i, i + len(d.words)}
				found[s] = append(found[s], d)
			}
		}
	}
	var out []Mention
	for s, of := range found {
		longer := false
		for o := range found {
			longer = longer || o != s && o.from <= s.from && s.to <= o.to
		}
		if longer {
			continue
		}
		start, end := t.start[words[s.from].from], t.endOf(words[s.to-1].to)
		c := Citation{Kind: of[0].Kind, Name: of[0].Name, Mention: string(t.source[start:end]), Start: start, End: end}
		out = append(out, Mention{c, narrowed(&c, of)})
	}
	slices.SortFunc(out, func(a, b Mention) int { return a.Start - b.Start })
	return out
}

// standsAt reports whether a name stands in a text from a word on. A year behind it that is not the directive's makes it another.
func (d *namedDocument) standsAt(words []token, i int) bool {
	if i+len(d.words) > len(words) {
		return false
	}
	for k, w := range d.words {
		if words[i+k].text != w {
			return false
		}
	}
	next := i + len(d.words)
	return next == len(words) || !isYear(words[next].text) || d.known[words[next].text] || words[next].from-words[next-1].to > len(" giai đoạn ")
}

func isYear(s string) bool { n, err := strconv.Atoi(s); return err == nil && n >= 1900 && n < 2200 }

// token is a word that tells names apart, from one position of the prepared text to another.
type token struct {
	text     string
	from, to int
}

func texts(list []token) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.text
	}
	return out
}

// minor are the words that one writer of a name puts and another leaves out, by their marks where these matter.
var minor = map[string]bool{"và": true, "va": true, "của": true, "cua": true, "về": true, "lần": true, "thứ": true, "khóa": true, "khoá": true, "nhiệm": true, "kỳ": true, "kì": true, "giai": true, "đoạn": true, "năm": true, "việc": true}

// numerals are the ordinals that follow "thứ".
var numerals = map[string]string{"nhất": "1", "hai": "2", "ba": "3", "tư": "4", "bốn": "4", "năm": "5", "sáu": "6", "bảy": "7", "tám": "8", "chín": "9", "mười": "10"}

// tokens are the words of a text that tell names apart: folded, abbreviations written out, Roman numbers and ordinals as digits.
func (r *Recogniser) tokens(t *text) []token {
	var out []token
	last := ""
	for i := 0; i < len(t.runes); {
		if !isWord(t.runes[i]) {
			i++
			continue
		}
		end := t.nameWord(i)
		word := string(t.runes[i:end])
		low := strings.ToLower(word)
		switch number := roman(word); {
		case r.abbreviations[word] != nil:
			for _, w := range r.abbreviations[word] {
				out = append(out, token{w, i, end})
			}
		case number > 0:
			out = append(out, token{strconv.Itoa(number), i, end})
		case last == "thứ" && numerals[low] != "":
			out = append(out, token{numerals[low], i, end})
		case !minor[low]:
			out = append(out, token{string(t.fold[i:end]), i, end})
		}
		i, last = end, low
	}
	return out
}

// roman is the value of a Roman number in capitals, 0 for any other word.
func roman(s string) int {
	values := map[rune]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}
	sum, last := 0, 0
	for _, c := range s {
		v := values[c]
		if v == 0 {
			return 0
		}
		if sum += v; last > 0 && last < v {
			sum -= 2 * last
		}
		last = v
	}
	return sum
}
