package campaign

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Cause says why the agency's own count of a figure is not the units' total.
type Cause string

// The causes that records show; the rest of a gap has none.
const (
	Twice     Cause = "double"    // counted by several units and not settled
	NotIn     Cause = "not_in"    // of a unit whose part is not in
	Afterward Cause = "afterward" // recorded after the unit's part was handed in
	Outside   Cause = "outside"   // of a unit that was not asked for a part
	Dropped   Cause = "dropped"   // of a unit whose part is in without it
	Gone      Cause = "gone"      // in a part, no longer in the agency's records
	Changed   Cause = "changed"   // with another value than in the part
	ByHand    Cause = "by_hand"   // reported without records, by a unit outside the system
	Unlisted  Cause = "unlisted"  // more records than are compared
	Distinct  Cause = "distinct"  // a subject that several units each counted once
	Computed  Cause = "computed"  // of a ratio: follows from the counts that it is made of
	Unknown   Cause = "unknown"
)

// Piece is one cause of a gap: what it adds to the agency's count over the units' total, of which units, by which records.
type Piece struct {
	Cause   Cause
	Units   []string
	Value   indicator.Value
	Records []string // streams
}

// GapWord is what the general office stated about a gap.
type GapWord struct {
	Apart  indicator.Value `json:"apart"` // the gap that the word was about
	Reason string          `json:"reason"`
	By     string          `json:"by"`
	On     calendar.Date   `json:"on"`
}

// Gap explains one figure's gap by the records on both sides. The pieces add up to Sum.Apart; nil where there is no gap.
func (d *Desk) Gap(ctx context.Context, x *Consolidated, id string) ([]Piece, error) {
	s := x.Sum(id)
	if s == nil || s.Apart() == 0 || s.Apart() == indicator.NoValue {
		return nil, nil
	}
	def, _ := d.Figures.Definitions().Get(id)
	g := gap{x: x, id: id, found: map[string]*Piece{}, rest: s.Apart()}
	switch {
	case def.Type == indicator.Ratio:
		g.add(Computed, g.rest, "")
	case def.Type == indicator.Distinct && g.rest < 0:
		g.add(Distinct, g.rest, "")
	case countable(def):
		own, complete, err := d.recordsOf(ctx, x.Campaign, id, x.Campaign.Scope, map[int64]string{})
		if err != nil {
			return nil, err
		}
		g.compare(own, complete)
	}
	if g.rest != 0 {
		g.add(Unknown, g.rest, "")
	}
	return g.pieces(), nil
}

// gap is the work of explaining one.
type gap struct {
	x     *Consolidated
	id    string
	found map[string]*Piece // by cause and units
	rest  indicator.Value
}

func (g *gap) add(c Cause, v indicator.Value, record string, units ...string) {
	if v == 0 {
		return
	}
	slices.Sort(units)
	key := string(c) + " " + strings.Join(units, " ")
	p := g.found[key]
	if p == nil {
		p = &Piece{Cause: c, Units: units}
		g.found[key] = p
	}
	p.Value += v
	if record != "" {
		p.Records = append(p.Records, record)
	}
	g.rest -= v
}

func (g *gap) pieces() []Piece {
	var out []Piece
	for _, key := range slices.Sorted(maps.Keys(g.found)) {
		p := g.found[key]
		slices.Sort(p.Records)
		out = append(out, *p)
	}
	slices.SortStableFunc(out, func(a, b Piece) int { return cmp.Compare(size(b.Value), size(a.Value)) })
	return out
}

func size(v indicator.Value) indicator.Value { return max(v, -v) }

// claim is one unit's share of a record.
type claim struct {
	unit   string
	value  indicator.Value
	stream string
}

// compare sets the agency's records beside those of the parts.
func (g *gap) compare(own []share, complete bool) {
	held := map[string][]claim{} // by record
	for _, p := range g.x.Parts {
		l := p.Line(g.id)
		if l == nil {
			continue
		}
		complete = complete && !l.Unlisted
		listed := indicator.Value(0)
		for _, s := range l.Of {
			stream := p.Records[s[0]]
			held[Key(stream)] = append(held[Key(stream)], claim{p.Unit, indicator.Value(s[1]), stream})
			listed += indicator.Value(s[1])
		}
		if p.External && l.Actual != indicator.NoValue {
			g.add(ByHand, listed-l.Actual, "", p.Unit)
		}
	}
	if !complete {
		g.add(Unlisted, g.rest, "")
		return
	}
	off := map[string]indicator.Value{}
	for i := range g.x.Doubles {
		if x := &g.x.Doubles[i]; x.Indicator == g.id {
			off[Key(x.Record)] = x.Off()
		}
	}
	for _, o := range own {
		key := Key(o.stream)
		if claims, ok := held[key]; ok {
			g.both(o, claims, off[key])
			delete(held, key)
			continue
		}
		g.missing(o)
	}
	for key, claims := range held {
		v := off[key]
		var units []string
		for _, c := range claims {
			v -= c.value
			units = append(units, c.unit)
		}
		g.add(Gone, v, claims[0].stream, units...)
	}
}

// both is a record of the agency that parts count too.
func (g *gap) both(o share, claims []claim, off indicator.Value) {
	v := o.value + off
	var units []string
	for _, c := range claims {
		v -= c.value
		units = append(units, c.unit)
	}
	cause := Changed
	if len(claims) > 1 && off == 0 {
		cause = Twice
	}
	g.add(cause, v, o.stream, units...)
}

// missing is a record of the agency that no part counts.
func (g *gap) missing(o share) {
	i := slices.IndexFunc(g.x.Parts, func(p *Part) bool { return slices.Contains(p.Covers, o.unit) })
	if i < 0 {
		g.add(Outside, o.value, o.stream, o.unit)
		return
	}
	cause := Dropped
	switch p := g.x.Parts[i]; {
	case p.Stage != Submitted:
		cause = NotIn
	case o.position > p.KnownAt:
		cause = Afterward
	}
	g.add(cause, o.value, o.stream, g.x.Parts[i].Unit)
}

// Word is what was stated about a figure's gap, nil for nothing. Current is false where the gap has changed since.
func (x *Consolidated) Word(id string) (w *GapWord, current bool) {
	said, ok := x.Campaign.Gaps[id]
	s := x.Sum(id)
	if !ok || s == nil {
		return nil, false
	}
	return &said, said.Apart == s.Apart()
}

// ExplainGap records what the general office says about a gap: why it is there and what becomes of it. A later word takes the
// place of an earlier; the figures themselves stay as they are. Errors: campaign.wrong_stage, campaign.no_reason,
// campaign.no_gap.
func (d *Desk) ExplainGap(ctx context.Context, id, figure, reason string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, err
	}
	if reason, err = need(reason, "campaign.no_reason"); err != nil {
		return nil, err
	}
	x, err := d.Consolidate(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	s := x.Sum(figure)
	if s == nil || s.Apart() == 0 || s.Apart() == indicator.NoValue {
		return nil, fault.New(fault.Conflict, "campaign.no_gap", "figure", figure)
	}
	return d.write(ctx, c, by, kindGap, fact{Key: figure, Gap: &GapWord{Apart: s.Apart(), Reason: reason, By: by.Actor, On: d.Today()}})
}
