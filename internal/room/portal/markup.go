package portal

import (
	"strings"
	"unicode"
)

// The markup is what an editor types where there is no script: a line is a paragraph; "## " and "### " head a part; "- " and
// "1. " list; "> " quotes; "| a | b |" is a row of a table; "![caption](tep:file)" is a picture; **bold**, _italic_,
// [words](address or record). A backslash takes the next sign as it is.

// ParseMarkup reads the markup. Every text is some article: what is not understood stands as it was typed.
func ParseMarkup(text string) []Block {
	var out []Block
	last := "" // kind of the block that the line before belongs to
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimFunc(line, isBlank)
		b, ok := parseLine(line)
		if n := len(out) - 1; ok && last == b.Kind && (b.Kind == Bullets || b.Kind == Numbers || b.Kind == Table) {
			out[n].Items, out[n].Rows = append(out[n].Items, b.Items...), append(out[n].Rows, b.Rows...)
		} else if ok {
			out = append(out, b)
		}
		last = b.Kind
	}
	return out
}

func parseLine(line string) (Block, bool) {
	if line == "" {
		return Block{}, false
	}
	for _, head := range []struct{ sign, kind string }{{"### ", Sub}, {"## ", Heading}, {"> ", Quote}} {
		if rest, ok := strings.CutPrefix(line, head.sign); ok {
			return Block{Kind: head.kind, Text: parseRuns(rest)}, true
		}
	}
	if rest, ok := strings.CutPrefix(line, "- "); ok {
		return Block{Kind: Bullets, Items: [][]Run{parseRuns(rest)}}, true
	}
	if rest := strings.TrimLeft(line, "0123456789"); len(rest) < len(line) && len(line)-len(rest) < 4 && strings.HasPrefix(rest, ". ") {
		return Block{Kind: Numbers, Items: [][]Run{parseRuns(rest[2:])}}, true
	}
	if strings.HasPrefix(line, "|") {
		return parseRow(line)
	}
	if rest, ok := strings.CutPrefix(line, "!["); ok {
		if caption, target, tail, ok := parseLink(rest); ok && tail == "" {
			return Block{Kind: Photo, Text: parseRuns(caption), Photo: strings.TrimPrefix(target, "tep:")}, true
		}
	}
	return Block{Kind: Paragraph, Text: parseRuns(line)}, true
}

// parseRow reads "| a | b |"; the line of dashes that some write below a head is no row.
func parseRow(line string) (Block, bool) {
	if strings.Trim(line, "|-: ") == "" && strings.Contains(line, "-") {
		return Block{Kind: Table}, true
	}
	var row [][]Run
	var cell strings.Builder
	rest := strings.TrimPrefix(line, "|")
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest):
			cell.WriteString(rest[i : i+2])
			i++
		case rest[i] == '|':
			row = append(row, parseRuns(strings.TrimSpace(cell.String())))
			cell.Reset()
		default:
			cell.WriteByte(rest[i])
		}
	}
	if last := strings.TrimSpace(cell.String()); last != "" {
		row = append(row, parseRuns(last))
	}
	return Block{Kind: Table, Rows: [][][]Run{row}}, true
}

// parseLink reads what follows an opening bracket: "words](target)" and the rest behind.
func parseLink(s string) (words, target, rest string, ok bool) {
	shut := unescaped(s, ']')
	if shut < 0 || !strings.HasPrefix(s[shut+1:], "(") {
		return "", "", "", false
	}
	end := strings.IndexByte(s[shut:], ')')
	if end < 0 {
		return "", "", "", false
	}
	return s[:shut], s[shut+2 : shut+end], s[shut+end+1:], true
}

// nextLink is how much of a text is left where a link may begin again, after parseLink found none behind a bracket: the brackets
// before that would look at the same closing one, and a text of them would take the square of its length. -1 = nowhere.
func nextLink(s string) int {
	shut := unescaped(s, ']')
	if shut < 0 || strings.HasPrefix(s[shut+1:], "(") {
		return -1
	}
	return len(s) - shut - 1
}

func unescaped(s string, sign byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == sign {
			return i
		}
	}
	return -1
}

