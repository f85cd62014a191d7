package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/report"
)

// Draft is the report's text with its figures as they are now.
type Draft struct {
	X        *Consolidated
	Report   *report.Report // the regime's own report: heading, outline, tables
	Sections []Section
	Problems fault.List // tokens that name no figure, each with its place
}

// Section is a numbered part of the text.
type Section struct {
	ID      string
	Number  string
	Level   int
	Title   string
	Text    string // as it is edited: figures as tokens
	Written bool   // by somebody; else drafted from the outline
	Lines   []Words
	Tables  []report.FigureTable
}

// Words is one paragraph: plain words and figures in turn.
type Words []Span

// Span is a piece of a paragraph; Figure is what it quotes, "" for plain words.
type Span struct {
	Text   string
	Figure string
	Part   string
}

// String is the paragraph as it is printed.
func (w Words) String() string {
	var b strings.Builder
	for _, s := range w {
		b.WriteString(s.Text)
	}
	return b.String()
}

// token quotes a figure: {{mission.accepted}}, {{mission.accepted.previous}}.
var token = regexp.MustCompile(`\{\{([^{}\n]*)\}\}|\{\{|\}\}`)

// Quotes are the parts of a figure that a token may name beside those of an outline: what the units handed in before
// double counts were taken off, the agency's own count, and the year before.
var Quotes = []string{"previous", "lastyear", "change", "estimate", "target", "units", "own"}

// Draft writes the report as it stands, as known at a position (0 = now).
func (d *Desk) Draft(ctx context.Context, id string, knownAt int64) (*Draft, error) {
	x, err := d.Consolidate(ctx, id, knownAt)
	if err != nil {
		return nil, err
	}
	c := x.Campaign
	rep, err := d.Reports.Build(ctx, report.Request{Regime: c.Regime, Period: c.Period, Unit: d.reportUnit(ctx, c.Unit), AsOf: c.AsOf, KnownAt: x.KnownAt})
	if err != nil {
		return nil, err
	}
	f := &Draft{X: x, Report: rep}
	f.collect(rep.Sections, rep.Outline.Sections, c)
	w := &writer{d: d, x: x, rep: rep}
	for i := range f.Sections {
		w.section(f, &f.Sections[i])
	}
	return f, nil
}

// collect flattens the outline's sections; those that nobody wrote are drafted.
func (f *Draft) collect(sections []report.Section, defs []report.SectionDef, c *Campaign) {
	for i, s := range sections {
		out := Section{ID: s.ID, Number: s.Number, Level: s.Level, Title: s.Title}
		for _, b := range s.Blocks {
			switch {
			case b.Table != nil:
				out.Tables = append(out.Tables, *b.Table)
			case b.Chart == nil:
				out.Text += f.drafted(b.Paragraph) + "\n"
			}
		}
		out.Text = strings.TrimSpace(out.Text + f.fromUnits(defs[i]))
		if text, ok := c.Sections[s.ID]; ok {
			out.Text, out.Written = text, true
		}
		f.Sections = append(f.Sections, out)
		f.collect(s.Sections, defs[i].Sections, c)
	}
}

// drafted turns a paragraph of the outline into text with tokens.
func (f *Draft) drafted(p *report.Paragraph) string {
	var b strings.Builder
	if p.Item {
		b.WriteString("- ")
	}
	for _, s := range p.Spans {
		if s.Figure < 0 {
			b.WriteString(s.Text)
		} else {
			b.WriteString("{{" + f.Report.Figures[s.Figure].Ref + "}}")
		}
	}
	return b.String()
}

// fromUnits adds what the units wrote to the section that asks for limitations or causes.
func (f *Draft) fromUnits(def report.SectionDef) string {
	var b strings.Builder
	for _, block := range def.Blocks {
		for _, p := range f.X.Parts {
			text := map[string]string{"limitation": p.Entered.Limitations, "cause": p.Entered.Causes}[block.Noted]
			if text == "" || p.Stage != Submitted {
				continue
			}
			for line := range strings.SplitSeq(text, "\n") {
				if line = strings.TrimSpace(line); line != "" {
					b.WriteString("- " + strings.TrimPrefix(line, "- ") + "\n")
				}
			}
		}
	}
	return b.String()
}

// writer puts figures into words.
type writer struct {
	d   *Desk
	x   *Consolidated
	rep *report.Report
}

// section fills a section's tokens, and notes those that name nothing.
func (w *writer) section(f *Draft, s *Section) {
	for n, line := range strings.Split(s.Text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var words Words
		at := 0
		for _, m := range token.FindAllStringSubmatchIndex(line, -1) {
			if m[0] > at {
				words = append(words, Span{Text: line[at:m[0]]})
			}
			at = m[1]
			place := []any{"section", s.Number + ". " + s.Title, "line", n + 1, "column", utf8.RuneCountInString(line[:m[0]]) + 1}
			if m[2] < 0 {
				f.Problems = append(f.Problems, fault.New(fault.Invalid, "campaign.broken_token", place...))
				continue
			}
			ref := strings.TrimSpace(line[m[2]:m[3]])
			span, ok := w.quote(ref)
			if !ok {
				f.Problems = append(f.Problems, fault.New(fault.Invalid, "campaign.unknown_token", append(place, "token", ref, "near", w.nearest(ref))...))
				span = Span{Text: line[m[0]:m[1]]}
			}
			words = append(words, span)
		}
		if at < len(line) {
			words = append(words, Span{Text: line[at:]})
		}
		s.Lines = append(s.Lines, words)
	}
}

