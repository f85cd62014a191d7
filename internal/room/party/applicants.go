package party

import (
	"context"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Applicant (quần chúng, người xin vào Đảng) is somebody on the way into the Party. Personal data is sealed; the name is not here.
type Applicant struct {
	ID          string            `json:"id"`
	Person      string            `json:"person"`
	Unit        string            `json:"unit"`
	State       string            `json:"state"` // one of ApplicantStates
	Sex         string            `json:"sex,omitempty"`
	Youth       bool              `json:"youth,omitempty"`
	Since       calendar.Date     `json:"since"`       // on the cell's list
	Certificate calendar.Date     `json:"certificate"` // of the course on the Party
	Papers      calendar.Date     `json:"papers"`      // the oldest of the sponsors' letters and the check of the past
	Sponsors    []Sponsor         `json:"sponsors,omitempty"`
	CellOn      calendar.Date     `json:"cell_on"` // the cell's resolution
	Cell        Votes             `json:"cell_votes,omitzero"`
	CommitteeOn calendar.Date     `json:"committee_on"`
	Committee   Votes             `json:"committee_votes,omitzero"`
	Decided     calendar.Date     `json:"decided"`
	Member      string            `json:"member,omitempty"`   // that came of it
	Personal    map[string]string `json:"personal,omitempty"` // "born", "home", and "reason" why it was dropped
	Due         calendar.Date     `json:"due"`                // the next step until; NoDate = no term runs
	LastOn      calendar.Date     `json:"last"`               // no later fact may be dated before

	Version int64 `json:"-"`
}

// applicantSteps lead from state to state, in order: what is done, and the state after it.
var applicantSteps = []struct{ verb, state string }{
	{"", "watched"}, {"course", "course"}, {"file", "file"}, {"cell", "cell"}, {"committee", "committee"}, {"decide", "decided"}, {"admit", "admitted"},
}

// ApplicantStates are the states in order; "dropped" may follow on any but the last.
func ApplicantStates() []string {
	out := make([]string, 0, len(applicantSteps)+1)
	for _, s := range applicantSteps {
		out = append(out, s.state)
	}
	return append(out, "dropped")
}

// Next is the step that follows, "" for none.
func (a *Applicant) Next() string {
	for i, s := range applicantSteps[:len(applicantSteps)-1] {
		if s.state == a.State {
			return applicantSteps[i+1].verb
		}
	}
	return ""
}

// Watch puts somebody on a cell's list of those to be admitted. Errors: party.no_name, those of people.Unit.
func (r *Room) Watch(ctx context.Context, e Entry) (*Applicant, error) {
	on, err := r.day(e.On)
	if err == nil {
		err = r.cell(ctx, e.Unit, on)
	}
	if err != nil {
		return nil, err
	}
	a := Applicant{Unit: e.Unit, State: "watched", Sex: e.Sex, Youth: e.Youth, Since: on, LastOn: on, Certificate: calendar.NoDate, Papers: calendar.NoDate,
		CellOn: calendar.NoDate, CommitteeOn: calendar.NoDate, Decided: calendar.NoDate, Due: calendar.NoDate}
	err = r.newcomer(ctx, e, lastApplicant, "KN-", func(id, person string, personal map[string]string) error {
		a.ID, a.Person, a.Personal = id, person, personal
		_, err := r.opts.Append(ctx, applicantCommand(a, 0, e.Actor, "applicant_watched", on))
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.Applicant(ctx, a.ID)
}

// ApplicantStep is the next thing that happens to an applicant.
type ApplicantStep struct {
	ID, Actor, Verb string        // Verb "drop" or what Applicant.Next gives
	On              calendar.Date // NoDate = today
	Expect          int64         // version that the actor saw; 0 = whatever it is
	Papers          calendar.Date // file
	Sponsors        []Sponsor     // file
	Votes           Votes         // cell, committee
	Reason          string        // drop; sealed
}

// Advance takes a step. The last one makes the member, see Admit. Errors: party.not_now when another step is next,
// party.no_reason, party.certificate_expired, party.papers_expired, party.too_few_votes, those of sponsored and of Admit.
func (r *Room) Advance(ctx context.Context, s ApplicantStep) (*Applicant, error) {
	a, err := r.Applicant(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	on, err := r.day(s.On)
	if err != nil {
		return nil, err
	}
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	version := a.Version
	if s.Expect != 0 {
		version = s.Expect
	}
	drop := s.Verb == "drop" && a.Next() != ""
	switch {
	case !drop && (s.Verb == "" || s.Verb != a.Next()):
		return nil, fault.New(fault.Conflict, "party.not_now", "id", a.ID)
	case on < a.LastOn:
		return nil, fault.New(fault.Invalid, "party.before_last", "last", a.LastOn)
	}
	a.LastOn = on
	if drop {
		if err := r.because(ctx, a.ID, s.Reason, &a.Personal); err != nil {
			return nil, err
		}
		a.State, a.Due = "dropped", calendar.NoDate
		return r.keep(ctx, a, version, s.Actor, "applicant_dropped", on)
	}
	if err := r.take(ctx, rules.On(on), a, s, on); err != nil {
		return nil, err
	}
	if s.Verb == "admit" {
		return r.admitFrom(ctx, a, version, s.Actor)
	}
	return r.keep(ctx, a, version, s.Actor, "applicant_"+a.State, on)
}

// take does one step on the applicant, with the day until which the next is due.
func (r *Room) take(ctx context.Context, c *Charter, a *Applicant, s ApplicantStep, on calendar.Date) error {
	for _, step := range applicantSteps {
		if step.verb == s.Verb {
			a.State = step.state
		}
	}
	var err error
	switch s.Verb {
	case "course":
		a.Certificate, a.Due = on, on.AddMonths(c.Admission.Certificate.N)
	case "file":
		if a.Papers = s.Papers; a.Papers == calendar.NoDate || a.Papers > on {
			a.Papers = on
		}
		a.Sponsors, a.Due = s.Sponsors, min(a.Certificate.AddMonths(c.Admission.Certificate.N), a.Papers.AddMonths(c.Admission.Papers.N))
		err = r.sponsored(ctx, c, s.Sponsors, on)
	case "cell":
		switch {
		case on > a.Certificate.AddMonths(c.Admission.Certificate.N):
			return fault.New(fault.Invalid, "party.certificate_expired", "on", a.Certificate, "term", c.Admission.Certificate)
		case on > a.Papers.AddMonths(c.Admission.Papers.N):
			return fault.New(fault.Invalid, "party.papers_expired", "on", a.Papers, "term", c.Admission.Papers)
		}
		a.CellOn, a.Cell = on, s.Votes
		if err = reached(c.Admission.Cell, s.Votes); err == nil {
			a.Due, err = r.cal.Due(calendar.Count{From: on, Duration: c.Admission.Decide})
		}
	case "committee":
		a.CommitteeOn, a.Committee = on, s.Votes
		err = reached(c.Admission.Committee, s.Votes)
	case "decide":
		a.Decided = on
		a.Due, err = r.cal.Due(calendar.Count{From: on, Duration: c.Admission.Ceremony})
	case "admit":
		a.Due = calendar.NoDate
	}
	return err
}

// reached refuses too few votes.
func reached(share Share, v Votes) error {
	if share.Reached(v.For, v.Of) {
		return nil
	}
	return fault.New(fault.Invalid, "party.too_few_votes", "votes", v.For, "members", v.Of, "share", share.String())
}

// admitFrom makes the member, and says so in the applicant's file with it.
func (r *Room) admitFrom(ctx context.Context, a *Applicant, version int64, actor string) (*Applicant, error) {
	born, err := r.Reveal(ctx, a.Personal["born"])
	if err != nil {
		return nil, err
	}
	home, err := r.Reveal(ctx, a.Personal["home"])
	if err != nil {
		return nil, err
	}
	e := Entry{Person: a.Person, Unit: a.Unit, Sex: a.Sex, Youth: a.Youth, Born: calendar.NoDate, Home: home, Decided: a.Decided, Admitted: a.LastOn, Actor: actor,
		Cell: a.Cell, Committee: a.Committee, Sponsors: a.Sponsors, asOf: a.CellOn}
	if born != "" {
		if e.Born, err = calendar.Parse(born); err != nil {
			return nil, err
		}
	}
	e.also = func(m Member) ledger.Command {
		a.Member = m.ID
		return applicantCommand(*a, version, actor, "applicant_admitted", a.LastOn)
	}
	if _, err := r.Admit(ctx, e); err != nil {
		return nil, err
	}
	return r.Applicant(ctx, a.ID)
}

func (r *Room) keep(ctx context.Context, a *Applicant, version int64, actor, verb string, on calendar.Date) (*Applicant, error) {
	if _, err := r.opts.Append(ctx, applicantCommand(*a, version, actor, verb, on)); err != nil {
		return nil, err
	}
	return r.Applicant(ctx, a.ID)
}

// applicantFact is the data of an applicant's event: the whole file after it.
type applicantFact struct {
	Applicant
	Dims map[string]string `json:"dims"`
}

func applicantCommand(a Applicant, expect int64, actor, verb string, on calendar.Date) ledger.Command {
	return ledger.Command{Stream: fileStream + a.ID, Expect: expect, Actor: actor, Unit: a.Unit,
		Events: []ledger.NewEvent{{Kind: "party." + verb, On: on, Data: applicantFact{a, map[string]string{}}}}}
}

var (
	upsertApplicant = store.Statement(`insert into party_applicant (id, unit, state, due_day, data, version, position) values ($1,$2,$3,$4,$5,$6,$7)
		on conflict (id) do update set unit = excluded.unit, state = excluded.state, due_day = excluded.due_day, data = excluded.data, version = excluded.version,
		position = excluded.position`)
	getApplicant   = store.Statement(`select data, version from party_applicant where id = $1`)
	lastApplicant  = store.Statement(`select id from party_applicant where id >= $1 and id < $2 order by length(id) desc, id desc limit 1`)
	whereApplicant = ` from party_applicant where` + within + ` and ($2 = '' and state <> 'admitted' and state <> 'dropped' or state = $2) and due_day <= $3`
	listApplicants = store.Statement(`select data, version` + whereApplicant + ` order by due_day, id limit $4 offset $5`)
	sumApplicants  = store.Statement(`select count(*)` + whereApplicant)
)

func applyApplicant(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var a Applicant
	data, err := folded(e, &a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertApplicant, a.ID, a.Unit, a.State, Until(a.Due), data, e.Version, e.Position)
	return err
}

var scanApplicant = Kept(func(a *Applicant) *int64 { return &a.Version })

// Applicant reads a file. Error: fault.NotFound "party.no_applicant".
func (r *Room) Applicant(ctx context.Context, id string) (*Applicant, error) {
	return One(ctx, r.db, scanApplicant, getApplicant, "party.no_applicant", id)
}

// ApplicantFilter says which files a list shows. Units always restrict.
type ApplicantFilter struct {
	Units         []string
	State         string        // "" = all that are under way
	DueBy         calendar.Date // NoDate = whatever
	Limit, Offset int
}

// Applicants gives one page of files, the nearest term first, and how many there are in all.
func (r *Room) Applicants(ctx context.Context, f ApplicantFilter) ([]*Applicant, int, error) {
	return Page(ctx, r.db, scanApplicant, listApplicants, sumApplicants, []any{store.Set(f.Units), f.State, Until(f.DueBy)}, f.Limit, f.Offset)
}
