package campaign

import (
	"context"
	"maps"
	"slices"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
)

// Prefilled is a line of a part as its records give it now, with what was written beside it.
type Prefilled struct {
	Line
	Definition indicator.Definition
	Records    []string        // streams, by the index in Line.Of; only where asked for
	Must       bool            // the move must be explained
	Moved      indicator.Value // by so much against the period compared: of the estimate, where there is one for the whole period
	Own        indicator.Value // without claims
}

// Explained reports whether nothing is missing.
func (p *Prefilled) Explained() bool { return !p.Must || p.Why != "" }

// Blank reports whether the line says nothing.
func (p *Prefilled) Blank() bool {
	zero := func(v indicator.Value) bool { return v == indicator.NoValue || v == 0 }
	return zero(p.Actual) && zero(p.Previous) && zero(p.Estimate) && p.Why == ""
}

// Asks are the figures that a campaign asks of its units, in its order: those that its outline says units hand in.
func (d *Desk) Asks(c *Campaign) []string {
	now, _, err := d.periods(c)
	if err != nil {
		return c.Figures
	}
	outline, err := d.Reports.Regimes.Outline(string(c.Side), now.To)
	if err != nil { // its outline is gone: nothing says what is not asked
		return c.Figures
	}
	return slices.DeleteFunc(slices.Clone(c.Figures), func(id string) bool { return !outline.AsksFor(id) })
}

// Prefill computes every line of a part from the unit's records of now, in the campaign's order.
func (d *Desk) Prefill(ctx context.Context, c *Campaign, p *Part) ([]Prefilled, error) {
	now, then, err := d.periods(c)
	if err != nil {
		return nil, err
	}
	asks := d.Asks(c)
	q := indicator.Query{Period: now, AsOf: c.AsOf, Units: p.Covers}
	current, err := d.Figures.Sums(q, asks)
	if err != nil {
		return nil, err
	}
	before, err := d.Figures.Sums(indicator.Query{Period: then, AsOf: sameDay(c, now, then), Units: p.Covers}, asks)
	if err != nil {
		return nil, err
	}
	out := make([]Prefilled, len(asks))
	for i, id := range asks {
		def, _ := d.Figures.Definitions().Get(id)
		part := d.Figures.Definitions().MainPart(id)
		row, written := p.Entered.Rows[id]
		if !written {
			row = Row{Actual: indicator.NoValue, Estimate: indicator.NoValue}
		}
		line := Line{Indicator: id, Actual: current[i].Get(part), Previous: before[i].Get(part), Estimate: row.Estimate, Why: row.Why}
		if p.External {
			line.Actual, line.Previous = row.Actual, indicator.NoValue
		}
		out[i] = Prefilled{Line: line, Definition: def, Own: line.Actual}
		if len(row.Claims) > 0 && !p.External {
			shares, err := d.claimed(ctx, c, p, id, row.Claims)
			if err != nil {
				return nil, err
			}
			for _, s := range shares {
				out[i].Actual = out[i].Actual.Add(s.value)
			}
		}
		out[i].compare(c)
	}
	return out, nil
}

// compare says how far a line moved, and whether that must be explained. A report that is due before its period ends holds the
// actual number to date and an estimate of the whole: the period before, being whole, is compared with the estimate.
func (p *Prefilled) compare(c *Campaign) {
	now := p.Actual
	if c.AsOf == calendar.NoDate && p.Estimate != indicator.NoValue {
		now = p.Estimate
	}
	p.Moved = indicator.NoValue
	if p.Previous != indicator.NoValue && now != indicator.NoValue {
		p.Moved = now - p.Previous
	}
	p.Must = p.Definition.Type != indicator.Ratio && c.Explain.Moved(p.Previous, now)
}

// share is what one record adds to a line.
type share struct {
	stream   string
	value    indicator.Value
	unit     string // that its last event counts for
	position int64  // of that event
}

// most is how many records of one line are compared with other units'.
const most = 20_000

// countable reports whether an indicator is made of records that two units could both count.
func countable(def indicator.Definition) bool {
	return def.Type != indicator.Ratio && def.Type != indicator.Manual && def.Type != indicator.Distinct
}

