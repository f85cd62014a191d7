package commendation

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Proposal is one or more subjects proposed for an award.
type Proposal struct {
	Actor    string
	Side     string
	Year     int
	Award    string
	Subjects []string
	Occasion string
	Report   string
}

// idOf is a nomination's id: there is one a subject, award and year, and one for each other occasion.
func idOf(year int, award, subject, occasion string) string {
	id := strconv.Itoa(year) + "-" + award + "-" + subject
	if occasion != "" {
		id += "~" + occasion
	}
	return id
}

// Propose opens nominations with what the records say that day. Errors: those of Simulate, commendation.no_award,
// commendation.not_for_occasion, commendation.no_deed of a thematic or sudden one without words,
// commendation.nobody, commendation.unknown_subject, commendation.blocked, commendation.not_met, commendation.exists.
func (r *Room) Propose(ctx context.Context, p Proposal) ([]*Nomination, error) {
	sim, err := r.Simulate(ctx, p.Side, p.Year)
	if err != nil {
		return nil, err
	}
	result := sim.Award(p.Award)
	switch {
	case result == nil || !slices.Contains(Occasions(), p.Occasion):
		return nil, fault.New(fault.Invalid, "commendation.no_award", "award", p.Award)
	case len(p.Subjects) == 0:
		return nil, fault.New(fault.Invalid, "commendation.nobody")
	}
	if rule := sim.Law.Occasion(p.Occasion); p.Occasion != "" {
		switch {
		case rule == nil || !slices.Contains(rule.Awards, p.Award):
			return nil, fault.New(fault.Invalid, "commendation.not_for_occasion", "award", result.Award.Label.In("vi"))
		case p.Report == "":
			return nil, fault.New(fault.Invalid, "commendation.no_deed")
		}
	}
	records := map[string]*Record{}
	var list []*Nomination
	for _, id := range p.Subjects {
		at := slices.IndexFunc(result.Verdicts, func(v Verdict) bool { return v.Subject.ID == id })
		if at < 0 {
			return nil, fault.New(fault.NotFound, "commendation.unknown_subject", "id", id)
		}
		v := &result.Verdicts[at]
		switch {
		case v.Standing == Blocked:
			return nil, fault.New(fault.Conflict, "commendation.blocked", "id", id)
		case p.Occasion == "" && v.Standing != Within && v.Standing != Beyond:
			return nil, fault.New(fault.Conflict, "commendation.not_met", "id", id)
		}
		if records[id], err = r.Record(ctx, id); err != nil {
			return nil, err
		}
		n := r.nominate(p, sim.Law, result.Award, v, records[id])
		if n.ID, err = r.free(ctx, n); err != nil {
			return nil, err
		}
		if n.Chosen, err = r.Achievements(ctx, v.Subject, p.Year); err != nil {
			return nil, err
		}
		if p.Occasion != "" { // one deed, or one subject: the year's other work is not what it is for
			n.Chosen = nil
		}
		list = append(list, n)
	}
	return list, r.append(ctx, p.Actor, Report, "", list, func(n *Nomination) error {
		if _, err := r.Get(ctx, n.ID); err == nil {
			return fault.New(fault.Conflict, "commendation.exists", "id", n.ID)
		}
		return nil
	})
}

// free is the id of a nomination; a further one of an occasion in the same year has a number, and so has one after a decision that
// was taken back.
func (r *Room) free(ctx context.Context, n *Nomination) (string, error) {
	id := n.ID
	for i := 2; ; i++ {
		earlier, err := r.Get(ctx, id)
		if fault.Is(err, "commendation.not_found") || err == nil && n.Occasion == "" && earlier.Stage != Revoked {
			break
		}
		if err != nil {
			return "", err
		}
		id = n.ID + "-" + strconv.Itoa(i)
	}
	return id, nil
}

func (r *Room) nominate(p Proposal, law *Law, a *Award, v *Verdict, rec *Record) *Nomination {
	n := &Nomination{ID: idOf(p.Year, p.Award, v.Subject.ID, p.Occasion), Side: p.Side, Year: p.Year, Award: p.Award, Law: law.ID, Subject: v.Subject.ID,
		Group: v.Subject.Group, Unit: v.Subject.Unit, Title: a.Label.In("vi"), Occasion: p.Occasion, Report: p.Report, Class: v.Class, Proposed: v.Proposed,
		Standing: v.Standing, Reasons: v.Reasons, Work: v.Work, Stage: Reported, LastOn: r.Today()}
	for _, m := range rec.Merits {
		if m.Year == p.Year {
			n.Merits = append(n.Merits, m)
		}
	}
	return n
}

// Step is one verb for one or more nominations of one award and year.
type Step struct {
	Actor    string
	IDs      []string
	Verb     Verb
	Note     string
	On       calendar.Date // today when none
	Decision string        // number: of the decision, of the revocation
	How      string        // Revoke: id of Law.Revocations; "" = the usual way
}

