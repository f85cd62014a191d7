package document

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"strings"
	"sync"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"

	"trucot/internal/kernel/fault"
)

//go:embed fonts/*.gz
var fontFiles embed.FS

// face is the name under which a PDF knows the serif face: the metric twin of Times New Roman, which may not be
// shipped.
const face = "serif"

// faces are the font's styles and their files.
var faces = sync.OnceValues(func() (map[string][]byte, error) {
	out := map[string][]byte{}
	for style, name := range map[string]string{"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"} {
		packed, err := fontFiles.ReadFile("fonts/LiberationSerif-" + name + ".ttf.gz")
		if err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, err
		}
		if out[style], err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// sheet is the PDF on its way: the same document as page writes, set by ourselves.
type sheet struct {
	page
	pdf    *fpdf.Fpdf
	y      float64 // where the next line begins, millimetres from the top
	number int     // of the page as printed
	images int
	pack   *Pack // numbers run through all parts; nil for a document of its own
}

// WritePDF writes the document as a PDF file with its fonts inside. The same document gives the same bytes.
// Errors: as WriteDOCX.
func (d *Document) WritePDF(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	s := &sheet{page: *newPage(d)}
	if err := s.open(); err != nil {
		return err
	}
	s.newPage()
	s.setAll()
	return s.output(w)
}

func (s *sheet) output(w io.Writer) error {
	if err := s.pdf.Output(w); err != nil {
		return fault.New(fault.Internal, "document.pdf").Because(err)
	}
	return nil
}

// setAll sets the whole document from the current page on.
func (s *sheet) setAll() {
	s.setHead()
	s.setOpening()
	last, signed := s.lastText(), false
	for i, block := range s.d.Blocks {
		if _, appendix := block.(Section); appendix && !signed {
			s.setSignature()
			signed = true
		}
		if p, ok := block.(Paragraph); ok && i == last && s.textOnly(i) && s.signs() { // no page holds a signature and nothing signed
			runs, st, o := s.paragraphRuns(p, true)
			s.need(float64(len(s.wrap(runs, st.Size[0], s.width, o.indent, "")))*1.5*lineHeight(st.Size[0]) + signatureRoom)
		}
		if _, heading := block.(Heading); heading {
			s.need(s.startOf(s.d.Blocks[i:]))
		}
		s.setBlock(block, i == last)
	}
	if !signed {
		s.setSignature()
	}
}

// startOf is the height of the headings that blocks begin with and of the start of what they head, which stand on one page:
// two lines of text, the head and first row of a table, a whole picture.
func (s *sheet) startOf(blocks []Block) float64 {
	mm := 0.0
	for _, block := range blocks {
		switch b := block.(type) {
		case Heading:
			st := s.l.Styles[fmt.Sprintf("heading%d", b.Level)]
			lines := s.wrap([]Run{{Text: b.Text, Bold: st.Bold, Italic: st.Italic}}, st.Size[0], s.width, s.l.Paragraph.Indent, "")
			mm += 1.5*float64(len(lines))*lineHeight(st.Size[0]) + s.l.Paragraph.After*mmPerPoint
			continue
		case Paragraph:
			mm += 3 * lineHeight(s.l.Styles["body"].Size[0])
		case Table:
			mm += s.tableStart(b)
		case Picture:
			mm += b.Height
		}
		break
	}
	return min(mm, s.bottom()-s.l.Page.Top) // a page can hold no more
}

// signatureRoom is what a signature with its recipients takes, millimetres.
const signatureRoom = 55

// signs reports whether anybody signs or receives the document.
func (s *sheet) signs() bool { return s.d.Post != "" || s.d.Name != "" || len(s.d.Recipients) > 0 }

func (s *sheet) open() error {
	fonts, err := faces()
	if err != nil {
		return err
	}
	s.pdf = fpdf.New("P", "mm", "A4", "")
	s.pdf.SetCatalogSort(true)
	s.pdf.SetCreationDate(stamp)
	s.pdf.SetModificationDate(stamp)
	s.pdf.SetProducer("Trụ Cột", true)
	s.pdf.SetLang("vi-VN")
	title := s.d.Title
	if title == "" {
		title = strings.ReplaceAll(s.d.Subject, "\n", " ")
	}
	s.pdf.SetTitle(title, true)
	s.pdf.SetAutoPageBreak(false, 0)
	for _, style := range []string{"", "B", "I", "BI"} {
		s.pdf.AddUTF8FontFromBytes(face, style, fonts[style])
	}
	return nil
}

// newPage begins a page with its number in the middle of the top margin, hidden on the first, and the label.
func (s *sheet) newPage() {
	orientation := "P"
	if s.landscape {
		orientation = "L"
	}
	s.pdf.AddPageFormat(orientation, fpdf.SizeType{Wd: 210, Ht: 297})
	s.number++
	if s.pack != nil {
		s.setFoot()
	}
	if s.number > 1 {
		s.put(line{text: []Run{{Text: itoa(s.number)}}, size: s.l.Styles["page_number"].Size[1], align: Center}, s.left(), s.l.Page.Header, s.width)
	}
	if s.d.Label != "" {
		s.put(line{text: []Run{{Text: s.d.Label, Bold: true}}, size: 9, align: Right}, s.left(), s.l.Page.Header, s.width)
	}
	s.y = s.l.Page.Top
	if s.landscape {
		s.y = s.l.Page.Left
	}
}

func (s *sheet) left() float64 {
	if s.landscape {
		return s.l.Page.Top
	}
	return s.l.Page.Left
}

func (s *sheet) bottom() float64 {
	if s.landscape {
		return 210 - s.l.Page.Right
	}
	return 297 - s.l.Page.Bottom
}

// need begins a new page where the rest of this one is lower than mm.
func (s *sheet) need(mm float64) {
	if s.y+mm > s.bottom() && s.y > s.l.Page.Top+1 {
		s.newPage()
	}
}

// line is one line of text in one size.
type line struct {
	text    []Run
	size    float64
	align   Align // "" = both edges
	stretch bool  // to both edges
}

// lineHeight of a size at single spacing, millimetres: the face's ascent, descent and gap.
func lineHeight(size float64) float64 { return size * 1.149 * mmPerPoint }

func fontStyle(r Run) string {
	out := ""
	if r.Bold {
		out = "B"
	}
	if r.Italic {
		out += "I"
	}
	return out
}

func (s *sheet) measure(r Run, size float64) float64 {
	s.pdf.SetFont(face, fontStyle(r), size)
	return s.pdf.GetStringWidth(r.Text)
}

// put draws one line with its top at y.
func (s *sheet) put(l line, x, y, mm float64) {
	total, gaps := 0.0, 0
	for _, r := range l.text {
		total += s.measure(r, l.size)
		gaps += strings.Count(r.Text, " ")
	}
	extra := 0.0
	switch {
	case l.align == Center:
		x += (mm - total) / 2
	case l.align == Right:
		x += mm - total
	case l.stretch && gaps > 0:
		extra = (mm - total) / float64(gaps)
	}
	base := y + l.size*0.891*mmPerPoint
	for _, r := range l.text {
		for i, word := range strings.Split(r.Text, " ") {
			if i > 0 {
				x += s.measure(Run{Text: " ", Bold: r.Bold, Italic: r.Italic}, l.size) + extra
			}
			if word == "" {
				continue
			}
			wide := s.measure(Run{Text: word, Bold: r.Bold, Italic: r.Italic}, l.size)
			s.pdf.Text(x, base, word)
			x += wide
		}
	}
}

// wrap breaks runs into lines of at most mm, the first one shorter by indent; a line break of the text stands.
func (s *sheet) wrap(runs []Run, size, mm, indent float64, align Align) []line {
	var out []line
	var now []Run
	room := mm - indent
	flush := func(stretch bool) {
		out = append(out, line{text: now, size: size, align: align, stretch: stretch})
		now, room = nil, mm
	}
	for _, r := range runs {
		for n, part := range strings.Split(norm.NFC.String(r.Text), "\n") {
			if n > 0 {
				flush(false)
			}
			for i, word := range strings.Split(part, " ") {
				w := Run{Text: word, Bold: r.Bold, Italic: r.Italic}
				if i > 0 {
					w.Text = " " + word
				}
				wide := s.measure(w, size)
				if wide > room+0.01 && len(now) > 0 {
					flush(align == "")
					w.Text = word
					wide = s.measure(w, size)
				}
				now = joined(now, w)
				room -= wide
			}
		}
	}
	flush(false)
	return out
}

// joined appends a piece to the runs of a line.
func joined(runs []Run, w Run) []Run {
	if n := len(runs); n > 0 && runs[n-1].Bold == w.Bold && runs[n-1].Italic == w.Italic {
		runs[n-1].Text += w.Text
		return runs
	}
	return append(runs, w)
}

// flow sets a paragraph into the page, over its end where it must.
func (s *sheet) flow(runs []Run, size float64, o paraOpts) {
	align := Align(o.align)
	if o.align == "both" {
		align = ""
	}
	step := lineHeight(size)
	switch {
	case o.exactly > 0:
		step = o.exactly * mmPerPoint
	case o.line > 0:
		step *= o.line
	}
	s.y += o.before * mmPerPoint
	mm := s.width - o.left - o.right
	for i, l := range s.wrap(runs, size, mm, o.indent, align) {
		s.need(step)
		x, room := s.left()+o.left, mm
		if i == 0 {
			x, room = x+o.indent, mm-o.indent
		}
		s.put(l, x, s.y, room)
		s.y += step
	}
	s.y += o.after * mmPerPoint
}

// column sets centred components below each other from a height on and tells where they end.
type column struct {
	s       *sheet
	x, y, w float64
}

func (c *column) component(text, style string) {
	st := c.s.l.Styles[style]
	if style == "nation" {
		st.Size[0] = c.s.nationSize
	}
	lines, size := fit(text, st, c.w)
	longest := 0.0
	for _, t := range lines {
		r := Run{Text: norm.NFC.String(t), Bold: st.Bold, Italic: st.Italic}
		longest = max(longest, c.s.measure(r, size))
		c.s.put(line{text: []Run{r}, size: size, align: Center}, c.x, c.y, c.w)
		c.y += lineHeight(size)
	}
	if st.Rule > 0 {
		long := longest * st.Rule
		c.s.pdf.SetLineWidth(0.26)
		c.s.pdf.Line(c.x+(c.w-long)/2, c.y+0.9, c.x+(c.w+long)/2, c.y+0.9)
		c.y += 2
	}
}

func (s *sheet) setHead() {
	right := s.headRight()
	wide := s.width - right
	a := column{s, s.left(), s.y, wide - gutter}
	if s.d.Parent != "" {
		a.component(s.d.Parent, "parent")
	}
	a.component(s.d.Issuer, "issuer")
	if w := s.l.Words.UnderIssuer; w != "" {
		a.component(w, "issuer")
	}
	b := column{s, s.left() + wide, s.y, right}
	for _, name := range s.l.HeadingRight {
		b.component(s.word(name), name)
	}
	a.y = max(a.y, b.y) + 6*mmPerPoint
	b.y = a.y
	a.component(s.numberText(), "number")
	if s.d.TypeName == "" && s.d.Subject != "" {
		a.y += 6 * mmPerPoint
		a.component(s.l.Words.Letter+s.d.Subject, "letter")
	}
	if s.d.Urgency != "" {
		a.y += 6 * mmPerPoint
		a.component(s.d.Urgency, "urgency")
	}
	b.component(s.placeDate(), "date")
	if s.d.Corner != nil {
		c := s.d.Corner
		a.y += cornerGap * mmPerPoint
		s.image(c, a.x+(a.w-c.Width)/2, a.y)
		a.y += c.Height
	}
	s.y = max(a.y, b.y) + 8*mmPerPoint
}

func (s *sheet) setOpening() {
	d := s.d
	c := column{s, s.left(), s.y, s.width}
	if d.TypeName != "" {
		c.component(d.TypeName, "type")
		if d.Subject != "" {
			c.x, c.w = s.left()+s.width*0.07, s.width*0.86
			c.component(d.Subject, "subject")
		}
		if w := s.l.Words.UnderSubject; w != "" && d.Subject != "" {
			c.component(w, "body")
		}
	}
	s.y = c.y + 8*mmPerPoint
	st := s.l.Styles["addressed"]
	if len(d.To) > 0 {
		s.flow([]Run{{Text: s.l.Words.Addressed + " " + strings.Join(d.To, "; "), Bold: st.Bold, Italic: st.Italic}}, st.Size[0], paraOpts{align: "center", after: 8})
	}
	for i, ground := range d.Basis {
		end := s.l.Words.BasisEnd[0]
		if i == len(d.Basis)-1 {
			end = s.l.Words.BasisEnd[1]
		}
		st := s.l.Styles["basis"]
		o := paraOpts{indent: s.l.Paragraph.Indent, after: s.l.Paragraph.After, align: "both"}
		s.leading(&o)
		s.flow([]Run{{Text: s.l.Words.Basis + strings.TrimRight(ground, ";. ") + end, Bold: st.Bold, Italic: st.Italic}}, st.Size[0], o)
	}
}

func (s *sheet) setBlock(block Block, last bool) {
	switch b := block.(type) {
	case Heading:
		st := s.l.Styles[fmt.Sprintf("heading%d", b.Level)]
		text := b.Text
		if st.Caps {
			text = strings.ToUpper(text)
		}
		o := paraOpts{indent: s.l.Paragraph.Indent, after: s.l.Paragraph.After, align: "both"}
		s.leading(&o)
		s.flow([]Run{{Text: text, Bold: st.Bold, Italic: st.Italic}}, st.Size[0], o)
	case Paragraph:
		s.setParagraph(b, last)
	case Table:
		s.setTable(b)
	case Picture:
		s.need(b.Height)
		s.image(&b, s.left()+(s.width-b.Width)/2, s.y)
		s.y += b.Height
		if b.Caption != "" {
			st := s.l.Styles["caption"]
			s.flow([]Run{{Text: b.Caption, Bold: st.Bold}}, st.Size[1], paraOpts{align: "center", after: 8})
		}
	case PageBreak:
		s.newPage()
	case Section:
		if b.Restart && s.pack == nil {
			s.number = 0
		}
		s.turn(b.Landscape)
		s.newPage()
	}
}

func (s *sheet) setParagraph(b Paragraph, last bool) {
	runs, st, o := s.paragraphRuns(b, last)
	s.flow(runs, st.Size[0], o)
}

func (s *sheet) image(p *Picture, x, y float64) {
	s.images++
	name := itoa(s.images)
	kind := fpdf.ImageOptions{ImageType: "PNG"}
	s.pdf.RegisterImageOptionsReader(name, kind, bytes.NewReader(p.PNG))
	s.pdf.ImageOptions(name, x, y, p.Width, p.Height, false, kind, 0, "")
}

// signature is the recipients at the left and who signs at the right, never torn apart.
func (s *sheet) setSignature() {
	d := s.d
	if !s.signs() {
		return
	}
	s.need(signatureRoom)
	s.y += 6 * mmPerPoint
	left := s.width * 0.45
	b := column{s, s.left() + left, s.y, s.width - left}
	if d.Authority != "" {
		b.component(d.Authority, "authority")
	}
	b.component(d.Post, "post")
	b.y += 24
	if d.Name != "" {
		b.component(d.Name, "name")
	}
	width := s.width
	s.width = left - gutter
	for i, r := range append([]string{""}, d.Recipients...) {
		name, text, end := "recipients", s.l.RecipientsPrefix+strings.TrimRight(r, ";."), ";"
		if i == 0 {
			name, text, end = "recipients_label", s.l.Words.Recipients, ""
		} else if i == len(d.Recipients) {
			end = "."
		}
		if len(d.Recipients) > 0 {
			st := s.l.Styles[name]
			s.flow([]Run{{Text: text + end, Bold: st.Bold, Italic: st.Italic}}, st.Size[0], paraOpts{align: "left"})
		}
	}
	s.width = width
	s.y = max(s.y, b.y)
}
