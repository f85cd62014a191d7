package commendation

import (
	"cmp"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
)

// Subject is somebody, or a unit, that may be commended.
type Subject struct {
	ID    string        `json:"id"`
	Unit  string        `json:"unit"`  // where the person works; of a unit itself
	Since calendar.Date `json:"since"` // first day in the agency
	Group bool          `json:"group,omitempty"`
}

// Work is what the year's tasks say of a person.
type Work struct {
	Done    int `json:"done"`
	OnTime  int `json:"on_time"`
	Early   int `json:"early"` // at least one working day before the due date
	Overdue int `json:"overdue"`
}

// Held is an award of an earlier year, or of this one.
type Held struct {
	Award    string        `json:"award"`
	Year     int           `json:"year"`
	Occasion string        `json:"occasion,omitempty"` // "" regular; thematic, sudden: never counts toward another award
	Decision string        `json:"decision,omitempty"`
	On       calendar.Date `json:"on,omitzero"`

	Nomination string      `json:"nomination,omitempty"` // that it came of; "" for one of before the system, or by another body
	Revoked    *Revocation `json:"revoked,omitempty"`    // it no longer counts
}

// Merit is a recognised initiative or an accepted mission.
type Merit struct {
	Kind   string `json:"kind"`  // "initiative" or "mission"
	Scope  string `json:"scope"` // "base" or "wide"
	Year   int    `json:"year"`
	Title  string `json:"title"`
	Source string `json:"source"`         // decision or certificate
	Code   string `json:"code,omitempty"` // of the dossier that it came out of
}

// Case is an obstacle: discipline, an inspection or a complaint under way.
type Case struct {
	Kind string        `json:"kind"`
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to,omitzero"` // 0 = open
	Note string        `json:"note,omitempty"`
}

// Record is what stands in the ledger about a subject.
type Record struct {
	Subject    string         `json:"subject"`
	Classes    map[int]Class  `json:"classes,omitempty"`
	Held       []Held         `json:"held,omitempty"`
	Merits     []Merit        `json:"merits,omitempty"`
	Cases      []Case         `json:"cases,omitempty"`
	Registered []Registration `json:"registered,omitempty"`

	Version int64 `json:"-"`
}

// Registration is what a subject set out to reach in a movement.
type Registration struct {
	Movement string `json:"movement"`
	Year     int    `json:"year"`
	Award    string `json:"award"`
}

// Standing is how a subject stands toward an award.
type Standing string

// The standings, the best first.
const (
	Within  Standing = "within"  // qualifies, inside the cap
	Beyond  Standing = "beyond"  // qualifies, outside the cap
	Near    Standing = "near"    // one condition missing
	Far     Standing = "far"     // more than one
	Blocked Standing = "blocked" // a case is open
)

// Standings lists them in order.
func Standings() []Standing { return []Standing{Within, Beyond, Near, Far, Blocked} }

// Reason is a condition that is not met: what there is and what is asked for.
type Reason struct {
	Kind      string     `json:"kind"`
	Condition *Condition `json:"condition,omitempty"`
	Have      int        `json:"have"`
	Need      int        `json:"need"`
	Case      string     `json:"case,omitempty"`
}

// Verdict is one subject's standing toward one award.
type Verdict struct {
	Subject    Subject  `json:"subject"`
	Standing   Standing `json:"standing"`
	Rank       int      `json:"rank,omitempty"` // among those who qualify
	Reasons    []Reason `json:"reasons,omitempty"`
	Class      Class    `json:"class,omitempty"`
	Proposed   bool     `json:"proposed,omitempty"` // the class is what the tasks speak for, none is on record
	Lowered    bool     `json:"lowered,omitempty"`  // proposed as excellent, beyond the cap of the excellent
	Registered bool     `json:"registered,omitempty"`
	Decided    bool     `json:"decided,omitempty"` // has the award of the year already
	Shaken     bool     `json:"shaken,omitempty"`  // has it, but an award that it stands on was since taken back
	Work       Work     `json:"work"`
}

