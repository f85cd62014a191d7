package portal

import (
	"net/url"
	"slices"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// The kinds of a block.
const (
	Paragraph = "p"
	Heading   = "h2"
	Sub       = "h3"
	Bullets   = "ul"
	Numbers   = "ol"
	Quote     = "quote"
	Photo     = "photo"
	Table     = "table"
)

// Block is one piece of an article's text. There is no way to write HTML, a script or a style into it: what a page shows is
// made from blocks alone, so nothing foreign needs to be cleaned out of it.
type Block struct {
	Kind  string    `json:"kind"`
	Text  []Run     `json:"text,omitempty"`  // of a paragraph, heading or quote; the caption of a photo
	Items [][]Run   `json:"items,omitempty"` // of a list
	Rows  [][][]Run `json:"rows,omitempty"`  // of a table; the first is its head
	Photo string    `json:"photo,omitempty"` // file of a picture, "" where there is only a caption
}

// Run is a stretch of text in one manner.
type Run struct {
	Text   string `json:"text"`
	Bold   bool   `json:"bold,omitempty"`
	Italic bool   `json:"italic,omitempty"`
	Link   string `json:"link,omitempty"` // an address, or a Ref as text
}

// Ref names a record of the agency that a stretch of text stands on.
type Ref struct {
	Kind   string // one of RefKinds
	ID     string
	Period string // of a figure
}

// The kinds of a Ref, which are also the words before the colon in a text.
const (
	RefFigure     = "so-lieu"
	RefDossier    = "ho-so"
	RefDirective  = "chi-dao" // ID is that of the register, or a symbol
	RefConference = "hoi-nghi"
)

// RefKinds lists the kinds of a Ref.
func RefKinds() []string { return []string{RefFigure, RefDossier, RefDirective, RefConference} }

// ParseRef reads "so-lieu:dossier.received@2025"; ok is false for any other link.
func ParseRef(link string) (r Ref, ok bool) {
	kind, rest, ok := strings.Cut(link, ":")
	if !ok || !slices.Contains(RefKinds(), kind) || rest == "" {
		return Ref{}, false
	}
	r = Ref{Kind: kind, ID: rest}
	if kind == RefFigure {
		r.ID, r.Period, _ = strings.Cut(rest, "@")
	}
	return r, r.ID != ""
}

// String is the reference as it stands in a text.
func (r Ref) String() string {
	if r.Period != "" {
		return r.Kind + ":" + r.ID + "@" + r.Period
	}
	return r.Kind + ":" + r.ID
}

// The limits of one article. The longest real one seen has 9,000 characters.
const (
	maxBlocks = 2000
	maxText   = 400_000 // bytes
)

// safeLink is a link as it may stand in an article, "" for one that may not: only addresses of the web, of mail, of this
// site, and records.
func safeLink(link string) string {
	link = strings.TrimSpace(link)
	if strings.ContainsFunc(link, func(r rune) bool { return r < ' ' || r == '\\' || r == '"' || r == '<' || r == '>' }) {
		return ""
	}
	link = strings.NewReplacer("(", "%28", ")", "%29").Replace(link) // they end an address in the markup
	if r, ok := ParseRef(link); ok {
		return r.String()
	}
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return ""
	case u.Scheme == "" && strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//"),
		(u.Scheme == "http" || u.Scheme == "https") && u.Host != "",
		u.Scheme == "mailto" && u.Opaque != "":
		return strings.ReplaceAll(link, " ", "%20")
	}
	return ""
}

// Clean brings blocks into their one form: NFC, single blanks, no empty blocks or runs, neighbours of one manner joined, only
// safe links. Error: portal.too_long.
func Clean(blocks []Block) ([]Block, error) {
	var out []Block
	size := 0
	for _, b := range blocks {
		b, ok := cleanBlock(b)
		if !ok {
			continue
		}
		size += len(plain(b))
		if len(out) >= maxBlocks || size > maxText {
			return nil, fault.New(fault.TooLarge, "portal.too_long", "limit", maxText>>10)
		}
		if n := len(out) - 1; n >= 0 && out[n].Kind == b.Kind && (b.Kind == Bullets || b.Kind == Numbers) {
			out[n].Items = append(out[n].Items, b.Items...)
			continue
		}
		out = append(out, b)
	}
	return out, nil
}

