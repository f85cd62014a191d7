package document

import (
	"fmt"
	"strings"
)

// page writes the body while it walks through the blocks.
type page struct {
	d         *Document
	l         *Layout
	width     float64 // of the text, millimetres
	landscape bool
	restart   bool
	framed    bool // a frame at the edge of the paper
	pictures  [][]byte
	// nationSize is the size of the nation's name that this head has room for.
	nationSize float64
	keep       bool // the block stays on the page of what follows
	b          strings.Builder
}

func newPage(d *Document) *page {
	p := &page{d: d, l: d.Layout}
	p.turn(d.Landscape)
	return p
}

// turn sets the paper upright or across.
func (p *page) turn(landscape bool) {
	p.landscape, p.width = landscape, 210-p.l.Page.Left-p.l.Page.Right
	if landscape {
		p.width = 297 - p.l.Page.Top - p.l.Page.Bottom
	}
}

func (p *page) document() string {
	p.b.WriteString(xmlHead + `<w:document ` + nsW + `><w:body>`)
	p.head()
	p.opening()
	last, signed := p.lastText(), false
	for i, block := range p.d.Blocks {
		if _, appendix := block.(Section); appendix && !signed {
			p.signature() // the signature closes the text, appendices follow it
			signed = true
		}
		p.keep = last >= 0 && i >= last && p.textOnly(i)
		p.block(block, i == last)
	}
	if !signed {
		p.signature()
	}
	p.b.WriteString(p.section() + `</w:body></w:document>`)
	return p.b.String()
}

// textOnly: between block i and the signature stands text alone. Such text stays on the signature's page,
// so that no page holds a signature and nothing signed.
func (p *page) textOnly(i int) bool {
	for _, block := range p.d.Blocks[i:] {
		switch b := block.(type) {
		case Section:
			return true
		case Paragraph:
		case Table: // one without lines is where several sign side by side
			return b.Plain
		default:
			return false
		}
	}
	return true
}

// lastText is the block that ends the text before the first appendix: the State's documents close it
// with "./.".
func (p *page) lastText() int {
	last := -1
	for i, block := range p.d.Blocks {
		switch b := block.(type) {
		case Section:
			return last
		case Paragraph:
			if !b.Note {
				last = i
			}
		}
	}
	return last
}

func (p *page) block(block Block, last bool) {
	switch b := block.(type) {
	case Heading:
		s := p.l.Styles[fmt.Sprintf("heading%d", b.Level)]
		o := paraOpts{style: fmt.Sprintf("Heading%d", b.Level), indent: p.l.Paragraph.Indent, after: p.l.Paragraph.After, keepNext: true, align: "both"}
		p.leading(&o)
		p.b.WriteString(para(o, p.styled(b.Text, s, s.Size[0])))
	case Paragraph:
		p.paragraph(b, last)
	case Table:
		p.table(b)
	case Picture:
		p.picture(b)
	case PageBreak:
		p.b.WriteString(para(paraOpts{exactly: 1}, `<w:r><w:br w:type="page"/></w:r>`)) // all but no height, for it goes on overleaf
	case Section:
		p.b.WriteString(`<w:p><w:pPr><w:spacing w:after="0" w:line="20" w:lineRule="exact"/>` + p.section() + `</w:pPr></w:p>`)
		p.restart = b.Restart
		p.turn(b.Landscape)
	}
}

func (p *page) paragraph(b Paragraph, last bool) {
	texts, s, o := p.paragraphRuns(b, last)
	o.keepNext = p.keep || b.Keep
	if b.Close {
		o.after = 0
	}
	var runs strings.Builder
	for _, r := range texts {
		runs.WriteString(run(r.Text, runOpts{font: p.l.Font, size: s.Size[0], bold: r.Bold, italic: r.Italic}))
	}
	p.b.WriteString(para(o, runs.String()))
}

// paragraphRuns are the runs of a paragraph as they are set; the last paragraph of the text gets the State's mark
// of its end.
func (p *page) paragraphRuns(b Paragraph, last bool) ([]Run, Style, paraOpts) {
	s := p.l.Styles["body"]
	o := paraOpts{indent: p.l.Paragraph.Indent, after: p.l.Paragraph.After, align: "both"}
	if b.Note {
		s = p.l.Styles["note"]
		o = paraOpts{after: 3, align: "both"}
	} else {
		p.leading(&o)
	}
	if b.Align != "" {
		o.align, o.indent = string(b.Align), 0
	}
	runs := make([]Run, len(b.Runs))
	for i, r := range b.Runs {
		text := r.Text
		if last && i == len(b.Runs)-1 && p.l.Words.End != "." {
			text = strings.TrimRight(text, ". ") + p.l.Words.End
		}
		runs[i] = Run{Text: text, Bold: s.Bold || r.Bold, Italic: s.Italic != r.Italic}
	}
	return runs, s, o
}

// leading sets the layout's distance between lines.
func (p *page) leading(o *paraOpts) {
	o.line, o.exactly = p.l.Paragraph.Line, p.l.Paragraph.Exactly
}

// styled is one run in a component's style.
func (p *page) styled(text string, s Style, size float64) string {
	if s.Caps {
		text = strings.ToUpper(text)
	}
	return run(text, runOpts{font: p.l.Font, size: size, bold: s.Bold, italic: s.Italic, underline: s.Underline})
}

