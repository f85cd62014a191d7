package party

import (
	"net/http"
	"net/url"
	"strconv"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

const applicantsPath = "/dang/ket-nap"

func applicantPath(id string) string { return applicantsPath + "/" + url.PathEscape(id) }

func (s *pages) applicantRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: applicantsPath, Permission: people.ReadParty, Handler: s.applicants},
		web.FormRoute(applicantsPath, people.KeepParty, s.watch, s.showApplicants),
		{Method: http.MethodGet, Pattern: applicantsPath + "/{id}", Permission: people.ReadParty, Handler: s.applicant},
		web.FormRoute(applicantsPath+"/{id}/{viec}", people.KeepParty, s.advance, s.showApplicant),
	}
}

// applicantSlugs are the steps in addresses.
var applicantSlugs = map[string]string{"hoc": "course", "ho-so": "file", "chi-bo": "cell", "cap-uy": "committee", "quyet-dinh": "decide", "le": "admit", "thoi": "drop"}

func slugOf(verb string) string {
	for slug, v := range applicantSlugs {
		if v == verb {
			return slug
		}
	}
	return ""
}

type applicantRow struct {
	*room.Applicant
	Name, UnitName string
}

func (s *pages) applicantRow(r *web.Request, a *room.Applicant) applicantRow {
	return applicantRow{a, s.who.PersonName(r.Context(), a.Person), s.who.UnitName(r.Context(), a.Unit, r.Lang)}
}

type applicantsPage struct {
	*web.View
	State       string
	Page, Total int
	Rows        []applicantRow
	Units       []people.Unit
	In          url.Values
	Trouble     string
}

func (p applicantsPage) address(change ...string) string {
	return address(applicantsPath, append([]string{"xem", p.State}, change...))
}

func (s *pages) applicants(r *web.Request) error { return s.showApplicants(r, url.Values{}, nil) }

func (s *pages) showApplicants(r *web.Request, in url.Values, trouble error) error {
	p := applicantsPage{View: r.View(r.T("partypage.admission"), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}), State: r.Query("xem"), Page: page(r), In: in}
	p.Path, p.Wide = applicantsPath, true
	list, total, err := s.room.Applicants(r.Context(), room.ApplicantFilter{Units: s.units(r), State: p.State, DueBy: calendar.NoDate, Limit: perPage, Offset: (p.Page - 1) * perPage})
	if err != nil {
		return err
	}
	p.Total = total
	for _, a := range list {
		p.Rows = append(p.Rows, s.applicantRow(r, a))
	}
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	return r.Render(s.troubled(r, trouble, &p.Trouble), applicants(p))
}

func (s *pages) watch(r *web.Request, in url.Values) (string, error) {
	d := dateReader{in: in}
	e := room.Entry{Name: in.Get("ten"), Unit: in.Get("don-vi"), Sex: in.Get("gioi"), Youth: in.Get("doan") != "", Home: in.Get("que"), Born: d.day("sinh"), On: d.day("ngay"), Actor: r.Actor()}
	if d.err != nil {
		return "", d.err
	}
	if e.Unit != "" {
		if err := r.Require(people.KeepParty, e.Unit); err != nil {
			return "", err
		}
	}
	a, err := s.room.Watch(r.Context(), e)
	if err != nil {
		return "", err
	}
	return applicantPath(a.ID) + "?da=luu", nil
}

type sponsorRow struct{ Name, Member, Since string }

type applicantPage struct {
	*web.View
	applicantRow
	Rule     *room.Charter
	Born     string
	Sponsors []sponsorRow
	Members  []memberRow // who may sponsor
	Keep     bool
	In       url.Values
	Trouble  string
}

func (s *pages) getApplicant(r *web.Request) (*room.Applicant, error) {
	return Applicant(r, s.room, r.PathValue("id"))
}

