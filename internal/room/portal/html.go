package portal

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trucot/internal/kernel/fault"
)

// ParseHTML reads a page or a piece of one into blocks, as an editor in the browser or a file of another site gives it. What
// has no place in a block (scripts, styles, forms, frames) is left out with what it holds; other elements leave their text.
// Error: portal.too_long.
func ParseHTML(text string) ([]Block, error) {
	tooLong := fault.New(fault.TooLarge, "portal.too_long", "limit", maxText>>10)
	if strings.Count(text, "<") > maxTags {
		return nil, tooLong
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil { // a reader of strings never fails; a tree that is too deep does
		return nil, tooLong.Because(err)
	}
	r := htmlReader{}
	r.walk(doc, Run{}, 0)
	r.end()
	return r.out, nil
}

// maxTags is how many tags a text may have: a hundred pages of Word have a third. Tags that are never closed take the parser the
// square of their number.
const maxTags = 30_000

// maxNesting is how deep elements may stand in each other before the rest is left out.
const maxNesting = 200

// htmlReader gathers blocks while it walks a tree.
type htmlReader struct {
	out  []Block
	runs []Run  // of the block under way
	kind string // of it; "" = a paragraph
}

// end closes the block under way.
func (r *htmlReader) end() {
	if len(r.runs) > 0 {
		kind := r.kind
		if kind == "" {
			kind = Paragraph
		}
		r.out = append(r.out, Block{Kind: kind, Text: r.runs})
	}
	r.runs = nil
}

// as walks the children as a block of a kind.
func (r *htmlReader) as(kind string, n *html.Node, how Run, depth int) {
	r.end()
	was := r.kind
	r.kind = kind
	r.children(n, how, depth)
	r.end()
	r.kind = was
}

func (r *htmlReader) children(n *html.Node, how Run, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, how, depth+1)
	}
}

func (r *htmlReader) walk(n *html.Node, how Run, depth int) {
	if depth > maxNesting {
		return
	}
	switch n.Type {
	case html.TextNode:
		if r.kind != "" || len(r.runs) > 0 || strings.TrimFunc(n.Data, isBlank) != "" {
			how.Text = n.Data
			r.runs = append(r.runs, how)
		}
		return
	case html.DocumentNode:
		r.children(n, how, depth)
		return
	case html.ElementNode:
	default:
		return
	}
	if unseen(n) {
		return
	}
	switch n.DataAtom {
	case atom.H1, atom.H2:
		r.as(Heading, n, how, depth)
	case atom.H3, atom.H4, atom.H5, atom.H6:
		r.as(Sub, n, how, depth)
	case atom.Blockquote:
		r.as(Quote, n, how, depth)
	case atom.Ul, atom.Ol:
		r.list(n, depth)
	case atom.Table:
		r.table(n, depth)
	case atom.Figure:
		r.figure(n, depth)
	case atom.Img:
		r.picture(n, nil)
	case atom.Br:
		r.end()
	case atom.B, atom.Strong:
		how.Bold = !plainWeight(n)
		r.children(n, how, depth)
	case atom.I, atom.Em:
		how.Italic = true
		r.children(n, how, depth)
	case atom.A:
		how.Link = linkOf(n)
		r.children(n, how, depth)
	case atom.Span, atom.Font, atom.U, atom.S, atom.Sub, atom.Sup, atom.Small, atom.Mark, atom.Abbr, atom.Code, atom.Time, atom.Label, atom.Ins:
		r.styled(n, how, depth)
	default: // every other element stands on lines of its own
		if r.kind != "" {
			r.children(n, how, depth)
			r.end()
			return
		}
		r.as("", n, how, depth)
	}
}

// styled keeps what office programs say by a style: bold and italic.
func (r *htmlReader) styled(n *html.Node, how Run, depth int) {
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	how.Bold = how.Bold || strings.Contains(style, "font-weight:bold") || strings.Contains(style, "font-weight:700")
	how.Italic = how.Italic || strings.Contains(style, "font-style:italic")
	if to := linkOf(n); to != "" {
		how.Link = to
	}
	r.children(n, how, depth)
}

