package campaign

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// WriteDOCX writes a paper in the layout of its side and day. The same paper gives the same bytes.
func (d *Desk) WriteDOCX(w io.Writer, p *Paper) error {
	doc, err := d.document(p)
	if err != nil {
		return err
	}
	return doc.WriteDOCX(w)
}

// WritePDF writes a paper as PDF.
func (d *Desk) WritePDF(w io.Writer, p *Paper) error {
	doc, err := d.document(p)
	if err != nil {
		return err
	}
	return doc.WritePDF(w)
}

// say is a word of the paper itself, always Vietnamese.
func (d *Desk) say(key string, args ...any) string { return d.Words.T(lang.VI, key, args...) }

func (d *Desk) document(p *Paper) (*document.Document, error) {
	layout, err := d.Layout(p.Side, dayOr(p.On, d.Today()))
	if err != nil {
		return nil, err
	}
	a := p.Agency
	doc := &document.Document{Layout: layout, Parent: a.Parent, Issuer: a.Name, Number: p.Number, Place: a.Place, Date: p.On, TypeName: p.Type, Subject: p.Subject,
		To: p.To, Recipients: p.Recipients, Authority: a.Authority, Post: a.Post, Name: a.Signer, Title: p.Subject, Label: a.Label}
	if doc.Place == "" {
		doc.Place = "……"
	}
	if doc.Post == "" {
		doc.Post = d.say("report.head_of_unit")
	}
	if doc.Number == "" {
		doc.Number = "       /" + p.Symbol + "-" + a.Symbol
		if p.Side == string(people.Party) {
			doc.Number = "       -" + p.Symbol + "/" + a.Symbol
		}
	}
	for _, text := range p.Opening {
		doc.Blocks = append(doc.Blocks, document.Text(text))
	}
	for _, s := range p.Sections {
		doc.Blocks = append(doc.Blocks, document.Heading{Level: s.Level, Text: layout.Heading(s.Level, s.Index) + " " + s.Title})
		for _, line := range s.Lines {
			doc.Blocks = append(doc.Blocks, document.Text(line))
		}
		for _, t := range s.Tables {
			doc.Blocks = append(doc.Blocks, d.table(p, t[0], t[1:]))
		}
	}
	doc.Blocks = append(doc.Blocks, d.provenance(p))
	d.annexes(doc, p)
	return doc, nil
}

// provenance says from which state of the ledger the numbers come.
func (d *Desk) provenance(p *Paper) document.Paragraph {
	key, args := "report.provenance_draft", []any{"position", p.Position}
	if p.On != calendar.NoDate {
		key, args = "report.provenance_frozen", []any{"position", p.Position, "checkpoint", p.Checkpoint}
		if p.Checkpoint == "" {
			key = "report.provenance_frozen_plain"
		}
	}
	return document.Paragraph{Note: true, Align: document.Left, Runs: []document.Run{{Text: d.say(key, args...), Italic: true}}}
}

// annexes are the comparison, the double counts, and who handed in with what explanations.
func (d *Desk) annexes(doc *document.Document, p *Paper) {
	n := 0
	add := func(title string, t document.Table, note string) {
		n++
		doc.Blocks = append(doc.Blocks, document.Section{Restart: true, Landscape: n == 1}, centred(d.say("campaign.annex", "n", []string{"I", "II", "III"}[n-1]), true), centred(title, true),
			centred(d.say("report.annex_of", "subject", p.Subject), false))
		if note != "" {
			doc.Blocks = append(doc.Blocks, document.Paragraph{Note: true, Runs: []document.Run{{Text: note}}})
		}
		doc.Blocks = append(doc.Blocks, t)
	}
	add(d.say("campaign.annex_figures"), d.comparison(p), d.say("campaign.annex_figures_note"))
	for i := range p.Figures {
		if f := &p.Figures[i]; f.Gap != "" {
			doc.Blocks = append(doc.Blocks, document.Paragraph{Note: true, Runs: []document.Run{{Text: d.say("campaign.gap_line", "figure", f.Label, "apart", signed(f.Apart()), "reason", f.Gap)}}})
		}
	}
	add(d.say("campaign.annex_units"), d.unitTable(p), p.Missing)
	if len(p.Doubles) > 0 {
		add(d.say("campaign.annex_doubles"), d.doubleTable(p), "")
	}
}

func centred(text string, bold bool) document.Paragraph {
	return document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: text, Bold: bold, Italic: !bold}}}
}

// cell is a number in a table: an absent one is a dash.
func cell(v indicator.Value) string {
	if v == indicator.NoValue {
		return "–"
	}
	return lang.Decimal(lang.VI, int64(v))
}

func signed(v indicator.Value) string {
	if v != indicator.NoValue && v > 0 {
		return "+" + cell(v)
	}
	return cell(v)
}