// AwardResult is the simulation of one award.
type AwardResult struct {
	Award    *Award           `json:"-"`
	ID       string           `json:"award"`
	Capped   bool             `json:"capped"`
	Cap      int              `json:"cap,omitempty"`  // most, where capped
	Base     int              `json:"base,omitempty"` // people that the cap is a share of
	Count    map[Standing]int `json:"count"`
	Verdicts []Verdict        `json:"verdicts"`
}

// ClassResult is how the classes stand against the cap of the excellent.
type ClassResult struct {
	People    int           `json:"people"`
	Count     map[Class]int `json:"count"`
	Unrated   int           `json:"unrated"`
	Base      int           `json:"base"`      // N: good or better
	Cap       int           `json:"cap"`       // most excellent, as the law's data say
	Other     int           `json:"other_cap"` // counted the other way
	Excellent int           `json:"excellent"` // on record and proposed, before the cap
}

// Result is a simulation.
type Result struct {
	Year    int           `json:"year"`
	On      calendar.Date `json:"on"`
	Law     *Law          `json:"-"`
	LawID   string        `json:"law"`
	Classes ClassResult   `json:"classes"`
	Awards  []AwardResult `json:"awards"`
}

// Award is the result of one award, nil when the law has none.
func (r *Result) Award(id string) *AwardResult {
	for i := range r.Awards {
		if r.Awards[i].ID == id {
			return &r.Awards[i]
		}
	}
	return nil
}

// Facts are what a simulation goes by.
type Facts struct {
	Subjects []Subject
	Records  map[string]*Record
	Work     map[string]Work
}

// candidate is a subject in work.
type candidate struct {
	Subject
	rec      *Record
	work     Work
	class    Class
	proposed bool
	lowered  bool
	now      map[string]bool // awards of this year, inside the cap
}

// run is one simulation.
type run struct {
	law   *Law
	year  int
	on    calendar.Date
	all   []*candidate
	units map[string][]*candidate // people by unit

	withRevoked bool // awards that were taken back count: to see what stood on them
}

// Simulate works out who would qualify for each award of a year if the council met on a day. It changes nothing and
// never names more than a cap allows.
func Simulate(law *Law, year int, on calendar.Date, f Facts) *Result {
	s := &run{law: law, year: year, on: on, units: map[string][]*candidate{}}
	for _, who := range f.Subjects {
		c := &candidate{Subject: who, rec: f.Records[who.ID], work: f.Work[who.ID], now: map[string]bool{}}
		if c.rec == nil {
			c.rec = &Record{}
		}
		s.all = append(s.all, c)
		if !who.Group {
			s.units[who.Unit] = append(s.units[who.Unit], c)
		}
	}
	out := &Result{Year: year, On: on, Law: law, LawID: law.ID, Classes: s.classify()}
	for i := range law.Awards {
		out.Awards = append(out.Awards, s.award(&law.Awards[i]))
	}
	return out
}

// propose is the class that the tasks speak for; "" without a task done.
func (s *run) propose(w Work) Class {
	p := s.law.Propose
	total := w.Done + w.Overdue
	switch {
	case w.Done == 0:
		return ""
	case w.OnTime*100 >= p.OnTime*total && w.Early*100 >= p.Early*total:
		return Excellent
	case w.OnTime*100 >= p.GoodOnTime*total:
		return Good
	}
	return Done
}

// classify gives everybody the class on record or the one that the tasks speak for, and keeps the proposed excellent
// inside the cap. A class on record stands: it was decided elsewhere.
func (s *run) classify() ClassResult {
	out := ClassResult{Count: map[Class]int{}}
	var proposed []*candidate
	recorded := 0
	for _, c := range s.all {
		if c.Group {
			continue
		}
		out.People++
		if c.class = c.rec.Classes[s.year]; c.class == "" {
			c.class = s.propose(c.work)
			c.proposed = c.class != ""
		}
		if c.class.atLeast(Good) {
			out.Base++
		}
		switch {
		case c.class == Excellent && c.proposed:
			proposed = append(proposed, c)
		case c.class == Excellent:
			recorded++
		}
	}
	out.Excellent = recorded + len(proposed)
	out.Cap, out.Other = s.law.ExcellentCap(out.Base)
	slices.SortFunc(proposed, s.better)
	for i, c := range proposed {
		if recorded+i >= out.Cap {
			c.class, c.lowered = Good, true
		}
	}
	for _, c := range s.all {
		switch {
		case c.Group:
		case c.class == "":
			out.Unrated++
		default:
			out.Count[c.class]++
		}
	}
	return out
}