func cleanBlock(b Block) (Block, bool) {
	switch b.Kind {
	case Heading, Sub:
		b.Text = cleanRuns(b.Text)
		for i := range b.Text { // a heading is bold as it is
			b.Text[i].Bold = false
		}
		b.Text = cleanRuns(b.Text)
		return Block{Kind: b.Kind, Text: b.Text}, len(b.Text) > 0
	case Paragraph, Quote:
		b.Text = cleanRuns(b.Text)
		return Block{Kind: b.Kind, Text: b.Text}, len(b.Text) > 0
	case Photo:
		file := strings.Map(fileRune, b.Photo)
		for i := range b.Text { // a caption leads nowhere
			b.Text[i].Link = ""
		}
		b.Text = cleanRuns(b.Text)
		return Block{Kind: Photo, Text: b.Text, Photo: file}, len(b.Text) > 0 || file != ""
	case Bullets, Numbers:
		var items [][]Run
		for _, item := range b.Items {
			if item = cleanRuns(item); len(item) > 0 {
				items = append(items, item)
			}
		}
		return Block{Kind: b.Kind, Items: items}, len(items) > 0
	case Table:
		return cleanTable(b)
	}
	return Block{}, false
}

// fileRune lets only the letters of a file's id through.
func fileRune(r rune) rune {
	if r >= '0' && r <= '9' || r >= 'a' && r <= 'f' {
		return r
	}
	return -1
}

// cleanTable gives every row as many cells as the widest has.
func cleanTable(b Block) (Block, bool) {
	var rows [][][]Run
	width := 0
	for _, row := range b.Rows {
		cells, some := make([][]Run, len(row)), false
		for i, cell := range row {
			cells[i] = cleanRuns(cell)
			some = some || len(cells[i]) > 0
		}
		if some {
			rows, width = append(rows, cells), max(width, len(cells))
		}
	}
	for i := range rows {
		for len(rows[i]) < width {
			rows[i] = append(rows[i], nil)
		}
	}
	return Block{Kind: Table, Rows: rows}, len(rows) > 0
}

// cleanRuns joins runs of one manner and leaves single blanks inside, none at the ends.
func cleanRuns(runs []Run) []Run {
	var out []Run
	var text strings.Builder // of the last run of out
	close := func() {
		if n := len(out) - 1; n >= 0 {
			out[n].Text = lang.NFC(text.String())
		}
		text.Reset()
	}
	blank := true // nothing yet, or the last letter is a blank
	for _, r := range runs {
		r.Link = safeLink(r.Link)
		var letters string
		if letters, blank = singleBlanks(r.Text, blank); letters == "" {
			continue
		}
		if n := len(out) - 1; n < 0 || out[n].Bold != r.Bold || out[n].Italic != r.Italic || out[n].Link != r.Link {
			close()
			out = append(out, r)
		}
		text.WriteString(letters)
	}
	close()
	for n := len(out) - 1; n >= 0; n-- {
		if out[n].Text = strings.TrimRight(out[n].Text, " "); out[n].Text != "" {
			break
		}
		out = out[:n]
	}
	return out
}

// singleBlanks is a text with one blank where there are several, none where a blank stands before, and without signs that
// nobody sees; blank says whether it ends in one.
func singleBlanks(text string, blank bool) (string, bool) {
	var b strings.Builder
	for _, c := range strings.ToValidUTF8(text, "") {
		switch {
		case isBlank(c):
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
		case c >= ' ' && c != 0x7f && c != 0xfeff && c != 0x200b && c != 0xfffd:
			b.WriteRune(c)
			blank = false
		}
	}
	return b.String(), blank
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0xa0 || r == 0x2028 || r == 0x2029 || r == 0x3000
}

// Words is the text of runs without their manner.
func Words(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// plain is a block's text, its parts on lines of their own.
func plain(b Block) string {
	lines := []string{}
	if len(b.Text) > 0 {
		lines = append(lines, Words(b.Text))
	}
	for _, item := range b.Items {
		lines = append(lines, Words(item))
	}
	for _, row := range b.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = Words(cell)
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n")
}

// Plain is the article's text for the search.
func (c *Content) Plain() string {
	lines := []string{c.Lead}
	for _, b := range c.Body {
		lines = append(lines, plain(b))
	}
	return strings.Join(append(lines, c.Author, c.Source, strings.Join(c.Tags, " ")), "\n")
}

// each calls f for every stretch of runs of the body.
func (c *Content) each(f func(*[]Run)) {
	for i := range c.Body {
		b := &c.Body[i]
		f(&b.Text)
		for j := range b.Items {
			f(&b.Items[j])
		}
		for j := range b.Rows {
			for k := range b.Rows[j] {
				f(&b.Rows[j][k])
			}
		}
	}
}

// Refs lists the records that the body names, each once, in order.
func (c *Content) Refs() []Ref {
	var out []Ref
	c.each(func(runs *[]Run) {
		for _, r := range *runs {
			if ref, ok := ParseRef(r.Link); ok && !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	})
	return out
}
