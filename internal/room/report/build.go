package report

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Request asks for a report.
type Request struct {
	Regime  string
	Period  string
	Unit    string
	AsOf    calendar.Date // cut-off inside the period; calendar.NoDate = its end
	KnownAt int64         // ledger position; 0 = now
}

// Agency is who reports: the names that stand on the page.
type Agency struct {
	Parent    string   `json:"parent,omitempty"`    // "ỦY BAN NHÂN DÂN TỈNH …"
	Name      string   `json:"name,omitempty"`      // "Sở Khoa học và Công nghệ"
	Symbol    string   `json:"symbol,omitempty"`    // "SKHCN", in the number
	Place     string   `json:"place,omitempty"`     // place of signing
	Authority string   `json:"authority,omitempty"` // "KT. GIÁM ĐỐC", or empty
	Post      string   `json:"post,omitempty"`      // "GIÁM ĐỐC"
	Signer    string   `json:"signer,omitempty"`    // name; empty until signed
	Label     string   `json:"label,omitempty"`     // printed on every page, such as the word that figures are a sample
	Units     []string `json:"units,omitempty"`     // the unit and those below it, over which figures are summed; nil = every unit
}

// Report is a built report, before it becomes a file or a page.
type Report struct {
	Regime  *Regime
	Outline *Outline // nil for forms
	Period  calendar.Period
	Compare calendar.Period
	Unit    string
	Agency  Agency
	AsOf    calendar.Date
	KnownAt int64 // the ledger position whose state it shows
	On      calendar.Date
	Subject string

	Opening  []Paragraph
	Sections []Section
	Annexes  []Annex
	Carried  []Limitation // of the period before, with what became of them
	Figures  []Number     // every number shown, in order of first appearance

	Tables        []*Table // forms, filled or blank, in order
	Discrepancies []Discrepancy

	Frozen *Frozen

	room   *Room
	layout *document.Layout

	edition int // of its words
}

// Number is one number of the report and where it comes from: enough for a page to link it to its records.
type Number struct {
	Ref       string // as in the outline
	Indicator string
	Part      indicator.Part
	Period    string // code
	Value     indicator.Value
	Text      string
}

// Span of text; Figure is an index into Report.Figures, or -1 for plain text.
type TextSpan struct {
	Text   string
	Figure int
}

// Paragraph is spans in order; Item marks a list entry.
type Paragraph struct {
	Spans []TextSpan
	Item  bool
}

