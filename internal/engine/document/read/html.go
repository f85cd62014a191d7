package read

import (
	"context"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trucot/internal/kernel/fault"
)

// html reads every table of a page into one sheet, row after row: pages that programs hand out as ".xls"
// lay one form over several tables. The text of a table inside a cell stands in its own rows, not twice.
func (f *file) html(ctx context.Context) (*Workbook, error) {
	doc, err := html.Parse(strings.NewReader(f.text))
	if err != nil {
		return nil, f.fault(fault.Invalid, "read.broken", "kind", "HTML").Because(err)
	}
	var rows [][]Cell
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Tr {
			continue
		}
		row := htmlRow(n)
		if err := f.count(ctx, len(row)+1); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, f.fault(fault.Invalid, "read.no_table", "kind", "HTML")
	}
	return &Workbook{Kind: "html", Sheets: []Sheet{sheet(title(doc), rows)}, Notes: f.notes}, nil
}

func htmlRow(tr *html.Node) []Cell {
	row := []Cell{}
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			row = append(row, Cell{Text: htmlText(c), ColSpan: number(c, "colspan"), RowSpan: number(c, "rowspan")})
		}
	}
	return row
}

// htmlText is the text below n on one line, without scripts, hidden parts and inner tables.
func htmlText(n *html.Node) string {
	var b strings.Builder
	gather(n, &b, true)
	return strings.Join(strings.Fields(b.String()), " ")
}

// gather writes the text below n; blocks part words.
func gather(n *html.Node, b *strings.Builder, inCell bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type != html.ElementNode || unseen(c) || inCell && c.DataAtom == atom.Table:
		case c.DataAtom == atom.Input:
			b.WriteString(" " + attribute(c, "value") + " ")
		default:
			gather(c, b, inCell)
			switch c.DataAtom {
			case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4, atom.Center:
				b.WriteByte('\n')
			case atom.Td, atom.Th:
				b.WriteByte('\t')
			}
		}
	}
}

func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Template, atom.Noscript:
		return true
	case atom.Input:
		kind := strings.ToLower(attribute(n, "type"))
		return kind != "" && kind != "text" && kind != "number"
	}
	return strings.Contains(strings.ReplaceAll(strings.ToLower(attribute(n, "style")), " ", ""), "display:none")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func number(n *html.Node, name string) int {
	i, _ := strconv.Atoi(strings.TrimSpace(attribute(n, name)))
	return span(i)
}

func title(doc *html.Node) string {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Title {
			return htmlText(n)
		}
	}
	return ""
}

// htmlText as running text, for pages.
func (f *file) htmlText(ctx context.Context) (string, error) {
	doc, err := html.Parse(strings.NewReader(f.text))
	if err != nil {
		return "", f.fault(fault.Invalid, "read.broken", "kind", "HTML").Because(err)
	}
	var b strings.Builder
	gather(doc, &b, false)
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n"), ctx.Err()
}