// tries is how often a step is worked out anew after somebody else's came first.
const tries = 8

// Take takes a step for all the nominations or, where one refuses it, for none. Errors: commendation.not_found,
// commendation.nobody, commendation.mixed, commendation.not_now, commendation.need_note, commendation.need_decision,
// commendation.bad_day, commendation.no_vote, commendation.still_asked, commendation.over_cap, commendation.no_revocation, those of
// council.
func (r *Room) Take(ctx context.Context, s Step) ([]*Nomination, error) {
	s.On, s.Note, s.Decision = on(s.On, r.Today()), tidy(s.Note), tidy(s.Decision)
	for try := 1; ; try++ {
		list, err := r.step(ctx, s)
		if err == nil || !fault.Is(err, "ledger.version_conflict") || try == tries {
			return list, err
		}
	}
}

func (r *Room) step(ctx context.Context, s Step) ([]*Nomination, error) {
	list, law, err := r.together(ctx, s.IDs)
	if err != nil {
		return nil, err
	}
	a := law.Award(list[0].Award)
	if err := r.check(ctx, &s, a, list); err != nil {
		return nil, err
	}
	if err := r.prepare(ctx, &s, law, a, list); err != nil {
		return nil, err
	}
	for _, n := range list {
		rule, err := n.rule(a, s.Verb)
		if err != nil {
			return nil, err
		}
		n.Stage, n.LastOn = rule.To, s.On
	}
	return list, r.append(ctx, s.Actor, s.Verb, s.Note, list, nil)
}

// together reads nominations of one award and year.
func (r *Room) together(ctx context.Context, ids []string) ([]*Nomination, *Law, error) {
	var list []*Nomination
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		n, err := r.Get(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if len(list) > 0 && (n.Award != list[0].Award || n.Year != list[0].Year) {
			return nil, nil, fault.New(fault.Invalid, "commendation.mixed")
		}
		list = append(list, n)
	}
	if len(list) == 0 {
		return nil, nil, fault.New(fault.Invalid, "commendation.nobody")
	}
	law, err := r.byID(list[0].Law)
	return list, law, err
}

// byID is the law that a nomination was judged by.
func (r *Room) byID(id string) (*Law, error) {
	all, err := r.opts.Rules()
	if err != nil {
		return nil, err
	}
	for _, l := range all.laws {
		if l.ID == id {
			return l, nil
		}
	}
	return nil, fault.New(fault.NotFound, "commendation.no_such_law", "id", id)
}

// Award is the award of a nomination, with the rules it was judged by.
func (r *Room) Award(n *Nomination) (*Award, error) {
	law, err := r.byID(n.Law)
	if err != nil {
		return nil, err
	}
	return law.Award(n.Award), nil
}

// check refuses what may not be done, or lacks words.
func (r *Room) check(ctx context.Context, s *Step, a *Award, list []*Nomination) error {
	for _, n := range list {
		rule, err := n.rule(a, s.Verb)
		switch {
		case err != nil:
			return err
		case rule.Note && s.Note == "":
			return fault.New(fault.Invalid, "commendation.need_note")
		case s.On < n.LastOn || s.On > r.Today():
			return fault.New(fault.Invalid, "commendation.bad_day", "from", n.LastOn, "to", r.Today())
		case s.Verb == Submit && n.ConsultTo != 0 && s.On <= n.ConsultTo:
			return fault.New(fault.Conflict, "commendation.still_asked", "until", n.ConsultTo)
		}
	}
	if (s.Verb == Decide || s.Verb == Revoke) && s.Decision == "" {
		return fault.New(fault.Invalid, "commendation.need_decision")
	}
	if s.Verb == Submit || s.Verb == Decide {
		if err := r.answered(ctx, list); err != nil {
			return err
		}
	}
	if s.Verb == Decide {
		return r.inCap(ctx, a, list)
	}
	return nil
}

// inCap refuses a decision that would give the award to more than its cap. Only regular ones count.
func (r *Room) inCap(ctx context.Context, a *Award, list []*Nomination) error {
	if a.Cap == nil {
		return nil
	}
	more := 0
	for _, n := range list {
		if n.Occasion == "" {
			more++
		}
	}
	have, err := r.number(ctx, decided, int64(list[0].Year), a.ID)
	if err != nil {
		return err
	}
	base, err := r.number(ctx, decided, int64(list[0].Year), a.Cap.Of)
	if err != nil {
		return err
	}
	if most := base * a.Cap.Percent / 100; more > 0 && have+more > most {
		return fault.New(fault.Conflict, "commendation.over_cap", "most", most, "have", have, "more", more, "base", base, "percent", a.Cap.Percent)
	}
	return nil
}

func (r *Room) number(ctx context.Context, q store.SQL, args ...any) (int, error) {
	var n int
	err := r.db.QueryRow(ctx, q, args...).Scan(&n)
	if err != nil {
		err = store.Fault(err)
	}
	return n, err
}

