package report

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/lang"
)

// WriteXLSX writes the report's tables as a workbook: numbers as numbers, one sheet a form or table, and
// for forms a sheet of the sums that do not hold. The same report gives the same bytes.
func (rep *Report) WriteXLSX(w io.Writer) error {
	b := &workbook{f: excelize.NewFile(), rep: rep}
	defer b.f.Close()
	b.styles()
	if rep.Regime.Kind == KindForms {
		for _, t := range rep.Tables {
			b.form(t)
		}
		b.discrepancies()
	} else {
		b.figures()
		b.carried()
	}
	if b.err != nil {
		return b.err
	}
	if err := b.f.DeleteSheet("Sheet1"); err != nil {
		return err
	}
	return b.f.Write(w)
}

// workbook collects the first error, so that the sheets read as what they put where.
type workbook struct {
	f     *excelize.File
	rep   *Report
	sheet string
	row   int
	err   error

	title, head, text, bold, number, percent int // styles
}

func (b *workbook) styles() {
	border := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Style: 1, Color: "000000"})
	}
	font := func(bold bool) *excelize.Font {
		return &excelize.Font{Family: "Times New Roman", Size: 11, Bold: bold}
	}
	make := func(s excelize.Style) int {
		id, err := b.f.NewStyle(&s)
		b.note(err)
		return id
	}
	grouped := "#,##0.###"
	b.title = make(excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 13, Bold: true}})
	b.head = make(excelize.Style{Font: font(true), Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	b.text = make(excelize.Style{Font: font(false), Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	b.bold = make(excelize.Style{Font: font(true), Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	b.number = make(excelize.Style{Font: font(false), Border: border, CustomNumFmt: &grouped, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center"}})
}

func (b *workbook) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

// begin opens a sheet with its title lines and column widths.
func (b *workbook) begin(name string, widths []float64, titles ...string) {
	b.sheet, b.row = name, 0
	_, err := b.f.NewSheet(name)
	b.note(err)
	for i, w := range widths {
		col, _ := excelize.ColumnNumberToName(i + 1)
		b.note(b.f.SetColWidth(name, col, col, w))
	}
	for _, t := range titles {
		b.row++
		b.put(1, t, b.title)
	}
	landscape, fit, tall := "landscape", 1, 0
	paper := 9 // A4
	b.note(b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &fit, FitToHeight: &tall}))
	if label := b.rep.Agency.Label; label != "" { // on every printed page
		b.note(b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddHeader: `&R&"Times New Roman,Bold"` + strings.ReplaceAll(label, "&", "&&")}))
	}
	yes := true
	b.note(b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}))
}

func (b *workbook) at(column, row int) string {
	ref, err := excelize.CoordinatesToCellName(column, row)
	b.note(err)
	return ref
}

func (b *workbook) put(column int, value any, style int) {
	ref := b.at(column, b.row)
	b.note(b.f.SetCellValue(b.sheet, ref, value))
	b.note(b.f.SetCellStyle(b.sheet, ref, ref, style))
}

// amount puts a number as a number; an absent one as a dash.
func (b *workbook) amount(column int, v indicator.Value) {
	if v == indicator.NoValue {
		b.put(column, "–", b.number)
		return
	}
	b.put(column, float64(v)/float64(indicator.One), b.number)
}

// form is one statutory form, headings and marks as printed, so that the file can be imported again.
func (b *workbook) form(t *Table) {
	f, say := t.Form, b.rep.room.text
	widths := []float64{60, 8}
	if f.Measure == nil {
		widths = append(widths, 14)
	}
	for range f.leaves {
		widths = append(widths, 13)
	}
	year := b.rep.Period.Code[:4]
	when := say("report.form_during", "year", year)
	if f.When == "at" {
		when = say("report.form_at", "year", year)
	}
	b.begin(f.Code, widths, say("report.form_number", "number", f.Number), f.Title[lang.VI], when, say("report.form_reporter", "unit", b.rep.Agency.Name))
	if f.Measure != nil {
		b.row++
		b.put(1, say("report.form_measure", "measure", f.Measure[lang.VI]), b.title)
	}
	b.heading(f)
	for _, r := range f.Rows {
		b.row++
		style := b.text
		if r.Indent == 0 {
			style = b.bold
		}
		b.put(1, strings.Repeat("  ", int(r.Indent))+r.VI, style)
		b.put(2, r.Code, style)
		column := 3
		if f.Measure == nil {
			b.put(3, r.Measure, style)
			column = 4
		}
		for i, c := range f.leaves {
			switch e, ok := t.Entry(r.Key(), c.Code); {
			case ok:
				b.amount(column+i, e.Value)
			case r.Key() != "" && f.Crossed(r.Key(), c.Code):
				b.put(column+i, "X", b.head)
			default:
				b.put(column+i, "", b.number)
			}
		}
	}
}

// heading writes the column headings with their merged cells, and the row of marks.
func (b *workbook) heading(f *Form) {
	head := b.rep.formHead(f)
	top := b.row + 1
	used := map[[2]int]bool{}
	columns := 2 + len(f.leaves)
	if f.Measure == nil {
		columns++
	}
	for i, row := range head {
		b.row = top + i
		column := 1
		for _, c := range row {
			for used[[2]int{b.row, column}] {
				column++
			}
			down, across := max(1, c.RowSpan), max(1, c.ColSpan)
			for y := range down {
				for x := range across {
					used[[2]int{b.row + y, column + x}] = true
					ref := b.at(column+x, b.row+y)
					b.note(b.f.SetCellStyle(b.sheet, ref, ref, b.head))
				}
			}
			b.note(b.f.SetCellValue(b.sheet, b.at(column, b.row), c.Text))
			if down > 1 || across > 1 {
				b.note(b.f.MergeCell(b.sheet, b.at(column, b.row), b.at(column+across-1, b.row+down-1)))
			}
			column += across
		}
	}
	b.row = top + len(head)
	marks := []string{"A", "B"}
	if f.Measure == nil {
		marks = append(marks, "C")
	}
	for _, c := range f.leaves {
		marks = append(marks, c.Code)
	}
	for i, m := range marks {
		b.put(i+1, m, b.head)
	}
	b.note(b.f.SetPanes(b.sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: b.row, TopLeftCell: b.at(2, b.row+1), ActivePane: "bottomRight"}))
}