func (f *Compared) blank() bool {
	zero := func(v indicator.Value) bool { return v == indicator.NoValue || v == 0 }
	return zero(f.Total) && zero(f.Own) && zero(f.Previous) && zero(f.LastYear) && zero(f.Target) && zero(f.Estimate)
}

// table is a table inside a section: this period beside the year before.
func (d *Desk) table(p *Paper, caption string, ids []string) document.Table {
	out := document.Table{Caption: caption, Columns: []document.Column{{Width: 0.8, Align: document.Center}, {Width: 5, Align: document.Left}, {Width: 1.9, Align: document.Center},
		{Width: 1.7, Align: document.Right}, {Width: 1.7, Align: document.Right}, {Width: 1.5, Align: document.Right}},
		Head: [][]document.Cell{{{Text: d.say("report.col_no")}, {Text: d.say("report.col_figure")}, {Text: d.say("report.col_measure")}, {Text: p.Heads[0]}, {Text: p.Heads[2]}, {Text: d.say("report.col_change")}}}}
	for i, id := range ids {
		at := slices.IndexFunc(p.Figures, func(f Compared) bool { return f.Indicator == id })
		if at < 0 {
			continue
		}
		f := p.Figures[at]
		f.Total = f.best()
		out.Rows = append(out.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: f.Label}, {Text: f.Measure}, {Text: cell(f.Total)}, {Text: cell(f.LastYear)}, {Text: signed(f.Against(f.LastYear))}})
	}
	return out
}

// comparisonHeads are the columns of the comparison, in the file and in the workbook.
func (d *Desk) comparisonHeads(p *Paper) []string {
	return []string{d.say("report.col_no"), d.say("report.col_figure"), d.say("report.col_measure"), d.say("campaign.col_units"), d.say("campaign.col_doubled"),
		d.say("campaign.col_total"), d.say("campaign.col_own"), d.say("campaign.col_estimate"), d.say("campaign.col_target"), p.Heads[1], p.Heads[2], d.say("campaign.col_against")}
}

func (d *Desk) comparison(p *Paper) document.Table {
	out := document.Table{Size: 11, Columns: []document.Column{{Width: 0.7, Align: document.Center}, {Width: 4.8, Align: document.Left}, {Width: 1.6, Align: document.Center}}}
	var head []document.Cell
	for i, h := range d.comparisonHeads(p) {
		if i > 2 {
			out.Columns = append(out.Columns, document.Column{Width: 1.45, Align: document.Right})
		}
		head = append(head, document.Cell{Text: h})
	}
	out.Head = [][]document.Cell{head}
	n := 0
	for i := range p.Figures {
		f := &p.Figures[i]
		if f.blank() {
			continue
		}
		n++
		out.Rows = append(out.Rows, []document.Cell{{Text: strconv.Itoa(n)}, {Text: f.Label}, {Text: f.Measure}, {Text: cell(f.Units)}, {Text: cell(off(f.Doubled))}, {Text: cell(f.Total), Bold: true},
			{Text: cell(f.Own)}, {Text: cell(f.Estimate)}, {Text: cell(f.Target)}, {Text: cell(f.Previous)}, {Text: cell(f.LastYear)}, {Text: signed(f.Against(f.LastYear))}})
	}
	return out
}

// off shows nothing where nothing was taken off.
func off(v indicator.Value) indicator.Value {
	if v == 0 {
		return indicator.NoValue
	}
	return -v
}

func (d *Desk) unitTable(p *Paper) document.Table {
	out := document.Table{Size: 12, Columns: []document.Column{{Width: 0.8, Align: document.Center}, {Width: 3.2, Align: document.Left}, {Width: 2, Align: document.Left}, {Width: 7.4, Align: document.Left}},
		Head: [][]document.Cell{{{Text: d.say("report.col_no")}, {Text: d.say("campaign.col_unit")}, {Text: d.say("campaign.col_handed_in")}, {Text: d.say("campaign.col_whys")}}}}
	for i, u := range p.Units {
		out.Rows = append(out.Rows, []document.Cell{{Text: strconv.Itoa(i + 1)}, {Text: u.Name}, {Text: d.handedIn(u)}, {Text: d.whys(u, "; ")}})
	}
	return out
}

func (d *Desk) handedIn(u UnitLine) string {
	if u.On == calendar.NoDate {
		return d.say("campaign.not_handed_in", "due", u.Due)
	}
	text := u.On.Written()
	if u.Late {
		text += ", " + d.say("campaign.in_late")
	}
	if u.Imported {
		text += ", " + d.say("campaign.by_workbook")
	}
	return text
}

func (d *Desk) whys(u UnitLine, between string) string {
	var out []string
	for _, w := range u.Whys {
		out = append(out, d.say("campaign.why_line", "figure", w.Figure, "now", cell(w.Now), "previous", cell(w.Previous), "why", strings.TrimRight(w.Text, ". ")))
	}
	return strings.Join(out, between)
}

