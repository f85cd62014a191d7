package procedure

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

var (
	namedIn = regexp.MustCompile(`\b(Action|From|To)\s*(?:==|!=|in|not in)\s*(\[[^\]]*\]|"[^"]*"|'[^']*')`)
	quoted  = regexp.MustCompile(`["']([^"']*)["']`)
)

// names visits a name, or each of a list of names.
func names(n *defs.Node, visit func(string, fault.Place)) {
	switch {
	case n == nil:
	case n.Kind == defs.Scalar:
		visit(n.Text, n.Place)
	default:
		for _, item := range n.Items {
			names(item, visit)
		}
	}
}

// scalars walks the texts of a raw tree.
func scalars(n *defs.Node, visit func(string, fault.Place)) {
	if n == nil {
		return
	}
	if n.Kind == defs.Scalar {
		visit(n.Text, n.Place)
	}
	for _, item := range n.Items {
		scalars(item, visit)
	}
	for _, p := range n.Pairs {
		scalars(p.Value, visit)
	}
}

func (l *linter) councils() {
	for i := range l.p.Councils {
		c := &l.p.Councils[i]
		roles, least := map[string]bool{}, 0
		check(l, c.Roles, func(r *Role) (string, fault.Place) { return r.ID, r.At })
		for _, r := range c.Roles {
			roles[r.ID] = true
			least += r.Min
			if r.Max > 0 && r.Max < r.Min {
				l.fail(r.At, "procedure.bad_range", "min", r.Min, "max", r.Max)
			}
		}
		if c.Size.Min < 1 || c.Size.Max < c.Size.Min || least > c.Size.Max {
			l.fail(c.At, "procedure.bad_council_size", "min", c.Size.Min, "max", c.Size.Max, "seats", least)
		}
		for _, need := range c.Quorum.Roles {
			for _, role := range strings.Split(need, "|") {
				name, times, counted := strings.Cut(role, "*")
				known(l, c.At, "role", name, roles)
				if _, err := strconv.Atoi(times); counted && err != nil {
					l.fail(c.At, "procedure.bad_quorum_role", "text", need)
				}
			}
		}
		for _, conflict := range c.Conflicts {
			for _, role := range conflict.Roles {
				known(l, conflict.At, "role", role, roles)
			}
			for _, field := range conflict.Same {
				known(l, conflict.At, "field", field, l.p.fields)
			}
			for _, field := range conflict.Who {
				l.person(conflict.At, field)
			}
		}
		l.oneOf(c.At, "mark", c.Mark, "", Seen, Recalled)
		l.ballot(&c.Ballot)
		l.result(c)
	}
}

// resultKinds are what a kind of ballot can give, and the type of field that takes it.
var resultKinds = map[string]map[string]string{
	BallotScore:    {ResultMean: TypeNumber},
	BallotRating:   {ResultLevel: TypeChoice},
	BallotCriteria: {ResultShare: TypeNumber},
	BallotYesNo:    {ResultShare: TypeNumber},
}

func (l *linter) result(c *Council) {
	if c.Result == nil || !known(l, c.Result.At, "field", c.Result.Field, l.p.fields) {
		return
	}
	l.typed(c.Result.At, c.Result.Winner, TypeOrganisation)
	l.person(c.Result.At, c.Result.Lead)
	want, ok := resultKinds[c.Ballot.Kind][c.Result.Of]
	f := l.p.fields[c.Result.Field]
	if !ok || f.Type != want {
		l.fail(c.Result.At, "procedure.bad_result", "of", c.Result.Of, "field", f.ID, "kind", c.Ballot.Kind)
		return
	}
	for _, v := range c.Ballot.Levels {
		if want == TypeChoice && !slices.ContainsFunc(f.Options, func(o Named) bool { return o.ID == v.ID }) {
			l.fail(c.Result.At, "procedure.result_level", "level", v.ID, "field", f.ID)
		}
	}
}

func (l *linter) ballot(b *Ballot) {
	l.oneOf(b.At, "kind", b.Kind, BallotScore, BallotRating, BallotCriteria, BallotYesNo)
	l.oneOf(b.At, "base", b.Base, "present", "total")
	check(l, b.Criteria, func(c *Criterion) (string, fault.Place) { return c.ID, c.At })
	check(l, b.Levels, func(c *Level) (string, fault.Place) { return c.ID, c.At })
	switch b.Kind {
	case BallotScore:
		l.weights(b)
	case BallotRating:
		l.levels(b)
	case BallotCriteria, BallotYesNo:
		if b.Threshold == nil {
			l.fail(b.At, "procedure.ballot_threshold", "kind", b.Kind)
		}
	}
}

