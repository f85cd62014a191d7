package document

import (
	"strconv"

	"trucot/internal/kernel/calendar"
)

// Document is one official document, ready to be written. Texts are plain; the layout sets them.
type Document struct {
	Layout *Layout

	Parent   string        // body above the issuer; may be empty
	Issuer   string        // who issues it
	Number   string        // "125/BC-SKHCN"; empty leaves room for the number to be given
	Place    string        // "Quảng Trị"
	Date     calendar.Date // NoDate leaves the day open, as drafts do
	Corner   *Picture      // stands under the number, such as the code that a slip is looked up by; may be nil
	Urgency  string        // "KHẨN", boxed under the number; may be empty
	TypeName string        // "BÁO CÁO"; empty for a letter (công văn), whose subject stands under the number
	Subject  string        // trích yếu; a line break stands where the author breaks it
	To       []string      // Kính gửi
	Basis    []string      // căn cứ
	Blocks   []Block

	Authority  string   // "TM. BAN THƯỜNG VỤ", "KT. GIÁM ĐỐC"; may be empty
	Post       string   // "GIÁM ĐỐC"
	Name       string   // who signs
	Recipients []string // Nơi nhận

	Landscape bool // the first pages lie across

	Title string // for the file's properties; Subject when empty
	Label string // printed at the head of every page, such as the word that figures are a sample
}

// Block is a part of the body: Heading, Paragraph, Table, Picture, PageBreak or Section.
type Block interface{ block() }

// Heading opens a section. Text already has its number (Layout.Heading).
type Heading struct {
	Level int // 1, 2 or 3
	Text  string
}

// Paragraph is running text.
type Paragraph struct {
	Runs  []Run
	Note  bool  // small and without indent: provenance under a table
	Align Align // empty: justified with the layout's indent; else aligned so, without indent
	Keep  bool  // stays on the page of what follows, as a question of its answer
	Close bool  // no room below: a line of a list, or to fill in by hand
}

// Run is a piece of a paragraph in one style.
type Run struct {
	Text         string
	Bold, Italic bool
}

// Text is a paragraph in one run.
func Text(s string) Paragraph { return Paragraph{Runs: []Run{{Text: s}}} }

// Align is how the cells of a column stand.
type Align string

// The alignments.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
)

// Column is one column of a table. Widths are shares: the table fills the text width.
type Column struct {
	Width float64
	Align Align
}

// Cell is one cell; zero spans are one. A cell covered by a span above is left out of its row.
type Cell struct {
	Text             string
	ColSpan, RowSpan int
	Bold, Italic     bool
	Align            Align   // empty: the column's, centred in the head
	Indent           float64 // millimetres
}

// Table is a ruled table; Head rows repeat on every page and no row is cut in two.
type Table struct {
	Caption string
	Unit    string // unit of measure, printed at the right above the table
	Columns []Column
	Head    [][]Cell
	Rows    [][]Cell
	Size    float64 // points; 0 = the layout's table size
	Plain   bool    // no lines: for text that stands side by side
}

// Picture is a PNG at a size on paper.
type Picture struct {
	PNG           []byte
	Alt           string
	Caption       string
	Width, Height float64 // millimetres
}

// PageBreak begins a new page.
type PageBreak struct{}

// Section changes the paper from here on; it begins a new page. Appendices number their pages anew.
type Section struct {
	Landscape bool
	Restart   bool
}

func (Heading) block()   {}
func (Paragraph) block() {}
func (Table) block()     {}
func (Picture) block()   {}
func (PageBreak) block() {}
func (Section) block()   {}

func itoa(n int) string { return strconv.Itoa(n) }
