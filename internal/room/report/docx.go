package report

import (
	"io"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// WriteDOCX writes the report in the official layout of its side and day. The same report gives the same
// bytes.
func (rep *Report) WriteDOCX(w io.Writer) error {
	d, err := rep.Document()
	if err != nil {
		return err
	}
	return d.WriteDOCX(w)
}

// WritePDF writes the report as PDF, to be read and printed; what is sent and frozen is the DOCX.
func (rep *Report) WritePDF(w io.Writer) error {
	d, err := rep.Document()
	if err != nil {
		return err
	}
	return d.WritePDF(w)
}

// Document is the report as it is to be written.
func (rep *Report) Document() (*document.Document, error) {
	d := rep.head()
	if rep.Regime.Kind == KindForms {
		rep.formsBody(d)
		return d, nil
	}
	return d, rep.reviewBody(d)
}

// head is the official heading and the signature.
func (rep *Report) head() *document.Document {
	d := &document.Document{Layout: rep.layout, Parent: rep.Agency.Parent, Issuer: rep.Agency.Name, Place: rep.Agency.Place,
		Date: calendar.NoDate, TypeName: rep.room.text("report.type"), Subject: rep.Subject, Authority: rep.Agency.Authority,
		Post: rep.Agency.Post, Name: rep.Agency.Signer, Title: rep.Subject, Label: rep.Agency.Label}
	if rep.Frozen != nil {
		d.Date = rep.On
	}
	if d.Place == "" {
		d.Place = "……"
	}
	signer := rep.Agency.Symbol
	if signer == "" {
		signer = "……"
	}
	if d.Post == "" {
		d.Post = rep.room.text("report.head_of_unit")
	}
	symbol := "BC"
	if rep.Outline != nil {
		symbol = rep.Outline.Document.Symbol
		d.TypeName = rep.Outline.Document.Type[lang.VI]
		d.To, d.Recipients = rep.Outline.Document.To, rep.Outline.Document.Recipients
	} else {
		d.To, d.Recipients = rep.Regime.To, []string{rep.room.text("report.as_above"), rep.room.text("report.filed")}
	}
	d.Number = "       /" + symbol + "-" + signer
	if rep.Regime.Side == partySide {
		d.Number = "       -" + symbol + "/" + signer
	}
	return d
}

// provenance says from which state of the ledger the numbers come, so that a reader can check them.
func (rep *Report) provenance() document.Paragraph {
	key, args := "report.provenance_draft", []any{"position", rep.KnownAt}
	if f := rep.Frozen; f != nil {
		key, args = "report.provenance_frozen", []any{"position", f.Position, "checkpoint", f.Checkpoint}
		if f.Checkpoint == "" {
			key = "report.provenance_frozen_plain"
		}
	}
	return document.Paragraph{Note: true, Align: document.Left, Runs: []document.Run{{Text: rep.room.text(key, args...), Italic: true}}}
}

func (rep *Report) reviewBody(d *document.Document) error {
	for _, p := range rep.Opening {
		d.Blocks = append(d.Blocks, document.Text(p.Text()))
	}
	if err := rep.sectionBlocks(d, rep.Sections); err != nil {
		return err
	}
	d.Blocks = append(d.Blocks, rep.provenance())
	for i, a := range rep.Annexes {
		d.Blocks = append(d.Blocks, document.Section{Restart: true}, centred(rep.room.text("report.annex", "n", roman(i, len(rep.Annexes))), true),
			centred(a.Title, true), centred(rep.room.text("report.annex_of", "subject", rep.Subject), false), rep.figureTable(a.Table, false))
	}
	return nil
}

// roman numbers appendices; a single one has no number.
func roman(i, of int) string {
	if of == 1 {
		return ""
	}
	return " " + sectionNumber(1, i)
}

func centred(text string, bold bool) document.Paragraph {
	return document.Paragraph{Align: document.Center, Runs: []document.Run{{Text: strings.TrimSpace(text), Bold: bold, Italic: !bold}}}
}

func (rep *Report) sectionBlocks(d *document.Document, sections []Section) error {
	for i, s := range sections {
		d.Blocks = append(d.Blocks, document.Heading{Level: s.Level, Text: d.Layout.Heading(s.Level, i+1) + " " + s.Title})
		for _, b := range s.Blocks {
			switch {
			case b.Table != nil:
				d.Blocks = append(d.Blocks, rep.figureTable(*b.Table, true))
			case b.Chart != nil:
				p, err := rep.picture(*b.Chart)
				if err != nil {
					return err
				}
				d.Blocks = append(d.Blocks, p)
			default:
				text := b.Paragraph.Text()
				if b.Paragraph.Item {
					text = "- " + text
				}
				d.Blocks = append(d.Blocks, document.Text(text))
			}
		}
		if err := rep.sectionBlocks(d, s.Sections); err != nil {
			return err
		}
	}
	return nil
}

// figureTable is the table of this period beside the one compared with.
func (rep *Report) figureTable(t FigureTable, caption bool) document.Table {
	say := rep.room.text
	estimates := t.hasEstimates()
	out := document.Table{Columns: []document.Column{{Width: 0.8, Align: document.Center}, {Width: 5.6, Align: document.Left}, {Width: 2, Align: document.Center}, {Width: 1.6, Align: document.Right}}}
	head := []document.Cell{{Text: say("report.col_no")}, {Text: say("report.col_figure")}, {Text: say("report.col_measure")}, {Text: t.This}}
	if caption {
		out.Caption = t.Title
	}
	if estimates {
		out.Columns = append(out.Columns, document.Column{Width: 1.5, Align: document.Right})
		head = append(head, document.Cell{Text: say("report.col_estimate")})
	}
	for _, h := range []string{t.Previous, say("report.col_change"), say("report.col_percent")} {
		out.Columns = append(out.Columns, document.Column{Width: 1.5, Align: document.Right})
		head = append(head, document.Cell{Text: h})
	}
	out.Head = [][]document.Cell{head}
	n := 0
	for _, r := range t.Rows {
		if r.Heading != "" {
			out.Rows = append(out.Rows, []document.Cell{{}, {Text: r.Heading, Bold: true, ColSpan: len(out.Columns) - 1}})
			continue
		}
		n++
		row := []document.Cell{{Text: integer(n)}, {Text: r.Label}, {Text: r.Measure}, {Text: rep.cell(r.This)}}
		if estimates {
			row = append(row, document.Cell{Text: rep.cell(r.Estimate)})
		}
		out.Rows = append(out.Rows, append(row, document.Cell{Text: rep.cell(r.Previous)}, document.Cell{Text: signed(r.Change)}, document.Cell{Text: signed(r.ChangePct)}))
	}
	return out
}

func (t FigureTable) hasEstimates() bool {
	for _, r := range t.Rows {
		if r.Estimate >= 0 {
			return true
		}
	}
	return false
}

// cell is a number in a table: an absent one is a dash, since a blank could be a mistake.
func (rep *Report) cell(i int) string {
	if i < 0 || rep.Figures[i].Value == indicator.NoValue {
		return "–"
	}
	return lang.Decimal(lang.VI, int64(rep.Figures[i].Value))
}

func signed(v indicator.Value) string {
	switch {
	case v == indicator.NoValue:
		return "–"
	case v > 0:
		return "+" + lang.Decimal(lang.VI, int64(v))
	}
	return lang.Decimal(lang.VI, int64(v))
}

// formsBody is a covering text and then every form on its own page.
func (rep *Report) formsBody(d *document.Document) {
	say := rep.room.text
	filled, blank := 0, []string{}
	for _, t := range rep.Tables {
		if t.Len() > 0 {
			filled++
		} else {
			blank = append(blank, t.Form.Number)
		}
	}
	d.Blocks = append(d.Blocks, document.Text(say("report.forms_intro", "basis", rep.Regime.Source, "agency", rep.Agency.Name, "filled", filled, "period", rep.Period.Code[:4], "total", len(rep.Tables))))
	if len(blank) > 0 && filled > 0 {
		d.Blocks = append(d.Blocks, document.Text(say("report.forms_blank", "list", strings.Join(blank, ", "))))
	}
	if n := len(rep.Discrepancies); n > 0 {
		d.Blocks = append(d.Blocks, document.Text(say("report.forms_discrepancies", "n", n)))
	} else if filled > 0 {
		d.Blocks = append(d.Blocks, document.Text(say("report.forms_agree")))
	}
	d.Blocks = append(d.Blocks, rep.provenance())
	for _, t := range rep.Tables {
		rep.formPage(d, t)
	}
}

// formPage is one form as the law lays it out: its number at the left, title in the middle, reporting unit
// at the right, then the table and the signatures, then the sums that do not hold.
func (rep *Report) formPage(d *document.Document, t *Table) {
	f, say := t.Form, rep.room.text
	year := rep.Period.Code[:4]
	when := say("report.form_during", "year", year)
	if f.When == "at" {
		when = say("report.form_at", "year", year)
	}
	due := strings.Split(f.Due, "-")
	d.Blocks = append(d.Blocks, document.Section{Landscape: len(f.leaves) > 4},
		document.Table{Plain: true, Size: 11, Columns: []document.Column{{Width: 3, Align: document.Left}, {Width: 5, Align: document.Center}, {Width: 3.2, Align: document.Left}},
			Rows: [][]document.Cell{
				{{Text: say("report.form_number", "number", f.Number), Bold: true}, {Text: f.Title[lang.VI], Bold: true}, {Text: say("report.form_reporter", "unit", rep.Agency.Name)}},
				{{Text: say("report.form_basis", "basis", f.Basis, "day", due[1], "month", due[0])}, {Text: when, Italic: true}, {Text: say("report.form_receiver", "receiver", strings.Join(rep.Regime.To, "; "))}},
			}},
		rep.formTable(t),
		document.Table{Plain: true, Size: 12, Columns: []document.Column{{Width: 1, Align: document.Center}, {Width: 1, Align: document.Center}}, Rows: [][]document.Cell{
			{{}, {Text: say("report.form_date", "place", d.Place), Italic: true}},
			{{Text: say("report.form_maker"), Bold: true}, {Text: strings.ToUpper(rep.post()), Bold: true}},
			{{Text: say("report.form_sign"), Italic: true}, {Text: say("report.form_seal"), Italic: true}},
		}})
	lines := rep.checkLines(f)
	if len(lines) > 0 {
		d.Blocks = append(d.Blocks, document.Paragraph{Note: true, Runs: []document.Run{{Text: say("report.form_check"), Bold: true}}})
	}
	for _, line := range lines {
		d.Blocks = append(d.Blocks, document.Paragraph{Note: true, Runs: []document.Run{{Text: line}}})
	}
}

// checkLines says the form's discrepancies, one line a rule: the rule, every place where it does not hold,
// and why the form implies it.
func (rep *Report) checkLines(f *Form) []string {
	say := rep.room.text
	var order []string
	places, why := map[string][]string{}, map[string]string{}
	for _, x := range rep.Discrepancies {
		if x.Form != f.Code {
			continue
		}
		if _, seen := places[x.Rule]; !seen {
			order = append(order, x.Rule)
			why[x.Rule] = x.Why[lang.VI]
		}
		at := say("report.column") + " " + x.Column
		if strings.HasPrefix(x.Rule, "column") {
			at = say("report.row") + " " + x.Row
		}
		found := lang.Decimal(lang.VI, int64(x.Found))
		if found == "" {
			found = say("report.blank")
		}
		key := "report.check_place"
		if x.Blank {
			key = "report.check_place_blank"
		}
		places[x.Rule] = append(places[x.Rule], say(key, "at", at, "found", found, "expected", lang.Decimal(lang.VI, int64(x.Expected)), "difference", signed(x.Difference)))
	}
	var out []string
	for _, rule := range order {
		out = append(out, say("report.check_line", "rule", upperFirst(ruleIn(rep.room.words, lang.VI, rule)), "places", strings.Join(places[rule], "; "), "why", why[rule]))
	}
	return out
}

func (rep *Report) post() string {
	if rep.Agency.Post != "" {
		return rep.Agency.Post
	}
	return rep.room.text("report.head_of_unit")
}

// formTable is the ruled table of a form.
func (rep *Report) formTable(t *Table) document.Table {
	f := t.Form
	out := document.Table{Size: 11, Unit: f.Measure[lang.VI], Columns: []document.Column{{Width: max(7, 11-0.5*float64(len(f.leaves))), Align: document.Left}, {Width: 0.9, Align: document.Center}}}
	if len(f.leaves) > 6 {
		out.Size = 10
	}
	marks := []document.Cell{{Text: "A"}, {Text: "B"}}
	if f.Measure == nil {
		out.Columns = append(out.Columns, document.Column{Width: 2.3, Align: document.Center})
		marks = append(marks, document.Cell{Text: "C"})
	}
	for _, c := range f.leaves {
		out.Columns = append(out.Columns, document.Column{Width: 1.6, Align: document.Right})
		marks = append(marks, document.Cell{Text: c.Code})
	}
	out.Head = append(rep.formHead(f), marks)
	for _, r := range f.Rows {
		row := []document.Cell{{Text: r.VI, Indent: float64(r.Indent) * 2.5, Bold: r.Indent == 0}, {Text: r.Code}}
		if f.Measure == nil {
			row = append(row, document.Cell{Text: r.Measure})
		}
		for _, c := range f.leaves {
			row = append(row, document.Cell{Text: t.shown(r.Key(), c.Code), Bold: r.Indent == 0})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// shown is a cell's text: X where the form crosses it out, blank where nothing was filled in.
func (t *Table) shown(row, column string) string {
	switch e, ok := t.Entry(row, column); {
	case row == "":
		return ""
	case t.Form.Crossed(row, column):
		return "X"
	case ok:
		return lang.Decimal(lang.VI, int64(e.Value))
	}
	return ""
}

// formHead lays the tree of column headings out in rows with spans.
func (rep *Report) formHead(f *Form) [][]document.Cell {
	deep := depthOf(f.Columns)
	head := make([][]document.Cell, deep)
	head[0] = []document.Cell{{RowSpan: deep}, {Text: rep.room.text("report.col_code"), RowSpan: deep}}
	if f.Measure == nil {
		head[0] = append(head[0], document.Cell{Text: rep.room.text("report.col_measure"), RowSpan: deep})
	}
	var put func(columns []Column, level int)
	put = func(columns []Column, level int) {
		for _, c := range columns {
			if len(c.Columns) == 0 {
				head[level] = append(head[level], document.Cell{Text: c.VI, RowSpan: deep - level})
				continue
			}
			head[level] = append(head[level], document.Cell{Text: c.VI, ColSpan: len(leavesOf(c.Columns))})
			put(c.Columns, level+1)
		}
	}
	put(f.Columns, 0)
	return head
}

func depthOf(columns []Column) int {
	deep := 0
	for _, c := range columns {
		deep = max(deep, depthOf(c.Columns))
	}
	return deep + 1
}
