package document

import "io"

// Pack is several documents as one PDF (bộ tài liệu): a front page with the contents, then each part as it would stand
// alone, but with page numbers that run through all of them.
type Pack struct {
	Front *Document // its text comes before the contents
	Foot  string    // small at the foot of every page, so that a loose sheet finds its way back
	Head  [3]string // of the contents: number, part, page
	Parts []Part
}

// Part is one document of a pack under the title that the contents give it.
type Part struct {
	Title    string
	Document *Document
}

// WritePDF writes the pack with its fonts inside and a bookmark at each part. The same pack gives the same bytes.
// Errors: as Document.WritePDF.
func (p *Pack) WritePDF(w io.Writer) error {
	if err := p.check(); err != nil {
		return err
	}
	_, starts, err := p.set(make([]int, len(p.Parts)))
	if err != nil {
		return err
	}
	s, _, err := p.set(starts) // once more, now that the contents know the pages
	if err != nil {
		return err
	}
	return s.output(w)
}

func (p *Pack) check() error {
	if err := p.Front.check(); err != nil {
		return err
	}
	for _, part := range p.Parts {
		if err := part.Document.check(); err != nil {
			return err
		}
	}
	return nil
}

// set lays out everything with the given pages in the contents, and tells where the parts really begin. The length of
// the contents does not depend on the numbers in it: the column is wide enough for any.
func (p *Pack) set(pages []int) (*sheet, []int, error) {
	front := *p.Front
	front.Blocks = append(append([]Block(nil), front.Blocks...), p.contents(pages))
	s := &sheet{page: *newPage(&front), pack: p}
	if err := s.open(); err != nil {
		return nil, nil, err
	}
	s.newPage()
	s.setAll()
	starts := make([]int, len(p.Parts))
	for i, part := range p.Parts {
		s.page = *newPage(part.Document)
		s.newPage()
		starts[i] = s.number
		s.pdf.Bookmark(part.Title, 0, 0)
		s.setAll()
	}
	return s, starts, nil
}

func (p *Pack) contents(pages []int) Table {
	t := Table{Columns: []Column{{Width: 1, Align: Center}, {Width: 8, Align: Left}, {Width: 1.2, Align: Center}},
		Head: [][]Cell{{{Text: p.Head[0]}, {Text: p.Head[1]}, {Text: p.Head[2]}}}}
	for i, part := range p.Parts {
		t.Rows = append(t.Rows, []Cell{{Text: itoa(i + 1)}, {Text: part.Title}, {Text: itoa(pages[i])}})
	}
	return t
}

// setFoot puts the pack's name under the text.
func (s *sheet) setFoot() {
	low := 297.0
	if s.landscape {
		low = 210
	}
	s.put(line{text: []Run{{Text: s.pack.Foot, Italic: true}}, size: 8, align: Center}, s.left(), low-11, s.width)
}

// WritePDFs writes documents into one PDF, each with pages of its own from 1: letters that are printed together. Errors: as
// Document.WritePDF; there must be at least one.
func WritePDFs(w io.Writer, all []*Document) error {
	for _, d := range all {
		if err := d.check(); err != nil {
			return err
		}
	}
	s := &sheet{page: *newPage(all[0])}
	if err := s.open(); err != nil {
		return err
	}
	for _, d := range all {
		s.page, s.number = *newPage(d), 0
		s.newPage()
		s.setAll()
	}
	return s.output(w)
}