// recordsOf lists what a figure of some units is made of, by stream: what a stock took in and gave out again cancels out.
// complete is false where there were more than most.
func (d *Desk) recordsOf(ctx context.Context, c *Campaign, id string, units []string, streams map[int64]string) (out []share, complete bool, err error) {
	def, ok := d.Figures.Definitions().Get(id)
	if !ok || !countable(def) {
		return nil, true, nil
	}
	now, _, err := d.periods(c)
	if err != nil {
		return nil, false, err
	}
	part := d.Figures.Definitions().MainPart(id)
	records, err := d.Figures.ChangedSince(indicator.Query{Period: now, AsOf: c.AsOf, Units: units}, id, 0) // all of them, without their titles
	if err != nil {
		return nil, false, err
	}
	if part != indicator.Closing {
		records = slices.DeleteFunc(records, func(r indicator.Record) bool { return r.Part != indicator.Arising })
	}
	if len(records) > most {
		return nil, false, nil
	}
	sums := map[string]*share{}
	var order []*share
	err = d.l.About(ctx, streams, func(yield func(int64) bool) {
		for i := 0; i < len(records) && yield(records[i].Position); i++ {
		}
	})
	if err != nil {
		return nil, false, err
	}
	for _, r := range records {
		s := sums[streams[r.Position]]
		if s == nil {
			s = &share{stream: streams[r.Position]}
			sums[s.stream] = s
			order = append(order, s)
		}
		s.value += r.Value
		s.unit, s.position = r.Unit, r.Position
	}
	for _, s := range order {
		if s.value != 0 {
			out = append(out, *s)
		}
	}
	return out, true, nil
}

// claimed finds the records that a unit counts besides its own. Error: campaign.unknown_record.
func (d *Desk) claimed(ctx context.Context, c *Campaign, p *Part, id string, claims []string) ([]share, error) {
	all, _, err := d.recordsOf(ctx, c, id, c.Scope, map[int64]string{})
	if err != nil {
		return nil, err
	}
	own, _, err := d.recordsOf(ctx, c, id, p.Covers, map[int64]string{})
	if err != nil {
		return nil, err
	}
	var out []share
	for _, claim := range claims {
		named := func(s share) bool { return strings.EqualFold(Key(s.stream), Key(claim)) }
		i := slices.IndexFunc(all, named)
		if i < 0 {
			def, _ := d.Figures.Definitions().Get(id)
			return nil, fault.New(fault.Invalid, "campaign.unknown_record", "record", claim, "figure", def.Title)
		}
		if !slices.ContainsFunc(own, named) { // one's own is counted already
			out = append(out, all[i])
		}
	}
	return out, nil
}

// openPart reads a part in which something is to be written, with its campaign.
func (d *Desk) openPart(ctx context.Context, id, unit string) (*Campaign, *Part, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, nil, err
	}
	p, err := d.Part(ctx, id, unit)
	if err == nil && p.Stage == Submitted {
		err = fault.New(fault.Conflict, "campaign.already_in", "on", p.On)
	}
	return c, p, err
}

func (d *Desk) writePart(ctx context.Context, p *Part, by By, kind string, f partFact) (*Part, error) {
	if by.Expect == 0 {
		by.Expect = p.Version
	}
	_, err := d.l.Append(ctx, ledger.Command{Stream: partStream(p.Campaign, p.Unit), Expect: by.Expect, Actor: by.Actor, Unit: p.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: d.Today(), Data: f}}})
	if err != nil {
		return nil, err
	}
	return d.Part(ctx, p.Campaign, p.Unit)
}

// Save keeps what was written in a part that is not in yet. Errors: campaign.wrong_stage, campaign.already_in,
// campaign.unknown_figure, campaign.unknown_record.
func (d *Desk) Save(ctx context.Context, id, unit string, e Entered, by By) (*Part, error) {
	c, p, err := d.openPart(ctx, id, unit)
	if err != nil {
		return nil, err
	}
	if e, err = d.tidy(ctx, c, p, e); err != nil {
		return nil, err
	}
	return d.writePart(ctx, p, by, kindSaved, partFact{Entered: &e})
}

// tidy checks what was written and leaves out rows that say nothing.
func (d *Desk) tidy(ctx context.Context, c *Campaign, p *Part, e Entered) (Entered, error) {
	out, asks := Entered{Limitations: clean(e.Limitations), Causes: clean(e.Causes), Rows: map[string]Row{}}, d.Asks(c)
	for _, id := range slices.Sorted(maps.Keys(e.Rows)) {
		r := e.Rows[id]
		if !slices.Contains(asks, id) {
			return e, fault.New(fault.Invalid, "campaign.unknown_figure", "id", id)
		}
		if r.Why = clean(r.Why); !p.External {
			r.Actual = indicator.NoValue
			if len(r.Claims) > 0 {
				if _, err := d.claimed(ctx, c, p, id, r.Claims); err != nil {
					return e, err
				}
			}
		}
		if r.Actual == indicator.NoValue && r.Estimate == indicator.NoValue && r.Why == "" && len(r.Claims) == 0 {
			continue
		}
		out.Rows[id] = r
	}
	return out, nil
}