// nearest is the figure that a misspelt token may mean, "" for none.
func (w *writer) nearest(ref string) string { return defs.Nearest(ref, w.x.Campaign.Figures) }

// quote is the number that a token names. The bare name is the consolidated total; figures that the campaign did not ask
// for are the agency's own.
func (w *writer) quote(ref string) (Span, bool) {
	r := report.ParseRef(ref)
	if i := strings.LastIndexByte(ref, '.'); i > 0 && slices.Contains(Quotes, ref[i+1:]) {
		r = report.Ref{Indicator: ref[:i], Part: ref[i+1:]}
	}
	def, ok := w.d.Figures.Definitions().Get(r.Indicator)
	if !ok {
		return Span{}, false
	}
	span := Span{Figure: r.Indicator, Part: r.Part}
	s := w.x.Sum(r.Indicator)
	if s == nil || r.Part == "opening" || r.Part == "closing" || r.Part == "arising" {
		v, ok := w.own(r)
		if !ok {
			return Span{}, false
		}
		span.Text = printed(def, v)
		return span, true
	}
	if r.Part == "change" {
		if span.Text = w.d.Reports.ChangeWords(def, s.best(), w.compared(s)); span.Text == "" {
			span.Text = "–"
		}
		return span, true
	}
	span.Text = printed(def, map[string]indicator.Value{"": s.best(), "previous": w.compared(s), "lastyear": s.LastYear, "estimate": s.Estimate,
		"target": s.Target, "units": s.Units, "own": s.Own}[r.Part])
	return span, true
}

// best is the total, or the agency's own count where no unit gave the figure.
func (s *Sum) best() indicator.Value {
	if s.Total == indicator.NoValue {
		return s.Own
	}
	return s.Total
}

// compared is the number of the period that the regime compares with.
func (w *writer) compared(s *Sum) indicator.Value {
	if w.rep.Regime.Compare == "previous" {
		return s.Previous
	}
	return s.LastYear
}

// own is a number of the agency's own figures.
func (w *writer) own(r report.Ref) (indicator.Value, bool) {
	c := w.x.Campaign
	now, then, err := w.d.periods(c)
	if err != nil {
		return indicator.NoValue, false
	}
	q := indicator.Query{Period: now, AsOf: c.AsOf, KnownAt: w.x.KnownAt, Units: c.Scope}
	if r.Part == "previous" {
		q.Period, q.AsOf = then, sameDay(c, now, then)
	}
	f, err := w.d.Figures.Figure(q, r.Indicator)
	if err != nil {
		return indicator.NoValue, false
	}
	switch r.Part {
	case "estimate":
		return f.Estimate, true
	case "target":
		return f.Target, true
	case "opening", "arising", "closing":
		return f.Get(indicator.Part(r.Part)), true
	}
	return f.Get(w.d.Figures.Definitions().MainPart(r.Indicator)), true
}

// printed is a number as official papers write it; an absent one is a dash.
func printed(def indicator.Definition, v indicator.Value) string {
	switch {
	case v == indicator.NoValue:
		return "–"
	case def.Type == indicator.Ratio:
		return lang.Decimal(lang.VI, int64(v))
	}
	return report.Official(v)
}

// Digest names what the report says: whoever signs, signs it.
func (f *Draft) Digest() string {
	words := []string{}
	for _, s := range f.Sections {
		words = append(words, s.Number, s.Title)
		for _, l := range s.Lines {
			words = append(words, l.String())
		}
	}
	raw, _ := json.Marshal(struct { // of numbers and strings: cannot fail
		Words   []string `json:"words"`
		Sums    []Sum    `json:"sums"`
		Doubles []Double `json:"doubles"`
	}{words, f.X.Sums, f.X.Doubles})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Write keeps one section's text; an empty one goes back to the outline's draft of a blank section. A text with a token that
// names no figure is refused, so that nothing wrong is kept unnoticed. Errors: campaign.wrong_stage,
// campaign.unknown_section, the fault.List of campaign.unknown_token and campaign.broken_token.
func (d *Desk) Write(ctx context.Context, id, section, text string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, err
	}
	f, err := d.Draft(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(f.Sections, func(s Section) bool { return s.ID == section })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "campaign.unknown_section", "section", section)
	}
	s := Section{ID: section, Number: f.Sections[i].Number, Title: f.Sections[i].Title, Text: clean(text)}
	check := &Draft{}
	(&writer{d: d, x: f.X, rep: f.Report}).section(check, &s)
	if len(check.Problems) > 0 {
		return nil, check.Problems
	}
	return d.write(ctx, c, by, kindWritten, fact{Section: section, Text: s.Text})
}

// dayOr is a day, or another where it is none.
func dayOr(d, other calendar.Date) calendar.Date {
	if d <= 0 || d == calendar.NoDate {
		return other
	}
	return d
}
