package campaign

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"trucot/internal/engine/document/read"
	"trucot/internal/engine/document/sheet"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// The workbook for a unit without the system: one row a figure, known by its code in the first column. Codes and names are
// the program's, the four columns to the right of them the unit's.
const (
	colCode = iota
	colLabel
	colMeasure
	colActual
	colEstimate
	colWhy
	colRecords
	bookColumns
)

// The rows of the words below the figures.
const (
	rowLimitations = "#limitations"
	rowCauses      = "#causes"
	rowCampaign    = "#campaign"
)

// WriteTemplate writes the workbook that a unit fills in. Only the unit's own columns are open to writing.
func (d *Desk) WriteTemplate(w io.Writer, c *Campaign, p *Part) error {
	name := d.People.UnitName(context.Background(), p.Unit, lang.VI)
	s := sheet.Sheet{Name: d.say("campaign.book_sheet"), Open: []int{colActual, colEstimate, colWhy, colRecords},
		Lines:   []sheet.Line{{Text: c.Title, Bold: true, Size: 14}, {Text: name, Bold: true}, {Text: d.say("campaign.book_how", "due", p.Due)}},
		Columns: []sheet.Column{{Width: 26}, {Width: 54}, {Width: 14}, {Width: 14}, {Width: 14}, {Width: 50}, {Width: 40}},
		Head:    [][]sheet.Cell{{}}}
	for _, key := range []string{"campaign.book_code", "report.col_figure", "report.col_measure", "campaign.book_actual", "campaign.book_estimate", "campaign.book_why", "campaign.book_records"} {
		s.Head[0] = append(s.Head[0], sheet.Cell{Text: d.say(key)})
	}
	rows := [][]sheet.Value{{rowCampaign + " " + c.ID + " " + p.Unit, d.say("campaign.book_keep")}}
	for _, id := range d.Asks(c) {
		def, _ := d.Figures.Definitions().Get(id)
		if def.Type == indicator.Ratio { // made from the others
			continue
		}
		r := p.Entered.Rows[id]
		row := []sheet.Value{id, def.Title.In(lang.VI), def.Measure.In(lang.VI), nil, nil, r.Why, strings.Join(r.Claims, ", ")}
		if _, written := p.Entered.Rows[id]; written {
			row[colActual], row[colEstimate] = value(r.Actual), value(r.Estimate)
		}
		rows = append(rows, row)
	}
	rows = append(rows, []sheet.Value{rowLimitations, d.say("campaign.limitations"), nil, nil, nil, p.Entered.Limitations}, []sheet.Value{rowCauses, d.say("campaign.causes"), nil, nil, nil, p.Entered.Causes})
	s.Rows = sheet.Rows(rows)
	return sheet.Write(w, sheet.Book{Title: c.Title, Sheets: []sheet.Sheet{s}})
}

// ReadTemplate reads a filled-in workbook. Every fault of every cell comes back together, each with its place in the sheet.
func (d *Desk) ReadTemplate(ctx context.Context, c *Campaign, unit, name string, data []byte) (Entered, error) {
	book, err := read.Table(ctx, name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Entered{}, err
	}
	r := &bookReader{d: d, c: c, unit: unit, file: name, out: Entered{Rows: map[string]Row{}}, known: map[string]bool{}}
	for _, id := range d.Asks(c) {
		r.known[id] = true
	}
	for _, s := range book.Sheets {
		for _, row := range s.Rows {
			r.row(row)
		}
	}
	if !r.named {
		return Entered{}, fault.New(fault.Invalid, "campaign.book_unknown", "file", name)
	}
	return r.out, r.faults.OrNil()
}

// bookReader reads rows of a workbook.
type bookReader struct {
	d      *Desk
	c      *Campaign
	unit   string
	file   string
	out    Entered
	known  map[string]bool
	named  bool // the row that says what the workbook is for was there
	faults fault.List
}

func (r *bookReader) wrong(ref, key string, args ...any) {
	r.faults = append(r.faults, fault.New(fault.Invalid, key, append(args, "cell", ref)...))
}