// parseRuns reads bold, italic and links; a sign without its partner stands for itself.
func parseRuns(s string) []Run { return inline(s, Run{}) }

func inline(s string, how Run) []Run {
	var out []Run
	var word strings.Builder
	links := len(s) // a link may begin where no more than so much is left
	flush := func() {
		if word.Len() > 0 {
			r := how
			r.Text = word.String()
			out = append(out, r)
			word.Reset()
		}
	}
	for s != "" {
		switch {
		case s[0] == '\\' && len(s) > 1 && s[1] < 0x80 && unicode.In(rune(s[1]), unicode.Punct, unicode.Symbol):
			word.WriteByte(s[1])
			s = s[2:]
		case strings.HasPrefix(s, "**") && closing(s[2:], "**") >= 0:
			flush()
			how.Bold = true
			end := closing(s[2:], "**")
			out = append(out, inline(s[2:2+end], how)...)
			how.Bold = false
			s = s[2+end+2:]
		case s[0] == '_' && closing(s[1:], "_") >= 0:
			flush()
			how.Italic = true
			end := closing(s[1:], "_")
			out = append(out, inline(s[1:1+end], how)...)
			how.Italic = false
			s = s[1+end+1:]
		case s[0] == '[' && how.Link == "" && len(s) <= links:
			words, target, rest, ok := parseLink(s[1:])
			if !ok {
				links = nextLink(s[1:])
				word.WriteByte('[')
				s = s[1:]
				continue
			}
			flush()
			how.Link = target
			out = append(out, inline(words, how)...)
			how.Link = ""
			s = rest
		default:
			word.WriteByte(s[0])
			s = s[1:]
		}
	}
	flush()
	return out
}

// closing finds the sign that ends a stretch, which may not be empty.
func closing(s, sign string) int {
	for i := 0; i+len(sign) <= len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if i > 0 && s[i:i+len(sign)] == sign {
			return i
		}
	}
	return -1
}

// Markup writes blocks as an editor may type them; ParseMarkup gives back what Clean would make of them.
func Markup(blocks []Block) string {
	var out []string
	for _, b := range blocks {
		out = append(out, markupBlock(b))
	}
	return strings.Join(out, "\n\n")
}

func markupBlock(b Block) string {
	switch b.Kind {
	case Heading:
		return "## " + markupRuns(b.Text)
	case Sub:
		return "### " + markupRuns(b.Text)
	case Quote:
		return "> " + markupRuns(b.Text)
	case Photo:
		target := ""
		if b.Photo != "" {
			target = "tep:" + b.Photo
		}
		return "![" + markupRuns(b.Text) + "](" + target + ")"
	}
	var lines []string
	for _, item := range b.Items {
		sign := "- "
		if b.Kind == Numbers {
			sign = "1. "
		}
		lines = append(lines, sign+markupRuns(item))
	}
	for _, row := range b.Rows {
		line := "|"
		for _, cell := range row {
			text := markupRuns(cell)
			if strings.Trim(text, "-: ") == "" { // a row of dashes would read as the line below a head
				text = strings.ReplaceAll(text, "-", `\-`)
			}
			line += " " + text + " |"
		}
		lines = append(lines, line)
	}
	if b.Kind == Paragraph {
		lines = append(lines, atStart(markupRuns(b.Text)))
	}
	return strings.Join(lines, "\n")
}

// atStart keeps a paragraph from reading as the start of something else.
func atStart(line string) string {
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	switch {
	case line != "" && strings.IndexByte("#>-!", line[0]) >= 0:
		return `\` + line
	case digits > 0 && digits < 4 && strings.HasPrefix(line[digits:], ". "):
		return line[:digits] + `\` + line[digits:]
	}
	return line
}

var escaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `|`, `\|`)

func markupRuns(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		text := escaper.Replace(r.Text)
		if r.Italic {
			text = "_" + text + "_"
		}
		if r.Bold {
			text = "**" + text + "**"
		}
		if r.Link != "" {
			text = "[" + text + "](" + r.Link + ")"
		}
		b.WriteString(text)
	}
	return b.String()
}
