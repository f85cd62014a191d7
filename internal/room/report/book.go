package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trucot/internal/kernel/fault"
)

// book is a read file: sheets of rows of cells with spans.
type book struct {
	kind   string
	sheets []bookSheet
}

type bookSheet struct {
	name string
	rows [][]bookCell
}

type bookCell struct {
	text             string
	ref              string
	colSpan, rowSpan int
	number           bool // text is a number as programs write it: dot for decimals, no grouping
}

// readBook reads a file by its content: JSON cell lists and HTML tables.
func readBook(name string, r io.Reader) (*book, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 32<<20))
	if err != nil {
		return nil, err
	}
	text := strings.TrimLeft(strings.TrimPrefix(string(raw), "\ufeff"), " \t\r\n")
	switch {
	case strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{"):
		return readCells(name, []byte(text))
	case strings.HasPrefix(text, "<"):
		return readHTML(text)
	}
	return nil, fault.New(fault.Invalid, "report.file_kind", "file", name)
}

func readCells(name string, raw []byte) (*book, error) {
	var doc struct {
		Outside []string            `json:"outside_table"`
		Rows    [][]json.RawMessage `json:"rows"`
	}
	err := json.Unmarshal(raw, &doc)
	if raw[0] == '[' {
		err = json.Unmarshal(raw, &doc.Rows)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "report.file_kind", "file", name).Because(err)
	}
	s := bookSheet{}
	for _, o := range doc.Outside {
		s.rows = append(s.rows, []bookCell{{text: o, colSpan: 1, rowSpan: 1}})
	}
	for i, row := range doc.Rows {
		var cells []bookCell
		for j, rawCell := range row {
			c := bookCell{ref: fmt.Sprintf("R%dC%d", i+1, j+1), colSpan: 1, rowSpan: 1}
			var full struct {
				T       string
				Colspan int
				Rowspan int
			}
			if json.Unmarshal(rawCell, &c.text) != nil && json.Unmarshal(rawCell, &full) == nil {
				c.text, c.colSpan, c.rowSpan = full.T, max(1, full.Colspan), max(1, full.Rowspan)
			}
			cells = append(cells, c)
		}
		s.rows = append(s.rows, cells)
	}
	return &book{kind: "json", sheets: []bookSheet{s}}, nil
}

func readHTML(text string) (*book, error) {
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	s := bookSheet{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.DataAtom == atom.Tr {
			var cells []bookCell
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
					cells = append(cells, bookCell{text: textOf(c), ref: fmt.Sprintf("R%dC%d", len(s.rows)+1, len(cells)+1),
						colSpan: attrInt(c, "colspan"), rowSpan: attrInt(c, "rowspan")})
				}
			}
			s.rows = append(s.rows, cells)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return &book{kind: "html", sheets: []bookSheet{s}}, nil
}

func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.DataAtom == atom.Br || n.DataAtom == atom.P || n.DataAtom == atom.Div {
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func attrInt(n *html.Node, name string) int {
	for _, a := range n.Attr {
		if a.Key == name {
			i, _ := strconv.Atoi(a.Val)
			return max(1, min(i, 1000))
		}
	}
	return 1
}
