package commendation

import (
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Stage is how far a nomination has come (hồ sơ đề nghị).
type Stage string

// The stages, in order.
const (
	Reported  Stage = "reported"  // the person's or unit's own report is in
	Endorsed  Stage = "endorsed"  // by the unit's meeting
	Appraised Stage = "appraised" // by the office
	Voting    Stage = "voting"    // before the council
	Voted     Stage = "voted"     // enough of all members in favour
	Consulted Stage = "consulted" // the people are being asked
	Submitted Stage = "submitted" // to whoever decides
	Decided   Stage = "decided"
	Conferred Stage = "conferred"
	Refused   Stage = "refused"
	Revoked   Stage = "revoked"
)

// Stages lists them in order.
func Stages() []Stage {
	return []Stage{Reported, Endorsed, Appraised, Voting, Voted, Consulted, Submitted, Decided, Conferred, Refused, Revoked}
}

// Verb is a step of a nomination; its event's kind is "commendation." and the verb.
type Verb string

// The verbs.
const (
	Report   Verb = "reported"
	Endorse  Verb = "endorsed"
	Appraise Verb = "appraised"
	SendOn   Verb = "sent_to_council"
	TakeVote Verb = "voted"
	Consult  Verb = "consulted"
	Submit   Verb = "submitted"
	Decide   Verb = "decided"
	Confer   Verb = "conferred"
	Refuse   Verb = "refused"
	Revoke   Verb = "revoked"
)

// Rule is what a verb needs.
type Rule struct {
	Verb Verb
	From []Stage
	To   Stage
	Top  bool // asks for the right to decide
	Note bool // asks for words: why
	// When limits the verb to some awards: those with a council, without one, with a consultation.
	When func(*Award) bool
}

func withCouncil(a *Award) bool    { return a.Council != "" }
func withoutCouncil(a *Award) bool { return a.Council == "" }
func withConsult(a *Award) bool    { return a.Consult != "" }

// rules are the steps after the report, in the order of the work.
var rules = []Rule{
	{Verb: Endorse, From: []Stage{Reported}, To: Endorsed},
	{Verb: Appraise, From: []Stage{Endorsed}, To: Appraised},
	{Verb: SendOn, From: []Stage{Appraised}, To: Voting, When: withCouncil},
	{Verb: TakeVote, From: []Stage{Voting}, To: Voted, When: withCouncil},
	{Verb: Consult, From: []Stage{Voted}, To: Consulted, When: withConsult},
	{Verb: Submit, From: []Stage{Consulted}, To: Submitted, When: withConsult},
	{Verb: Submit, From: []Stage{Voted}, To: Submitted, When: func(a *Award) bool { return withCouncil(a) && !withConsult(a) }},
	{Verb: Submit, From: []Stage{Appraised}, To: Submitted, When: withoutCouncil},
	{Verb: Decide, From: []Stage{Submitted}, To: Decided, Top: true},
	{Verb: Confer, From: []Stage{Decided}, To: Conferred},
	{Verb: Refuse, From: []Stage{Reported, Endorsed, Appraised, Voting, Voted, Consulted, Submitted}, To: Refused, Note: true},
	{Verb: Revoke, From: []Stage{Decided, Conferred}, To: Revoked, Top: true, Note: true},
}

// Next lists the steps that a nomination for an award may take.
func (n *Nomination) Next(a *Award) []Rule {
	var out []Rule
	for _, r := range rules {
		if slices.Contains(r.From, n.Stage) && (r.When == nil || r.When(a)) {
			out = append(out, r)
		}
	}
	return out
}

// rule is the step with a verb, refused where the nomination is not there. Errors: commendation.not_now.
func (n *Nomination) rule(a *Award, v Verb) (Rule, error) {
	for _, r := range n.Next(a) {
		if r.Verb == v {
			return r, nil
		}
	}
	return Rule{}, fault.New(fault.Conflict, "commendation.not_now", "id", n.ID)
}

// RuleOf is the first rule of a verb, for what it asks for. Error: fault.NotFound "commendation.no_such_step".
func RuleOf(v Verb) (Rule, error) {
	for _, r := range rules {
		if r.Verb == v {
			return r, nil
		}
	}
	return Rule{}, fault.New(fault.NotFound, "commendation.no_such_step", "step", string(v))
}

// The kinds of commendation besides the regular one, "".
const (
	Thematic = "thematic" // khen thưởng theo chuyên đề, of a movement or a campaign
	Sudden   = "sudden"   // khen thưởng đột xuất, for a deed
)

// Occasions lists them, the regular one first.
func Occasions() []string { return []string{"", Thematic, Sudden} }

// Nomination is one proposal to commend one subject.
type Nomination struct {
	ID       string `json:"id"`
	Side     string `json:"side"`
	Year     int    `json:"year"`
	Award    string `json:"award"`
	Law      string `json:"law"` // whose rules it was judged by
	Subject  string `json:"subject"`
	Group    bool   `json:"group,omitempty"`
	Unit     string `json:"unit"`
	Title    string `json:"title"` // of the award, as on papers
	Occasion string `json:"occasion,omitempty"`
	Report   string `json:"report,omitempty"` // what the subject writes; names nobody else

	// What the records said when it was reported.
	Class    Class    `json:"class,omitempty"`
	Proposed bool     `json:"proposed,omitempty"`
	Standing Standing `json:"standing"`
	Reasons  []Reason `json:"reasons,omitempty"`
	Work     Work     `json:"work"`
	Merits   []Merit  `json:"merits,omitempty"`

	Chosen []Achievement `json:"chosen,omitempty"` // that the report tells

	Stage       Stage         `json:"stage"`
	Council     string        `json:"council,omitempty"`
	For         int           `json:"for,omitempty"`
	Base        int           `json:"base,omitempty"` // members that the share is of
	ConsultTo   calendar.Date `json:"consult_to,omitzero"`
	Decision    string        `json:"decision,omitempty"`
	DecidedOn   calendar.Date `json:"decided_on,omitzero"`
	Money       int64         `json:"money,omitempty"`       // đồng
	BaseSalary  int64         `json:"base_salary,omitempty"` // that the money comes from
	ConferredOn calendar.Date `json:"conferred_on,omitzero"`
	Reason      string        `json:"reason,omitempty"` // of a refusal or revocation
	Revoked     *Revocation   `json:"revoked,omitempty"`
	LastOn      calendar.Date `json:"last_on"`

	Version  int64 `json:"-"` // of the stream of its award and year
	Position int64 `json:"-"`
}

// Movement is an emulation movement (phong trào thi đua).
type Movement struct {
	ID    string        `json:"id"`
	Side  string        `json:"side"`
	Year  int           `json:"year"`
	Title string        `json:"title"`
	Unit  string        `json:"unit"`
	From  calendar.Date `json:"from"`
	To    calendar.Date `json:"to"`
	Basis string        `json:"basis,omitempty"` // the plan that opened it
}
