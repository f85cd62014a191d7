package report

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// review is one review being written. A report is an official Vietnamese document whatever language its
// reader uses, so its sentences are Vietnamese; titles of sections have both.
type review struct {
	room  *Room
	rep   *Report
	now   map[string]indicator.Figure // by indicator, this period
	then  map[string]indicator.Figure // compared period
	words map[string]string           // {period}, {agency} …
	index map[string]int              // ref → Report.Figures
	notes []Note
}

func (r *Room) buildReview(ctx context.Context, rep *Report) error {
	outline, err := r.Regimes.Outline(rep.Regime.Side, rep.Period.To)
	if err != nil {
		return err
	}
	rep.Outline = outline
	w := &review{room: r, rep: rep, index: map[string]int{}}
	w.words = w.periodWords()
	if err := w.figures(); err != nil {
		return err
	}
	if w.notes, err = r.Notes(ctx, rep.Unit, rep.Period.Code, rep.KnownAt); err != nil {
		return err
	}
	if rep.Carried, err = r.Limitations(ctx, rep.Unit, rep.Period.Previous().Code, rep.Regime.Side, rep.KnownAt); err != nil {
		return err
	}
	rep.Subject = w.plain(outline.Document.Subject[lang.VI])
	for i := range outline.Document.Opening {
		if p, ok := w.sentence(&outline.Document.Opening[i]); ok {
			rep.Opening = append(rep.Opening, p)
		}
	}
	rep.Sections = w.sections(outline.Sections, 1)
	for _, a := range outline.Annexes {
		rep.Annexes = append(rep.Annexes, Annex{Title: a.Title[lang.VI], Table: w.annex(a)})
	}
	return nil
}

// periodWords are the words that templates may use beside figures.
func (w *review) periodWords() map[string]string {
	p, c, next := w.rep.Period, w.rep.Compare, nextPeriod(w.rep.Period)
	compare := c.Name(lang.VI)
	if p.Kind == calendar.PeriodHalf && c.Code[4:] == p.Code[4:] {
		compare = "cùng kỳ năm " + c.Code[:4]
	}
	to := p.To
	if w.rep.AsOf != calendar.NoDate {
		to = w.rep.AsOf
	}
	words := map[string]string{"period": p.Name(lang.VI), "compare": compare, "next": next.Name(lang.VI), "agency": w.rep.Agency.Name,
		"from": p.From.Written(), "to": to.Written()}
	if words["agency"] == "" {
		words["agency"] = w.room.text("report.this_agency")
	}
	words["NEXT"] = strings.ToUpper(words["next"])
	return words
}

// figures asks the engine once for every indicator of the outline, in both periods.
func (w *review) figures() error {
	w.now, w.then = map[string]indicator.Figure{}, map[string]indicator.Figure{}
	q := indicator.Query{Period: w.rep.Period, AsOf: w.rep.AsOf, KnownAt: w.rep.KnownAt, Units: w.rep.Agency.Units}
	before := indicator.Query{Period: w.rep.Compare, AsOf: calendar.NoDate, KnownAt: w.rep.KnownAt, Units: w.rep.Agency.Units}
	var ids []string
	for _, ref := range w.rep.Outline.Refs() {
		if !slices.Contains(ids, ref.Indicator) {
			ids = append(ids, ref.Indicator)
		}
	}
	now, err := w.room.figures.Sums(q, ids)
	if err != nil {
		return err
	}
	then, err := w.room.figures.Sums(before, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		w.now[id], w.then[id] = now[i], then[i]
	}
	return nil
}

// usual is the part that a bare reference means: what is left for a stock, what happened for the others.
func (w *review) usual(id string) indicator.Part {
	if d, ok := w.room.figures.Definitions().Get(id); ok && d.Type == indicator.Stock {
		return indicator.Closing
	}
	return indicator.Arising
}

// value is the number of a reference and the part and period it belongs to.
func (w *review) value(ref Ref) (v indicator.Value, part indicator.Part, period string) {
	f, period := w.now[ref.Indicator], w.rep.Period.Code
	part = w.usual(ref.Indicator)
	switch ref.Part {
	case "previous":
		return w.then[ref.Indicator].Get(part), part, w.rep.Compare.Code
	case "change":
		v, ok := w.change(ref.Indicator)
		if !ok {
			return indicator.NoValue, part, period
		}
		return v, part, period
	case "estimate":
		return f.Estimate, part, period
	case "target":
		return f.Target, part, period
	case "opening", "arising", "closing":
		part = indicator.Part(ref.Part)
	}
	return f.Get(part), part, period
}

// change is this period's number less the compared one's; ok is false where there was nothing to compare
// with.
func (w *review) change(id string) (indicator.Value, bool) {
	part := w.usual(id)
	now, then := w.now[id].Get(part), w.then[id].Get(part)
	if now == indicator.NoValue || !present(then) {
		return indicator.NoValue, false
	}
	return now - then, true
}

