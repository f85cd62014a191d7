package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"trucot/internal/engine/document/read"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Marks are the words by which the parts of an article from elsewhere are known.
type Marks struct {
	Source  string   `def:"source,required"`
	Skip    []string `def:"skip,required"`
	Stop    []string `def:"stop,required"`
	Origin  []string `def:"origin,required"`
	Author  []string `def:"author,required"`
	Caption []string `def:"caption,required"`
}

// LoadMarks reads definitions/portal/import.yaml.
func LoadMarks(fsys fs.FS) (*Marks, error) {
	const name = "portal/import.yaml"
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(name, raw)
	if err != nil {
		return nil, err
	}
	var m Marks
	return &m, defs.Decode(node, &m).OrNil()
}

// Citation is a directive named in a text, from one character to another.
type Citation struct {
	Start, End int
	ID         string   // what a Ref carries; "" where nobody can say which it is
	Of         []Choice // several of the register that it may be
}

// Choice is a directive of the register that a text may mean.
type Choice struct{ ID, Label string }

// Mention is a directive as an article's text calls it.
type Mention struct {
	Words string
	ID    string // that it is tied to, or can be without doubt; "" for none
	Tied  bool   // before anybody looked
	Of    []Choice
}

// part is a piece of an article that is being read: a block and how many empty lines stood before it.
type part struct {
	Block
	gap int
}

func (p part) text() string { return Words(p.Text) }

// Found is a picture that came inside a file. ID is what the body of the article calls it until it is kept.
type Found struct {
	ID, Name string
	Data     []byte
}

// ReadArticle reads a file (text, HTML, DOCX or PDF) into what an article holds: title, time, lead, text, captions, author and
// source, and the pictures inside it. It guesses no section. Errors: portal.nothing_read, those of package read.
func (m *Marks) ReadArticle(ctx context.Context, name string, r io.ReaderAt, size int64) (Content, []Found, error) {
	parts, title, found, err := readParts(ctx, name, r, size)
	if err != nil {
		return Content{}, nil, err
	}
	c := m.recognise(parts, title)
	if c.Body, err = Clean(c.Body); err != nil {
		return c, nil, err
	}
	if c.Title == "" {
		return c, nil, fault.New(fault.Invalid, "portal.nothing_read", "name", name)
	}
	return c, found, nil
}

// packed are the beginnings of the files that package read takes apart.
var packed = []string{"PK\x03\x04", "%PDF", "\xd0\xcf\x11\xe0"}

func readParts(ctx context.Context, name string, r io.ReaderAt, size int64) ([]part, string, []Found, error) {
	head := make([]byte, 8)
	n, _ := r.ReadAt(head, 0) // a short file has a short head
	if slices.ContainsFunc(packed, func(p string) bool { return strings.HasPrefix(string(head[:n]), p) }) {
		text, pictures, err := read.Illustrated(ctx, name, r, size)
		var found []Found
		for _, p := range pictures {
			sum := sha256.Sum256(p.Data)
			found = append(found, Found{ID: hex.EncodeToString(sum[:8]), Name: p.Name, Data: p.Data})
		}
		return illustrate(textParts(text), found), "", found, err
	}
	if size > read.MaxFile {
		return nil, "", nil, fault.New(fault.TooLarge, "portal.too_long", "limit", maxText>>10)
	}
	raw := make([]byte, size)
	if _, err := r.ReadAt(raw, 0); err != nil && err != io.EOF {
		return nil, "", nil, err
	}
	text, _ := lang.Decode(raw)
	if start := strings.ToLower(text[:min(len(text), 2000)]); strings.HasPrefix(strings.TrimSpace(start), "<") || strings.Contains(start, "<html") || strings.Contains(start, "<p>") {
		parts, title, err := htmlParts(text)
		return parts, title, nil, err
	}
	return textParts(text), "", nil, nil
}

// illustrate puts the pictures where their marks stand.
func illustrate(parts []part, found []Found) []part {
	for i := range parts {
		if parts[i].text() == read.PictureMark && len(found) > 0 {
			parts[i].Block = Block{Kind: Photo, Photo: found[0].ID}
			found = found[1:]
		}
	}
	return parts
}

// WithoutPhotos is a body whose pictures are not there yet: captions stay, bare pictures go.
func WithoutPhotos(body []Block) []Block {
	var out []Block
	for _, b := range body {
		if b.Kind == Photo {
			b.Photo = ""
		}
		if b.Kind != Photo || Words(b.Text) != "" {
			out = append(out, b)
		}
	}
	return out
}

func textParts(text string) []part {
	var out []part
	gap := 0
	for line := range strings.SplitSeq(lang.NFC(text), "\n") {
		line = strings.Join(strings.Fields(strings.Map(visible, line)), " ")
		if line == "" {
			gap++
			continue
		}
		out = append(out, part{Block{Kind: Paragraph, Text: []Run{{Text: line}}}, gap})
		gap = 0
	}
	return out
}

func visible(r rune) rune {
	if r == 0xa0 || r == '\t' || r == '\r' {
		return ' '
	}
	if r < ' ' || r == 0xfeff || r == utf8.RuneError {
		return -1
	}
	return r
}