// row reads one row; those above the table have no code.
func (r *bookReader) row(cells []read.Cell) {
	at := func(i int) read.Cell {
		if i < len(cells) {
			return cells[i]
		}
		return read.Cell{}
	}
	code := strings.TrimSpace(at(colCode).Text)
	switch {
	case strings.HasPrefix(code, rowCampaign+" "):
		r.named = true
		if want := rowCampaign + " " + r.c.ID + " " + r.unit; code != want {
			r.wrong(at(colCode).Ref, "campaign.book_other", "found", strings.TrimPrefix(code, rowCampaign+" "), "want", r.c.ID+" "+r.unit)
		}
	case !r.named: // the lines above the table
	case code == rowLimitations:
		r.out.Limitations = clean(at(colWhy).Text)
	case code == rowCauses:
		r.out.Causes = clean(at(colWhy).Text)
	case code == "":
		for i := colActual; i < bookColumns; i++ {
			if at(i).Text != "" {
				r.wrong(at(i).Ref, "campaign.book_no_code", "text", at(i).Text)
				break
			}
		}
	case !r.known[code]:
		r.wrong(at(colCode).Ref, "campaign.book_unknown_code", "code", code)
	default:
		r.figure(code, at)
	}
}

func (r *bookReader) figure(id string, at func(int) read.Cell) {
	if _, twice := r.out.Rows[id]; twice {
		r.wrong(at(colCode).Ref, "campaign.book_twice", "code", id)
		return
	}
	row := Row{Actual: r.number(at(colActual)), Estimate: r.number(at(colEstimate)), Why: clean(at(colWhy).Text)}
	for claim := range strings.FieldsFuncSeq(at(colRecords).Text, func(c rune) bool { return strings.ContainsRune(",;\n\t ", c) }) {
		row.Claims = append(row.Claims, claim)
	}
	if n := indicator.Of(int64(len(row.Claims))); row.Actual != indicator.NoValue && n > row.Actual && r.counts(id) {
		r.wrong(at(colRecords).Ref, "campaign.book_more_records", "n", len(row.Claims), "actual", row.Actual.String())
	}
	if row.Actual == indicator.NoValue && row.Estimate == indicator.NoValue && row.Why == "" && len(row.Claims) == 0 {
		return
	}
	r.out.Rows[id] = row
}

// counts reports whether the figure counts records one by one.
func (r *bookReader) counts(id string) bool {
	def, _ := r.d.Figures.Definitions().Get(id)
	return def.Type == indicator.Flow || def.Type == indicator.Stock
}

// number reads a cell: a spreadsheet's own number, or one typed as Vietnamese offices write it.
func (r *bookReader) number(c read.Cell) indicator.Value {
	text := strings.TrimSpace(c.Text)
	if text == "" {
		return indicator.NoValue
	}
	style := lang.NumberVI
	if c.Number {
		style = lang.NumberPlain
	}
	n, err := lang.ParseNumber(text, style)
	switch {
	case err != nil:
		r.wrong(c.Ref, "campaign.book_not_a_number", "text", text)
		return indicator.NoValue
	case n < 0:
		r.wrong(c.Ref, "campaign.book_negative", "text", text)
		return indicator.NoValue
	}
	return indicator.Value(n)
}

// Import reads a unit's workbook and hands the part in for it. Errors: those of ReadTemplate and Submit;
// campaign.not_external.
func (d *Desk) Import(ctx context.Context, id, unit, name string, data []byte, by By) (*Part, error) {
	c, p, err := d.openPart(ctx, id, unit)
	if err != nil {
		return nil, err
	}
	if !p.External {
		return nil, fault.New(fault.Invalid, "campaign.not_external")
	}
	e, err := d.ReadTemplate(ctx, c, unit, name, data)
	var list fault.List
	if errors.As(err, &list) && len(list) > maxFaults {
		return nil, append(list[:maxFaults:maxFaults], fault.New(fault.Invalid, "campaign.book_more_faults", "n", len(list)-maxFaults))
	}
	if err != nil {
		return nil, err
	}
	if p.Entered, err = d.tidy(ctx, c, p, e); err != nil {
		return nil, err
	}
	p.Imported = name
	return d.submit(ctx, c, p, by)
}

// maxFaults is how many faults of one workbook are told at once.
const maxFaults = 30