// fewCases is the count below which a percentage of change says less than the difference itself.
const fewCases = 20 * indicator.One

// changeWords says a change of an indicator against the compared period.
func (w *review) changeWords(id string) string {
	part := w.usual(id)
	if _, ok := w.change(id); !ok {
		return ""
	}
	def, _ := w.room.figures.Definitions().Get(id)
	return w.room.ChangeWords(def, w.now[id].Get(part), w.then[id].Get(part))
}

// ChangeWords says a change as official papers do: "tăng 12,5%", "giảm 03 hồ sơ", "không đổi"; empty where there was
// nothing to compare with.
func (r *Room) ChangeWords(def indicator.Definition, now, then indicator.Value) string {
	if now == indicator.NoValue || !present(then) {
		return ""
	}
	v, key := now-then, "report.change_up"
	switch {
	case v == 0:
		return r.text("report.change_none")
	case v < 0:
		key, v = "report.change_down", -v
	}
	amount := Official(v.Round(def.Places)) + " " + def.Measure.In(lang.VI)
	switch {
	case def.Type == indicator.Ratio:
		amount = lang.Decimal(lang.VI, int64(v.Round(def.Places))) + " " + r.text("report.percentage_points")
	case then >= fewCases:
		amount = lang.Decimal(lang.VI, int64(indicator.Quotient(v, then, 100, 1))) + "%"
	}
	return r.text(key, "amount", amount)
}

// Official writes a count as official papers do: a whole number under ten has two digits. Percentages are
// written plainly.
func Official(v indicator.Value) string {
	if v > 0 && v < indicator.Of(10) && v%indicator.One == 0 {
		return "0" + v.String()
	}
	return lang.Decimal(lang.VI, int64(v))
}

// number enters a reference into the report's figures and returns its index.
func (w *review) number(refText string) int {
	if i, ok := w.index[refText]; ok {
		return i
	}
	ref := ParseRef(refText)
	v, part, period := w.value(ref)
	text := Official(v)
	if def, ok := w.room.figures.Definitions().Get(ref.Indicator); ok && def.Type == indicator.Ratio {
		text = lang.Decimal(lang.VI, int64(v))
	}
	if ref.Part == "change" {
		text = w.changeWords(ref.Indicator)
	}
	w.rep.Figures = append(w.rep.Figures, Number{Ref: refText, Indicator: ref.Indicator, Part: part, Period: period, Value: v, Text: text})
	w.index[refText] = len(w.rep.Figures) - 1
	return w.index[refText]
}

func (w *review) present(refText string) bool {
	ref := ParseRef(refText)
	v, _, _ := w.value(ref)
	if ref.Part == "change" {
		return v != indicator.NoValue // no change at all is worth saying
	}
	return present(v)
}

// sentence fills a template; ok is false when it has nothing to say.
func (w *review) sentence(s *Sentence) (Paragraph, bool) {
	on := s.On
	if on == "" {
		on = gate(s.nodes)
	}
	if on != "" && !w.present(on) || s.Unless != "" && w.present(s.Unless) {
		return Paragraph{}, false
	}
	return Paragraph{Spans: w.fill(nil, s.nodes)}, true
}

func (w *review) fill(spans []TextSpan, nodes []node) []TextSpan {
	for _, n := range nodes {
		switch {
		case n.group != nil:
			if g := gate(n.group); g == "" || w.present(g) {
				spans = w.fill(spans, n.group)
			}
		case n.ref == "":
			spans = append(spans, TextSpan{n.text, -1})
		case isFigure(n.ref):
			i := w.number(n.ref)
			spans = append(spans, TextSpan{w.rep.Figures[i].Text, i})
		default:
			spans = append(spans, TextSpan{w.words[n.ref], -1})
		}
	}
	return spans
}

// plain fills a text that has words but no figures.
func (w *review) plain(text string) string {
	nodes, _ := parseTemplate(text)
	return Paragraph{Spans: w.fill(nil, nodes)}.Text()
}

func (w *review) sections(defs []SectionDef, level int) []Section {
	var out []Section
	for i, d := range defs {
		out = append(out, Section{ID: d.ID, Level: level, Number: sectionNumber(level, i), Title: w.plain(d.Title[lang.VI]),
			Blocks: w.blocks(d), Sections: w.sections(d.Sections, level+1)})
	}
	return out
}

func sectionNumber(level, i int) string {
	if level > 1 {
		return integer(i + 1)
	}
	return []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}[i%12]
}