// htmlParts reads the part of a page that is the article, and its title.
func htmlParts(text string) ([]part, string, error) {
	blocks, err := ParseHTML(text)
	if err == nil {
		blocks, err = Clean(blocks)
	}
	title := ""
	var out []part
	for _, b := range blocks {
		if title == "" && b.Kind == Heading {
			title = Words(b.Text)
			continue
		}
		out = append(out, part{b, 1})
	}
	return out, title, err
}

// recognise finds the parts of an article.
func (m *Marks) recognise(parts []part, title string) Content {
	c := Content{Lang: lang.VI, Title: title}
	var body []part
	for _, p := range parts {
		text := p.text()
		if p.Kind != Paragraph {
			body = append(body, p)
			continue
		}
		if starts(text, m.Stop) && short(text) && len(body) > 0 {
			break
		}
		if starts(text, m.Skip) && short(text) {
			continue
		}
		if at, ok := moment(text); ok && c.Dated.IsZero() && len(body) <= 2 {
			c.Dated = at
			continue
		}
		if of, ok := labelled(text, m.Origin); ok {
			c.Source = of
			continue
		}
		if by, ok := labelled(text, m.Author); ok {
			c.Author = by
			continue
		}
		if c.Title == "" {
			c.Title = text
			continue
		}
		body = append(body, p)
	}
	if n := len(body) - 1; n > 0 && c.Author == "" && body[n].Kind == Paragraph && signature(body[n].text()) {
		c.Author, body = body[n].text(), body[:n]
	}
	if len(body) > 1 && body[0].Kind == Paragraph {
		c.Lead, body = body[0].text(), body[1:]
	}
	for _, p := range body {
		c.Body = m.lay(c.Body, p)
	}
	return c
}

// lay adds a part to the body, captions apart from the text that they were run into.
func (m *Marks) lay(body []Block, p part) []Block {
	if p.Kind != Paragraph {
		return append(body, p.Block)
	}
	text := p.text()
	bare := len(body) > 0 && body[len(body)-1].Kind == Photo && Words(body[len(body)-1].Text) == "" // a picture that waits for its words
	switch {
	case bare && short(text) && !ends(text):
		body[len(body)-1].Text = p.Text
		return body
	case short(text) && !ends(text) && (p.gap >= 2 || m.captioned(text)):
		for _, caption := range unglue(text) {
			body = append(body, Block{Kind: Photo, Text: []Run{{Text: caption}}})
		}
		return body
	}
	if len(p.Text) == 1 {
		if whole, caption, ok := runIn(text); ok {
			return append(body, Block{Kind: Paragraph, Text: []Run{{Text: whole}}}, Block{Kind: Photo, Text: []Run{{Text: caption}}})
		}
	}
	return append(body, p.Block)
}

// captioned reports whether a line says that it stands below a picture.
func (m *Marks) captioned(text string) bool {
	_, ok := labelled(text, m.Caption)
	return ok
}

// starts reports whether a line begins with one of the words, whatever signs stand before.
func starts(text string, words []string) bool {
	folded := strings.TrimLeftFunc(lang.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(w string) bool {
		rest, ok := strings.CutPrefix(folded, lang.Fold(w))
		return ok && (rest == "" || !unicode.IsLetter([]rune(rest)[0]))
	})
}

// labelled reads "Nguồn: ai đó".
func labelled(text string, words []string) (string, bool) {
	label, rest, ok := strings.Cut(text, ":")
	if !ok || strings.TrimSpace(rest) == "" || utf8.RuneCountInString(text) > caption {
		return "", false
	}
	label = lang.Fold(strings.TrimSpace(label))
	return strings.TrimSpace(rest), slices.ContainsFunc(words, func(w string) bool { return lang.Fold(w) == label })
}

// caption is how many characters words below a picture, a source or a title may have.
const caption = 250

func short(text string) bool { return utf8.RuneCountInString(text) <= caption }

// ends reports whether a line ends as a sentence does.
func ends(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".!?:;…", r)
}

// signature tells a name alone on the last line: at most five words, each with a capital.
func signature(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 5 || utf8.RuneCountInString(text) > 40 {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool {
		r, _ := utf8.DecodeRuneInString(w)
		return !unicode.IsUpper(r) || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' })
	})
}

// glued is where one caption runs into the next without a blank: a small letter, then a capital.
var glued = regexp.MustCompile(`([\p{Ll}\p{M}]+)(\p{Lu}[\p{Ll}\p{M}]+)`)

// least is how many words a part must have to be taken for one.
const least = 4

// unglue parts captions that stand without a blank between them. Both halves of the glued word must be Vietnamese: TechMart
// is one word.
func unglue(text string) []string {
	for _, at := range glued.FindAllStringSubmatchIndex(text, -1) {
		left, right := text[:at[3]], text[at[4]:]
		word := left[strings.LastIndexByte(left, ' ')+1:]
		if lang.IsSyllable(word) && lang.IsSyllable(text[at[4]:at[5]]) && len(strings.Fields(left)) >= least && len(strings.Fields(right)) >= least {
			return append([]string{left}, unglue(right)...)
		}
	}
	return []string{text}
}