// prepare fills in what a step brings with it.
func (r *Room) prepare(ctx context.Context, s *Step, law *Law, a *Award, list []*Nomination) error {
	switch s.Verb {
	case SendOn:
		return r.sendOn(ctx, s, a, list)
	case TakeVote:
		return r.takeVote(ctx, list)
	case Consult:
		d, err := calendar.ParseDuration(a.Consult)
		if err != nil {
			return err
		}
		until, err := r.opts.Calendar.Due(calendar.Count{From: s.On, Duration: d, Ahead: true})
		for _, n := range list {
			n.ConsultTo = until
		}
		return err
	case Decide:
		rules, err := r.opts.Rules()
		if err != nil {
			return err
		}
		sum, salary, err := rules.Money(law, a, s.On)
		if err != nil {
			return err
		}
		for _, n := range list {
			n.Decision, n.DecidedOn, n.Money, n.BaseSalary = s.Decision, s.On, sum, salary.Amount
		}
	case Confer:
		for _, n := range list {
			n.ConferredOn = s.On
		}
	case Refuse:
		for _, n := range list {
			n.Reason = s.Note
		}
	case Revoke:
		way := law.Revocation(s.How)
		if way == nil {
			return fault.New(fault.Invalid, "commendation.no_revocation", "how", s.How)
		}
		for _, n := range list {
			n.Reason, n.Revoked = s.Note, &Revocation{How: way.ID, Decision: s.Decision, On: s.On, Reason: s.Note}
		}
	}
	return nil
}

// sendOn forms the council that votes on the nominations.
func (r *Room) sendOn(ctx context.Context, s *Step, a *Award, list []*Nomination) error {
	host, err := r.opts.Host(ctx)
	if err != nil {
		return err
	}
	// the key makes a second try after a conflict find the council of the first
	f := council.Founding{Key: "commendation/" + list[0].ID + "/" + strconv.Itoa(len(list)), Rule: a.Council, Title: a.Label.In("vi") + " " + strconv.Itoa(list[0].Year), Unit: host, Secretary: s.Actor, Actor: s.Actor}
	for _, n := range list {
		f.Files = append(f.Files, council.File{ID: n.ID, Label: r.opts.Label(ctx, n)})
	}
	c, err := r.opts.Councils.Form(ctx, f)
	if err != nil {
		return err
	}
	for _, n := range list {
		n.Council = c.ID
	}
	return nil
}

// takeVote copies the count of the council; all of the nominations must have passed. Error: commendation.no_vote before
// the count is confirmed, commendation.not_passed.
func (r *Room) takeVote(ctx context.Context, list []*Nomination) error {
	for _, n := range list {
		c, err := r.opts.Councils.Get(ctx, n.Council)
		if err != nil {
			return err
		}
		if c.Stage != council.Confirmed && c.Stage != council.Concluded {
			return fault.New(fault.Conflict, "commendation.no_vote", "council", c.ID)
		}
		i := slices.IndexFunc(c.Outcomes, func(o council.Outcome) bool { return o.File == n.ID })
		if i < 0 || !c.Outcomes[i].Passed {
			return fault.New(fault.Conflict, "commendation.not_passed", "id", n.ID, "council", c.ID)
		}
		n.For, n.Base = c.Outcomes[i].For, c.Base
	}
	return nil
}

// append records a step of nominations of one award and year, one command a unit, since an event counts for one unit.
func (r *Room) append(ctx context.Context, actor string, v Verb, note string, list []*Nomination, before func(*Nomination) error) error {
	year, award := list[0].Year, list[0].Award
	head, err := r.number(ctx, roundHead, int64(year), award)
	if err != nil {
		return err
	}
	for _, n := range list {
		if before == nil {
			continue
		}
		if err := before(n); err != nil {
			return err
		}
	}
	slices.SortStableFunc(list, func(a, b *Nomination) int { return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.ID, b.ID)) })
	stream := roundPrefix + strconv.Itoa(year) + "/" + award
	var cmds []ledger.Command
	for i := 0; i < len(list); {
		cmd := ledger.Command{Stream: stream, Expect: int64(head + i), Actor: actor, Unit: list[i].Unit}
		for unit := list[i].Unit; i < len(list) && list[i].Unit == unit; i++ {
			n := list[i]
			cmd.Events = append(cmd.Events, ledger.NewEvent{Kind: kindPrefix + string(v), On: n.LastOn, Data: nominationFact{Nomination: *n, Note: note,
				Dims: map[string]string{"unit": n.Unit, "award": n.Award, "subject": subjectKind(n)}}})
		}
		cmds = append(cmds, cmd)
	}
	_, err = r.l.Append(ctx, cmds...)
	return err
}

func subjectKind(n *Nomination) string {
	if n.Group {
		return "unit"
	}
	return "person"
}
