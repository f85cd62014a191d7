package indicator

import (
	"slices"

	"trucot/internal/kernel/fault"
)

// Figure is an indicator summed over the query's units. Error: fault.NotFound "indicator.unknown".
func (e *Engine) Figure(q Query, id string) (Figure, error) {
	out, err := e.Sums(q, []string{id})
	if err != nil {
		return Figure{}, err
	}
	return out[0], nil
}

// Sums is each indicator summed over the query's units, in the order given, all in one pass: a report asks
// for hundreds.
func (e *Engine) Sums(q Query, ids []string) ([]Figure, error) {
	out, err := e.figures(q, ids, together(q.Units))
	if len(q.Units) == 1 {
		for i := range out {
			out[i].Unit = q.Units[0]
		}
	}
	return out, err
}

// Figures is one figure an indicator and unit, in the order given: all units of the first indicator, then of the next.
// units nil means q.Units; where that is nil too, every unit that any figure is known for, by name.
func (e *Engine) Figures(q Query, ids, units []string) ([]Figure, error) {
	if units == nil {
		units = q.Units
	}
	if units == nil {
		units = e.Units()
		slices.Sort(units)
	}
	if len(units) == 0 {
		return nil, nil
	}
	return e.figures(q, ids, apart(units))
}

func (e *Engine) figures(q Query, ids []string, g *grouping) ([]Figure, error) {
	v := e.view.Load()
	ev := &evaluation{
		e: e, q: q, v: v, g: g, cut: q.cut(v), window: q.window(),
		slots: map[int]int{}, distinct: map[int]*distinctCount{}, memo: map[int][]Figure{},
	}
	var roots []int
	for _, id := range ids {
		i, ok := e.defs.index[id]
		if !ok {
			return nil, fault.New(fault.NotFound, "indicator.unknown", "id", id)
		}
		roots = append(roots, i)
		ev.collect(i)
	}
	ev.tally()
	out := make([]Figure, 0, len(ids)*g.n)
	for _, i := range roots {
		out = append(out, ev.figure(i)...)
	}
	return out, nil
}

// grouping says which units are answered together.
type grouping struct {
	n     int
	names []string // by group; "" where a group is several units
	index map[string]int
	all   bool // every unit is in group 0
}

func together(units []string) *grouping {
	g := &grouping{n: 1, names: []string{""}, all: units == nil, index: map[string]int{}}
	for _, u := range units {
		g.index[u] = 0
	}
	return g
}

func apart(units []string) *grouping {
	g := &grouping{names: make([]string, 0, len(units)), index: make(map[string]int, len(units))}
	for _, u := range units {
		if _, twice := g.index[u]; !twice {
			g.index[u] = len(g.names)
			g.names = append(g.names, u)
		}
	}
	g.n = len(g.names)
	return g
}

// of is the group of a unit, −1 where it is in none.
func (g *grouping) of(unit string) int {
	if g.all {
		return 0
	}
	if n, ok := g.index[unit]; ok {
		return n
	}
	return -1
}

// numbers is of by unit number of the view.
func (g *grouping) numbers(units []string) []int32 {
	out := make([]int32, len(units))
	for i, u := range units {
		out[i] = int32(g.of(u))
	}
	return out
}

// evaluation computes one set of figures from one view.
type evaluation struct {
	e      *Engine
	q      Query
	v      *view
	g      *grouping
	cut    cut
	window window

	slots    map[int]int // indicator → row of sums, for those computed from the columns
	sums     [][2]int64  // by slot and group
	distinct map[int]*distinctCount
	memo     map[int][]Figure
}

// collect finds what an indicator needs of the columns.
func (ev *evaluation) collect(i int) {
	c := ev.e.defs.list[i]
	switch {
	case c.Type == Distinct:
		if ev.distinct[i] == nil {
			ev.distinct[i] = &distinctCount{}
		}
	case len(c.rules) > 0:
		if _, ok := ev.slots[i]; !ok {
			ev.slots[i] = len(ev.slots)
		}
	}
	for _, n := range c.needs() {
		ev.collect(ev.e.defs.index[n.id])
	}
}

// tally reads the columns once for all figures. The cube answers unless the question is "as known at".
func (ev *evaluation) tally() {
	if len(ev.slots) > 0 {
		ev.spread(ev.classTally())
	}
	if len(ev.distinct) > 0 {
		ev.countDistinct()
	}
}

func (ev *evaluation) classTally() tally {
	if ev.cut.known == ev.v.position {
		if k := ev.e.cubeFor(ev.v); k != nil {
			return k.tally(ev.v, ev.window)
		}
	}
	return ev.v.tally(ev.window, ev.cut.known, ev.wanted(), ev.e.workers)
}

// wanted marks the classes that some figure needs, where that is few enough to be worth skipping chunks for.
func (ev *evaluation) wanted() []bool {
	if len(ev.slots) > 8 {
		return nil
	}
	out := make([]bool, len(ev.v.classes))
	ev.eachTerm(func(class, _, _ int, _ bool) { out[class] = true })
	return out
}

// spread turns sums by class into sums by indicator and group.
func (ev *evaluation) spread(t tally) {
	ev.sums = make([][2]int64, len(ev.slots)*ev.g.n)
	ev.eachTerm(func(class, slot, group int, negative bool) {
		s := &ev.sums[slot*ev.g.n+group]
		before, inside := t[class][0], t[class][1]
		if negative {
			before, inside = -before, -inside
		}
		s[0] += before
		s[1] += inside
	})
}