// afterStop is a full stop that a capital follows without a blank.
var afterStop = regexp.MustCompile(`[\p{Ll}\p{M}]\.(\p{Lu})`)

// runIn parts a paragraph from a caption that follows its last full stop without a blank and ends without one.
func runIn(text string) (whole, below string, ok bool) {
	all := afterStop.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 || ends(text) {
		return "", "", false
	}
	at := all[len(all)-1][2]
	whole, below = text[:at], text[at:]
	return whole, below, short(below) && len(strings.Fields(below)) >= least && !strings.Contains(below, ". ")
}

// written is a line that is a time and nothing else: "Thứ bảy, 29/06/2019 16:24 GMT+7", "19/01/2022", "Ngày 5-3-2021, 8h05".
var written = regexp.MustCompile(`(?i)^(?:(?:thứ\s+\p{L}+|chủ\s+nhật|t[2-7]|cn)\s*,?\s*)?(?:ngày\s+(?:đăng\s*:?\s*)?)?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[\s,|–-]*(\d{1,2})\s*[:hg]\s*(\d{2})(?:\s*(am|pm|sa|ch))?)?(?:\s*\(?gmt\s*\+\s*7\)?)?$`)

// moment reads such a line. A date without an hour is the morning of its day.
func moment(line string) (time.Time, bool) {
	m := written.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return time.Time{}, false
	}
	n := make([]int, len(m))
	for i, s := range m {
		n[i], _ = strconv.Atoi(s) // digits, or an hour that is not there
	}
	if half := strings.ToLower(m[6]); (half == "pm" || half == "ch") && n[4] < 12 {
		n[4] += 12
	}
	at := time.Date(n[3], time.Month(n[2]), n[1], n[4], n[5], 0, 0, calendar.Zone)
	ok := at.Day() == n[1] && int(at.Month()) == n[2] && n[4] < 24 && n[5] < 60 && n[3] >= 1945 && n[3] < 2200
	return at, ok
}

// LinkDirectives ties the directives that the text names to their register, where they are not tied yet and there is no doubt which
// they are, and lists all that the text names, each once. reach says where in the register may be looked.
func (e *Engine) LinkDirectives(ctx context.Context, reach Reach, c *Content) ([]Mention, error) {
	cited, err := e.opts.Cited(ctx, reach)
	if err != nil {
		return nil, err
	}
	var out []Mention
	note := func(m Mention) {
		if !slices.ContainsFunc(out, func(o Mention) bool { return o.Words == m.Words && o.ID == m.ID }) {
			out = append(out, m)
		}
	}
	c.each(func(runs *[]Run) {
		var linked []Run
		for _, r := range *runs {
			if r.Link != "" {
				if ref, ok := ParseRef(r.Link); ok && ref.Kind == RefDirective {
					note(Mention{Words: r.Text, ID: ref.ID, Tied: true})
				}
				linked = append(linked, r)
				continue
			}
			found, wrong := cited(r.Text)
			if err == nil {
				err = wrong
			}
			letters, at := []rune(r.Text), 0
			for _, x := range found {
				if x.Start < at || x.End > len(letters) {
					continue
				}
				m := Mention{Words: string(letters[x.Start:x.End]), ID: x.ID, Of: x.Of}
				ref := Ref{Kind: RefDirective, ID: x.ID}.String()
				if x.ID != "" && safeLink(ref) == ref {
					before, named := r, r
					before.Text, named.Text, named.Link = string(letters[at:x.Start]), m.Words, ref
					linked, at = append(linked, before, named), x.End
				}
				note(m)
			}
			r.Text = string(letters[at:])
			linked = append(linked, r)
		}
		*runs = cleanRuns(linked)
	})
	return out, err
}

// Mentions lists the directives that the text names, without changing it.
func (e *Engine) Mentions(ctx context.Context, reach Reach, c Content) ([]Mention, error) {
	c.Body = ParseMarkup(Markup(c.Body)) // a copy to the last run
	return e.LinkDirectives(ctx, reach, &c)
}

// LinkWords ties words to a directive wherever the text has them and they are not tied to anything. Error: portal.not_mentioned.
func (c *Content) LinkWords(words, id string) error {
	ref, n := Ref{Kind: RefDirective, ID: id}.String(), 0
	c.each(func(runs *[]Run) {
		var out []Run
		for _, r := range *runs {
			for r.Link == "" && words != "" {
				before, after, ok := strings.Cut(r.Text, words)
				if !ok {
					break
				}
				head, named := r, r
				head.Text, named.Text, named.Link, r.Text = before, words, ref, after
				out = append(out, head, named)
				n++
			}
			out = append(out, r)
		}
		*runs = cleanRuns(out)
	})
	if n == 0 || safeLink(ref) != ref {
		return fault.New(fault.Invalid, "portal.not_mentioned", "words", words)
	}
	return nil
}
