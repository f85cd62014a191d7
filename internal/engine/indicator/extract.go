package indicator

import (
	"slices"
	"sort"

	"trucot/internal/kernel/ledger"
)

// extractionVersion changes whenever the same definitions would give other columns.
const extractionVersion = 1

// Kinds of events that record figures rather than facts.
const (
	KindRecorded = "figure.recorded" // a manual figure or an estimate
	KindTarget   = "figure.target"   // a target
)

// procedureDimension is the dimension that every dossier event has without listing it.
const procedureDimension = "procedure"

// contribution is what one event adds to one indicator.
type contribution struct {
	indicator uint16
	negative  bool
	value     Value  // not negative for a rule's own sign; an amount may be negative itself
	key       string // distinct: the value counted
	distinct  bool
}

// extractor turns events into contributions. It belongs to the feeding goroutine.
type extractor struct {
	list    []*compiled
	byKind  map[string]*kindRules
	dims    []string // every dimension any definition names, in order
	reader  *factReader
	out     []contribution
	problem func(e *ledger.Event, indicator string, err error)
}

// kindRules are the rules that an event of one kind may meet: those of any procedure, and those of its own.
type kindRules struct {
	any         []boundRule
	byProcedure map[string][]boundRule
	amounts     bool
}

type boundRule struct {
	indicator uint16
	*compiled
	clause
}

func newExtractor(list []*compiled) *extractor {
	x := &extractor{list: list, byKind: map[string]*kindRules{}, reader: newFactReader()}
	named := map[string]bool{}
	for i, c := range list {
		for _, dim := range c.Dimensions {
			named[dim] = true
		}
		for _, r := range c.rules {
			x.bind(boundRule{uint16(i), c, r})
		}
	}
	for dim := range named {
		x.dims = append(x.dims, dim)
	}
	sort.Strings(x.dims)
	return x
}

func (x *extractor) bind(b boundRule) {
	for _, kind := range b.Kind {
		k := x.byKind[kind]
		if k == nil {
			k = &kindRules{byProcedure: map[string][]boundRule{}}
			x.byKind[kind] = k
		}
		for _, p := range []*program{b.where, b.clause.value, b.by} {
			k.amounts = k.amounts || p != nil && p.amounts
		}
		if len(b.Procedure) == 0 {
			k.any = append(k.any, b)
		}
		for _, proc := range b.Procedure {
			k.byProcedure[proc] = append(k.byProcedure[proc], b)
		}
	}
}

// extract lists what an event adds; slice and Fact are reused by the next call. An event that a rule cannot read adds
// nothing to that rule's indicator and is reported as a problem: one bad event must not stop every figure.
func (x *extractor) extract(e *ledger.Event) ([]contribution, *Fact) {
	rules := x.byKind[e.Kind]
	if rules == nil {
		return nil, nil
	}
	f, err := x.reader.read(e, rules.amounts)
	if err != nil {
		x.problem(e, "", err)
		return nil, nil
	}
	x.out = x.out[:0]
	for i := range rules.any {
		x.apply(e, &rules.any[i], f)
	}
	if f.Procedure != "" {
		own := rules.byProcedure[f.Procedure]
		for i := range own {
			x.apply(e, &own[i], f)
		}
	}
	return x.out, f
}

func (x *extractor) apply(e *ledger.Event, b *boundRule, f *Fact) {
	if !b.Action.allow(f.Action) || !b.To.allow(f.To) {
		return
	}
	for dim, want := range b.Dims {
		if !slices.Contains(want, f.Dims[dim]) {
			return
		}
	}
	ok, err := b.where.holds(f)
	if err != nil {
		x.problem(e, b.ID, err)
	}
	if err != nil || !ok {
		return
	}
	if b.Type == Distinct {
		x.count(e, b, f)
		return
	}
	v, err := b.clause.value.amount(f)
	if err != nil {
		x.problem(e, b.ID, err)
		return
	}
	if v != 0 {
		x.out = append(x.out, contribution{indicator: b.indicator, negative: b.sign < 0, value: v})
	}
}

// count adds to a distinct indicator; an empty key is no object at all.
func (x *extractor) count(e *ledger.Event, b *boundRule, f *Fact) {
	key, err := b.by.text(f)
	if err != nil {
		x.problem(e, b.ID, err)
		return
	}
	if key != "" {
		x.out = append(x.out, contribution{indicator: b.indicator, key: key, distinct: true})
	}
}
