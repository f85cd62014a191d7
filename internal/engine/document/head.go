package document

import (
	"strings"

	"trucot/internal/kernel/calendar"
)

// The head is a table without lines: issuer and number at the left, the nation (or the Party) and the
// place and date at the right. The right column is as wide as its first line needs.
func (p *page) head() {
	right := p.headRight()
	left := p.width - right
	a := p.issuer(left - 2)
	b := p.nation(right)
	row := `<w:tr><w:trPr><w:cantSplit/></w:trPr>` + p.headCell(left, a) + p.headCell(right, b) + `</w:tr>`
	number := strings.ReplaceAll(p.l.Words.Number, "{number}", p.d.Number)
	if p.d.Number == "" {
		number = strings.ReplaceAll(p.l.Words.Number, "{number}", "      ")
	}
	s, ds := p.l.Styles["number"], p.l.Styles["date"]
	lines, size := fit(p.placeDate(), ds, right)
	second := `<w:tr><w:trPr><w:cantSplit/></w:trPr>` +
		p.headCell(left, para(paraOpts{align: "center", before: 4}, p.styled(number, s, s.Size[0]))) +
		p.headCell(right, para(paraOpts{align: "center", before: 4}, p.styled(strings.Join(lines, "\n"), ds, size))) + `</w:tr>`
	p.b.WriteString(plainTable([]float64{left, right}) + row + second + `</w:tbl>`)
	p.b.WriteString(para(paraOpts{after: 6}, ""))
}

// headRight is the width of the right column: the longest of its lines at the size it will have, with
// at least two fifths left for the issuer.
func (p *page) headRight() float64 {
	most := p.width * 0.6
	need := 0.0
	for _, name := range p.l.HeadingRight {
		s := p.l.Styles[name]
		need = max(need, width(upper(p.word(name), s), s.Size[0], s.Bold))
	}
	need = max(need, width(p.placeDate(), p.l.Styles["date"].Size[1], false))
	return min(need+3, most)
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
func (p *page) fitted(text, style string, mm float64) string {
	s := p.l.Styles[style]
	lines, size := fit(text, s, mm)
	var b strings.Builder
	longest := 0.0
	for _, line := range lines {
		b.WriteString(para(paraOpts{align: "center", keepNext: true}, run(line, runOpts{font: p.l.Font, size: size, bold: s.Bold, italic: s.Italic, underline: s.Underline})))
		longest = max(longest, width(line, size, s.Bold))
	}
	if s.Rule > 0 {
		b.WriteString(rule(longest*s.Rule, mm))
	}
	return b.String()
}

// rule is a line of the given length in the middle of mm millimetres: an almost empty paragraph with a
// border, which every word processor draws alike.
func rule(length, mm float64) string {
	side := max(0, (mm-length)/2)
	return para(paraOpts{borderTop: true, left: side, right: side, before: 1, exactly: 3, align: "center"}, "")
}

func (p *page) headCell(mm float64, inner string) string {
	return cellOpen(mm, 1, "", "top") + inner + `</w:tc>`
}

// opening is what stands between the head and the body: kind, subject, addressees, grounds.
func (p *page) opening() {
	d, l := p.d, p.l
	if d.TypeName != "" {
		p.b.WriteString(p.fitted(d.TypeName, "type", p.width))
	}
	if d.Subject != "" {
		p.b.WriteString(p.fitted(d.Subject, "subject", p.width*0.86))
	}
	if w := l.Words.UnderSubject; w != "" && d.Subject != "" {
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
		p.b.WriteString(para(o, p.styled(strings.TrimRight(ground, ";. ")+end, s, s.Size[0])))
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
	o := paraOpts{left: p.width * 0.2}
	p.b.WriteString(para(o, p.styled(p.l.Words.Addressed, s, s.Size[0])))
	o.left += 12
	for i, to := range p.d.To {
		end := ";"
		if i == len(p.d.To)-1 {
			end, o.after = ".", 8
		}
		p.b.WriteString(para(o, p.styled("- "+to+end, s, s.Size[0])))
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
		a.WriteString(para(paraOpts{align: "left"}, p.styled(l.Words.Recipients, s, s.Size[0])))
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
		p.headCell(left, a.String()+empty(a.Len())) + p.headCell(p.width-left, b.String()) + `</w:tr></w:tbl>`)
	p.b.WriteString(para(paraOpts{exactly: 2}, ""))
}

// empty is the paragraph that a cell without any other needs.
func empty(written int) string {
	if written > 0 {
		return ""
	}
	return `<w:p/>`
}