// better orders candidates of one award: class, wide merits, merits, share done early, tasks on time; the id last, so
// that the order is always the same.
func (s *run) better(a, b *candidate) int {
	early := func(c *candidate) int { return c.work.Early * 1000 / max(c.work.Done, 1) }
	return cmp.Or(
		slices.Index(Classes(), a.class)-slices.Index(Classes(), b.class),
		s.merits(b, "", "wide")-s.merits(a, "", "wide"),
		s.merits(b, "", "base")-s.merits(a, "", "base"),
		early(b)-early(a),
		b.work.OnTime-a.work.OnTime,
		strings.Compare(a.ID, b.ID))
}

func (s *run) award(a *Award) AwardResult {
	out := AwardResult{Award: a, ID: a.ID, Count: map[Standing]int{}}
	var pass []*candidate
	verdicts := map[*candidate]*Verdict{}
	list := make([]Verdict, 0, len(s.all))
	for _, c := range s.all {
		if c.Group != (a.Subject == "unit") {
			continue
		}
		list = append(list, s.judge(a, c))
		v := &list[len(list)-1]
		verdicts[c] = v
		if v.Standing == Within {
			pass = append(pass, c)
		}
	}
	slices.SortFunc(pass, func(x, y *candidate) int {
		return cmp.Or(last(x.rec.has(a.ID, s.year))-last(y.rec.has(a.ID, s.year)), s.better(x, y))
	})
	most := len(pass)
	if a.Cap != nil {
		out.Capped = true
		for _, c := range s.all {
			if c.now[a.Cap.Of] {
				out.Base++
			}
		}
		out.Cap = out.Base * a.Cap.Percent / 100
		most = min(most, out.Cap)
	}
	for i, c := range pass {
		v := verdicts[c]
		if v.Rank = i + 1; i < most || v.Decided {
			c.now[a.ID] = true
		} else {
			v.Standing = Beyond
		}
	}
	for i := range list {
		out.Count[list[i].Standing]++
	}
	slices.SortStableFunc(list, func(x, y Verdict) int {
		return cmp.Or(slices.Index(Standings(), x.Standing)-slices.Index(Standings(), y.Standing), x.Rank-y.Rank, len(x.Reasons)-len(y.Reasons), strings.Compare(x.Subject.ID, y.Subject.ID))
	})
	out.Verdicts = list
	return out
}

// last sorts those without after those with.
func last(with bool) int {
	if with {
		return 0
	}
	return 1
}

func (s *run) judge(a *Award, c *candidate) Verdict {
	v := Verdict{Subject: c.Subject, Class: c.class, Proposed: c.proposed, Lowered: c.lowered, Work: c.work, Standing: Within}
	for _, g := range c.rec.Registered {
		v.Registered = v.Registered || g.Year == s.year && g.Award == a.ID
	}
	for i := range a.Conditions {
		if have, need, ok := s.meets(c, &a.Conditions[i]); !ok {
			v.Reasons = append(v.Reasons, Reason{Kind: a.Conditions[i].Kind(), Condition: &a.Conditions[i], Have: have, Need: need})
		}
	}
	switch {
	case len(v.Reasons) == 1:
		v.Standing = Near
	case len(v.Reasons) > 1:
		v.Standing = Far
	}
	if v.Decided = c.rec.has(a.ID, s.year); v.Decided {
		v.Standing, v.Reasons, v.Shaken = Within, nil, s.shaken(c, v.Reasons)
		return v
	}
	if kind := s.obstacle(c.rec); kind != "" {
		v.Standing = Blocked
		v.Reasons = append([]Reason{{Kind: "case", Case: kind}}, v.Reasons...)
	}
	return v
}

