package party

import (
	"context"
	"fmt"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Votes are a vote over all who may vote, present or not.
type Votes struct {
	For int `json:"for"`
	Of  int `json:"of"`
}

// Entry is somebody who comes into the Party (Admit) or into one of its cells here from elsewhere (Receive).
type Entry struct {
	ID       string // of the new member; empty = numbered
	Person   string // in package people; empty = a new one with the member's id
	Name     string // for a new person
	Unit     string
	Sex      string // "male", "female"
	Youth    bool
	Born     calendar.Date // sealed; NoDate where the papers do not say: the age is then not checked
	Home     string        // sealed
	Decided  calendar.Date // decision on admission
	Admitted calendar.Date // ceremony
	Official calendar.Date // Receive only
	Badge    int           // Receive only

	Cell, Committee Votes     // Admit only
	Sponsors        []Sponsor // Admit only

	asOf calendar.Date               // day on which the sponsors were judged; zero = that of the decision
	also func(Member) ledger.Command // recorded with it

	On    calendar.Date // Receive: day of arrival
	Actor string
}

// Admit records that somebody was admitted, on the day of the ceremony, if the rules of the decision's day allow it.
// Errors: party.no_name, party.too_young_or_old, party.too_few_votes, party.ceremony_late, party.order, those of
// sponsored and of people.Unit.
func (r *Room) Admit(ctx context.Context, e Entry) (*Member, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	c := rules.On(e.Decided)
	switch {
	case e.Decided == calendar.NoDate || e.Admitted == calendar.NoDate || e.Admitted < e.Decided:
		return nil, fault.New(fault.Invalid, "party.order")
	case e.Born != calendar.NoDate && !c.AgeAllowed(e.Born, e.Decided):
		return nil, fault.New(fault.Invalid, "party.too_young_or_old", "min", c.Admission.AgeMin, "max", c.Admission.AgeMax)
	}
	if err := reached(c.Admission.Cell, e.Cell); err != nil {
		return nil, err
	}
	if err := reached(c.Admission.Committee, e.Committee); err != nil {
		return nil, err
	}
	if e.asOf == 0 {
		e.asOf = e.Decided
	}
	if err := r.sponsored(ctx, rules.On(e.asOf), e.Sponsors, e.asOf); err != nil {
		return nil, err
	}
	last, err := r.cal.Due(calendar.Count{From: e.Decided, Duration: c.Admission.Ceremony})
	if err != nil {
		return nil, err
	}
	if e.Admitted > last {
		return nil, fault.New(fault.Invalid, "party.ceremony_late", "last", last)
	}
	e.Official, e.On = calendar.NoDate, e.Admitted
	return r.enter(ctx, e, Probation, "member_admitted")
}

// AgeAllowed reports whether somebody born on a day is old enough and not too old on another: from the month in which
// they become AgeMin until the month in which they are AgeMax.
func (c *Charter) AgeAllowed(born, on calendar.Date) bool {
	age := Months(born, on)
	return age >= c.Admission.AgeMin*12 && age <= c.Admission.AgeMax*12
}

// Receive records that a member arrived from elsewhere, or stood in the cell when the register began. Errors as Admit.
func (r *Room) Receive(ctx context.Context, e Entry) (*Member, error) {
	if e.Admitted == calendar.NoDate {
		e.Admitted = e.Decided
	}
	if e.Decided == calendar.NoDate || e.Admitted < e.Decided || e.Official != calendar.NoDate && e.Official < e.Admitted {
		return nil, fault.New(fault.Invalid, "party.order")
	}
	state := Probation
	if e.Official != calendar.NoDate {
		state = Official
	}
	return r.enter(ctx, e, state, "member_moved_in")
}

func (r *Room) enter(ctx context.Context, e Entry, state State, verb string) (*Member, error) {
	on, err := r.day(e.On)
	if err != nil {
		return nil, err
	}
	if err := r.cell(ctx, e.Unit, on); err != nil {
		return nil, err
	}
	if trimmed(e.Name) == "" && e.Person == "" {
		return nil, fault.New(fault.Invalid, "party.no_name")
	}
	m := Member{Person: e.Person, Unit: e.Unit, State: state, Decided: e.Decided, Admitted: e.Admitted, Official: e.Official,
		Sex: e.Sex, Youth: e.Youth, Badge: e.Badge, LastOn: on}
	note := note{Cell: e.Cell, Committee: e.Committee, Sponsors: e.Sponsors}
	for try := 1; ; try++ {
		if m.ID = e.ID; m.ID == "" {
			if m.ID, err = r.nextID(ctx, lastMember, "DV-"); err != nil {
				return nil, err
			}
		}
		if m.Personal, err = r.seal(ctx, m.ID, map[string]string{"born": e.Born.String(), "home": trimmed(e.Home)}); err != nil {
			return nil, err
		}
		if e.Person == "" {
			m.Person = strings.ToLower(m.ID)
		}
		cmds := []ledger.Command{memberCommand(m, 0, e.Actor, verb, on, note)}
		if e.also != nil {
			cmds = append([]ledger.Command{e.also(m)}, cmds...) // first, as the version that a program saw is the file's
		}
		_, err = r.opts.Append(ctx, cmds...)
		if err == nil {
			break
		}
		if !fault.Is(err, "ledger.version_conflict") || try == tries || e.ID != "" {
			return nil, err
		}
	}
	if e.Person == "" {
		if err := r.who.SetPerson(ctx, people.Person{ID: m.Person, Name: trimmed(e.Name)}); err != nil {
			return nil, err
		}
	}
	return &m, nil
}

// tries is how often a number taken by somebody else in the same moment is asked for anew.
const tries = 5

// seal keeps what is not empty.
func (r *Room) seal(ctx context.Context, person string, plain map[string]string) (map[string]string, error) {
	var out map[string]string
	for name, text := range plain {
		if text == "" || r.opts.Seal == nil {
			continue
		}
		sealed, err := r.opts.Seal(ctx, person, text)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = sealed
	}
	return out, nil
}

// Reveal opens one of a member's personal fields, "" where there is none or it was erased.
func (r *Room) Reveal(ctx context.Context, m *Member, field string) (string, error) {
	sealed := m.Personal[field]
	if sealed == "" || r.opts.Open == nil {
		return "", nil
	}
	text, err := r.opts.Open(ctx, sealed)
	if fault.Is(err, "vault.erased") {
		return "", nil
	}
	return text, err
}

// Step is something that happens to a member.
type Step struct {
	ID     string
	On     calendar.Date // NoDate = today
	Actor  string
	Expect int64  // version that the actor saw; 0 = whatever it is
	Votes  Votes  // Recognise: of the cell
	Unit   string // Move: another cell here; empty = to somewhere else
	Grade  int    // Confer
	Reason string // Leave

	Committee Votes // Recognise
}

// OfficialOn is the day from which a member on probation is official, however late the cell decides.
func (c *Charter) OfficialOn(m *Member) calendar.Date { return m.Admitted.AddMonths(c.Probation.N) }

// Recognise makes a member on probation official, from the day on which probation ended. Errors: party.not_now,
// party.probation_runs, party.too_few_votes.
func (r *Room) Recognise(ctx context.Context, s Step) (*Member, error) {
	return r.step(ctx, s, "member_made_official", func(m *Member, on calendar.Date) error {
		rules, err := r.Rules()
		if err != nil {
			return err
		}
		c := rules.On(on)
		if m.State != Probation {
			return fault.New(fault.Conflict, "party.not_now", "id", m.ID)
		}
		if end := c.OfficialOn(m); on < end {
			return fault.New(fault.Invalid, "party.probation_runs", "end", end)
		}
		if err := reached(c.Admission.Cell, s.Votes); err != nil {
			return err
		}
		if err := reached(c.Admission.Committee, s.Committee); err != nil {
			return err
		}
		m.State, m.Official = Official, c.OfficialOn(m)
		return nil
	})
}

// Move records that a member goes to another cell here, or to somewhere else.
func (r *Room) Move(ctx context.Context, s Step) (*Member, error) {
	if s.Unit != "" {
		if err := r.cell(ctx, s.Unit, r.Today()); err != nil {
			return nil, err
		}
	}
	return r.step(ctx, s, "member_moved_out", func(m *Member, _ calendar.Date) error {
		if s.Unit == m.Unit {
			return fault.New(fault.Invalid, "party.same_cell")
		}
		if s.Unit == "" {
			m.State = MovedOut
		}
		return nil
	})
}

// Confer records that a member got the badge of a grade. Error: party.badge_not_due.
func (r *Room) Confer(ctx context.Context, s Step) (*Member, error) {
	return r.step(ctx, s, "badge_conferred", func(m *Member, on calendar.Date) error {
		rules, err := r.Rules()
		if err != nil {
			return err
		}
		line, ok := rules.On(on).BadgeFor(m, on)
		if !ok || s.Grade <= m.Badge || s.Grade > line.Grade {
			return fault.New(fault.Invalid, "party.badge_not_due", "grade", s.Grade, "years", m.Age(on)/12)
		}
		m.Badge = s.Grade
		return nil
	})
}

// Leave records that a member left the Party or died. Error: party.no_reason.
func (r *Room) Leave(ctx context.Context, s Step) (*Member, error) {
	return r.step(ctx, s, "member_left", func(m *Member, _ calendar.Date) error {
		if trimmed(s.Reason) == "" {
			return fault.New(fault.Invalid, "party.no_reason")
		}
		m.State = Left
		return nil
	})
}

func (r *Room) step(ctx context.Context, s Step, verb string, do func(*Member, calendar.Date) error) (*Member, error) {
	m, err := r.Member(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	on, err := r.day(s.On)
	if err != nil {
		return nil, err
	}
	if !m.Active() {
		return nil, fault.New(fault.Conflict, "party.not_now", "id", m.ID)
	}
	if on < m.LastOn {
		return nil, fault.New(fault.Invalid, "party.before_last", "last", m.LastOn)
	}
	version := m.Version
	if s.Expect != 0 {
		version = s.Expect
	}
	if err := do(m, on); err != nil {
		return nil, err
	}
	m.LastOn = on
	// why somebody left is told to nobody who may not open the member's page
	extra := note{Cell: s.Votes, Committee: s.Committee, Grade: s.Grade, To: s.Unit}
	sealed, err := r.seal(ctx, m.ID, map[string]string{"reason": trimmed(s.Reason)})
	if err != nil {
		return nil, err
	}
	extra.Reason = sealed["reason"]
	cmds := []ledger.Command{memberCommand(*m, version, s.Actor, verb, on, extra)}
	if verb == "member_moved_out" && s.Unit != "" { // an event counts for one unit: the arrival is a second one
		m.Unit = s.Unit
		cmds = append(cmds, memberCommand(*m, version+1, s.Actor, "member_moved_in", on, extra))
	}
	if _, err := r.opts.Append(ctx, cmds...); err != nil {
		return nil, err
	}
	return r.Member(ctx, m.ID)
}

// Due is a date that waits for a cell.
type Due struct {
	*Member
	What string // "recognise"
	On   calendar.Date
	Last calendar.Date // the cell decides until
}

// Recognitions are the members on probation in the order in which it ends.
func (r *Room) Recognitions(ctx context.Context, units []string) ([]Due, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	list, _, err := r.Members(ctx, MemberFilter{Units: units, State: Probation, Limit: most})
	if err != nil {
		return nil, err
	}
	out := make([]Due, 0, len(list))
	for _, m := range list {
		c := rules.On(r.Today())
		d := Due{Member: m, What: "recognise", On: c.OfficialOn(m), Last: calendar.NoDate}
		if d.Last, err = r.cal.Due(calendar.Count{From: d.On, Duration: c.Recognise, Ahead: true}); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s%05d", prefix, n) }
