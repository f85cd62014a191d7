package indicator

import (
	"cmp"
	"slices"
	"strings"

	"trucot/internal/kernel/fault"
)

// unitDimension is the dimension that every figure has.
const unitDimension = "unit"

// Slice is one value of a dimension and its part of a figure.
type Slice struct {
	Key     string // value of the dimension; empty where the event had none
	Opening Value
	Arising Value
	Closing Value
}

// Breakdown splits a figure by a dimension of the indicator or by "unit"; keys in order. Only "unit" splits a ratio or
// a manual figure. Errors: fault.NotFound "indicator.unknown", "indicator.unknown_dimension".
func (e *Engine) Breakdown(q Query, id, dim string) ([]Slice, error) {
	s, err := e.search(q, id)
	if err != nil {
		return nil, err
	}
	if dim == unitDimension {
		return e.byUnit(q, id)
	}
	if !slices.Contains(s.dimensions(), dim) {
		return nil, fault.New(fault.NotFound, "indicator.unknown_dimension", "id", id, "dim", dim,
			"dims", strings.Join(append(s.dimensions(), unitDimension), ", "))
	}
	column := slices.Index(e.x.dims, dim)
	groups := map[string]*split{}
	s.each([2]bool{true, true}, func(c *chunk, row, part int, h hit) {
		key := s.v.combos[c.combos[c.dims[row]]][column]
		if groups[key] == nil {
			groups[key] = &split{}
		}
		groups[key].add(c.amount(row), part, h)
	})
	out := make([]Slice, 0, len(groups))
	for key, g := range groups {
		out = append(out, g.slice(key))
	}
	slices.SortFunc(out, func(a, b Slice) int { return cmp.Compare(a.Key, b.Key) })
	return out, nil
}

// byUnit is a figure of each unit that has one.
func (e *Engine) byUnit(q Query, id string) ([]Slice, error) {
	figures, err := e.Figures(q, []string{id}, nil)
	if err != nil {
		return nil, err
	}
	var out []Slice
	for _, f := range figures {
		if !f.Empty() {
			out = append(out, Slice{f.Unit, f.Opening, f.Arising, f.Closing})
		}
	}
	return out, nil
}

// split adds up one value of a dimension: amounts, or the keys of a distinct indicator.
type split struct {
	sums [2]int64
	keys map[int64][2]bool
}

func (g *split) add(amount int64, part int, h hit) {
	if !h.distinct {
		g.sums[part] += h.sign * amount
		return
	}
	if g.keys == nil {
		g.keys = map[int64][2]bool{}
	}
	seen := g.keys[amount]
	seen[part] = true
	g.keys[amount] = seen
}

func (g *split) slice(key string) Slice {
	if g.keys == nil {
		return Slice{key, Value(g.sums[0]), Value(g.sums[1]), Value(g.sums[0] + g.sums[1])}
	}
	out := Slice{Key: key, Closing: Of(int64(len(g.keys)))}
	for _, seen := range g.keys {
		if seen[0] {
			out.Opening += One
		}
		if seen[1] {
			out.Arising += One
		}
	}
	return out
}

// dimensions are those by which the whole figure can be split: every leaf has them. A ratio has none, since its parts
// do not add up.
func (s *finder) dimensions() []string {
	var out []string
	for _, dim := range s.e.x.dims {
		if !s.ratio && s.has(dim) {
			out = append(out, dim)
		}
	}
	return out
}

func (s *finder) has(dim string) bool {
	for i := range s.leaves {
		if c := s.e.defs.list[i]; len(c.rules) == 0 || !slices.Contains(c.Dimensions, dim) {
			return false
		}
	}
	return true
}
