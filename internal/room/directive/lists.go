package directive

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Kind is a kind of document.
type Kind struct {
	Code  string   `yaml:"code"`
	VI    string   `yaml:"vi"`
	EN    string   `yaml:"en"`
	Words []string `yaml:"words"` // how it is written in a sentence
	Types []string `yaml:"types"` // how it is abbreviated in a symbol
	Short string   `yaml:"short"` // strong, weak or none: when a bare number after the word is a citation
}

// Issuer is who stands behind an abbreviation in symbols.
type Issuer struct {
	Code  string `yaml:"code"`
	Name  string `yaml:"name"`
	Scope string `yaml:"scope"` // "state", "party" or empty
	Place bool   `yaml:"place"` // the name lacks a place or field, the words in the sentence say more
}

// Known is a document that the abbreviation in its symbol does not say everything about.
type Known struct {
	Kind   string `yaml:"kind"`
	Symbol string `yaml:"symbol"`
	Issuer string `yaml:"issuer"`
	Short  bool   `yaml:"short"`
}

// Recogniser holds the lists; it is immutable and safe for concurrent use.
type Recogniser struct {
	kinds   map[string]Kind
	words   map[rune][]kindWord // by first folded letter, the longest first
	types   map[string][]string // abbreviation → kinds
	issuers map[string]Issuer
	loose   map[string]string // abbreviation in capitals without marks → abbreviation, where only one fits
	ignored map[string]bool
	known   map[string]Known // symbol → document
	short   map[string]Known // kind and number → document
	names   map[rune][]issuerName
	laws    map[string][][]rune // kind → folded names, the longest first

	plenumName, congressName string // full names, with {kind}, {n}, {term}

	places [][]rune // provinces and centrally run cities, folded, the longest first

	abbreviations map[string][]string // as written → the folded words that it stands for

	compounds [][]rune // words of bodies' names whose second syllable is small, folded, the longest first
}

type kindWord struct {
	folded []rune
	kind   string
	exact  string // an abbreviation used as a word must be written exactly so
	length int    // runes in the text, set by kindAt
}

type issuerName struct {
	folded []rune
	place  bool
}

// Load reads directives/*.yaml of the definitions. Faults: directive.bad_list, directive.unknown_kind.
func Load(fsys fs.FS) (*Recogniser, error) {
	var kinds struct {
		From          string            `yaml:"from"`
		Source        string            `yaml:"source"`
		Kinds         []Kind            `yaml:"kinds"`
		ShortWords    map[string]string `yaml:"short_words"`
		NotDirectives []string          `yaml:"not_directives"`
	}
	var issuers struct {
		From    string   `yaml:"from"`
		Source  string   `yaml:"source"`
		Issuers []Issuer `yaml:"issuers"`
	}
	var known struct {
		From      string   `yaml:"from"`
		Source    string   `yaml:"source"`
		Documents []Known  `yaml:"documents"`
		Plenum    string   `yaml:"plenum"`
		Congress  string   `yaml:"congress"`
		Names     []string `yaml:"names"`
		Places    []string `yaml:"places"`
		Compounds []string `yaml:"compounds"`
	}
	var laws struct {
		From       string   `yaml:"from"`
		Source     string   `yaml:"source"`
		Codes      []string `yaml:"codes"`
		Ordinances []string `yaml:"ordinances"`
		Laws       []string `yaml:"laws"`
	}
	var places struct {
		From   string   `yaml:"from"`
		Source string   `yaml:"source"`
		Places []string `yaml:"places"`
	}
	for name, into := range map[string]any{"kinds": &kinds, "issuers": &issuers, "known": &known, "laws": &laws, "places": &places} {
		if err := decode(fsys, "directives/"+name+".yaml", into); err != nil {
			return nil, err
		}
	}
	r := &Recogniser{kinds: map[string]Kind{}, words: map[rune][]kindWord{}, types: map[string][]string{}, issuers: map[string]Issuer{},
		ignored: map[string]bool{}, known: map[string]Known{}, short: map[string]Known{}, names: map[rune][]issuerName{}}
	for _, k := range kinds.Kinds {
		r.addKind(k)
	}
	for word, kind := range kinds.ShortWords {
		r.addWord(kindWord{folded: []rune(lang.Fold(word)), kind: kind, exact: word})
	}
	for _, code := range kinds.NotDirectives {
		r.ignored[code] = true
	}
	for _, i := range issuers.Issuers {
		r.issuers[i.Code] = i
		r.addName(i.Name, i.Place)
	}
	for _, d := range known.Documents {
		r.addKnown(d)
	}
	for _, n := range known.Names {
		r.addName(n, false)
	}
	for _, n := range known.Places {
		r.addName(n, true)
	}
	r.places = foldedNames(places.Places)
	r.plenumName, r.congressName = known.Plenum, known.Congress
	r.compounds = foldedNames(known.Compounds)
	if err := r.addAbbreviations(fsys); err != nil {
		return nil, err
	}
	r.laws = map[string][][]rune{"luat": foldedNames(laws.Laws), "bo_luat": foldedNames(laws.Codes), "phap_lenh": foldedNames(laws.Ordinances)}
	r.index()
	return r, r.check(kinds.ShortWords)
}

