// Package quality (chất lượng phục vụ) owns the index of service quality: its groups, marks and formulas as dated data
// in definitions/quality, and what the agency reaches by them. What cannot be computed here is named with its reason;
// it counts neither as zero nor as reached.
//
// It counts nothing itself: package dossier tallies its own dossiers and fees.
package quality

import (
	"context"
	"io/fs"
	"math"
	"path"
	"slices"
	"sort"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// Index is one dated version of the index.
type Index struct {
	ID        string              `def:"id,required"`
	Title     procedure.Text      `def:"title,required"`
	Effective procedure.Effective `def:"effective,required"`
	Source    string              `def:"source,required"`
	Status    string              `def:"status,required"`
	Groups    []Group             `def:"groups,required"`
}

// Group is a group of components (nhóm chỉ số).
type Group struct {
	At         fault.Place    `def:"@"`
	ID         string         `def:"id,required"`
	Title      procedure.Text `def:"title,required"`
	Max        float64        `def:"max,required"` // marks
	Components []Component    `def:"components,required"`
}

// Component is one component: what it counts, or why it cannot be counted here.
type Component struct {
	At    fault.Place    `def:"@"`
	ID    string         `def:"id,required"`
	Title procedure.Text `def:"title,required"`
	Max   float64        `def:"max,required"`
	Count dossier.Tally  `def:"count"`
	Full  float64        `def:"full"` // percentage that earns all marks: the published target
	Note  procedure.Text `def:"note"`
	Why   procedure.Text `def:"why"` // why it is not computed
}

// Verified reports whether its law was read and not only recalled.
func (x *Index) Verified() bool { return x.Status == procedure.Published }

// Load reads definitions/quality, oldest first. Errors name file, line and column; "quality.bad_sum" when the components
// of a group do not add up to its marks, "quality.bad_component" for one that neither counts nor says why not.
func Load(files fs.FS) ([]*Index, error) {
	names, err := fs.Glob(files, "quality/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Index
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		node, err := defs.Parse(path.Base(name), raw)
		if err != nil {
			return nil, err
		}
		x := &Index{}
		if err := defs.Decode(node, x).OrNil(); err != nil {
			return nil, err
		}
		if err := x.check(); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Effective.From < out[j].Effective.From })
	return out, nil
}

var counted = []dossier.Tally{dossier.OnTime, dossier.OnlineFilings, dossier.OnlineProcedures, dossier.PaidOnline, dossier.PaidProcedures}

func (x *Index) check() error {
	for _, g := range x.Groups {
		sum := 0.0
		for _, c := range g.Components {
			sum += c.Max
			if known := slices.Contains(counted, c.Count); known && c.Full <= 0 || !known && (c.Count != "" || c.Why.In("vi") == "") {
				return fault.New(fault.Invalid, "quality.bad_component", "id", c.ID).At(c.At)
			}
		}
		if sum != g.Max {
			return fault.New(fault.Invalid, "quality.bad_sum", "id", g.ID, "sum", sum, "max", g.Max).At(g.At)
		}
	}
	return nil
}

// Room computes the index.
type Room struct {
	dossiers *dossier.Engine
	indexes  func() ([]*Index, error)
}

// New makes the room; indexes is asked when the index is first wanted.
func New(e *dossier.Engine, indexes func() ([]*Index, error)) *Room { return &Room{e, indexes} }

// Query says whose dossiers count, and in which time.
type Query struct {
	Reach  dossier.Reach
	Period calendar.Period
}

// Result is the index as reached.
type Result struct {
	Index   *Index
	Groups  []GroupResult
	Points  float64 // of what is computed here
	Of      float64 // marks of what is computed here
	Unknown float64 // marks of what is not, or has nothing to count in the time
}

// GroupResult is a group as reached.
type GroupResult struct {
	*Group
	Components []ComponentResult
	Points, Of float64
}

// ComponentResult is a component as reached. Known is false for what is not computed here, or has nothing to count.
type ComponentResult struct {
	*Component
	Known     bool
	Good, All int
	Share     float64 // per cent
	Points    float64
}

// At is the version in force at the end of a period. Error: fault.NotFound "quality.none" before the first.
func (r *Room) At(p calendar.Period) (*Index, error) {
	all, err := r.indexes()
	if err != nil {
		return nil, err
	}
	var found *Index
	for _, x := range all {
		if x.Effective.From <= p.To {
			found = x
		}
	}
	if found == nil {
		return nil, fault.New(fault.NotFound, "quality.none", "period", p.Code)
	}
	return found, nil
}

// Measure computes the index. Error: fault.NotFound "quality.none" for a period before the first version.
func (r *Room) Measure(ctx context.Context, q Query) (*Result, error) {
	x, err := r.At(q.Period)
	if err != nil {
		return nil, err
	}
	out := &Result{Index: x}
	for i := range x.Groups {
		g := GroupResult{Group: &x.Groups[i]}
		for j := range g.Group.Components {
			c := ComponentResult{Component: &g.Group.Components[j]}
			if err := r.measure(ctx, q, &c); err != nil {
				return nil, err
			}
			if c.Known {
				g.Points += c.Points
				g.Of += c.Max
			} else {
				out.Unknown += c.Max
			}
			g.Components = append(g.Components, c)
		}
		g.Points = rounded(g.Points)
		out.Points, out.Of = rounded(out.Points+g.Points), out.Of+g.Of
		out.Groups = append(out.Groups, g)
	}
	return out, nil
}

func (r *Room) measure(ctx context.Context, q Query, c *ComponentResult) error {
	if c.Count == "" {
		return nil
	}
	var err error
	if c.Good, c.All, err = r.dossiers.Tallied(ctx, c.Count, q.Reach, q.Period.From, q.Period.To); err != nil || c.All == 0 {
		return err
	}
	c.Known = true
	c.Share = rounded(100 * float64(c.Good) / float64(c.All))
	c.Points = points(c.Good, c.All, c.Full, c.Max)
	return nil
}

// points are the marks of a share: all at the target, in proportion below it.
func points(good, all int, full, most float64) float64 {
	return rounded(min(most, 100*float64(good)/float64(all)*most/full))
}

// rounded keeps two decimals, as the national portal shows marks.
func rounded(f float64) float64 { return math.Round(f*100) / 100 }

// Costing gives one page of the dossiers that cost a component its marks, and how many there are.
func (r *Room) Costing(ctx context.Context, q Query, c *Component, limit, offset int) ([]*dossier.Row, int, error) {
	return r.dossiers.Costing(ctx, c.Count, q.Reach, q.Period.From, q.Period.To, limit, offset)
}

// CostingAfter gives the same by code, those behind one ("" = from the first).
func (r *Room) CostingAfter(ctx context.Context, q Query, c *Component, code string, limit int) ([]*dossier.Row, error) {
	return r.dossiers.CostingAfter(ctx, c.Count, q.Reach, q.Period.From, q.Period.To, code, limit)
}

// Component finds a component by group and id. Error: fault.NotFound "quality.no_component".
func (x *Index) Component(group, id string) (*Component, error) {
	for i := range x.Groups {
		for j := range x.Groups[i].Components {
			if c := &x.Groups[i].Components[j]; x.Groups[i].ID == group && c.ID == id {
				return c, nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "quality.no_component", "id", group+"/"+id)
}
