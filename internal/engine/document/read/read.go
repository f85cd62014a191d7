// Package read (đọc tệp) reads what other offices send: spreadsheets, HTML pages named .xls, JSON cell
// lists, CSV in old and new encodings, DOCX and PDF. The kind of a file is decided by its content, never by
// its name.
//
// It owns the reading and its limits, so that a hostile file costs no more than an honest one. It does not
// know forms: what a table means is the caller's business.
package read

import (
	"context"
	"embed"
	"io"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// The limits of one file. A form of the field is below 1 MB and 2,000 cells.
const (
	MaxFile  = 64 << 20  // bytes of the file
	MaxUnzip = 256 << 20 // bytes of a packed file when unpacked
	MaxCells = 1 << 20   // cells with text
	MaxParts = 4096      // files in a package
	maxText  = 16 << 20  // bytes of text taken out of one document
	maxDepth = 200       // elements inside each other in XML
	maxSpan  = 1000      // columns or rows that one cell may cover
)

// unpackLimit is MaxUnzip; tests lower it, so that a bomb need not be large.
var unpackLimit int64 = MaxUnzip

// Workbook is a file as tables.
type Workbook struct {
	Kind   string     // "xlsx", "html", "json", "docx", "csv"
	Sheets []Sheet    // a DOCX or HTML file has one sheet a table or page
	Notes  fault.List // what the reader should know: macros left out, an old encoding
}

// Sheet is one table.
type Sheet struct {
	Name string
	Rows [][]Cell
}

// Cell is one cell as it stands in the file: a cell covered by a span is not there, except in a spreadsheet,
// where it is there and empty. Spans of one are 1.
type Cell struct {
	Text    string
	Ref     string // "C17" in a spreadsheet, else "R17C3": row of the sheet and number of the cell in it
	ColSpan int
	RowSpan int
	Formula bool // Text is the value that the file's own program computed last
	Number  bool // Text is a number as programs write it: dot for decimals, no grouping
}

// Table reads a file as tables. name serves for messages alone. Errors are fault.Error: TooLarge beyond the
// limits, Invalid for a kind that cannot be read, each with what to do instead.
func Table(ctx context.Context, name string, r io.ReaderAt, size int64) (*Workbook, error) {
	f, err := open(name, r, size)
	if err != nil {
		return nil, err
	}
	switch f.kind {
	case "xlsx":
		return f.xlsx(ctx)
	case "docx":
		return f.docxTables(ctx)
	case "html":
		return f.html(ctx)
	case "json":
		return f.json(ctx)
	case "csv":
		return f.csv(ctx)
	}
	return nil, f.fault(fault.Invalid, "read.no_table", "kind", f.kind)
}

// Text reads a file as running text: paragraphs end in a line feed, cells of a table are parted by tabs.
// It serves DOCX, PDF, HTML and plain text. Errors as for Table.
func Text(ctx context.Context, name string, r io.ReaderAt, size int64) (string, error) {
	f, err := open(name, r, size)
	if err != nil {
		return "", err
	}
	switch f.kind {
	case "docx":
		return f.docxText(ctx)
	case "pdf":
		return f.pdf(ctx)
	case "html":
		return f.htmlText(ctx)
	case "csv", "json":
		return f.text, nil
	}
	b, err := Table(ctx, name, r, size)
	if err != nil {
		return "", err
	}
	return b.String(), nil
}

// String writes the tables as text: rows end in a line feed, cells in a tab.
func (b *Workbook) String() string {
	var out []byte
	for _, s := range b.Sheets {
		for _, row := range s.Rows {
			for i, c := range row {
				if i > 0 {
					out = append(out, '\t')
				}
				out = append(out, c.Text...)
			}
			out = append(out, '\n')
		}
	}
	return string(out)
}

// file is an opened file: its kind, its bytes, and its text where it is one.
type file struct {
	name  string
	kind  string
	r     io.ReaderAt
	size  int64
	text  string
	notes fault.List
	cells int
}

func (f *file) fault(kind fault.Kind, key string, args ...any) *fault.Error {
	return fault.New(kind, key, args...).At(fault.Place{File: f.name})
}

// count guards the number of cells and the reader's patience.
func (f *file) count(ctx context.Context, n int) error {
	if f.cells += n; f.cells > MaxCells {
		return f.fault(fault.TooLarge, "read.too_many_cells", "limit", MaxCells)
	}
	return ctx.Err()
}

// sheet gives the rows their references.
func sheet(name string, rows [][]Cell) Sheet {
	for i, row := range rows {
		for j := range row {
			c := &row[j]
			c.ColSpan, c.RowSpan = span(c.ColSpan), span(c.RowSpan)
			if c.Ref == "" {
				c.Ref = ref(i, j)
			}
		}
	}
	return Sheet{Name: name, Rows: rows}
}

func span(n int) int { return min(max(n, 1), maxSpan) }
