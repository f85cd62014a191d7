package report

import (
	"errors"

	"trucot/internal/engine/indicator"
	"trucot/internal/engine/indicator/crossfoot"
	"trucot/internal/kernel/fault"
)

// Lint reports what reading one file cannot tell: figures in outlines that are no known indicator, and sums of forms that
// cannot hold. The error is a fault.List with the place of each.
func (r *Regimes) Lint(defs *indicator.Definitions) error {
	var faults fault.List
	for _, o := range r.outlines {
		unknown := func(id string, at fault.Place) {
			if _, ok := defs.Get(ParseRef(id).Indicator); id != "" && !ok {
				faults = append(faults, fault.New(fault.Invalid, "report.unknown_figure", "outline", o.ID, "id", ParseRef(id).Indicator).At(at))
			}
		}
		o.shown(func(ref Ref, at fault.Place) { unknown(ref.Indicator, at) })
		o.blocks(func(b *BlockDef) {
			for _, q := range b.Sentences {
				unknown(q.On, q.Place)
				unknown(q.Unless, q.Place)
			}
		})
	}
	for _, f := range r.Forms.All() {
		for i := range f.Checks {
			var list fault.List
			if errors.As(crossfoot.Lint([]crossfoot.Rule{f.Checks[i].asRule(f)}, nil), &list) {
				for _, e := range list {
					e.Args["n"] = i + 1
					faults = append(faults, e.At(f.Checks[i].Place))
				}
			}
		}
	}
	return faults.OrNil()
}
