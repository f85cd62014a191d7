package api

import (
	"net/http"

	"trucot/internal/app/page/commendations"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/commendation"
)

func (s *service) commendationOps() []operation {
	return []operation{
		op("commendation-list", http.MethodGet, "/khen-thuong/ho-so", people.ReadCommendation, s.listNominations),
		op("commendation-get", http.MethodGet, "/khen-thuong/ho-so/{id}", people.ReadCommendation, s.getNomination),
		op("commendation-standings", http.MethodGet, "/khen-thuong", people.ReadCommendation, s.standings),
		op("commendation-movements", http.MethodGet, "/khen-thuong/phong-trao", people.ReadCommendation, s.movements),
		op("commendation-subject", http.MethodGet, "/khen-thuong/ca-nhan/{id}", people.ReadCommendation, s.commendedSubject),
	}
}

// Nomination is a nomination with its decision, where there is one. Version is that of the round of its award and year; what was
// said about it comes with the nomination alone, without what the public sent, which pages show to those who weigh it.
type Nomination struct {
	commendation.Nomination
	Version  int64                  `json:"version"`
	Opinions []commendation.Opinion `json:"opinions,omitempty"`
}

type nominationFilter struct {
	Paging
	Year     int    `query:"year" minimum:"1900" maximum:"9999"`
	Award    string `query:"award" maxLength:"100"`
	State    string `query:"state" maxLength:"40"`
	Decision string `query:"decision" maxLength:"100"`
	Text     string `query:"q" maxLength:"200"`
}

func (s *service) listNominations(r *web.Request, in *nominationFilter) (*reply[list[Nomination]], error) {
	f := commendation.Filter{Year: in.Year, Award: in.Award, Stage: commendation.Stage(in.State), Decision: in.Decision, Text: in.Text}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadCommendation)
	return listed(r, in.Paging, func(after string, n int) ([]*commendation.Nomination, error) {
		f.Limit = n
		return s.Commendation.After(r.Context(), f, after)
	}, plain(nominationOf), func(n Nomination) string { return n.ID })
}

func nominationOf(n *commendation.Nomination) Nomination {
	return Nomination{Nomination: *n, Version: n.Version}
}

// OneNomination names a nomination.
type OneNomination struct {
	ID string `path:"id" maxLength:"200"`
}

func (s *service) getNomination(r *web.Request, in *OneNomination) (*reply[Nomination], error) {
	n, err := commendations.Get(r, s.Commendation, in.ID)
	if err != nil {
		return nil, err
	}
	out := nominationOf(n)
	if out.Opinions, _, _, err = s.Commendation.Opinions(r.Context(), n.ID, mostOpinions, 0); err != nil {
		return nil, err
	}
	for i := range out.Opinions {
		out.Opinions[i].Sealed = ""
	}
	return tagged(r, quoted(n.Version), out)
}

// mostOpinions bounds what a nomination brings with it.
const mostOpinions = 1000

type standingFilter struct {
	Paging
	Year  int    `query:"year" required:"true" minimum:"1900" maximum:"9999"`
	Award string `query:"award" required:"true" maxLength:"100" example:"ldtt"`
}

// standings are how those in reach stand toward an award, with the reasons.
func (s *service) standings(r *web.Request, in *standingFilter) (*reply[list[commendation.Verdict]], error) {
	sim, err := s.Commendation.Simulate(r.Context(), commendation.State, in.Year)
	if err != nil {
		return nil, err
	}
	award := sim.Award(in.Award)
	if award == nil {
		return nil, fault.New(fault.Invalid, "api.bad_value").At(fault.Place{File: "query.award"})
	}
	var seen []commendation.Verdict
	for _, v := range award.Verdicts {
		if people.Holds(r.Reader, people.ReadCommendation, v.Subject.Unit) {
			seen = append(seen, v)
		}
	}
	place := func(v commendation.Verdict) string { return v.Subject.ID }
	return listed(r, in.Paging, among(seen, place), plain(func(v commendation.Verdict) commendation.Verdict { return v }), place)
}

type oneYear struct {
	Year int `query:"year" required:"true" minimum:"1900" maximum:"9999"`
}

func (s *service) movements(r *web.Request, in *oneYear) (*reply[[]*commendation.Movement], error) {
	list, err := s.Commendation.Movements(r.Context(), commendation.State, in.Year)
	if err != nil {
		return nil, err
	}
	return summed(r, some(list))
}

// CommendedSubject is what stands on record about a person or unit.
type CommendedSubject struct {
	commendation.Subject
	Record commendation.Record `json:"record"`
}

func (s *service) commendedSubject(r *web.Request, in *OneNomination) (*reply[CommendedSubject], error) {
	one, err := commendations.Subject(r, s.Commendation, in.ID, people.ReadCommendation)
	if err != nil {
		return nil, err
	}
	record, err := s.Commendation.Record(r.Context(), one.ID)
	if err != nil {
		return nil, err
	}
	return tagged(r, quoted(record.Version), CommendedSubject{one, *record})
}
