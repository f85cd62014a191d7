package document

import (
	"io"
	"strings"

	"trucot/internal/kernel/calendar"
)

// Certificate is a commendation as it hangs on a wall: one sheet across, in a frame, its words in the middle. Room is left at
// the top for the national emblem, which the printed blank brings. What the State's rules say of its parts and their order is in
// the decree on commendation (Nghị định 98/2023/NĐ-CP); sizes are ours.
type Certificate struct {
	Layout *Layout
	Giver  string   // who gives it: "GIÁM ĐỐC SỞ …"
	Verb   string   // "TẶNG"
	Form   string   // "GIẤY KHEN"
	To     string   // the person's or unit's name
	Of     string   // post and unit; may be empty
	For    string   // what it is given for
	Left   []string // decision and register, at the lower left

	Place     string
	Date      calendar.Date
	Authority string // "KT. GIÁM ĐỐC"; may be empty
	Post      string
	Name      string

	Title string // for the file's properties
	Label string // as Document's
}

// Sizes of a certificate, points.
const (
	motto     = 14
	giver     = 16
	formName  = 42
	recipient = 26
	deed      = 17
	small     = 13
)

// formColour is the red of the form's name and of the frame.
const formColour = "B3261E"

// emblemRoom is left for the national emblem, points.
const emblemRoom = 50

// WriteDOCX writes the certificate as a Word file. The same certificate gives the same bytes. Errors: those of Document.
func (c *Certificate) WriteDOCX(w io.Writer) error {
	d := &Document{Layout: c.Layout, Landscape: true, Title: c.Title, Label: c.Label}
	if err := d.check(); err != nil {
		return err
	}
	p := newPage(d)
	p.framed = true
	line := func(text string, before, after, size float64, bold bool, colour string) {
		p.b.WriteString(para(paraOpts{align: "center", before: before, after: after}, run(text, runOpts{font: p.l.Font, size: size, bold: bold, colour: colour})))
	}
	p.b.WriteString(xmlHead + `<w:document ` + nsW + `><w:body>`)
	line(upper(p.l.Words.Nation, p.l.Styles["nation"]), emblemRoom, 0, motto, true, "")
	under := p.l.HeadingRight[len(p.l.HeadingRight)-1] // the State's motto; the Party has its own name alone
	if p.l.Words.Motto != "" {
		line(p.l.Words.Motto, 0, 0, motto, true, "")
		p.rule(width(p.l.Words.Motto, motto, true) * p.l.Styles["motto"].Rule)
	} else {
		p.rule(width(upper(p.l.Words.Nation, p.l.Styles[under]), motto, true) * p.l.Styles[under].Rule)
	}
	line(c.Giver, 14, 0, giver, true, "")
	line(c.Verb, 4, 0, motto, true, "")
	line(c.Form, 2, 6, fitting(c.Form, formName, p.width), true, formColour)
	line(c.To, 0, 4, fitting(c.To, recipient, p.width), true, "")
	if c.Of != "" {
		line(c.Of, 0, 6, deed, false, "")
	}
	line(c.For, 0, 2, deed, false, "")
	c.foot(p)
	p.b.WriteString(p.section() + `</w:body></w:document>`)
	return d.write(w, p, p.b.String())
}

// fitting is the size, the given one or less, at which a name stands on one line.
func fitting(text string, size, mm float64) float64 {
	for size > deed && width(text, size, true) > mm {
		size--
	}
	return size
}

// rule is a line in the middle, so many millimetres long.
func (p *page) rule(mm float64) {
	side := max(0, (p.width-mm)/2)
	p.b.WriteString(para(paraOpts{left: side, right: side, before: 2, exactly: 4, borderTop: true}, ""))
}

// foot is the decision and the register at the left, the place and date and the signature at the right.
func (c *Certificate) foot(p *page) {
	left := p.width * 0.52
	var a, b strings.Builder
	for _, text := range c.Left {
		a.WriteString(para(paraOpts{align: "left", after: 2}, run(text, runOpts{font: p.l.Font, size: small})))
	}
	right := func(text string, size, before float64, bold, italic bool) {
		b.WriteString(para(paraOpts{align: "center", before: before}, run(text, runOpts{font: p.l.Font, size: size, bold: bold, italic: italic})))
	}
	p.d.Place, p.d.Date = c.Place, c.Date
	right(p.placeDate(), small, 0, false, true)
	if c.Authority != "" {
		right(c.Authority, motto, 2, true, false)
	}
	right(c.Post, motto, 2, p.l.Styles["post"].Bold, false)
	right(c.Name, motto, 58, true, false)
	p.b.WriteString(para(paraOpts{after: 0, exactly: 20}, ""))
	p.b.WriteString(plainTable([]float64{left, p.width - left}) + `<w:tr><w:trPr><w:cantSplit/></w:trPr>` +
		p.headCell(left, gutter, a.String()) + p.headCell(p.width-left, 0, b.String()) + `</w:tr></w:tbl>`)
	p.b.WriteString(para(paraOpts{exactly: 2}, ""))
}