// addAbbreviations reads the list that the search goes by: each row begins with the words written out.
func (r *Recogniser) addAbbreviations(fsys fs.FS) error {
	const name = "search/tu-viet-tat.yaml"
	if _, err := fs.Stat(fsys, name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var list struct {
		From   string     `yaml:"from"`
		Source string     `yaml:"source"`
		Same   [][]string `yaml:"same"`
	}
	if err := decode(fsys, name, &list); err != nil {
		return err
	}
	r.abbreviations = map[string][]string{}
	for _, row := range list.Same {
		full := texts((&Recogniser{}).tokens(prepare(row[0])))
		for _, short := range row[1:] {
			if !strings.ContainsRune(short, ' ') && short == strings.ToUpper(short) && len(full) > 1 {
				r.abbreviations[short] = full
			}
		}
	}
	return nil
}

// check refuses a list that names a kind which does not exist.
func (r *Recogniser) check(shortWords map[string]string) error {
	var faults fault.List
	bad := func(file, kind string) {
		if _, ok := r.kinds[kind]; !ok {
			faults = append(faults, fault.New(fault.Invalid, "directive.unknown_kind", "kind", kind).At(fault.Place{File: "directives/" + file + ".yaml"}))
		}
	}
	for _, kind := range shortWords {
		bad("kinds", kind)
	}
	for _, d := range r.known {
		bad("known", d.Kind)
	}
	return faults.OrNil()
}

// decode reads one YAML file strictly.
func decode(fsys fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fault.New(fault.Invalid, "directive.bad_list", "reason", err.Error()).At(fault.Place{File: name}).Because(err)
	}
	if err := yaml.UnmarshalWithOptions(raw, into, yaml.Strict()); err != nil {
		place, reason := fault.Place{File: name}, err.Error()
		var ye yaml.Error
		if errors.As(err, &ye) {
			reason = ye.GetMessage()
			if token := ye.GetToken(); token != nil && token.Position != nil {
				place.Line, place.Column = token.Position.Line, token.Position.Column
			}
		}
		return fault.New(fault.Invalid, "directive.bad_list", "reason", reason).At(place).Because(err)
	}
	return nil
}

func (r *Recogniser) addKind(k Kind) {
	r.kinds[k.Code] = k
	for _, w := range k.Words {
		r.addWord(kindWord{folded: []rune(lang.Fold(w)), kind: k.Code})
	}
	for _, t := range k.Types {
		if t != "QH" && t != "UBTVQH" { // those are issuers; a law's symbol has no abbreviation of its kind
			r.types[t] = append(r.types[t], k.Code)
		}
	}
}

func (r *Recogniser) addWord(w kindWord) {
	if len(w.folded) > 0 {
		r.words[w.folded[0]] = append(r.words[w.folded[0]], w)
	}
}

func (r *Recogniser) addName(name string, place bool) {
	folded := []rune(lang.Fold(name))
	if len(folded) > 0 {
		r.names[folded[0]] = append(r.names[folded[0]], issuerName{folded, place})
	}
}

func (r *Recogniser) addKnown(d Known) {
	r.known[d.Symbol] = d
	if d.Short {
		number, _, _ := strings.Cut(d.Symbol, "-")
		r.short[d.Kind+" "+number] = d
	}
}

func foldedNames(names []string) [][]rune {
	out := make([][]rune, len(names))
	for i, n := range names {
		out[i] = []rune(lang.Fold(n))
	}
	slices.SortStableFunc(out, func(a, b []rune) int { return len(b) - len(a) })
	return out
}

// index sorts the word lists, longest first, and builds the look-up for symbols typed without marks or in
// small letters.
func (r *Recogniser) index() {
	for _, list := range r.words {
		slices.SortStableFunc(list, func(a, b kindWord) int {
			if d := len(b.folded) - len(a.folded); d != 0 {
				return d
			}
			return strings.Compare(a.exact, b.exact)
		})
	}
	for _, list := range r.names {
		slices.SortStableFunc(list, func(a, b issuerName) int { return len(b.folded) - len(a.folded) })
	}
	r.loose = map[string]string{}
	add := func(code string) {
		key := strings.ToUpper(lang.Fold(code))
		if old, ok := r.loose[key]; ok && old != code {
			code = "" // two abbreviations look alike: none is meant for sure
		}
		r.loose[key] = code
	}
	for code := range r.types {
		add(code)
	}
	for code := range r.issuers {
		add(code)
	}
}

// kindAt is the longest kind word at i.
func (r *Recogniser) kindAt(t *text, i int) (kindWord, bool) {
	for _, w := range r.words[t.fold[i]] {
		end, ok := t.has(i, w.folded)
		if !ok || w.exact != "" && (string(t.runes[i:end]) != w.exact || t.at(end) == '&') { // KH&CN is no plan
			continue
		}
		if w.kind == "luat" {
			if _, other := t.hasAny(end, " su", " gia", " nay", " phap"); other {
				continue // luật sư, luật gia, luật này
			}
		}
		w.length = end - i
		return w, true
	}
	return kindWord{}, false
}
