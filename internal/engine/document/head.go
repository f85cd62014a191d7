package document

import (
	"fmt"
	"strings"

	"trucot/internal/kernel/calendar"
)

// The head is a table without lines: issuer and number at the left, the nation (or the Party) and the
// place and date at the right.
func (p *page) head() {
	right := p.headRight()
	left := p.width - right
	row := `<w:tr><w:trPr><w:cantSplit/></w:trPr>` + p.headCell(left, gutter, p.issuer(left-gutter)) + p.headCell(right, 0, p.nation(right)) + `</w:tr>`
	second := `<w:tr><w:trPr><w:cantSplit/></w:trPr>` + p.headCell(left, gutter, p.number(left-gutter)) + p.headCell(right, 0, p.spaced(p.placeDate(), "date", right)) + `</w:tr>`
	p.b.WriteString(plainTable([]float64{left, right}) + row + second + `</w:tbl>`)
	p.b.WriteString(para(paraOpts{after: 6}, ""))
}

// gutter is the room between the columns of the head, millimetres.
const gutter = 3

// headRight is the width of the right column: what its longest line needs. The nation's name is set
// smaller, within the range of the rules, if that lets the issuer's name stand on one line.
func (p *page) headRight() float64 {
	issuer := p.l.Styles["issuer"]
	nation := p.l.Styles["nation"].Size
	for p.nationSize = nation[0]; p.nationSize >= nation[1]; p.nationSize -= 0.5 {
		right := p.rightNeeds()
		if width(upper(p.d.Issuer, issuer), issuer.Size[1], issuer.Bold) <= p.width-right-gutter {
			return right
		}
	}
	p.nationSize = nation[0]
	return p.rightNeeds()
}

// rightNeeds leaves at least two fifths of the line to the issuer.
func (p *page) rightNeeds() float64 {
	most, need := p.width*0.6, p.width*0.45
	for _, name := range p.l.HeadingRight {
		s, text := p.l.Styles[name], upper(p.word(name), p.l.Styles[name])
		size := s.Size[1]
		if name == "nation" {
			size = p.nationSize
		}
		need = max(need, width(text, size, s.Bold)+1)
	}
	date := p.l.Styles["date"]
	_, size := fit(p.placeDate(), date, most)
	return min(max(need, width(p.placeDate(), size, false)+1), most)
}

// number is the number, below it the subject of a letter and the mark of urgency.
func (p *page) number(mm float64) string {
	out := p.spaced(p.numberText(), "number", mm)
	if p.d.TypeName == "" && p.d.Subject != "" {
		out += p.spaced(p.l.Words.Letter+p.d.Subject, "letter", mm)
	}
	if p.d.Urgency != "" {
		out += p.urgency(mm)
	}
	if c := p.d.Corner; c != nil {
		out += para(paraOpts{align: "center", before: cornerGap}, p.drawing(*c))
	}
	return out
}

// cornerGap is the room above the picture in the head, points.
const cornerGap = 4

// numberText is the number with its word, with room for one that is still to be given.
func (p *page) numberText() string {
	number := p.d.Number
	if number == "" {
		number = "      "
	}
	return strings.ReplaceAll(p.l.Words.Number, "{number}", p.l.padded(number))
}

// urgency is the mark in its red frame, a little wider than the word.
func (p *page) urgency(mm float64) string {
	s := p.l.Styles["urgency"]
	text := upper(p.d.Urgency, s)
	side := max(0, (mm-width(text, s.Size[0], s.Bold)-8)/2)
	return para(paraOpts{align: "center", left: side, right: side, before: 6, boxed: true}, p.styled(text, s, s.Size[0]))
}

// spaced is a component of the second row, a little below the first.
func (p *page) spaced(text, style string, mm float64) string {
	s := p.l.Styles[style]
	lines, size := fit(text, s, mm)
	return para(paraOpts{align: "center", before: 6}, run(strings.Join(lines, "\n"), runOpts{font: p.l.Font, size: size, bold: s.Bold, italic: s.Italic}))
}

func upper(text string, s Style) string {
	if s.Caps {
		return strings.ToUpper(text)
	}
	return text
}

func (p *page) word(name string) string {
	if name == "nation" {
		return p.l.Words.Nation
	}
	return p.l.Words.Motto
}

func (p *page) placeDate() string {
	if p.d.Date == calendar.NoDate {
		return strings.NewReplacer("{place}", p.d.Place, "{date}", "ngày      tháng      năm").Replace(p.l.Words.Date)
	}
	return p.l.date(p.d.Place, p.d.Date)
}

func (p *page) issuer(mm float64) string {
	var b strings.Builder
	if p.d.Parent != "" {
		b.WriteString(p.fitted(p.d.Parent, "parent", mm))
	}
	b.WriteString(p.fitted(p.d.Issuer, "issuer", mm))
	if w := p.l.Words.UnderIssuer; w != "" {
		b.WriteString(para(paraOpts{align: "center"}, p.styled(w, p.l.Styles["issuer"], p.l.Styles["issuer"].Size[0])))
	}
	return b.String()
}

func (p *page) nation(mm float64) string {
	var b strings.Builder
	for _, name := range p.l.HeadingRight {
		b.WriteString(p.fitted(p.word(name), name, mm))
	}
	return b.String()
}

// fitted sets a centred component into mm millimetres and draws its rule.
func (p *page) fitted(text, style string, mm float64) string { return p.within(text, style, mm, mm) }

