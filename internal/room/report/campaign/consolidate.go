package campaign

import (
	"cmp"
	"context"
	"hash/maphash"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Sum is one figure over all parts that are in, beside the agency's own count.
type Sum struct {
	Indicator string          `json:"indicator"`
	Units     indicator.Value `json:"units"`   // as handed in, added up
	Doubled   indicator.Value `json:"doubled"` // taken off: counted by several, settled for one
	Total     indicator.Value `json:"total"`   // Units less Doubled; a ratio is that of the totals
	Own       indicator.Value `json:"own"`     // from the records of the whole agency
	Estimate  indicator.Value `json:"estimate"`
	Previous  indicator.Value `json:"previous"`  // the agency's own, in the period just before
	LastYear  indicator.Value `json:"last_year"` // and in the same period of the year before
	Target    indicator.Value `json:"target"`
	Open      int             `json:"open"` // records counted by several and not settled
	In        int             `json:"in"`   // parts that gave the figure
}

// Apart is how far the agency's own count is from the units' total.
func (s *Sum) Apart() indicator.Value {
	if s.Own == indicator.NoValue || s.Total == indicator.NoValue {
		return indicator.NoValue
	}
	return s.Own - s.Total
}

// Against is the total less another number, absent where one of the two is.
func (s *Sum) Against(other indicator.Value) indicator.Value {
	if s.Total == indicator.NoValue || other == indicator.NoValue {
		return indicator.NoValue
	}
	return s.Total - other
}

// Held is what one unit counted of a record.
type Held struct {
	Unit  string          `json:"unit"`
	Value indicator.Value `json:"value"`
}

// Double is a record that several units counted in one figure.
type Double struct {
	Indicator  string      `json:"indicator"`
	Record     string      `json:"record"` // stream, as the first unit names it
	Held       []Held      `json:"held"`
	Settlement *Settlement `json:"settlement,omitempty"` // nil = open
}

// Key names the double count in the campaign's settlements.
func (x *Double) Key() string { return x.Indicator + " " + Key(x.Record) }

// Off is what a settlement takes off the sum: the shares of all units but the one that keeps the record.
func (x *Double) Off() indicator.Value {
	var off indicator.Value
	if x.Settlement == nil {
		return 0
	}
	for _, h := range x.Held {
		if h.Unit != x.Settlement.Unit {
			off += h.Value
		}
	}
	return off
}

// Consolidated is a campaign's parts added up.
type Consolidated struct {
	Campaign *Campaign
	Parts    []*Part // with their lines where they are in
	Sums     []Sum   // in the campaign's order
	Doubles  []Double
	KnownAt  int64
}

// Open counts the double counts that are not settled.
func (x *Consolidated) Open() int {
	n := 0
	for i := range x.Doubles {
		if x.Doubles[i].Settlement == nil {
			n++
		}
	}
	return n
}

// Missing lists the units whose part is not in.
func (x *Consolidated) Missing() []string {
	var out []string
	for _, p := range x.Parts {
		if p.Stage != Submitted {
			out = append(out, p.Unit)
		}
	}
	return out
}

// Sum is the sum of an indicator, nil for none.
func (x *Consolidated) Sum(id string) *Sum {
	if i := slices.IndexFunc(x.Sums, func(s Sum) bool { return s.Indicator == id }); i >= 0 {
		return &x.Sums[i]
	}
	return nil
}

// Consolidate adds up the parts that are in, with the agency's own figures as known at a position (0 = now).
func (d *Desk) Consolidate(ctx context.Context, id string, knownAt int64) (*Consolidated, error) {
	c, err := d.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if knownAt == 0 {
		knownAt = d.l.Head()
	}
	x := &Consolidated{Campaign: c, KnownAt: knownAt}
	if x.Parts, err = d.whole(ctx, id); err != nil {
		return nil, err
	}
	x.Doubles = doubles(c, x.Parts)
	x.add()
	return x, d.beside(x)
}

// whole reads all parts with their lines; decoding those of hundreds of units is shared among the processors.
func (d *Desk) whole(ctx context.Context, id string) ([]*Part, error) {
	parts, err := d.Parts(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := store.All(ctx, d.db, scanLines, listLines, id)
	if err != nil {
		return nil, err
	}
	byUnit := make(map[string]*Part, len(parts))
	for _, p := range parts {
		byUnit[p.Unit] = p
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, row := range rows {
		if p := byUnit[row.unit]; p != nil && p.Stage == Submitted {
			group.Go(func() error { return p.fill(row.data) })
		}
	}
	return parts, group.Wait()
}

// doubles finds the records that several parts count in one figure, in the order of figures and records.
func doubles(c *Campaign, parts []*Part) []Double {
	shared := sharedRecords(parts)
	if len(shared) == 0 {
		return nil
	}
	type place struct{ indicator, key string }
	found := map[place]*Double{}
	for _, p := range parts {
		for i := range p.Lines {
			l := &p.Lines[i]
			for _, s := range l.Of {
				stream := p.Records[s[0]]
				key := Key(stream)
				if !shared[key] {
					continue
				}
				x := found[place{l.Indicator, key}]
				if x == nil {
					x = &Double{Indicator: l.Indicator, Record: stream}
					found[place{l.Indicator, key}] = x
				}
				x.Held = append(x.Held, Held{p.Unit, indicator.Value(s[1])})
			}
		}
	}
	order := make(map[string]int, len(c.Figures))
	for i, id := range c.Figures {
		order[id] = i
	}
	var out []Double
	for _, x := range found {
		if len(x.Held) < 2 {
			continue
		}
		if s, ok := c.Settled[x.Key()]; ok && slices.ContainsFunc(x.Held, func(h Held) bool { return h.Unit == s.Unit }) {
			x.Settlement = &s
		}
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Double) int {
		return cmp.Or(cmp.Compare(order[a.Indicator], order[b.Indicator]), cmp.Compare(a.Record, b.Record))
	})
	return out
}

// sharedRecords are the keys of records that more than one part names. Each processor looks at its share of the keys.
func sharedRecords(parts []*Part) map[string]bool {
	n := 0
	for _, p := range parts {
		n += len(p.Records)
	}
	seed, shards := maphash.MakeSeed(), runtime.GOMAXPROCS(0)
	found := make([][]string, shards)
	var group errgroup.Group
	for s := range shards {
		group.Go(func() error {
			first := make(map[string]int32, n/shards)
			for i, p := range parts {
				for _, stream := range p.Records {
					key := Key(stream)
					if shards > 1 && maphash.String(seed, key)%uint64(shards) != uint64(s) {
						continue
					}
					if at, seen := first[key]; !seen {
						first[key] = int32(i)
					} else if at != int32(i) {
						found[s] = append(found[s], key)
					}
				}
			}
			return nil
		})
	}
	_ = group.Wait() // none fails
	shared := map[string]bool{}
	for _, keys := range found {
		for _, key := range keys {
			shared[key] = true
		}
	}
	return shared
}

// add sums the lines and takes off what was settled.
func (x *Consolidated) add() {
	index := make(map[string]int, len(x.Campaign.Figures))
	x.Sums = make([]Sum, len(x.Campaign.Figures))
	for i, id := range x.Campaign.Figures {
		index[id] = i
		x.Sums[i] = Sum{Indicator: id, Units: indicator.NoValue, Total: indicator.NoValue, Own: indicator.NoValue, Estimate: indicator.NoValue,
			Previous: indicator.NoValue, LastYear: indicator.NoValue, Target: indicator.NoValue}
	}
	expected := make([]indicator.Value, len(x.Sums)) // what each unit expects: its estimate, else its actual figure
	guessed := make([]bool, len(x.Sums))
	for i := range expected {
		expected[i] = indicator.NoValue
	}
	for _, p := range x.Parts {
		for i := range p.Lines {
			l := &p.Lines[i]
			at, ok := index[l.Indicator]
			if !ok {
				continue
			}
			x.Sums[at].Units = x.Sums[at].Units.Add(l.Actual)
			x.Sums[at].In++
			if l.Estimate != indicator.NoValue {
				guessed[at], expected[at] = true, expected[at].Add(l.Estimate)
			} else {
				expected[at] = expected[at].Add(l.Actual)
			}
		}
	}
	for i := range x.Doubles {
		s := &x.Sums[index[x.Doubles[i].Indicator]]
		s.Doubled += x.Doubles[i].Off()
		if x.Doubles[i].Settlement == nil {
			s.Open++
		}
	}
	for i := range x.Sums {
		if s := &x.Sums[i]; s.Units != indicator.NoValue {
			s.Total = s.Units - s.Doubled
		}
		if guessed[i] {
			x.Sums[i].Estimate = expected[i]
		}
	}
}

// beside puts the agency's own figures beside the sums, and makes the ratios from the totals.
func (d *Desk) beside(x *Consolidated) error {
	c, defs := x.Campaign, d.Figures.Definitions()
	now, _, err := d.periods(c)
	if err != nil {
		return err
	}
	last, year := now.Previous(), now.YearBefore()
	q := indicator.Query{Period: now, AsOf: c.AsOf, KnownAt: x.KnownAt, Units: c.Scope}
	own, err := d.Figures.Sums(q, c.Figures)
	if err != nil {
		return err
	}
	q.Period, q.AsOf = last, sameDay(c, now, last)
	before, err := d.Figures.Sums(q, c.Figures)
	if err != nil {
		return err
	}
	q.Period, q.AsOf = year, sameDay(c, now, year)
	yearBefore, err := d.Figures.Sums(q, c.Figures)
	if err != nil {
		return err
	}
	for i := range x.Sums {
		s, part := &x.Sums[i], defs.MainPart(x.Sums[i].Indicator)
		s.Own, s.Target, s.Previous, s.LastYear = own[i].Get(part), own[i].Target, before[i].Get(part), yearBefore[i].Get(part)
	}
	asks := d.Asks(c)
	for i := range x.Sums {
		s := &x.Sums[i]
		if !slices.Contains(asks, s.Indicator) { // the agency's work, which no unit hands in
			s.Units, s.Doubled, s.Total = indicator.NoValue, 0, s.Own
		}
	}
	for i := range x.Sums {
		if def, _ := defs.Get(x.Sums[i].Indicator); def.Type == indicator.Ratio {
			x.ratio(&x.Sums[i], def)
		}
	}
	return nil
}

// ratio is that of the totals where both are among the figures, else the agency's own: shares do not add up.
func (x *Consolidated) ratio(s *Sum, def indicator.Definition) {
	s.Units, s.Doubled, s.Estimate, s.Total = indicator.NoValue, 0, indicator.NoValue, s.Own
	of, over := x.Sum(def.Of), x.Sum(def.Over)
	if of == nil || over == nil {
		return
	}
	scale := def.Scale
	if scale == 0 {
		scale = 100
	}
	s.Total = indicator.Quotient(of.Total, over.Total, scale, def.Places)
}

// Settle says which unit keeps a record that several counted. A later word takes the place of an earlier. Errors:
// campaign.wrong_stage, campaign.no_reason, campaign.no_such_double.
func (d *Desk) Settle(ctx context.Context, id, key, unit, reason string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, err
	}
	if reason, err = need(reason, "campaign.no_reason"); err != nil {
		return nil, err
	}
	parts, err := d.whole(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, x := range doubles(c, parts) {
		if x.Key() == key && slices.ContainsFunc(x.Held, func(h Held) bool { return h.Unit == unit }) {
			return d.write(ctx, c, by, kindSettled, fact{Key: key, Settlement: &Settlement{Unit: unit, Reason: reason, By: by.Actor, On: d.Today()}})
		}
	}
	return nil, fault.New(fault.NotFound, "campaign.no_such_double", "key", key)
}
