package directive

import (
	"slices"
	"strings"
	"unicode"

	"trucot/internal/kernel/lang"
)

// congressBody is the congress that adopted a resolution: what stands from "Đại hội" to its ordinal or term, when it names
// the Party organisation, as in "Đại hội Đảng bộ Bộ KH&CN nhiệm kỳ …". "Đảng bộ tỉnh" alone names none.
func (f *finder) congressBody(at, mark int) string {
	t := f.t
	body, ok := 0, false
	for k := at; k < mark && !ok; k++ {
		if !isWord(t.at(k-1)) && unicode.IsUpper(t.runes[k]) {
			body, ok = t.hasAny(k, "dang bo")
		}
	}
	if !ok {
		return ""
	}
	end := f.extendName(body)
	if end > mark || !unicode.IsUpper(t.at(t.lastWord(end))) {
		return ""
	}
	return f.r.spelledOut(t.words(at, end))
}

// lastWord is where the word that ends at a position begins.
func (t *text) lastWord(end int) int {
	for end > 0 && isWord(t.at(end-1)) {
		end--
	}
	return end
}

// spelledOut writes abbreviations after "Bộ" and "Sở" out where the list of issuers has them: Bộ KH&CN is BKHCN there.
func (r *Recogniser) spelledOut(name string) string {
	words := strings.Fields(name)
	for k := 1; k < len(words); k++ {
		kind, short := words[k-1], words[k]
		if f := lang.Fold(kind); f != "bo" && f != "so" || !shapely(short) {
			continue
		}
		initial := string([]rune(kind)[:1])
		for _, code := range []string{initial + short, initial + strings.ReplaceAll(short, "&", "")} {
			if i, ok := r.issuers[code]; ok && i.Name != "" {
				words[k-1], words[k] = "", i.Name
				break
			}
		}
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// level is a level of local bodies whose place is left out once it is known: the words that such a name ends in ("Thành ủy",
// "UBND tỉnh"), which are also those that a place stands behind.
type level struct {
	words []string
	alone bool // any other name behind these words is a place as well, and makes it unclear which is meant
}

var levels = []level{
	{words: []string{"tinh uy", "tinh"}}, // behind "tỉnh" a person's name is as likely: "Chủ tịch UBND tỉnh Nguyễn Văn A"
	{words: []string{"thanh uy", "thanh pho", "tp.", "tp"}, alone: true},
}

// inItsPlace completes a local body's name by the one place of its level that the text names: who writes of a city says its
// name once. Where the text names two, or none, the name stays as it is.
func (f *finder) inItsPlace(issuer string) string {
	folded := " " + lang.Fold(issuer)
	for k, l := range levels {
		if slices.ContainsFunc(l.words, func(w string) bool { return strings.HasSuffix(folded, " "+w) }) {
			return strings.TrimSpace(issuer + " " + f.place(k))
		}
	}
	return issuer
}

// place is the only place of a level in the text, "" for none or several. The text is searched once for all levels.
func (f *finder) place(k int) string {
	if f.places == nil {
		f.places = make([]string, len(levels))
		for k, l := range levels {
			f.places[k] = f.onlyPlace(l)
		}
	}
	return f.places[k]
}

func (f *finder) onlyPlace(l level) (only string) {
	t := f.t
	for i := range t.runes {
		if t.fold[i] != 't' || isWord(t.at(i-1)) {
			continue
		}
		end, ok := t.hasAny(i, l.words...)
		start := t.skipBlanks(end)
		if !ok || !unicode.IsUpper(t.at(start)) {
			continue
		}
		name := f.r.placeAt(t, start)
		if name == "" && l.alone || name != "" && only != "" && lang.Fold(name) != lang.Fold(only) {
			return ""
		}
		if name != "" {
			only = name
		}
	}
	return only
}

// placeAt is the listed place that stands at i, as it is written there.
func (r *Recogniser) placeAt(t *text, i int) string {
	for _, name := range r.places {
		if end, ok := t.has(i, name); ok {
			return t.words(i, end)
		}
	}
	return ""
}