// discrepancies is the sheet of sums that do not hold.
func (b *workbook) discrepancies() {
	say := b.rep.room.text
	b.begin(say("report.sheet_discrepancies"), []float64{8, 8, 8, 40, 14, 14, 14, 30, 70}, say("report.sheet_discrepancies_title"))
	b.row++
	for i, key := range []string{"form", "row", "column", "rule", "expected", "found", "difference", "source", "why"} {
		b.put(i+1, say("report.col_d_"+key), b.head)
	}
	for _, d := range b.rep.Discrepancies {
		b.row++
		b.put(1, d.Form, b.text)
		b.put(2, d.Row, b.text)
		b.put(3, d.Column, b.text)
		b.put(4, ruleIn(b.rep.room.words, lang.VI, d.Rule), b.text)
		b.amount(5, d.Expected)
		b.amount(6, d.Found)
		b.amount(7, d.Difference)
		b.put(8, d.Source, b.text)
		b.put(9, d.Why[lang.VI], b.text)
	}
}

// figures is every table of a review on one sheet, the appendix's on the next.
func (b *workbook) figures() {
	var tables []FigureTable
	var walk func([]Section)
	walk = func(sections []Section) {
		for _, s := range sections {
			for _, x := range s.Blocks {
				if x.Table != nil {
					tables = append(tables, *x.Table)
				}
			}
			walk(s.Sections)
		}
	}
	walk(b.rep.Sections)
	say := b.rep.room.text
	b.tables(say("report.sheet_tables"), tables)
	for _, a := range b.rep.Annexes {
		b.tables(say("report.sheet_annex"), []FigureTable{a.Table})
	}
}

func (b *workbook) tables(name string, tables []FigureTable) {
	say := b.rep.room.text
	titles := []string{b.rep.Agency.Name, b.rep.Subject}
	if label := b.rep.Agency.Label; label != "" {
		titles = append([]string{label}, titles...)
	}
	b.begin(name, []float64{6, 60, 16, 16, 16, 16, 12, 12}, titles...)
	for _, t := range tables {
		b.row += 2
		b.put(1, t.Title, b.title)
		b.row++
		for i, h := range []string{say("report.col_no"), say("report.col_figure"), say("report.col_measure"), t.This, say("report.col_estimate"), t.Previous, say("report.col_change"), say("report.col_percent")} {
			b.put(i+1, h, b.head)
		}
		n := 0
		for _, r := range t.Rows {
			b.row++
			if r.Heading != "" {
				b.put(2, r.Heading, b.bold)
				continue
			}
			n++
			b.put(1, n, b.number)
			b.put(2, r.Label, b.text)
			b.put(3, r.Measure, b.text)
			b.amount(4, b.rep.value(r.This))
			b.amount(5, b.rep.value(r.Estimate))
			b.amount(6, b.rep.value(r.Previous))
			b.amount(7, r.Change)
			b.amount(8, r.ChangePct)
		}
	}
}

func (rep *Report) value(i int) indicator.Value {
	if i < 0 {
		return indicator.NoValue
	}
	return rep.Figures[i].Value
}