// obstacle is the kind of a case that is open on the day, or of a discipline in the year.
func (s *run) obstacle(r *Record) string {
	for _, k := range r.Cases {
		open := k.From <= s.on && (k.To == 0 || s.on <= k.To)
		inYear := k.From.Time().Year() == s.year && slices.Contains(s.law.Restart, k.Kind)
		if slices.Contains(s.law.BlockedBy, k.Kind) && (open || inYear) {
			return k.Kind
		}
	}
	return ""
}

// meets measures one condition.
func (s *run) meets(c *candidate, k *Condition) (have, need int, ok bool) {
	switch k.Kind() {
	case "class":
		have, need = s.streak(c, func(y int) bool { return s.classOf(c, y).atLeast(k.Class) }), max(k.Years, 1)
	case "award":
		have, need = s.streak(c, func(y int) bool { return s.holds(c, k.Award, y) }), max(k.Years, 1)
	case "initiative", "mission":
		have, need = s.merits(c, k.Merit, k.Scope), 1
	case "times_award":
		have, need = s.times(c, k), k.Times
	case "times_initiative", "times_mission":
		have, need = s.meritsWithin(c, k.Merit, k.Scope, k.Within), k.Times
	case "held", "since":
		have, need = s.since(c, k.Held), k.Since
	case "months":
		have, need = s.months(c), k.Months
	case "any":
		for i := range k.Any {
			if h, n, met := s.meets(c, &k.Any[i]); met {
				return h, n, true
			}
		}
		return 0, 1, false
	case "share":
		n := len(s.units[c.Unit])
		have, need = s.in(c.Unit, k)*100, k.Share*n
		ok = n > 0 && (have > need || have == need && !k.Over)
		return have / max(n, 1), k.Share, ok
	case "count":
		have, need = s.in(c.Unit, k), k.Count
	case "clean":
		for _, p := range s.units[c.Unit] {
			if s.brokenIn(p.rec, s.year) {
				have++
			}
		}
		return have, 0, have == 0
	}
	return have, need, have >= need
}

// in counts the people of a unit with an award or a class of this year.
func (s *run) in(unit string, k *Condition) int {
	n := 0
	for _, p := range s.units[unit] {
		if k.Of != "" && p.now[k.Of] || k.OfClass != "" && p.class.atLeast(k.OfClass) {
			n++
		}
	}
	return n
}

// streakMost bounds how far back a streak is looked for.
const streakMost = 60

// streak counts the years without a gap that end with this one; a year of discipline breaks it.
func (s *run) streak(c *candidate, is func(year int) bool) int {
	n := 0
	for n < streakMost && is(s.year-n) && !s.brokenIn(c.rec, s.year-n) {
		n++
	}
	return n
}

func (s *run) brokenIn(r *Record, year int) bool {
	for _, k := range r.Cases {
		if slices.Contains(s.law.Restart, k.Kind) && k.From.Time().Year() == year {
			return true
		}
	}
	return false
}

func (s *run) classOf(c *candidate, year int) Class {
	if year == s.year {
		return c.class
	}
	return c.rec.Classes[year]
}

// holds: an award of this year counts from the simulation or from its decision; thematic and sudden ones never count.
func (s *run) holds(c *candidate, award string, year int) bool {
	return year == s.year && c.now[award] || c.rec.ever(award, year, s.withRevoked)
}

// months counts the whole months of the year that the person will have worked by its end.
func (s *run) months(c *candidate) int {
	first, last := calendar.Of(s.year, 1, 1), calendar.Of(s.year, 12, 31)
	from := max(c.Since, first)
	n := 0
	for n < 12 && from.AddMonths(n+1)-1 <= last {
		n++
	}
	return n
}
