package api

import (
	"net/http"
	"slices"

	pages "trucot/internal/app/page/party"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// wholeList is as many as a list in the order of its page gives at once. Applicants and rounds of one agency are a few dozen.
const wholeList = 1000

func (s *service) partyRounds() []operation {
	return []operation{
		op("party-applicants", http.MethodGet, "/dang/ket-nap", people.ReadParty, s.listApplicants),
		op("party-applicant", http.MethodGet, "/dang/ket-nap/{id}", people.ReadParty, s.getApplicant),
		op("party-congresses", http.MethodGet, "/dang/dai-hoi", people.ReadParty, s.listCongresses),
		op("party-congress", http.MethodGet, "/dang/dai-hoi/{id}", people.ReadParty, s.getCongress),
		op("party-plans", http.MethodGet, "/dang/quy-hoach", people.ReadParty, s.listPlans),
		op("party-plan", http.MethodGet, "/dang/quy-hoach/{id}", people.ReadParty, s.getPlan),
	}
}

// PartyFile is the file of somebody to be admitted, without the name and what else is sealed.
type PartyFile struct {
	party.Applicant
	Personal *struct{} `json:"personal,omitempty"` // hides the sealed fields
	Version  int64     `json:"version"`
}

func partyFileOf(a *party.Applicant) PartyFile {
	return PartyFile{Applicant: *a, Version: a.Version}
}

type partyApplicantFilter struct {
	Paging
	State string `query:"state" enum:"watched,course,file,cell,committee,decided,admitted,dropped"`
}

func (s *service) listApplicants(r *web.Request, in *partyApplicantFilter) (*reply[list[PartyFile]], error) {
	_, units := people.Sides(r.Reader, people.ReadParty)
	all, _, err := s.Party.Applicants(r.Context(), party.ApplicantFilter{Units: units, State: in.State, DueBy: calendar.NoDate, Limit: wholeList})
	if err != nil {
		return nil, err
	}
	return listed(r, in.Paging, among(all, func(a *party.Applicant) string { return a.ID }), plain(partyFileOf), func(a PartyFile) string { return a.ID })
}

// OnePartyFile names the file of an applicant, or a round.
type OnePartyFile struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *service) getApplicant(r *web.Request, in *OnePartyFile) (*reply[PartyFile], error) {
	a, err := pages.Applicant(r, s.Party, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(a.Version), partyFileOf(a))
}

// PartyCadre is the preparation of a congress, or a round of planning, with those who stand and the votes on them.
type PartyCadre struct {
	cadre.Round
	Version int64 `json:"version"`
}

// partyCadreOf leaves out why candidates were taken off, which is sealed.
func partyCadreOf(x *cadre.Round) PartyCadre {
	out := PartyCadre{*x, x.Version}
	out.Slate = slices.Clone(x.Slate)
	for i := range out.Slate {
		out.Slate[i].Reason = ""
	}
	return out
}

type partyRoundFilter struct {
	Paging
	Stage string `query:"stage" maxLength:"20"`
}

func (s *service) listCongresses(r *web.Request, in *partyRoundFilter) (*reply[list[PartyCadre]], error) {
	return s.listRounds(r, in, cadre.Congress)
}

func (s *service) listPlans(r *web.Request, in *partyRoundFilter) (*reply[list[PartyCadre]], error) {
	return s.listRounds(r, in, cadre.Planning)
}

func (s *service) listRounds(r *web.Request, in *partyRoundFilter, kind string) (*reply[list[PartyCadre]], error) {
	_, units := people.Sides(r.Reader, people.ReadParty)
	all, _, err := s.Cadre.List(r.Context(), cadre.Filter{Units: units, Kind: kind, Stage: cadre.Stage(in.Stage), Limit: wholeList})
	if err != nil {
		return nil, err
	}
	return listed(r, in.Paging, among(all, func(x *cadre.Round) string { return x.ID }), plain(partyCadreOf), func(x PartyCadre) string { return x.ID })
}

func (s *service) getCongress(r *web.Request, in *OnePartyFile) (*reply[PartyCadre], error) {
	return s.getRound(r, in, cadre.Congress)
}

func (s *service) getPlan(r *web.Request, in *OnePartyFile) (*reply[PartyCadre], error) {
	return s.getRound(r, in, cadre.Planning)
}

func (s *service) getRound(r *web.Request, in *OnePartyFile, kind string) (*reply[PartyCadre], error) {
	x, err := pages.Round(r, s.Cadre, kind, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(x.Version), partyCadreOf(x))
}
