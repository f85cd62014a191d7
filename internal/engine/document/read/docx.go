package read

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// docxTables reads every table of a document, one sheet each. A table inside a cell follows its own table.
func (f *file) docxTables(ctx context.Context) (*Workbook, error) {
	d, err := f.parseDOCX(ctx)
	if err != nil {
		return nil, err
	}
	if len(d.tables) == 0 {
		return nil, f.fault(fault.Invalid, "read.no_table", "kind", "DOCX")
	}
	book := &Workbook{Kind: "docx", Notes: f.notes}
	for i, t := range d.tables {
		book.Sheets = append(book.Sheets, sheet(strconv.Itoa(i+1), t.rows))
	}
	return book, nil
}

func (f *file) docxText(ctx context.Context) (string, error) {
	d, err := f.parseDOCX(ctx)
	if err != nil {
		return "", err
	}
	return lang.NFC(strings.TrimSpace(strings.ReplaceAll(d.text.String(), "\n"+PictureMark+"\n", ""))), nil
}

// parseDOCX walks word/document.xml once. encoding/xml knows no entities but XML's own five, so that an
// entity bomb is a syntax error.
func (f *file) parseDOCX(ctx context.Context) (*docx, error) {
	z, err := zip.NewReader(f.r, f.size)
	if err != nil {
		return nil, f.fault(fault.Invalid, "read.broken", "kind", "DOCX").Because(err)
	}
	part, err := z.Open("word/document.xml")
	if err != nil {
		return nil, f.fault(fault.Invalid, "read.broken", "kind", "DOCX").Because(err)
	}
	defer part.Close()
	d := &docx{}
	dec := xml.NewDecoder(io.LimitReader(part, MaxUnzip))
	for depth := 0; ; {
		token, err := dec.Token()
		if err == io.EOF {
			return d, nil
		}
		if err != nil {
			return nil, f.fault(fault.Invalid, "read.broken", "kind", "DOCX").Because(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, f.fault(fault.TooLarge, "read.too_deep", "limit", maxDepth)
			}
			d.start(t)
			if t.Name.Local == "tc" {
				if err := f.count(ctx, 1); err != nil {
					return nil, err
				}
			}
		case xml.EndElement:
			depth--
			d.end(t.Name.Local)
		case xml.CharData:
			if d.inText {
				d.write(strings.ReplaceAll(string(t), PictureMark, ""))
			}
		}
		if d.text.Len() > maxText {
			return nil, f.fault(fault.TooLarge, "read.too_much_text", "limit", maxText>>20)
		}
	}
}

// docx is what has been read so far: running text, finished tables, and the tables that are open, the
// innermost last.
type docx struct {
	text   strings.Builder
	tables []*docxTable
	open   []*docxTable
	inText bool
	skip   int // inside deleted text or the older copy of a drawing

	pictures []string // by their ids, in the order of their marks
}

// docxTable gathers the rows of a table. above remembers, by grid column, the cell that a vertical merge
// continues.
type docxTable struct {
	rows  [][]Cell
	at    int // grid column of the cell being read
	cell  Cell
	joins bool // the cell continues the one above
	text  strings.Builder
	above map[int][2]int
}

func (d *docx) table() *docxTable {
	if len(d.open) == 0 {
		return nil
	}
	return d.open[len(d.open)-1]
}

func (d *docx) start(e xml.StartElement) {
	t := d.table()
	switch e.Name.Local {
	case "del", "moveFrom", "Fallback":
		d.skip++
	case "tbl":
		n := &docxTable{above: map[int][2]int{}}
		d.tables = append(d.tables, n)
		d.open = append(d.open, n)
	case "t":
		d.inText = d.skip == 0
	case "tab":
		d.write(" ")
	case "br", "cr":
		d.write("\n")
	case "blip", "imagedata":
		d.picture(e)
	}
	if t == nil {
		return
	}
	switch e.Name.Local {
	case "tr":
		t.rows, t.at = append(t.rows, []Cell{}), 0
	case "tc":
		t.cell, t.joins = Cell{ColSpan: 1, RowSpan: 1}, false
		t.text.Reset()
	case "gridSpan":
		n, _ := strconv.Atoi(value(e))
		t.cell.ColSpan = span(n)
	case "gridBefore":
		n, _ := strconv.Atoi(value(e))
		t.at += min(max(n, 0), maxSpan)
	case "vMerge":
		t.joins = value(e) != "restart"
	}
}

func (d *docx) end(name string) {
	switch name {
	case "del", "moveFrom", "Fallback":
		d.skip--
	case "t":
		d.inText = false
	case "p":
		d.write("\n")
	case "tc":
		if t := d.table(); t != nil && len(t.rows) > 0 {
			t.close()
			d.text.WriteString("\t")
		}
	case "tr":
		d.text.WriteString("\n")
	case "tbl":
		if len(d.open) > 0 {
			d.open = d.open[:len(d.open)-1]
		}
	}
}

// picture marks where a picture stands; one in a table leaves its place to the words.
func (d *docx) picture(e xml.StartElement) {
	for _, a := range e.Attr {
		if (a.Name.Local == "embed" || a.Name.Local == "id" && a.Name.Space != "") && d.skip == 0 && d.table() == nil {
			d.pictures = append(d.pictures, a.Value)
			d.text.WriteString("\n" + PictureMark + "\n")
			return
		}
	}
}

// write adds to the running text or, in a table, to both the text and the cell.
func (d *docx) write(s string) {
	if d.skip > 0 {
		return
	}
	if t := d.table(); t != nil {
		t.text.WriteString(s)
		s = strings.ReplaceAll(s, "\n", " ")
	}
	d.text.WriteString(s)
}

// close puts the cell in its row, or lengthens the cell above that it continues.
func (t *docxTable) close() {
	row := len(t.rows) - 1
	if from, ok := t.above[t.at]; t.joins && ok {
		t.rows[from[0]][from[1]].RowSpan = row - from[0] + 1
	} else {
		t.cell.Text = lang.NFC(oneLine(t.text.String()))
		t.above[t.at] = [2]int{row, len(t.rows[row])}
		t.rows[row] = append(t.rows[row], t.cell)
	}
	t.at += t.cell.ColSpan
}

func value(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "val" {
			return a.Value
		}
	}
	return ""
}
