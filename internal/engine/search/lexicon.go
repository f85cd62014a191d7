package search

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"trucot/internal/kernel/fault"
)

// Lexicon is what the analyser knows of the language: abbreviations with their long forms, and words that say
// little or mean alike. It is data (definitions/search) and immutable once read.
type Lexicon struct {
	phrases map[uint64][]phrase // by first word, the longest first
	small   map[uint64]bool     // function words, exact form
	smallF  map[uint64]bool     // and folded

	means   [][][]token        // groups of words of like meaning, each word by its syllables
	meansBy map[uint64][]sense // where they stand, by the first syllable, exact and folded
}

// sense is one word of a group.
type sense struct{ group, word int32 }

type phrase struct {
	words   []uint64 // folded
	concept uint64
}

type lexiconFile struct {
	From   string     `yaml:"from"`
	Source string     `yaml:"source"`
	Same   [][]string `yaml:"same"`
	Near   [][]string `yaml:"near"`
	Small  []string   `yaml:"small"`
}

// Load reads search/*.yaml of the definitions. Fault: search.bad_lexicon.
func Load(fsys fs.FS) (*Lexicon, error) {
	l := &Lexicon{phrases: map[uint64][]phrase{}, small: map[uint64]bool{}, smallF: map[uint64]bool{}, meansBy: map[uint64][]sense{}}
	names, err := fs.Glob(fsys, "search/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var f lexiconFile
		data, err := fs.ReadFile(fsys, name)
		if err == nil {
			err = yaml.UnmarshalWithOptions(data, &f, yaml.Strict())
		}
		if err == nil && f.Source == "" {
			err = errors.New("no source")
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "search.bad_lexicon", "file", name).Because(err)
		}
		l.add(&f)
	}
	for _, list := range l.phrases {
		slices.SortStableFunc(list, func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	return l, nil
}

func (l *Lexicon) add(f *lexiconFile) {
	for _, forms := range f.Same {
		concept := uint64(0)
		for i, form := range forms {
			toks := words(normal(form), nil)
			p := phrase{words: make([]uint64, len(toks))}
			h := hashSeed
			for k, t := range toks {
				p.words[k] = t.fold
				h = h*hashPrime ^ t.fold
			}
			if i == 0 { // the first form names the concept
				concept = conceptTerm(h)
			}
			p.concept = concept
			if len(toks) > 0 {
				l.phrases[p.words[0]] = append(l.phrases[p.words[0]], p)
			}
		}
	}
	for _, group := range f.Near {
		l.addMeaning(group)
	}
	for _, line := range f.Small {
		for _, w := range strings.Fields(line) {
			t := words(normal(w), nil)[0]
			l.small[t.exact], l.smallF[t.fold] = true, true
		}
	}
}

func (l *Lexicon) addMeaning(group []string) {
	var all [][]token
	for _, word := range group {
		toks := words(normal(word), nil)
		if len(toks) == 0 {
			continue
		}
		at, first := sense{int32(len(l.means)), int32(len(all))}, toks[0]
		l.meansBy[first.exact] = append(l.meansBy[first.exact], at)
		if first.fold != first.exact {
			l.meansBy[first.fold] = append(l.meansBy[first.fold], at)
		}
		all = append(all, toks)
	}
	l.means = append(l.means, all)
}

// senses lists what the words at the start of list may be: by their marks, or by their letters alone.
func (l *Lexicon) senses(list []token, marked bool) []sense {
	first := list[0].fold
	if marked {
		first = list[0].exact
	}
	var out []sense
	for _, s := range l.meansBy[first] {
		if begins(list, l.means[s.group][s.word], marked) {
			out = append(out, s)
		}
	}
	return out
}

// begins reports whether list begins with a word.
func begins(list, word []token, marked bool) bool {
	if len(word) > len(list) {
		return false
	}
	for i, t := range word {
		if list[i].fold != t.fold || marked && list[i].exact != t.exact {
			return false
		}
	}
	return true
}

// concept is what the words at the start of list stand for, and how many they are; n = 0: nothing known.
func (l *Lexicon) concept(list []token) (term uint64, n int) {
	for _, p := range l.phrases[list[0].fold] {
		if len(p.words) <= len(list) && p.match(list) {
			return p.concept, len(p.words)
		}
	}
	return 0, 0
}

func (p *phrase) match(list []token) bool {
	for i, w := range p.words {
		if list[i].fold != w {
			return false
		}
	}
	return true
}

// isSmall reports whether a word says little. A query written with marks is taken at its word: "la" is not "là".
func (l *Lexicon) isSmall(t token, marked bool) bool {
	if marked {
		return l.small[t.exact]
	}
	return l.smallF[t.fold]
}