func (d *Desk) doubleTable(p *Paper) document.Table {
	out := document.Table{Size: 12, Columns: []document.Column{{Width: 3, Align: document.Left}, {Width: 3, Align: document.Left}, {Width: 3.6, Align: document.Left}, {Width: 2.4, Align: document.Left}, {Width: 1.6, Align: document.Right}, {Width: 3, Align: document.Left}},
		Head: [][]document.Cell{{{Text: d.say("report.col_figure")}, {Text: d.say("campaign.col_record")}, {Text: d.say("campaign.col_counted_by")}, {Text: d.say("campaign.col_keeper")}, {Text: d.say("campaign.col_doubled")}, {Text: d.say("campaign.col_reason")}}}}
	for _, x := range p.Doubles {
		keeper := x.Keeper
		if keeper == "" {
			keeper = d.say("campaign.open")
		}
		out.Rows = append(out.Rows, []document.Cell{{Text: x.Figure}, {Text: x.Record}, {Text: x.Units}, {Text: keeper}, {Text: cell(off(x.Off))}, {Text: x.Reason}})
	}
	return out
}

// WriteXLSX writes a paper's tables as a workbook.
func (d *Desk) WriteXLSX(w io.Writer, p *Paper) error {
	lines := []sheet.Line{{Text: p.Agency.Name, Bold: true}, {Text: p.Subject, Bold: true}, {Text: d.provenance(p).Runs[0].Text, Size: 10}}
	if p.Agency.Label != "" {
		lines = append(lines, sheet.Line{Text: p.Agency.Label, Size: 10})
	}
	book := sheet.Book{Title: p.Subject, Sheets: []sheet.Sheet{d.figureSheet(p, lines), d.unitSheet(p, lines)}}
	if len(p.Doubles) > 0 {
		book.Sheets = append(book.Sheets, d.doubleSheet(p, lines))
	}
	return sheet.Write(w, book)
}

func (d *Desk) figureSheet(p *Paper, lines []sheet.Line) sheet.Sheet {
	s := sheet.Sheet{Name: d.say("campaign.sheet_figures"), Lines: lines, Columns: []sheet.Column{{Width: 6}, {Width: 52}, {Width: 14}}}
	s.Head = [][]sheet.Cell{nil}
	for i, h := range d.comparisonHeads(p) {
		if i > 2 {
			s.Columns = append(s.Columns, sheet.Column{Width: 13})
		}
		s.Head[0] = append(s.Head[0], sheet.Cell{Text: h})
	}
	var rows [][]sheet.Value
	for i := range p.Figures {
		f := &p.Figures[i]
		rows = append(rows, []sheet.Value{i + 1, f.Label, f.Measure, value(f.Units), value(off(f.Doubled)), sheet.Bold{Value: value(f.Total)}, value(f.Own), value(f.Estimate), value(f.Target),
			value(f.Previous), value(f.LastYear), value(f.Against(f.LastYear))})
	}
	s.Rows = sheet.Rows(rows)
	return s
}

// value is a number for a spreadsheet; an absent one leaves the cell blank.
func value(v indicator.Value) sheet.Value {
	if v == indicator.NoValue {
		return nil
	}
	return sheet.Thousandths(v)
}

func (d *Desk) unitSheet(p *Paper, lines []sheet.Line) sheet.Sheet {
	s := sheet.Sheet{Name: d.say("campaign.sheet_units"), Lines: lines, Columns: []sheet.Column{{Width: 6}, {Width: 44}, {Width: 14}, {Width: 30}, {Width: 80}},
		Head: [][]sheet.Cell{{{Text: d.say("report.col_no")}, {Text: d.say("campaign.col_unit")}, {Text: d.say("campaign.col_due")}, {Text: d.say("campaign.col_handed_in")}, {Text: d.say("campaign.col_whys")}}}}
	var rows [][]sheet.Value
	for i, u := range p.Units {
		rows = append(rows, []sheet.Value{i + 1, u.Name, u.Due, d.handedIn(u), d.whys(u, "\n")})
	}
	s.Rows = sheet.Rows(rows)
	return s
}

func (d *Desk) doubleSheet(p *Paper, lines []sheet.Line) sheet.Sheet {
	s := sheet.Sheet{Name: d.say("campaign.sheet_doubles"), Lines: lines, Columns: []sheet.Column{{Width: 40}, {Width: 30}, {Width: 44}, {Width: 30}, {Width: 10}, {Width: 44}},
		Head: [][]sheet.Cell{{{Text: d.say("report.col_figure")}, {Text: d.say("campaign.col_record")}, {Text: d.say("campaign.col_counted_by")}, {Text: d.say("campaign.col_keeper")}, {Text: d.say("campaign.col_doubled")}, {Text: d.say("campaign.col_reason")}}}}
	var rows [][]sheet.Value
	for _, x := range p.Doubles {
		rows = append(rows, []sheet.Value{x.Figure, x.Record, x.Units, x.Keeper, value(off(x.Off)), x.Reason})
	}
	s.Rows = sheet.Rows(rows)
	return s
}