// eachTerm calls f for every class and every needed indicator that the class counts for.
func (ev *evaluation) eachTerm(f func(class, slot, group int, negative bool)) {
	slotOf := make([]int, len(ev.e.defs.list))
	for i := range slotOf {
		slotOf[i] = -1
	}
	for i, s := range ev.slots {
		slotOf[i] = s
	}
	groups := ev.g.numbers(ev.v.units)
	for class, c := range ev.v.classes {
		group := int(groups[c.unit])
		p := &ev.v.patterns[c.pattern]
		if group < 0 || p.distinct {
			continue
		}
		for _, t := range p.terms {
			if s := slotOf[t.indicator]; s >= 0 {
				f(class, s, group, t.negative)
			}
		}
	}
}

// figure is one indicator for every group.
func (ev *evaluation) figure(i int) []Figure {
	if done, ok := ev.memo[i]; ok {
		return done
	}
	c := ev.e.defs.list[i]
	out := make([]Figure, ev.g.n)
	for g := range out {
		out[g] = Figure{
			Indicator: c.ID, Unit: ev.g.names[g],
			Opening: NoValue, Arising: NoValue, Closing: NoValue, Estimate: NoValue, Target: NoValue,
		}
	}
	ev.actuals(i, c, out)
	ev.recorded(c, out)
	ev.memo[i] = out
	return out
}

func (ev *evaluation) actuals(i int, c *compiled, out []Figure) {
	switch {
	case c.Type == Manual:
		ev.manual(c, out)
	case c.Type == Ratio:
		ev.ratio(c, out)
	case c.Type == Distinct:
		ev.distinct[i].fill(out)
	case len(c.Parts) > 0:
		ev.sumOfParts(c, out)
	default:
		slot := ev.slots[i]
		for g := range out {
			s := ev.sums[slot*ev.g.n+g]
			out[g].Opening, out[g].Arising, out[g].Closing = Value(s[0]), Value(s[1]), Value(s[0]+s[1])
		}
	}
}

func (ev *evaluation) manual(c *compiled, out []Figure) {
	now := ev.e.rec.values(slot{c.ID, ev.q.Period.Code, actual}, ev.g, ev.cut)
	before := ev.e.rec.values(slot{c.ID, ev.q.Period.Previous().Code, actual}, ev.g, ev.cut)
	for g := range out {
		if now != nil {
			out[g].Arising, out[g].Closing = now[g], now[g]
		}
		if before != nil {
			out[g].Opening = before[g]
		}
	}
}

// sumOfParts adds the parts, estimates only where every part has one: a total of some estimates would pass for
// the estimate of the total.
func (ev *evaluation) sumOfParts(c *compiled, out []Figure) {
	missing := make([]bool, len(out))
	for _, n := range c.needs() {
		for g, p := range ev.figure(ev.e.defs.index[n.id]) {
			o := &out[g]
			o.Opening = o.Opening.Add(p.Opening.times(n.sign))
			o.Arising = o.Arising.Add(p.Arising.times(n.sign))
			o.Closing = o.Closing.Add(p.Closing.times(n.sign))
			o.Estimate = o.Estimate.Add(p.Estimate.times(n.sign))
			missing[g] = missing[g] || p.Estimate == NoValue
		}
	}
	for g := range out {
		if missing[g] {
			out[g].Estimate = NoValue
		}
	}
}

func (ev *evaluation) ratio(c *compiled, out []Figure) {
	of, over := ev.figure(ev.e.defs.index[c.Of]), ev.figure(ev.e.defs.index[c.Over])
	ofPart, overPart := ev.e.defs.MainPart(c.Of), ev.e.defs.MainPart(c.Over)
	share := func(a, b Value) Value { return Quotient(a, b, c.Definition.Scale, c.Places) }
	for g := range out {
		out[g].Opening = share(of[g].Opening, over[g].Opening)
		out[g].Arising = share(of[g].Get(ofPart), over[g].Get(overPart))
		out[g].Closing = share(of[g].Closing, over[g].Closing)
		out[g].Estimate = share(of[g].Estimate, over[g].Estimate)
	}
}

// MainPart is the part by which an indicator is usually quoted: a stock's closing, anything else's arising.
func (d *Definitions) MainPart(id string) Part {
	c := d.list[d.index[id]]
	if c.Type == Stock {
		return Closing
	}
	for _, n := range c.needs() {
		if c.Type == Sum && d.MainPart(n.id) == Closing {
			return Closing
		}
	}
	return Arising
}

// recorded fills in the estimate and the target: one recorded comes before one computed or defined.
func (ev *evaluation) recorded(c *compiled, out []Figure) {
	ev.defined(c, out)
	for g, v := range ev.e.rec.values(slot{c.ID, ev.q.Period.Code, estimate}, ev.g, ev.cut) {
		if v != NoValue {
			out[g].Estimate = v
		}
	}
	for g, v := range ev.e.rec.values(slot{c.ID, ev.q.Period.Code, target}, ev.g, ev.cut) {
		if v != NoValue {
			out[g].Target = v
		}
	}
}

// defined fills in the targets given with the definition. One without a unit is the whole agency's.
func (ev *evaluation) defined(c *compiled, out []Figure) {
	for _, t := range c.Targets {
		g := ev.g.of(t.Unit)
		if t.Period != ev.q.Period.Code || g < 0 || t.Unit != "" && ev.g.all {
			continue
		}
		if v, err := ParseValue(t.Value); err == nil { // lint has seen it
			out[g].Target = out[g].Target.Add(v)
		}
	}
}

func (v Value) times(sign int64) Value {
	if sign < 0 {
		return v.Neg()
	}
	return v
}