func (l *linter) weights(b *Ballot) {
	var sum float64
	for _, c := range b.Criteria {
		sum += c.Weight
	}
	if len(b.Criteria) > 0 && sum != 100 && len(b.Variants) == 0 {
		l.fail(b.At, "procedure.weights", "sum", strconv.FormatFloat(sum, 'f', -1, 64))
	}
	for _, v := range b.Variants {
		sum = 0
		for _, w := range v.Weights {
			sum += w
		}
		for _, c := range v.Criteria {
			sum += c.Weight
		}
		if sum != 100 || len(v.Criteria) == 0 && len(v.Weights) != len(b.Criteria) {
			l.fail(v.At, "procedure.weights", "sum", strconv.FormatFloat(sum, 'f', -1, 64))
		}
	}
	if b.Bonus != nil {
		l.typed(b.At, b.Bonus.Same, TypeOrganisation)
	}
	if u := b.Undecided; u != nil {
		l.oneOf(u.At, "by", u.By, TieChair, TieHead)
		l.oneOf(u.At, "mark", u.Mark, "", Seen, Recalled)
	}
	if b.PassScore <= 0 || b.PassScore > 100 {
		l.fail(b.At, "procedure.pass_score")
	}
}

func (l *linter) levels(b *Ballot) {
	ids, defaults := map[string]bool{}, 0
	for _, v := range b.Levels {
		ids[v.ID] = true
		if v.Default {
			defaults++
		}
	}
	for _, v := range b.Levels {
		for _, id := range v.NoneOf {
			known(l, v.At, "level", id, ids)
		}
		if !v.Default && (v.AtLeast == nil) == (v.More == nil) {
			l.fail(v.At, "procedure.level_share", "level", v.ID)
		}
	}
	if b.Forced != nil {
		known(l, b.Forced.At, "level", b.Forced.Level, ids)
	}
	if defaults != 1 {
		l.fail(b.At, "procedure.level_default", "found", defaults)
	}
}

// typed reports a field, where one is named, that is missing, sealed or of another type.
func (l *linter) typed(at fault.Place, id, kind string) {
	if id == "" || !known(l, at, "field", id, l.p.fields) {
		return
	}
	if f := l.p.fields[id]; f.Type != kind || f.Personal {
		l.fail(at, "procedure.field_type", "field", id, "type", kind)
	}
}

// person reports a field, where one is named, that is missing or names no person.
func (l *linter) person(at fault.Place, id string) {
	if id != "" && known(l, at, "field", id, l.p.fields) && l.p.fields[id].Type != TypePerson {
		l.fail(at, "procedure.want_person", "field", id)
	}
}

// records checks that each tells of a party and is good for something.
func (l *linter) records() {
	ties := map[string]bool{}
	for i := range l.p.Councils {
		for _, t := range l.p.Councils[i].Ballot.TieBreaks {
			ties[t.ID] = true
		}
	}
	for i := range l.p.Records {
		r := &l.p.Records[i]
		for _, id := range r.Party {
			if known(l, r.At, "field", id, l.p.fields) && l.p.fields[id].Type != TypePerson {
				l.typed(r.At, id, TypeOrganisation)
			}
		}
		for _, state := range r.States {
			known(l, r.At, "state", state, l.p.states)
		}
		if r.Counts != "" {
			known(l, r.At, "tie", r.Counts, ties)
		}
		if r.Bars == (r.Counts != "") {
			l.fail(r.At, "procedure.record_use", "id", r.ID)
		}
		l.oneOf(r.At, "mark", r.Mark, "", Seen, Recalled)
	}
}

var numberPart = regexp.MustCompile(`\{(seq(:\d)?|year|month|agency)\}`)

func (l *linter) credential() {
	c := l.p.Credential
	if c == nil {
		return
	}
	for _, a := range c.IssuedBy {
		known(l, c.At, "action", a, l.p.transitions)
	}
	for _, f := range c.Scope {
		known(l, c.At, "field", f, l.p.fields)
	}
	l.typed(c.At, c.From, TypeDate)
	l.typed(c.At, c.Until, TypeDate)
	for i := range c.Replaces {
		r := &c.Replaces[i]
		l.typed(r.At, r.Field, TypeText)
		l.typed(r.At, r.End, TypeDate)
		l.oneOf(r.At, "mark", r.Mark, "", Seen, Recalled)
	}
	rest := numberPart.ReplaceAllString(c.Number, "")
	if !strings.Contains(c.Number, "{seq") || strings.ContainsAny(rest, "{}") {
		l.fail(c.At, "procedure.bad_number", "number", c.Number)
	}
	check(l, c.EndsOn, func(n *Named) (string, fault.Place) { return n.ID, n.At })
	l.oneOf(c.At, "mark", c.Mark, "", Seen, Recalled)
}