// Applicant reads a file that the reader may see; another unit's is not found rather than forbidden.
func Applicant(r *web.Request, book *room.Room, id string) (*room.Applicant, error) {
	a, err := book.Applicant(r.Context(), id)
	if err == nil && !r.Can(people.ReadParty, a.Unit) {
		return nil, fault.New(fault.NotFound, "party.no_applicant", "id", id)
	}
	return a, err
}

func (s *pages) applicant(r *web.Request) error { return s.showApplicant(r, url.Values{}, nil) }

func (s *pages) showApplicant(r *web.Request, in url.Values, trouble error) error {
	a, err := s.getApplicant(r)
	if err != nil {
		return err
	}
	p := applicantPage{applicantRow: s.applicantRow(r, a), In: in, Keep: r.Can(people.KeepParty, a.Unit) && a.Next() != ""}
	p.View = r.View(p.Name, web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}, web.Crumb{Title: r.T("partypage.admission"), Path: applicantsPath})
	p.Path = applicantPath(a.ID)
	rules, err := s.room.Rules()
	if err != nil {
		return err
	}
	p.Rule = rules.On(r.Today())
	if p.Born, err = s.room.Reveal(r.Context(), &room.Member{Personal: a.Personal}, "born"); err != nil {
		return err
	}
	for _, x := range a.Sponsors {
		row := sponsorRow{Member: x.Member, Since: p.Date(x.Since)}
		if x.Body != "" {
			row.Name = r.T("party.sponsor_" + x.Body)
		} else {
			row.Name = s.name(r.Context(), x.Member, r)
		}
		p.Sponsors = append(p.Sponsors, row)
	}
	if p.Keep {
		if p.Members, err = s.mayTeach(r); err != nil {
			return err
		}
	}
	return r.Render(s.troubled(r, trouble, &p.Trouble), applicant(p))
}

// mayTeach are the official members in reach, who may sponsor.
func (s *pages) mayTeach(r *web.Request) ([]memberRow, error) {
	list, _, err := s.room.Members(r.Context(), room.MemberFilter{Units: s.units(r), State: room.Official, Limit: 1 << 30})
	var out []memberRow
	for _, m := range list {
		out = append(out, s.row(r, m))
	}
	return out, err
}

// sponsorsIn reads the sponsors of a form: a member's number, or the name of a mass organisation.
func (s *pages) sponsorsIn(r *web.Request, in url.Values) ([]room.Sponsor, error) {
	var out []room.Sponsor
	for i, who := range in["gioi-thieu"] {
		if who == "" {
			continue
		}
		x := room.Sponsor{Member: who, Since: calendar.NoDate}
		if contains(room.SponsorBodies(), who) {
			x = room.Sponsor{Body: who, Since: calendar.NoDate}
		} else if m, err := s.room.Member(r.Context(), who); err != nil || !r.Can(people.ReadParty, m.Unit) {
			return nil, fault.New(fault.NotFound, "party.no_member", "id", who)
		}
		if days := in["cung-tu"]; i < len(days) {
			var err error
			if x.Since, err = parseDay(days[i]); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}

func (s *pages) advance(r *web.Request, in url.Values) (string, error) {
	a, err := s.getApplicant(r)
	if err != nil {
		return "", err
	}
	if err := r.Require(people.KeepParty, a.Unit); err != nil {
		return "", err
	}
	d := dateReader{in: in}
	st := room.ApplicantStep{ID: a.ID, Actor: r.Actor(), Verb: applicantSlugs[r.PathValue("viec")], On: d.day("ngay"), Papers: d.day("giay-to"), Expect: web.Seen(in, a.Version), Votes: votes(in, "cb")}
	if d.err != nil {
		return "", d.err
	}
	if st.Verb == "file" {
		if st.Sponsors, err = s.sponsorsIn(r, in); err != nil {
			return "", err
		}
	}
	if a, err = s.room.Advance(r.Context(), st); err != nil {
		return "", err
	}
	if a.Member != "" {
		return memberPath(a.Member) + "?da=luu", nil
	}
	return applicantPath(a.ID) + "?da=luu", nil
}

func (p applicantPage) version() string { return strconv.FormatInt(p.Version, 10) }