// within is fitted for a text that is broken earlier than at the edges of its column.
func (p *page) within(text, style string, mm, column float64) string {
	s := p.l.Styles[style]
	if style == "nation" {
		s.Size[0] = p.nationSize
	}
	lines, size := fit(text, s, mm)
	var b strings.Builder
	longest := 0.0
	for _, line := range lines {
		b.WriteString(para(paraOpts{align: "center", keepNext: true}, run(line, runOpts{font: p.l.Font, size: size, bold: s.Bold, italic: s.Italic, underline: s.Underline})))
		longest = max(longest, width(line, size, s.Bold))
	}
	if s.Rule > 0 {
		b.WriteString(rule(longest*s.Rule, column))
	}
	return b.String()
}

// rule is a line of the given length in the middle of mm millimetres: an almost empty paragraph with a
// border, which every word processor draws alike.
func rule(length, mm float64) string {
	side := max(0, (mm-length)/2)
	return para(paraOpts{borderTop: true, left: side, right: side, before: 2.5, exactly: 3, align: "center"}, "")
}

// headCell is a cell of the head or the signature; side keeps its text off the next column.
func (p *page) headCell(mm, side float64, inner string) string {
	if inner == "" {
		inner = `<w:p/>` // a cell needs a paragraph
	}
	margin := ""
	if side > 0 {
		margin = fmt.Sprintf(`<w:tcMar><w:right w:w="%d" w:type="dxa"/></w:tcMar>`, twips(side))
	}
	return fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="top"/></w:tcPr>`, twips(mm), margin) + inner + `</w:tc>`
}

// opening is what stands between the head and the body: kind, subject, addressees, grounds.
func (p *page) opening() {
	d, l := p.d, p.l
	if d.TypeName != "" {
		p.b.WriteString(p.fitted(d.TypeName, "type", p.width))
	}
	named := d.TypeName != "" && d.Subject != "" // a letter has its subject under the number
	if named {
		p.b.WriteString(p.within(d.Subject, "subject", p.width*0.86, p.width))
	}
	if w := l.Words.UnderSubject; w != "" && named {
		p.b.WriteString(para(paraOpts{align: "center"}, p.styled(w, l.Styles["body"], l.Styles["body"].Size[0])))
	}
	p.b.WriteString(para(paraOpts{after: 6}, ""))
	p.addressees()
	for i, ground := range d.Basis {
		end := l.Words.BasisEnd[0]
		if i == len(d.Basis)-1 {
			end = l.Words.BasisEnd[1]
		}
		s := l.Styles["basis"]
		o := paraOpts{indent: l.Paragraph.Indent, after: l.Paragraph.After, align: "both"}
		p.leading(&o)
		p.b.WriteString(para(o, p.styled(l.Words.Basis+strings.TrimRight(ground, ";. ")+end, s, s.Size[0])))
	}
}

func (p *page) addressees() {
	s := p.l.Styles["addressed"]
	switch len(p.d.To) {
	case 0:
		return
	case 1:
		p.b.WriteString(para(paraOpts{align: "center", after: 8}, p.styled(p.l.Words.Addressed+" "+p.d.To[0], s, s.Size[0])))
		return
	}
	size := s.Size[0]
	label, longest := width(p.l.Words.Addressed, size, s.Bold)+1, 0.0
	for _, to := range p.d.To {
		longest = max(longest, width("- "+to+";", size, s.Bold))
	}
	o := paraOpts{left: max(0, min((p.width-label-longest)/2, p.width*0.25)), keepNext: true}
	p.b.WriteString(para(o, p.styled(p.l.Words.Addressed, s, size)))
	o.left += label
	for i, to := range p.d.To {
		end := ";"
		if i == len(p.d.To)-1 {
			end, o.after = ".", 8
		}
		p.b.WriteString(para(o, p.styled("- "+strings.TrimRight(to, ";. ")+end, s, size)))
	}
}

// signature is the recipients at the left and who signs at the right, never torn apart.
func (p *page) signature() {
	d, l := p.d, p.l
	if d.Post == "" && d.Name == "" && len(d.Recipients) == 0 {
		return
	}
	left := p.width * 0.45
	var a, b strings.Builder
	if len(d.Recipients) > 0 {
		s := l.Styles["recipients_label"]
		a.WriteString(para(paraOpts{align: "left", keepNext: true}, p.styled(l.Words.Recipients, s, s.Size[0])))
	}
	for i, r := range d.Recipients {
		end := ";"
		if i == len(d.Recipients)-1 {
			end = "."
		}
		s := l.Styles["recipients"]
		a.WriteString(para(paraOpts{align: "left"}, p.styled(l.RecipientsPrefix+strings.TrimRight(r, ";.")+end, s, s.Size[0])))
	}
	if d.Authority != "" {
		b.WriteString(p.fitted(d.Authority, "authority", p.width-left))
	}
	b.WriteString(p.fitted(d.Post, "post", p.width-left))
	for range 4 {
		b.WriteString(para(paraOpts{align: "center", keepNext: true, after: 4}, ""))
	}
	if d.Name != "" {
		b.WriteString(p.fitted(d.Name, "name", p.width-left))
	}
	p.b.WriteString(para(paraOpts{after: 6, keepNext: true}, ""))
	p.b.WriteString(plainTable([]float64{left, p.width - left}) + `<w:tr><w:trPr><w:cantSplit/></w:trPr>` +
		p.headCell(left, gutter, a.String()) + p.headCell(p.width-left, 0, b.String()) + `</w:tr></w:tbl>`)
	p.b.WriteString(para(paraOpts{exactly: 2}, ""))
}
