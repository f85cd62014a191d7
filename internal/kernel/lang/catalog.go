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
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

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

// Texts are one package's texts: language → key → text. A text names its arguments in braces,
// "Hạn trả: {due}", and may choose an English plural: "{n} {n|day|days}".
type Texts map[Tag]map[string]string

// MustTexts reads texts.vi.yaml and texts.en.yaml (flat maps) from an embedded file system. It panics
// on a broken file, since the files are compiled in and a test loads them all.
func MustTexts(files fs.FS) Texts {
	t := Texts{}
	for _, tag := range []Tag{VI, EN} {
		raw, err := fs.ReadFile(files, "texts."+string(tag)+".yaml")
		if err != nil {
			panic(err)
		}
		m, plain := plainTexts(raw)
		if !plain {
			if err := yaml.Unmarshal(raw, &m); err != nil {
				panic(fmt.Errorf("texts.%s.yaml: %w", tag, err))
			}
		}
		t[tag] = m
	}
	return t
}

// plainTexts reads the form that nearly every text file has, one `key: "text"` a line, without the YAML
// reader: it would take a good part of the program's start. Anything else, a key twice included, is left to
// the YAML reader and its messages.
func plainTexts(raw []byte) (m map[string]string, ok bool) {
	m = map[string]string{}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		key, quoted, found := strings.Cut(line, ": ")
		text, whole := unquoted(quoted)
		if _, twice := m[key]; !found || twice || !whole && json.Unmarshal([]byte(quoted), &text) != nil {
			return map[string]string{}, false
		}
		m[key] = text
	}
	return m, true
}

// unquoted is what stands between two quotation marks, when nothing in it is escaped: the file's own bytes, not a copy.
func unquoted(quoted string) (text string, ok bool) {
	inner, opened := strings.CutPrefix(quoted, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	return inner, opened && closed && utf8.ValidString(inner) && !strings.ContainsFunc(inner, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' })
}

// Catalog is every text of the program.
type Catalog struct{ texts Texts }

// NewCatalog merges the packages' texts; a key defined twice panics.
func NewCatalog(all ...Texts) *Catalog {
	c := &Catalog{texts: Texts{VI: {}, EN: {}}}
	for _, t := range all {
		for tag, m := range t {
			for k, v := range m {
				if _, dup := c.texts[tag][k]; dup {
					panic("lang: text defined twice: " + k)
				}
				c.texts[tag][k] = v
			}
		}
	}
	return c
}

// Keys lists the keys of one language in order, for the test that compares the two.
func (c *Catalog) Keys(tag Tag) []string {
	keys := make([]string, 0, len(c.texts[tag]))
	for k := range c.texts[tag] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Has reports whether the key has a Vietnamese text.
func (c *Catalog) Has(key string) bool { _, ok := c.texts[VI][key]; return ok }

// T renders a text with name, value pairs. A missing key comes back as ⟦key⟧ so that a test or a
// reader sees it.
func (c *Catalog) T(tag Tag, key string, args ...any) string {
	m := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return c.render(tag, key, m)
}

func (c *Catalog) render(tag Tag, key string, args map[string]any) string {
	text, ok := c.texts[tag][key]
	if !ok {
		if text, ok = c.texts[VI][key]; !ok {
			return "⟦" + key + "⟧"
		}
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
func (c *Catalog) argument(tag Tag, inside string, args map[string]any) string {
	name, forms, plural := strings.Cut(inside, "|")
	v, ok := args[name]
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
	text := c.render(tag, e.Key, e.Args)
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
	s := fmt.Sprint(n)
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
			other, ok := c.texts[pair[1]][key]
			if !ok {
				out = append(out, key+": missing in "+string(pair[1]))
				continue
			}
			if a, b := argumentNames(c.texts[pair[0]][key]), argumentNames(other); pair[0] == VI && a != b {
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
