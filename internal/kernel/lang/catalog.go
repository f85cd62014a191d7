// Package lang (ngôn ngữ) holds what the program knows about writing: texts in Vietnamese and
// English, Vietnamese normal forms, order, numbers and dates.
//
// It does not own the texts themselves: every package embeds its texts.vi.yaml and texts.en.yaml and
// hands them over as a Texts; package app merges them into one Catalog.
package lang

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/kernel/fault"
)

// Tag is a reader's language.
type Tag string

// The two languages of the product; Vietnamese is the default everywhere.
const (
	VI Tag = "vi"
	EN Tag = "en"
)

// FromEnv reads a LANG-like value: English only when it begins with "en".
func FromEnv(v string) Tag {
	if strings.HasPrefix(strings.ToLower(v), "en") {
		return EN
	}
	return VI
}

// Texts are the texts of one package as its files hold them, by language. A text names its arguments in
// braces, "Hạn trả: {due}", and may choose an English plural: "{n} {n|day|days}".
type Texts func(Tag) string

// MustTexts takes texts.vi.yaml and texts.en.yaml of an embedded file system, each read when its language is. A missing file
// panics then, since the files are compiled in; a test reads both.
func MustTexts(files fs.FS) Texts {
	return func(tag Tag) string {
		raw, err := fs.ReadFile(files, "texts."+string(tag)+".yaml")
		if err != nil {
			panic(err)
		}
		return string(raw)
	}
}

// Catalog is every text of the program. A language is read when its first text is asked for: reading is a good part of
// the program's start, and most processes speak one language.
type Catalog struct{ vi, en func() map[string]string }

// NewCatalog merges the packages' texts. A broken line, or a key that stands twice, panics when its language is read; a
// test reads both.
func NewCatalog(all ...Texts) *Catalog {
	read := func(tag Tag) func() map[string]string {
		return sync.OnceValue(func() map[string]string { return readTexts(tag, all) })
	}
	return &Catalog{vi: read(VI), en: read(EN)}
}

func (c *Catalog) texts(tag Tag) map[string]string {
	if tag == EN {
		return c.en()
	}
	return c.vi()
}

// readTexts reads what every text file is made of, one `key: "text"` a line, which is YAML that needs no YAML reader.
func readTexts(tag Tag, all []Texts) map[string]string {
	files, lines := make([]string, len(all)), 0
	for i, t := range all {
		files[i] = t(tag)
		lines += strings.Count(files[i], "\n")
	}
	m := make(map[string]string, lines)
	for _, file := range files {
		for line := range strings.Lines(file) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			key, text, ok := readText(line)
			if !ok {
				panic("lang: write key: \"text\" on one line, not " + line)
			}
			if _, twice := m[key]; twice {
				panic("lang: text defined twice: " + key)
			}
			m[key] = text
		}
	}
	return m
}

// readText takes a line apart. Only a text with a backslash is copied.
func readText(line string) (key, text string, ok bool) {
	key, quoted, found := strings.Cut(line, ": ")
	if n := len(quoted); !found || n < 2 || quoted[0] != '"' || quoted[n-1] != '"' {
		return "", "", false
	}
	if inside := quoted[1 : len(quoted)-1]; !strings.ContainsFunc(inside, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' }) {
		return key, inside, true
	}
	err := json.Unmarshal([]byte(quoted), &text)
	return key, text, err == nil
}

// Keys lists the keys of one language in order, for the test that compares the two.
func (c *Catalog) Keys(tag Tag) []string { return slices.Sorted(maps.Keys(c.texts(tag))) }

// Has reports whether the key has a Vietnamese text.
func (c *Catalog) Has(key string) bool { _, ok := c.vi()[key]; return ok }

// T renders a text with name, value pairs. A missing key comes back as ⟦key⟧ so that a test or a
// reader sees it.
func (c *Catalog) T(tag Tag, key string, args ...any) string {
	return c.render(tag, key, arguments{pairs: args})
}

// arguments are those of a text, one after the other as T takes them or by name.
type arguments struct {
	pairs []any
	named map[string]any
}

func (a arguments) get(name string) (any, bool) {
	for i := 0; i+1 < len(a.pairs); i += 2 {
		if a.pairs[i].(string) == name {
			return a.pairs[i+1], true
		}
	}
	v, ok := a.named[name]
	return v, ok
}

func (c *Catalog) render(tag Tag, key string, args arguments) string {
	text, ok := c.texts(tag)[key]
	if !ok {
		if text, ok = c.vi()[key]; !ok {
			return "⟦" + key + "⟧"
		}
	}
	if strings.IndexByte(text, '{') < 0 {
		return text
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		b.WriteString(text[:open])
		b.WriteString(c.argument(tag, text[open+1:open+end], args))
		text = text[open+end+1:]
	}
	b.WriteString(text)
	return b.String()
}

// Localized is an argument that has its own words in each language, such as the label of a field.
type Localized interface{ In(Tag) string }

// argument renders the inside of one pair of braces: a name, or name|singular|plural.
func (c *Catalog) argument(tag Tag, inside string, args arguments) string {
	name, forms, plural := strings.Cut(inside, "|")
	v, ok := args.get(name)
	if !ok {
		return "{" + inside + "}"
	}
	if plural {
		one, many, _ := strings.Cut(forms, "|")
		if n := fmt.Sprint(v); n == "1" || n == "-1" {
			return one
		}
		return many
	}
	switch v := v.(type) {
	case string:
		return v
	case error:
		return c.Error(tag, v)
	case Localized:
		return v.In(tag)
	case int:
		return Integer(tag, int64(v))
	case int64:
		return Integer(tag, v)
	case fmt.Stringer:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

// Error is the sentence a reader gets for err: place, text, source line. An unclassified error is
// one neutral sentence; its words go to the log only.
func (c *Catalog) Error(tag Tag, err error) string {
	var list fault.List
	if errors.As(err, &list) {
		lines := make([]string, len(list))
		for i, e := range list {
			lines[i] = c.Error(tag, e)
		}
		return strings.Join(lines, "\n")
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		return c.T(tag, "lang.internal_error")
	}
	text := c.render(tag, e.Key, arguments{named: e.Args})
	if p := e.Place.String(); p != "" {
		text = p + ": " + text
	}
	if e.Place.Source != "" {
		text += "\n    " + strings.TrimRight(e.Place.Source, "\r\n")
	}
	return text
}

// Integer groups thousands: 1.234.567 in Vietnamese, 1,234,567 in English.
func Integer(tag Tag, n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	sep := "."
	if tag == EN {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// Mismatches lists the keys that one language lacks and the texts whose arguments differ between the two
// languages. A test keeps it empty.
func (c *Catalog) Mismatches() []string {
	var out []string
	for _, pair := range [][2]Tag{{VI, EN}, {EN, VI}} {
		for _, key := range c.Keys(pair[0]) {
			other, ok := c.texts(pair[1])[key]
			if !ok {
				out = append(out, key+": missing in "+string(pair[1]))
				continue
			}
			if a, b := argumentNames(c.texts(pair[0])[key]), argumentNames(other); pair[0] == VI && a != b {
				out = append(out, key+": arguments differ: "+a+" / "+b)
			}
		}
	}
	return out
}

// argumentNames is the sorted set of the names that a text has in braces.
func argumentNames(text string) string {
	seen := map[string]bool{}
	for {
		_, after, ok := strings.Cut(text, "{")
		if !ok {
			break
		}
		inside, rest, ok := strings.Cut(after, "}")
		if !ok {
			break
		}
		name, _, _ := strings.Cut(inside, "|")
		seen[name], text = true, rest
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return strings.Join(names, ",")
}
