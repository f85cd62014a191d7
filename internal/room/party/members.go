package party

import (
	"context"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
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
	m := Member{Unit: e.Unit, State: state, Decided: e.Decided, Admitted: e.Admitted, Official: e.Official, Sex: e.Sex, Youth: e.Youth, Badge: e.Badge, LastOn: on}
	note := note{Cell: e.Cell, Committee: e.Committee, Sponsors: e.Sponsors}
	err = r.newcomer(ctx, e, lastMember, "DV-", func(id, person string, personal map[string]string) error {
		m.ID, m.Person, m.Personal = id, person, personal
		cmds := []ledger.Command{memberCommand(m, 0, e.Actor, verb, on, note)}
		if e.also != nil {
			cmds = append([]ledger.Command{e.also(m)}, cmds...) // first, as the version that a program saw is the file's
		}
		_, err := r.opts.Append(ctx, cmds...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &m, nil
}

// newcomer records somebody under an id and a person of their own where the entry names none. Error: party.no_name.
func (r *Room) newcomer(ctx context.Context, e Entry, last store.SQL, mark string, record func(id, person string, personal map[string]string) error) error {
	name, person := trimmed(e.Name), e.Person
	if name == "" && person == "" {
		return fault.New(fault.Invalid, "party.no_name")
	}
	err := Numbered(ctx, r.db, e.ID, last, mark, func(id string) error {
		personal, err := r.seal(ctx, id, map[string]string{"born": e.Born.String(), "home": trimmed(e.Home)})
		if err != nil {
			return err
		}
		if e.Person == "" {
			person = strings.ToLower(id)
		}
		return record(id, person, personal)
	})
	if err != nil || e.Person != "" {
		return err
	}
	return r.who.SetPerson(ctx, people.Person{ID: person, Name: name})
}

// seal keeps what is not empty.
func (r *Room) seal(ctx context.Context, person string, plain map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for name, text := range plain {
		sealed, err := r.Seal(ctx, person, text)
		if err != nil {
			return nil, err
		}
		if sealed != "" {
			out[name] = sealed
		}
	}
	return out, nil
}

// Seal keeps words about a member or an applicant so that they are erased with them; "" where nothing keeps such words.
func (r *Room) Seal(ctx context.Context, id, text string) (string, error) {
	if text == "" || r.opts.Seal == nil {
		return "", nil
	}
	return r.opts.Seal(ctx, id, text)
}

// because seals why somebody is taken off a list, which has to be said. Error: party.no_reason.
func (r *Room) because(ctx context.Context, id, reason string, personal *map[string]string) error {
	if trimmed(reason) == "" {
		return fault.New(fault.Invalid, "party.no_reason")
	}
	sealed, err := r.Seal(ctx, id, trimmed(reason))
	if sealed != "" {
		if *personal == nil {
			*personal = map[string]string{}
		}
		(*personal)["reason"] = sealed
	}
	return err
}

// Reveal opens what was sealed, "" where there is nothing or it was erased.
func (r *Room) Reveal(ctx context.Context, sealed string) (string, error) {
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
	Votes  Votes  // Recognise, Fall: of the cell
	Unit   string // Move: another cell here; empty = to somewhere else
	Grade  int    // Confer
	Reason string // Leave
	Number string // Refer: of the report; Confer: of the decision; RevokeBadge: of the document

	Committee Votes // Recognise, Fall
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
		m.Badges = append(m.Badges, BadgeGiven{Grade: s.Grade, On: on, Number: trimmed(s.Number), Before: m.Badge, BeforeOn: m.BadgeOn})
		m.Badge, m.BadgeOn = s.Grade, on
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
	if extra.Reason, err = r.Seal(ctx, m.ID, trimmed(s.Reason)); err != nil {
		return nil, err
	}
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
