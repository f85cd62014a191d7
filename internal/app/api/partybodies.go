package api

import (
	"net/http"

	pages "trucot/internal/app/page/party"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/party"
)

func (s *service) partyBodies() []operation {
	return []operation{
		op("party-bodies", http.MethodGet, "/dang/to-chuc", people.ReadParty, s.listBodies),
		op("party-body", http.MethodGet, "/dang/to-chuc/{ma}", people.ReadParty, s.getBody),
		op("party-badges", http.MethodGet, "/dang/huy-hieu", people.ReadParty, s.listBadges),
		op("party-rules", http.MethodGet, "/dang/quy-dinh", people.ReadParty, s.listPartyRules),
		op("party-studies", http.MethodGet, "/dang/hoc-tap", people.ReadParty, s.listStudies),
	}
}

// PartyUnit is an organisation of the Party on a day; one that is no cell counts the members of the cells below it.
type PartyUnit struct {
	Code      string            `json:"code"`
	Name      map[string]string `json:"name"`
	Kind      string            `json:"kind"`
	Above     string            `json:"above,omitempty"`
	Official  int               `json:"official"`
	Probation int               `json:"probation"`
	Advice    string            `json:"advice,omitempty"` // what the rules say of its strength
}

func nameOf(u people.Unit) map[string]string {
	return map[string]string{"vi": u.NameVI, "en": u.NameEN}
}

func partyBodyOf(b pages.Body) PartyUnit {
	return PartyUnit{b.Code, nameOf(b.Unit), b.Kind, b.Parent, b.Official, b.Probation, b.Advice}
}

type bodiesAsked struct {
	Paging
	AsOf string `query:"asof" format:"date"`
}

func (s *service) listBodies(r *web.Request, in *bodiesAsked) (*reply[list[PartyUnit]], error) {
	on, err := day(in.AsOf, "query.asof")
	if err != nil {
		return nil, err
	}
	if on == calendar.NoDate {
		on = r.Today()
	}
	all, err := s.partyPages().Bodies(r, on)
	if err != nil {
		return nil, err
	}
	return listed(r, in.Paging, among(all, func(b pages.Body) string { return b.Code }), plain(partyBodyOf), func(b PartyUnit) string { return b.Code })
}

func (s *service) partyPages() pages.API { return pages.NewAPI(s.Party, s.Cadre, s.People) }

// PartyUnitHistory is an organisation with what became of it and of its committees, the latest first.
type PartyUnitHistory struct {
	Code    string             `json:"code"`
	Name    map[string]string  `json:"name"`
	Kind    string             `json:"kind"`
	Above   string             `json:"above,omitempty"`
	History []PartyUnitChange  `json:"history"`
	Terms   []*party.Committee `json:"terms"` // seats by the members' numbers
}

// PartyUnitChange is one thing that became of an organisation: established, renamed, raised, moved, merged, split or dissolved.
type PartyUnitChange struct {
	On    calendar.Date     `json:"on"`
	Verb  string            `json:"verb"`
	Was   map[string]string `json:"was"`
	Is    map[string]string `json:"is"`
	Into  string            `json:"into,omitempty"` // code of the one that took over
	Basis string            `json:"basis,omitempty"`
}

type oneBody struct {
	Code string `path:"ma" maxLength:"60" example:"cb1"`
}

func (s *service) getBody(r *web.Request, in *oneBody) (*reply[PartyUnitHistory], error) {
	u, acts, terms, err := s.partyPages().History(r, in.Code)
	if err != nil {
		return nil, err
	}
	out := PartyUnitHistory{Code: u.Code, Name: nameOf(u), Kind: u.Kind, Above: u.Parent, History: []PartyUnitChange{}, Terms: some(terms)}
	for _, a := range acts {
		c := PartyUnitChange{On: a.On, Verb: a.Verb, Was: nameOf(a.Was), Is: nameOf(a.Is), Basis: a.Basis}
		if a.Is.Code != u.Code {
			c.Into = a.Is.Code
		}
		out.History = append(out.History, c)
	}
	return summed(r, out)
}

type badgesAsked struct {
	Paging
	On string `query:"on" format:"date"`
}

// BadgeDue is a member on the list of a day on which badges are conferred.
type BadgeDue struct {
	Member string        `json:"member"`
	Unit   string        `json:"unit"`
	On     calendar.Date `json:"on"`
	Years  int           `json:"years"`
	Age    int           `json:"age"`   // months of Party age on the day
	Short  int           `json:"short"` // months that are still missing; 0 = due
	Early  int           `json:"early"` // months that may be missing for the seriously ill
}

func (s *service) listBadges(r *web.Request, in *badgesAsked) (*reply[list[BadgeDue]], error) {
	on, err := day(in.On, "query.on")
	if err != nil {
		return nil, err
	}
	on, lines, err := s.partyPages().Badges(r, on)
	if err != nil {
		return nil, err
	}
	return listed(r, in.Paging, among(lines, func(l party.BadgeLine) string { return l.ID }), plain(func(l party.BadgeLine) BadgeDue {
		return BadgeDue{l.ID, l.Unit, on, l.Grade, l.Age, l.Short, l.Early}
	}), func(b BadgeDue) string { return b.Member })
}

func (s *service) listPartyRules(r *web.Request, _ *struct{}) (*reply[[]pages.Rules], error) {
	all, err := s.partyPages().Rules(r)
	if err != nil {
		return nil, err
	}
	return summed(r, some(all))
}

// StudyRoll is what was studied: the sessions by their entries in the register, and the members who were there and were not.
type StudyRoll struct {
	Directive string   `json:"directive,omitempty"`
	Title     string   `json:"title"`
	Sessions  []string `json:"sessions"`
	Done      []string `json:"done"`
	Missing   []string `json:"missing"`
}

func (s *service) listStudies(r *web.Request, in *Paging) (*reply[list[StudyRoll]], error) {
	all, err := s.partyPages().Studies(r)
	if err != nil {
		return nil, err
	}
	return listed(r, *in, among(all, func(x pages.Study) string { return x.Sessions[0] }), plain(func(x pages.Study) StudyRoll {
		return StudyRoll{x.Directive, x.Title, x.Sessions, some(x.Done), some(x.Missing)}
	}), func(x StudyRoll) string { return x.Sessions[0] })
}