func (p *page) picture(b Picture) {
	p.b.WriteString(para(paraOpts{align: "center", after: 3, before: 6, keepNext: b.Caption != ""}, p.drawing(b)))
	if b.Caption != "" {
		s := p.l.Styles["caption"]
		p.b.WriteString(para(paraOpts{align: "center", after: 8}, p.styled(b.Caption, s, s.Size[1])))
	}
}

// drawing is a run with a picture in it.
func (p *page) drawing(b Picture) string {
	p.pictures = append(p.pictures, b.PNG)
	n := len(p.pictures)
	cx, cy := emu(b.Width), emu(b.Height)
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="pic%d" descr="%s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="pic%d" descr="%s"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="pic%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		cx, cy, n, n, esc(b.Alt), n, n, esc(b.Alt), n, cx, cy)
}

// section closes the pages so far with their paper.
func (p *page) section() string {
	w, h, orient := twips(210), twips(297), ""
	top, right, bottom, left := p.l.Page.Top, p.l.Page.Right, p.l.Page.Bottom, p.l.Page.Left
	if p.landscape { // turned to the left: the binding margin comes to the top
		w, h, orient = h, w, ` w:orient="landscape"`
		top, right, bottom, left = left, top, right, bottom
	}
	start, header := "", p.l.Page.Header
	if p.framed {
		header = 16 // inside the frame
		start = `<w:pgBorders w:offsetFrom="page">`
		for _, side := range []string{"top", "left", "bottom", "right"} {
			start += `<w:` + side + ` w:val="thinThickMediumGap" w:sz="36" w:space="24" w:color="` + formColour + `"/>`
		}
		start += `</w:pgBorders>`
	}
	if p.restart {
		start += `<w:pgNumType w:start="1"/>`
	}
	return fmt.Sprintf(`<w:sectPr><w:headerReference w:type="first" r:id="rId3"/><w:headerReference w:type="default" r:id="rId4"/><w:type w:val="nextPage"/><w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>%s<w:titlePg/></w:sectPr>`,
		w, h, orient, twips(top), twips(right), twips(bottom), twips(left), twips(header), twips(p.l.Page.Header), start)
}

type paraOpts struct {
	style               string
	align               string  // left, center, right, both
	indent, left, right float64 // millimetres
	before, after       float64 // points
	line, exactly       float64 // lines, points
	keepNext            bool
	borderTop           bool
	boxed               bool    // in a red frame
	mark                float64 // points of the paragraph's own mark: an empty cell is as high as it
}

func para(o paraOpts, runs string) string {
	var b strings.Builder
	b.WriteString(`<w:p><w:pPr>`)
	if o.style != "" {
		b.WriteString(`<w:pStyle w:val="` + o.style + `"/>`)
	}
	if o.keepNext {
		b.WriteString(`<w:keepNext/>`)
	}
	if o.borderTop {
		b.WriteString(`<w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>`)
	}
	if o.boxed {
		b.WriteString(`<w:pBdr>`)
		for _, side := range []string{"top", "left", "bottom", "right"} {
			b.WriteString(`<w:` + side + ` w:val="single" w:sz="8" w:space="2" w:color="C00000"/>`)
		}
		b.WriteString(`</w:pBdr>`)
	}
	line := ""
	switch {
	case o.exactly > 0:
		line = fmt.Sprintf(` w:line="%d" w:lineRule="exact"`, int(o.exactly*20))
	case o.line > 0:
		line = fmt.Sprintf(` w:line="%d" w:lineRule="auto"`, int(o.line*240))
	}
	fmt.Fprintf(&b, `<w:spacing w:before="%d" w:after="%d"%s/>`, int(o.before*20), int(o.after*20), line)
	if o.indent != 0 || o.left != 0 || o.right != 0 {
		fmt.Fprintf(&b, `<w:ind w:left="%d" w:right="%d" w:firstLine="%d"/>`, twips(o.left), twips(o.right), twips(o.indent))
	}
	if o.align != "" {
		b.WriteString(`<w:jc w:val="` + o.align + `"/>`)
	}
	if o.mark > 0 {
		b.WriteString(`<w:rPr>` + half(o.mark) + `</w:rPr>`)
	}
	b.WriteString(`</w:pPr>` + runs + `</w:p>`)
	return b.String()
}

type runOpts struct {
	font                    string
	size                    float64
	bold, italic, underline bool
	colour                  string // RRGGBB; empty: black
}

func run(text string, o runOpts) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<w:r><w:rPr>` + fonts(o.font))
	if o.bold {
		b.WriteString(`<w:b/>`)
	}
	if o.italic {
		b.WriteString(`<w:i/>`)
	}
	if o.colour != "" {
		b.WriteString(`<w:color w:val="` + o.colour + `"/>`)
	}
	b.WriteString(half(o.size))
	if o.underline {
		b.WriteString(`<w:u w:val="single"/>`)
	}
	b.WriteString(`<w:lang w:val="vi-VN"/></w:rPr>`)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		b.WriteString(`<w:t xml:space="preserve">` + esc(line) + `</w:t>`)
	}
	b.WriteString(`</w:r>`)
	return b.String()
}

func fonts(name string) string {
	return `<w:rFonts w:ascii="` + name + `" w:hAnsi="` + name + `" w:cs="` + name + `" w:eastAsia="` + name + `"/>`
}

func half(points float64) string {
	return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(points*2), int(points*2))
}

func twips(mm float64) int { return int(mm/mmPerPoint*20 + 0.5) }
func emu(mm float64) int   { return int(mm*36000 + 0.5) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// esc makes text safe for XML; control characters, which XML cannot hold, become spaces.
func esc(s string) string {
	return escaper.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}
