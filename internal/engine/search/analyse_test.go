package search

import (
	"slices"
	"testing"
)

// plainWords is words without its haste: rune by rune, as the glyphs say.
func plainWords(text string) (list []token) {
	letters := []glyph{}
	start := 0
	end := func(at int) {
		if len(letters) == 0 {
			return
		}
		t := token{start: int32(start), end: int32(at), digit: letters[0].digit}
		last := &letters[len(letters)-1]
		vowels := 0
		for _, g := range letters {
			vowels += int(g.vowel)
		}
		if last.fold == 'y' && vowels == 1 && len(letters) > 1 {
			last.fold, last.hat = 'i', 0
		}
		fold, exact, tone := hashSeed, hashSeed, uint8(0)
		for _, g := range letters {
			fold, exact = step(fold, g.fold), step(exact, g.fold|uint16(g.hat)<<12)
			if g.tone != 0 {
				tone = g.tone
			}
			t.marked = t.marked || g.hat != 0 || g.tone != 0
		}
		t.fold, t.exact = finish(fold), finish(step(exact, uint16(tone)))
		list = append(list, t)
		letters = letters[:0]
	}
	for i, r := range text {
		g := makeGlyph(r)
		if g.fold == 0 {
			end(i)
			continue
		}
		if len(letters) == 0 {
			start = i
		}
		letters = append(letters, g)
	}
	end(len(text))
	return list
}

// FuzzWords reads texts in both ways: what is decoded in place must be what the standard library decodes.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "Kỹ sư ký, y tế quý", "Điều 5 khoản 2: đường Ừ ỹ Ỹ", "naïve ЖЗ ελ 中文 １２", "\xe1\xbb", "\xe1\xbf\xbf\xc3", "a\xc3", "\xff\x00ế\xe1\x80\x80", "ﬁ ǅ ſ \u1f00\u1eff\u1efe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := words(text, nil), plainWords(text); !slices.Equal(got, want) {
			t.Errorf("%q is read as %v, want %v", text, got, want)
		}
	})
}