// Text is the paragraph without its links.
func (p Paragraph) Text() string {
	var b strings.Builder
	for _, s := range p.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Section is a numbered part of the review.
type Section struct {
	ID       string
	Number   string // "I", "1"
	Level    int
	Title    string
	Blocks   []Block
	Sections []Section
}

// Block is a paragraph, a table or a chart.
type Block struct {
	Paragraph *Paragraph
	Table     *FigureTable
	Chart     *FigureTable
}

// FigureTable compares this period with the one before.
type FigureTable struct {
	Title    string
	This     string // column headings
	Previous string
	Rows     []FigureRow
}

// FigureRow is one indicator; the numbers are indexes into Report.Figures, -1 where the row is a heading.
type FigureRow struct {
	Heading   string
	Label     string
	Measure   string
	This      int
	Previous  int
	Estimate  int // -1 when nothing was estimated
	Change    indicator.Value
	ChangePct indicator.Value // absent for a ratio, or when there was nothing before
}

// Annex is an appendix.
type Annex struct {
	Title string
	Table FigureTable
}

// Build computes a report. Errors: fault.NotFound for an unknown regime or outline, fault.Invalid for a
// period that the regime does not have.
func (r *Room) Build(ctx context.Context, q Request) (*Report, error) {
	return r.build(ctx, q, nil, edition)
}

// build takes the agency's names from as when given, since a frozen report keeps those it bore, and its words too.
func (r *Room) build(ctx context.Context, q Request, as *Agency, edition int) (*Report, error) {
	regime, err := r.Regimes.Get(q.Regime)
	if err != nil {
		return nil, err
	}
	period, err := regime.Period(q.Period)
	if err != nil {
		return nil, err
	}
	if q.KnownAt == 0 {
		q.KnownAt = r.ledger.Head()
	}
	layout, err := r.layoutFor(regime)
	if err != nil {
		return nil, err
	}
	rep := &Report{room: r, layout: layout, Regime: regime, Period: period, Compare: period.YearBefore(), Unit: q.Unit, AsOf: q.AsOf, KnownAt: q.KnownAt,
		On: calendar.OfTime(r.now()), edition: edition}
	if regime.Compare == "previous" {
		rep.Compare = period.Previous()
	}
	if rep.AsOf <= 0 || rep.AsOf > period.To { // the zero date is nobody's cut-off
		rep.AsOf = calendar.NoDate
	}
	switch {
	case as != nil:
		rep.Agency = *as
	case r.opts.Agency != nil:
		rep.Agency = r.opts.Agency(q.Unit, regime.Side, period.To)
		if regime.Kind == KindReview && (q.Unit != "" || regime.Side == unionSide) && rep.Agency.Name == "" && len(rep.Agency.Units) == 0 { // nobody, whose figures would be everybody's
			return nil, fault.New(fault.NotFound, "report.unknown_unit", "unit", q.Unit)
		}
	}
	if regime.Kind == KindForms {
		return rep, r.buildForms(ctx, rep)
	}
	return rep, r.buildReview(ctx, rep)
}

// layoutFor is the layout in force today, since a report on any period is issued today. The union writes as the State does.
func (r *Room) layoutFor(regime *Regime) (*document.Layout, error) {
	side := regime.Side
	if side == "" || side == unionSide {
		side = "state"
	}
	return r.layout(side, calendar.OfTime(r.now()))
}

// Period reads a period and checks that the regime has it; a bare year is the year of a yearly regime. Errors: those of
// calendar.ParsePeriod, fault.Invalid "report.period_kind".
func (regime *Regime) Period(code string) (calendar.Period, error) {
	kinds := map[calendar.PeriodKind]string{calendar.PeriodHalf: "half", calendar.PeriodYear: "year", calendar.PeriodStatistics: "statistics"}
	if len(code) == 4 && len(regime.Periods) == 1 && regime.Periods[0] == "statistics" {
		code += "-S"
	}
	p, err := calendar.ParsePeriod(code)
	if err != nil {
		return p, err
	}
	for _, want := range regime.Periods {
		if kinds[p.Kind] == want {
			return p, nil
		}
	}
	example := map[string]string{"half": "2021-H1", "year": "2021", "statistics": "2021-S"}[regime.Periods[0]]
	return p, fault.New(fault.Invalid, "report.period_kind", "regime", regime.ID, "period", code, "example", example)
}

// nextPeriod is the period whose tasks the report plans.
func nextPeriod(p calendar.Period) calendar.Period {
	year, _ := strconv.Atoi(p.Code[:4])
	code := strconv.Itoa(year + 1)
	switch {
	case strings.HasSuffix(p.Code, "-H1"):
		code = p.Code[:4] + "-H2"
	case strings.HasSuffix(p.Code, "-H2"):
		code += "-H1"
	case strings.HasSuffix(p.Code, "-S"):
		code += "-S"
	}
	next, err := calendar.ParsePeriod(code)
	if err != nil {
		return p
	}
	return next
}

// buildForms reads the regime's forms as the ledger holds them.
func (r *Room) buildForms(ctx context.Context, rep *Report) error {
	if err := r.soleUnit(ctx, rep); err != nil {
		return err
	}
	title, _ := strings.CutPrefix(rep.Regime.Title[lang.VI], "Báo cáo ")
	rep.Subject = upperFirst(title) + " năm " + rep.Period.Code[:4]
	for _, f := range r.Regimes.Forms.OfRegime(rep.Regime.ID) {
		t, err := r.Table(ctx, f, rep.Unit, rep.Period.Code, rep.KnownAt)
		if err != nil {
			return err
		}
		rep.Tables = append(rep.Tables, t)
		rep.Discrepancies = append(rep.Discrepancies, CrossFoot(t)...)
	}
	if rep.Agency.Name == "" && len(rep.Agency.Units) == 0 { // nobody, whose figures would be everybody's
		name, err := r.unitName(ctx, rep.Unit)
		if err != nil {
			return err
		}
		rep.Agency.Name = name
	}
	return nil
}

// soleUnit settles the unit of a forms report that names none: the only one that filed forms of the period.
func (r *Room) soleUnit(ctx context.Context, rep *Report) error {
	if rep.Unit != "" {
		return nil
	}
	filed, err := r.Filed(ctx, "", rep.Period.Code)
	if err != nil {
		return err
	}
	var units []string
	for _, f := range filed {
		if strings.HasPrefix(f.Form, rep.Regime.ID+"/") && !slices.Contains(units, f.Unit) {
			units = append(units, f.Unit)
		}
	}
	switch len(units) {
	case 0:
		return fault.New(fault.NotFound, "report.nothing_filed", "regime", rep.Regime.ID, "period", rep.Period.Code)
	case 1:
		rep.Unit = units[0]
		return nil
	}
	return fault.New(fault.Invalid, "report.which_unit", "units", strings.Join(units, ", "))
}

// unitName is the name that a unit's own forms gave, else its code.
func (r *Room) unitName(ctx context.Context, unit string) (string, error) {
	filed, err := r.Filed(ctx, unit, "")
	if err != nil {
		return "", err
	}
	for _, f := range filed {
		if f.UnitName != "" {
			return f.UnitName, nil
		}
	}
	return unit, nil
}
