package document

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"time"
)

// stamp is the time inside the file: a fixed one, so that the same document gives the same bytes.
var stamp = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	nsW     = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	relBase = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// WriteDOCX writes the document as a Word file. The same document gives the same bytes.
// What cannot be set (no layout, a row wider than its table, a picture that is none) is a fault.Invalid, and
// nothing is written.
func (d *Document) WriteDOCX(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	p := newPage(d)
	return d.write(w, p, p.document())
}

// write puts the body and what belongs to it into a file.
func (d *Document) write(w io.Writer, p *page, body string) error {
	files := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", rootRels},
		{"docProps/core.xml", d.core()},
		{"word/document.xml", body},
		{"word/styles.xml", d.styles()},
		{"word/settings.xml", settings},
		{"word/header1.xml", p.header(true)},
		{"word/header2.xml", p.header(false)},
		{"word/_rels/document.xml.rels", p.rels()},
	}
	z := zip.NewWriter(w)
	for _, f := range files {
		if err := put(z, f.name, []byte(f.text)); err != nil {
			return err
		}
	}
	for i, png := range p.pictures {
		if err := put(z, fmt.Sprintf("word/media/image%d.png", i+1), png); err != nil {
			return err
		}
	}
	return z.Close()
}

func put(z *zip.Writer, name string, data []byte) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: stamp})
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return err
}

const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/header2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const rootRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relBase + `officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const settings = xmlHead + `<w:settings ` + nsW + `><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="vi-VN"/></w:settings>`

// core holds the title and the language; no names of authors.
func (d *Document) core() string {
	title := d.Title
	if title == "" {
		title = strings.ReplaceAll(d.Subject, "\n", " ")
	}
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + esc(title) + `</dc:title><dc:language>vi-VN</dc:language></cp:coreProperties>`
}

// styles sets the running text and gives the headings their names, so that Word's outline shows them.
func (d *Document) styles() string {
	l := d.Layout
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles ` + nsW + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(l.Font) + half(l.Styles["body"].Size[0]) + `<w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>`)
	for level := 1; level <= 3; level++ {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %d"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr><w:outlineLvl w:val="%d"/></w:pPr></w:style>`, level, level, level-1)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

func (p *page) rels() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i, part := range []string{"styles", "settings"} {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s%s" Target="%s.xml"/>`, i+1, relBase, part, part)
	}
	fmt.Fprintf(&b, `<Relationship Id="rId3" Type="%sheader" Target="header1.xml"/><Relationship Id="rId4" Type="%sheader" Target="header2.xml"/>`, relBase, relBase)
	for i := range p.pictures {
		fmt.Fprintf(&b, `<Relationship Id="pic%d" Type="%simage" Target="media/image%d.png"/>`, i+1, relBase, i+1)
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

// header prints the page number in the middle of the top margin, hidden on the first page, and the
// label of the document, if it has one, on every page.
func (p *page) header(first bool) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:hdr ` + nsW + `>`)
	if !first {
		s := p.l.Styles["page_number"]
		rpr := `<w:rPr>` + fonts(p.l.Font) + half(s.Size[1]) + `</w:rPr>`
		b.WriteString(`<w:p><w:pPr><w:spacing w:after="0"/><w:jc w:val="center"/></w:pPr>`)
		for _, part := range []string{`<w:fldChar w:fldCharType="begin"/>`, `<w:instrText xml:space="preserve"> PAGE </w:instrText>`, `<w:fldChar w:fldCharType="separate"/>`, `<w:t>2</w:t>`, `<w:fldChar w:fldCharType="end"/>`} {
			b.WriteString(`<w:r>` + rpr + part + `</w:r>`)
		}
		b.WriteString(`</w:p>`)
	}
	b.WriteString(para(paraOpts{align: "right"}, run(p.d.Label, runOpts{font: p.l.Font, size: 9, bold: true})))
	b.WriteString(`</w:hdr>`)
	return b.String()
}