// plainWeight tells the <b> that some editors wrap a whole pasted text in.
func plainWeight(n *html.Node) bool {
	return strings.Contains(strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", ""), "font-weight:normal")
}

// linkOf is where an element leads: its address, or the record that our own editor wrote into it.
func linkOf(n *html.Node) string {
	if ref := attr(n, "data-ref"); ref != "" {
		return ref
	}
	return attr(n, "href")
}

func (r *htmlReader) list(n *html.Node, depth int) {
	r.end()
	b := Block{Kind: Bullets}
	if n.DataAtom == atom.Ol {
		b.Kind = Numbers
	}
	for _, item := range r.inner(n, atom.Li, depth) {
		b.Items = append(b.Items, item.runs)
		b.Items = append(b.Items, item.more...)
	}
	r.out = append(r.out, b)
}

func (r *htmlReader) table(n *html.Node, depth int) {
	r.end()
	b := Block{Kind: Table}
	for tr := range n.Descendants() {
		if tr.DataAtom != atom.Tr || nearest(tr, atom.Table) != n {
			continue
		}
		var row [][]Run
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				row = append(row, r.flat(c, depth))
			}
		}
		b.Rows = append(b.Rows, row)
	}
	r.out = append(r.out, b)
}

func nearest(n *html.Node, a atom.Atom) *html.Node {
	for n = n.Parent; n != nil && n.DataAtom != a; n = n.Parent {
	}
	return n
}

// item is one item of a list and the items of lists inside it, laid flat.
type item struct {
	runs []Run
	more [][]Run
}

func (r *htmlReader) inner(n *html.Node, want atom.Atom, depth int) []item {
	var out []item
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != want || unseen(c) {
			continue
		}
		sub := htmlReader{}
		sub.children(c, Run{}, depth+1)
		sub.end()
		it := item{}
		for _, b := range sub.out {
			if len(b.Text) > 0 && it.runs == nil {
				it.runs = b.Text
			} else if len(b.Text) > 0 {
				it.runs = append(append(it.runs, Run{Text: " "}), b.Text...)
			}
			it.more = append(it.more, b.Items...)
		}
		out = append(out, it)
	}
	return out
}

// flat is everything below n as one stretch.
func (r *htmlReader) flat(n *html.Node, depth int) []Run {
	sub := htmlReader{}
	sub.children(n, Run{}, depth+1)
	sub.end()
	var out []Run
	for _, b := range sub.out {
		for _, part := range append([][]Run{b.Text}, b.Items...) {
			if len(out) > 0 {
				out = append(out, Run{Text: " "})
			}
			out = append(out, part...)
		}
	}
	return out
}

// figure is a picture with its caption.
func (r *htmlReader) figure(n *html.Node, depth int) {
	r.end()
	var img, caption *html.Node
	for c := range n.Descendants() {
		switch {
		case c.DataAtom == atom.Img && img == nil:
			img = c
		case c.DataAtom == atom.Figcaption && caption == nil:
			caption = c
		}
	}
	if img == nil && caption == nil {
		r.as("", n, Run{}, depth)
		return
	}
	var text []Run
	if caption != nil {
		text = r.flat(caption, depth)
	}
	r.picture(img, text)
}

// picture takes only pictures of our own, by their file; of others the words stay.
func (r *htmlReader) picture(img *html.Node, caption []Run) {
	r.end()
	b := Block{Kind: Photo, Text: caption}
	if img != nil {
		b.Photo = attr(img, "data-tep")
		if len(caption) == 0 {
			b.Text = []Run{{Text: attr(img, "title")}}
		}
	}
	r.out = append(r.out, b)
}

// unseen tells what a reader of the page does not see or cannot use here.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Template, atom.Noscript, atom.Iframe, atom.Object, atom.Embed, atom.Form, atom.Button, atom.Input,
		atom.Select, atom.Textarea, atom.Svg, atom.Math, atom.Audio, atom.Video, atom.Canvas, atom.Nav:
		return true
	}
	return strings.Contains(strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", ""), "display:none")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
