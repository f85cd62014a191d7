package party

import (
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// API is what the JSON interface shares with the pages: which organisations and members a reader may see. It gives no names of
// members.
type API struct{ s *pages }

// NewAPI makes it.
func NewAPI(r *room.Room, c *cadre.Room, who *people.People) API {
	return API{&pages{room: r, cadre: c, who: who}}
}

// Body is an organisation of a day with its strength then; one that is no cell counts those of the cells below it.
type Body struct {
	people.Unit
	Official, Probation int
	Advice              string // what the rules say of its strength, "" = nothing
}

// Bodies are the organisations in reach as they stood on a day, each behind the one above it.
func (a API) Bodies(r *web.Request, on calendar.Date) ([]Body, error) {
	rules, err := a.s.room.Rules()
	if err != nil {
		return nil, err
	}
	rows, err := a.s.bodyRows(r, on, rules.OrganisationOn(on))
	var out []Body
	for _, row := range rows {
		out = append(out, Body{row.Unit, row.Official, row.Probation, row.Advice})
	}
	return out, err
}

// History is what became of an organisation in reach and its committees, the latest first. Error: people.unknown_unit.
func (a API) History(r *web.Request, code string) (people.Unit, []room.Act, []*room.Committee, error) {
	u, err := a.s.getBody(r, code)
	if err != nil {
		return u, nil, nil, err
	}
	acts, err := a.s.room.History(r.Context(), u.Code)
	if err != nil {
		return u, nil, nil, err
	}
	terms, err := a.s.room.Committees(r.Context(), u.Code)
	return u, acts, terms, err
}

// Badges are the members in reach who stand on the list of a day on which badges are conferred; NoDate = the next one, which it
// gives back.
func (a API) Badges(r *web.Request, on calendar.Date) (calendar.Date, []room.BadgeLine, error) {
	rules, err := a.s.room.Rules()
	if err != nil {
		return on, nil, err
	}
	if on == calendar.NoDate {
		on = rules.On(r.Today()).NextOccasion(r.Today())
	}
	lines, err := a.s.room.Badges(r.Context(), a.s.units(r), on)
	return on, lines, err
}

// Study is what was studied, in which sessions, and by which of today's members it was and was not.
type Study struct {
	Directive, Title        string
	Sessions, Done, Missing []string // entries of the register; members
}

// Studies tells who has studied what.
func (a API) Studies(r *web.Request) ([]Study, error) {
	rows, err := a.s.lessons(r)
	ids := func(rows []memberRow) (out []string) {
		for _, m := range rows {
			out = append(out, m.Member.ID)
		}
		slices.Sort(out)
		return out
	}
	var out []Study
	for _, row := range rows {
		one := Study{Directive: row.Sessions[0].Directive, Title: row.Sessions[0].Title, Done: ids(row.Done), Missing: ids(row.Missing)}
		for _, rec := range row.Sessions {
			one.Sessions = append(one.Sessions, rec.ID)
		}
		out = append(out, one)
	}
	return out, err
}

// Rule is one thing that a version of the rules says, in the reader's language.
type Rule struct {
	Label    string   `json:"label"`
	Text     string   `json:"text,omitempty"`
	Items    []string `json:"items,omitempty"`
	Verified bool     `json:"verified"`
}

// Rules is one version of one set of rules.
type Rules struct {
	Set      string         `json:"set"` // "charter", "assessment", "honours", "documents", "organisation", "cadre"
	Title    string         `json:"title"`
	From     calendar.Date  `json:"from"`
	Until    *calendar.Date `json:"until,omitempty"`
	InForce  bool           `json:"in_force"`
	Source   string         `json:"source"`
	Verified bool           `json:"verified"`
	Says     []Rule         `json:"says"`
}

// Rules are all versions of all rules that Party work goes by, the latest of each set first.
func (a API) Rules(r *web.Request) ([]Rules, error) {
	groups, err := a.s.ruleGroups(r.View(""))
	var out []Rules
	for _, g := range groups {
		for _, c := range g.Cards {
			one := Rules{g.Key, c.Title, c.Span.From, c.Span.To, c.Now, c.Source, !c.Doubt, []Rule{}}
			for _, l := range c.Lines {
				one.Says = append(one.Says, Rule{l.Label, l.Text, l.Items, !l.Doubt && !c.Doubt})
			}
			out = append(out, one)
		}
	}
	return out, err
}

// Where is the page of what an earlier request of the same key made, read again within the reader's scope: what has left it is not found.
// What the request itself names needs no reading. The path is "" for a stream that is none of the Party's.
func (a API) Where(r *web.Request, stream string) (string, error) {
	kind, id, _ := strings.Cut(stream, "/")
	switch kind {
	case "party-record":
		rec, err := Record(r, a.s.room, id)
		if err != nil {
			return "", err
		}
		return recordPath(rec), nil
	case "party-member":
		if r.PathValue("id") == id { // who moved a member to another organisation may have lost sight of it
			return memberPath(id), nil
		}
		m, err := Member(r, a.s.room, id)
		if err != nil {
			return "", err
		}
		return memberPath(m.ID), nil
	case "party-applicant":
		return a.applicantWas(r, id)
	case "party-round":
		for _, kind := range roundSlugs {
			if x, err := Round(r, a.s.cadre, kind, id); err == nil {
				return roundPath(x), nil
			}
		}
		return "", fault.New(fault.NotFound, "cadre.no_round", "id", id)
	case "party-body", "unit":
		if code := r.PathValue("ma"); code != "" {
			return bodyPath(code), nil
		}
		u, err := a.s.getBody(r, id)
		if err != nil {
			return "", err
		}
		return bodyPath(u.Code), nil
	}
	return "", nil
}

// applicantWas is where a step of an applicant's file led: to the file, or to the member that came of it.
func (a API) applicantWas(r *web.Request, id string) (string, error) {
	x, err := Applicant(r, a.s.room, id)
	if err != nil {
		return "", err
	}
	if applicantSlugs[r.PathValue("viec")] == "admit" {
		return memberPath(x.Member), nil
	}
	return applicantPath(id), nil
}
