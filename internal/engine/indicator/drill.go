package indicator

import (
	"cmp"
	"context"
	"math"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Record is one thing that a figure was made of: an event and what it added.
type Record struct {
	Position  int64
	Indicator string // the one it counts for directly; a ratio or a sum of parts lists those of its parts
	Unit      string
	On        calendar.Date
	Value     Value
	Part      Part // opening: effective before the period; arising: inside it

	// Read from the ledger by Records; empty in ChangedSince until Fill is called.
	Stream string
	Kind   string
	Label  string // the event's title, or code, or the stream
	Actor  string
}

// Leaves lists what an indicator is computed from in the end: itself, or the leaves of its parts; for a ratio the
// numerator's come first.
func (d *Definitions) Leaves(id string) ([]string, error) {
	i, ok := d.index[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "indicator.unknown", "id", id)
	}
	needs := d.list[i].needs()
	if len(needs) == 0 {
		return []string{id}, nil
	}
	var out []string
	for _, n := range needs {
		below, err := d.Leaves(n.id)
		if err != nil {
			return nil, err
		}
		for _, leaf := range below {
			if !slices.Contains(out, leaf) {
				out = append(out, leaf)
			}
		}
	}
	return out, nil
}

// Records lists what the chosen part of a figure was made of, in ledger order, after a position (0 = from
// the start), at most limit of them. A recorded figure that a later one replaced is not among them. Ask
// for a numerator or denominator by its own id, or get both together under the ratio's.
func (e *Engine) Records(ctx context.Context, l Log, q Query, id string, limit int, after int64) ([]Record, error) {
	s, err := e.search(q, id)
	if err != nil {
		return nil, err
	}
	s.after, s.limit = after, limit
	s.recorded(q.Part)
	s.rows(partWindow(q.Part))
	return s.out(), e.Fill(ctx, l, s.found)
}

// ChangedSince lists the events recorded after a position that alter the figure of the period: those effective
// before its end, and records of the figure itself. Only the ledger's position decides what is new, so a late
// entry is found whatever its date. Use Fill to read their titles.
func (e *Engine) ChangedSince(q Query, id string, position int64) ([]Record, error) {
	s, err := e.search(q, id)
	if err != nil {
		return nil, err
	}
	s.after, s.limit = position, math.MaxInt
	s.recorded(Closing)
	s.rows([2]bool{true, true})
	return s.out(), nil
}

// partWindow is which parts of the window a drill-down covers.
func partWindow(p Part) [2]bool {
	switch p {
	case Opening:
		return [2]bool{true, false}
	case Closing:
		return [2]bool{true, true}
	}
	return [2]bool{false, true}
}

// finder walks the rows and records that make up one figure.
type finder struct {
	e      *Engine
	q      Query
	v      *view
	g      *grouping
	cut    cut
	leaves map[int]int64 // indicator → sign in the figure
	ratio  bool          // the figure is, or contains, a ratio
	after  int64
	limit  int
	found  []Record

	rowsFound int // how many of found are rows of the columns, which come in ledger order
}

// hit is a leaf that a row counts for.
type hit struct {
	indicator uint16
	sign      int64
	unit      uint32
	distinct  bool
}

func (e *Engine) search(q Query, id string) (*finder, error) {
	i, ok := e.defs.index[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "indicator.unknown", "id", id)
	}
	v := e.view.Load()
	s := &finder{e: e, q: q, v: v, g: together(q.Units), cut: q.cut(v), leaves: map[int]int64{}, limit: math.MaxInt}
	s.collect(i, 1)
	return s, nil
}

func (s *finder) collect(i int, sign int64) {
	c := s.e.defs.list[i]
	s.ratio = s.ratio || c.Type == Ratio
	needs := c.needs()
	if len(needs) == 0 {
		s.leaves[i] += sign
		return
	}
	for _, n := range needs {
		s.collect(s.e.defs.index[n.id], sign*n.sign)
	}
}

// hits lists, by class, what the figure's leaves find in it.
func (s *finder) hits() ([][]hit, []bool) {
	out, wanted := make([][]hit, len(s.v.classes)), make([]bool, len(s.v.classes))
	groups := s.g.numbers(s.v.units)
	for class, c := range s.v.classes {
		p := &s.v.patterns[c.pattern]
		if groups[c.unit] < 0 {
			continue
		}
		for _, t := range p.terms {
			sign, wants := s.leaves[int(t.indicator)]
			if !wants {
				continue
			}
			if t.negative {
				sign = -sign
			}
			out[class] = append(out[class], hit{t.indicator, sign, c.unit, p.distinct})
			wanted[class] = true
		}
	}
	return out, wanted
}

// each calls f for every row of the figure in the chosen parts, after s.after and up to the cut, in ledger order.
func (s *finder) each(parts [2]bool, f func(c *chunk, row, part int, h hit)) {
	hits, wanted := s.hits()
	w := s.q.window()
	for _, c := range s.v.all(s.cut.known) {
		if !c.holds(wanted) {
			continue
		}
		for row, n := c.known(s.after), c.known(s.cut.known); row < n; row++ {
			part := w.part(c.day[row])
			if part > 1 || !parts[part] {
				continue
			}
			for _, h := range hits[c.classes[c.class[row]]] {
				f(c, row, part, h)
			}
		}
		if s.rowsFound >= s.limit {
			return
		}
	}
}

// rows adds the rows of the columns. A distinct indicator lists every event that shows the object.
func (s *finder) rows(parts [2]bool) {
	s.each(parts, func(c *chunk, row, part int, h hit) {
		value := Value(h.sign * c.amount(row))
		if h.distinct {
			value = One
		}
		s.rowsFound++
		s.found = append(s.found, Record{
			Position: c.at(row), Indicator: s.e.defs.list[h.indicator].ID, Unit: s.v.units[h.unit],
			On: dateOf(c.day[row]), Value: value, Part: [2]Part{Opening, Arising}[part],
		})
	})
}

// recorded adds the records that hold for the manual leaves; for the opening, those of the period before.
func (s *finder) recorded(part Part) {
	s.e.rec.mu.RLock()
	defer s.e.rec.mu.RUnlock()
	for i, sign := range s.leaves {
		c := s.e.defs.list[i]
		if c.Type != Manual {
			continue
		}
		k := slot{c.ID, s.q.Period.Code, actual}
		if part == Opening {
			k.period = s.q.Period.Previous().Code
		}
		for unit, last := range s.e.rec.last[k] {
			rec := s.e.rec.holding(last, s.cut)
			if rec == nil || s.g.of(unit) < 0 || rec.Position <= s.after {
				continue
			}
			s.found = append(s.found, Record{
				Position: rec.Position, Indicator: c.ID, Unit: unit, On: rec.On, Value: rec.Value.times(sign), Part: Arising,
			})
		}
	}
}

// out puts the found records in ledger order and cuts them to the limit.
func (s *finder) out() []Record {
	slices.SortStableFunc(s.found, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Indicator, b.Indicator))
	})
	if len(s.found) > s.limit {
		s.found = s.found[:s.limit]
	}
	return s.found
}