func clean(text string) string {
	return lang.NFC(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")))
}

// Submit hands a part in as its records stand now. Errors: those of Save; campaign.unexplained, campaign.no_causes.
func (d *Desk) Submit(ctx context.Context, id, unit string, by By) (*Part, error) {
	c, p, err := d.openPart(ctx, id, unit)
	if err != nil {
		return nil, err
	}
	return d.submit(ctx, c, p, by)
}

func (d *Desk) submit(ctx context.Context, c *Campaign, p *Part, by By) (*Part, error) {
	p.KnownAt = d.l.Head()
	lines, err := d.Prefill(ctx, c, p)
	if err != nil {
		return nil, err
	}
	var missing []string
	for i := range lines {
		if !lines[i].Explained() {
			missing = append(missing, lines[i].Definition.Title.In(lang.VI))
		}
	}
	if len(missing) > 0 {
		return nil, fault.New(fault.Invalid, "campaign.unexplained", "n", len(missing), "figures", strings.Join(missing, "; "), "percent", c.Explain.Percent)
	}
	if p.Entered.Limitations != "" && p.Entered.Causes == "" {
		return nil, fault.New(fault.Invalid, "campaign.no_causes")
	}
	if err := d.count(ctx, c, p, lines); err != nil {
		return nil, err
	}
	return d.writePart(ctx, p, by, kindSubmitted, partFact{Part: p})
}

// count sets the part's lines, with the records that each counts.
func (d *Desk) count(ctx context.Context, c *Campaign, p *Part, lines []Prefilled) error {
	p.Lines, p.Records = nil, nil
	index, streams := map[string]int{}, map[int64]string{}
	for i := range lines {
		l := lines[i].Line
		if lines[i].Blank() && l.Actual == indicator.NoValue {
			continue
		}
		shares, complete, err := d.sharesOf(ctx, c, p, &lines[i], streams)
		if err != nil {
			return err
		}
		l.Unlisted = !complete
		for _, s := range shares {
			at, known := index[s.stream]
			if !known {
				at = len(p.Records)
				index[s.stream] = at
				p.Records = append(p.Records, s.stream)
			}
			l.Of = append(l.Of, Share{int64(at), int64(s.value)})
		}
		p.Lines = append(p.Lines, l)
	}
	return nil
}

// sharesOf are the records of one line: the unit's own, and those that it claims.
func (d *Desk) sharesOf(ctx context.Context, c *Campaign, p *Part, line *Prefilled, streams map[int64]string) ([]share, bool, error) {
	claims := p.Entered.Rows[line.Indicator].Claims
	if line.Actual == 0 || line.Actual == indicator.NoValue { // nothing that another unit could count too
		return nil, true, nil
	}
	if p.External {
		var out []share
		for _, claim := range claims {
			out = append(out, share{stream: claim, value: indicator.One})
		}
		return out, true, nil
	}
	own, complete, err := d.recordsOf(ctx, c, line.Indicator, p.Covers, streams)
	if err != nil || len(claims) == 0 {
		return own, complete, err
	}
	more, err := d.claimed(ctx, c, p, line.Indicator, claims)
	return append(own, more...), complete, err
}

// Return gives a part back to its unit. Errors: campaign.wrong_stage, campaign.not_in, campaign.no_reason.
func (d *Desk) Return(ctx context.Context, id, unit, reason string, by By) (*Part, error) {
	if _, err := d.step(ctx, id, Collecting, Commenting); err != nil {
		return nil, err
	}
	p, err := d.Part(ctx, id, unit)
	if err != nil {
		return nil, err
	}
	if p.Stage != Submitted {
		return nil, fault.New(fault.Conflict, "campaign.not_in")
	}
	if reason, err = need(reason, "campaign.no_reason"); err != nil {
		return nil, err
	}
	return d.writePart(ctx, p, by, kindReturned, partFact{Reason: reason})
}

// sameDay is the cut-off in the period compared with, as far from its end as the campaign's own.
func sameDay(c *Campaign, now, then calendar.Period) calendar.Date {
	if c.AsOf == calendar.NoDate {
		return calendar.NoDate
	}
	return then.To - (now.To - c.AsOf)
}