func (w *review) blocks(d SectionDef) []Block {
	var out []Block
	said := false
	for i := range d.Blocks {
		b := &d.Blocks[i]
		var blocks []Block
		switch {
		case b.Table != nil:
			blocks = w.table(*b.Table, true)
		case b.Chart != nil:
			blocks = w.table(*b.Chart, false)
		case b.Noted != "":
			blocks = w.noted(b.Noted, d.ID)
		default:
			blocks = w.sentences(b.Sentences)
		}
		said = said || len(blocks) > 0
		if len(blocks) == 0 && b.None != nil && !(b.Noted != "" && said) {
			blocks = []Block{{Paragraph: &Paragraph{Spans: []TextSpan{{w.plain(b.None[lang.VI]), -1}}}}}
		}
		out = append(out, blocks...)
	}
	itemise(out)
	return out
}

// itemise makes a list of paragraphs that follow one another; one alone is a paragraph.
func itemise(blocks []Block) {
	for i := 0; i < len(blocks); i++ {
		end := i
		for end < len(blocks) && blocks[end].Paragraph != nil {
			end++
		}
		for k := i; k < end; k++ {
			blocks[k].Paragraph.Item = end-i > 1
		}
		i = max(i, end-1)
	}
}

func (w *review) sentences(list []Sentence) []Block {
	var out []Block
	for i := range list {
		if p, ok := w.sentence(&list[i]); ok {
			out = append(out, Block{Paragraph: &p})
		}
	}
	return out
}

// noted lists what people recorded.
func (w *review) noted(kind, section string) []Block {
	var out []Block
	add := func(text string) {
		out = append(out, Block{Paragraph: &Paragraph{Spans: []TextSpan{{text, -1}}}})
	}
	if kind == NoteCarried {
		for i := range w.rep.Carried {
			add(w.carriedText(&w.rep.Carried[i]))
		}
		return out
	}
	for _, n := range w.notes {
		if n.Kind == kind && n.Side == w.rep.Regime.Side && (n.Section == "" || n.Section == section) {
			add(n.Text)
		}
	}
	return out
}

// table makes a table or chart; one whose rows have no number in either period is left out.
func (w *review) table(def RowsDef, asTable bool) []Block {
	t := &FigureTable{Title: def.Title[lang.VI], This: upperFirst(w.words["period"]), Previous: upperFirst(w.words["compare"])}
	any := false
	for _, id := range def.Rows {
		row := w.row(id)
		any = any || present(w.rep.Figures[row.This].Value) || present(w.rep.Figures[row.Previous].Value)
		t.Rows = append(t.Rows, row)
	}
	if !any {
		return nil
	}
	if asTable {
		return []Block{{Table: t}}
	}
	return []Block{{Chart: t}}
}

func (w *review) annex(a AnnexDef) FigureTable {
	t := FigureTable{Title: a.Title[lang.VI], This: upperFirst(w.words["period"]), Previous: upperFirst(w.words["compare"])}
	for _, g := range a.Groups {
		t.Rows = append(t.Rows, FigureRow{Heading: g.Title[lang.VI], This: -1, Previous: -1, Estimate: -1})
		for _, id := range g.Rows {
			t.Rows = append(t.Rows, w.row(id))
		}
	}
	return t
}

// row is one indicator beside the period compared with. Both numbers are rounded before they are
// subtracted, so that the printed difference is the difference of the printed numbers.
func (w *review) row(refText string) FigureRow {
	ref := ParseRef(refText)
	def, _ := w.room.figures.Definitions().Get(ref.Indicator)
	row := FigureRow{Label: def.Title.In(lang.VI), Measure: def.Measure.In(lang.VI), This: w.number(refText), Estimate: -1,
		Change: indicator.NoValue, ChangePct: indicator.NoValue}
	if ref.Part == "opening" {
		row.Label = w.room.text("report.at_opening", "label", row.Label)
		row.Previous = w.before(ref, indicator.Opening)
	} else {
		row.Previous = w.number(ref.Indicator + ".previous")
	}
	if present(w.now[ref.Indicator].Estimate) && ref.Part == "" {
		row.Estimate = w.number(ref.Indicator + ".estimate")
	}
	now, then := w.rep.Figures[row.This].Value.Round(def.Places), w.rep.Figures[row.Previous].Value.Round(def.Places)
	if now != indicator.NoValue && then != indicator.NoValue {
		row.Change = now - then
		if then > 0 && def.Type != indicator.Ratio {
			row.ChangePct = indicator.Quotient(now-then, then, 100, 1)
		}
	}
	return row
}

// before enters another part of the compared period.
func (w *review) before(ref Ref, part indicator.Part) int {
	key := ref.Indicator + ".previous/" + string(part)
	if i, ok := w.index[key]; ok {
		return i
	}
	v := w.then[ref.Indicator].Get(part)
	w.rep.Figures = append(w.rep.Figures, Number{Ref: key, Indicator: ref.Indicator, Part: part, Period: w.rep.Compare.Code, Value: v, Text: Official(v)})
	w.index[key] = len(w.rep.Figures) - 1
	return w.index[key]
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[0])) + string(r[1:])
}
