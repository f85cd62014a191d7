package party

import (
	"net/http"
	"net/url"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

const applicantsPath = "/dang/ket-nap"

var applicantTones = map[string]string{"watched": "grey", "course": "blue", "file": "blue", "cell": "purple", "committee": "purple", "decided": "teal", "admitted": "green", "dropped": "grey"}

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

func (s *pages) applicants(r *web.Request) error { return s.showApplicants(r, url.Values{}, nil) }

func (s *pages) showApplicants(r *web.Request, in url.Values, trouble error) error {
	p := s.list(r, applicantsPath, r.T("partypage.admission"), "applicants", in, trouble)
	shown := r.Query("xem")
	p.way("", r.T("partypage.under_way"), shown)
	for _, state := range room.ApplicantStates() {
		p.way(state, r.T("party.applicant_"+state), shown)
	}
	list, total, err := s.room.Applicants(r.Context(), room.ApplicantFilter{Units: s.units(r), State: shown, DueBy: calendar.NoDate, Limit: perPage, Offset: p.offset()})
	if err != nil {
		return err
	}
	p.Total, p.Note = total, r.T("partypage.files", "n", total)
	p.Icon, p.None, p.NoneDo = "files", "partypage.no_files", "partypage.no_files_do"
	p.Columns = []column{{"partypage.number", "kh-p4"}, {"party.col_name", "kh-title"}, {"partypage.state", "kh-p2"}, {"partypage.next_until", ""}, {"party.col_cell", "kh-p3"}}
	for _, a := range list {
		p.add(cell{Text: a.ID, Class: "kh-code kh-muted"}, cell{Text: s.who.PersonName(r.Context(), a.Person), Path: applicantPath(a.ID)}, cell{Text: r.T("party.applicant_" + a.State), Tone: applicantTones[a.State]},
			cell{Text: p.Date(a.Due), Class: late(a.Due != calendar.NoDate && a.Due < r.Today())}, cell{Text: s.who.UnitName(r.Context(), a.Unit, r.Lang), Class: "kh-muted"})
	}
	keep, err := s.choice(r, people.KeepParty)
	if err != nil {
		return err
	}
	if len(keep) > 0 {
		p.Below = watchForm(p.sheet, keep)
	}
	return r.Render(p.Status, listed(p))
}

func (s *pages) watch(r *web.Request, in url.Values) (string, error) {
	e, err := entryIn(r, &dateReader{in: in})
	if err != nil {
		return "", err
	}
	a, err := s.room.Watch(r.Context(), e)
	if err != nil {
		return "", err
	}
	return saved(applicantPath(a.ID)), nil
}

type sponsorRow struct{ Name, Member, Since string }

type applicantPage struct {
	sheet
	*room.Applicant
	Facts    []fact
	Rule     *room.Charter
	Sponsors []sponsorRow
	Members  []memberRow // who may sponsor
	Keep     bool
}

// act is a step of the file.
func (p applicantPage) act(verb string) act {
	return p.sheet.act(slugOf(verb), "partypage.file_"+verb, p.Version)
}

func (s *pages) applicant(r *web.Request) error { return s.showApplicant(r, url.Values{}, nil) }

func (s *pages) showApplicant(r *web.Request, in url.Values, trouble error) error {
	a, err := Applicant(r, s.room, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := applicantPage{Applicant: a, Keep: r.Can(people.KeepParty, a.Unit) && a.Next() != ""}
	p.sheet = s.sheet(r, applicantPath(a.ID), s.who.PersonName(r.Context(), a.Person), in, trouble, web.Crumb{Title: r.T("partypage.admission"), Path: applicantsPath})
	if p.Rule, err = s.charter(r); err != nil {
		return err
	}
	if p.Facts, err = s.applicantFacts(r, &p); err != nil {
		return err
	}
	for _, x := range a.Sponsors {
		row := sponsorRow{Name: s.name(r.Context(), x.Member, r), Member: x.Member, Since: p.Date(x.Since)}
		if x.Body != "" {
			row.Name = r.T("party.sponsor_" + x.Body)
		}
		p.Sponsors = append(p.Sponsors, row)
	}
	if p.Keep {
		if p.Members, err = s.roll(r, s.units(r), room.Official); err != nil {
			return err
		}
	}
	return r.Render(p.Status, applicant(p))
}

func (s *pages) applicantFacts(r *web.Request, p *applicantPage) ([]fact, error) {
	a := p.Applicant
	born, err := s.room.Reveal(r.Context(), a.Personal["born"])
	if err != nil {
		return nil, err
	}
	reason, err := s.room.Reveal(r.Context(), a.Personal["reason"])
	if err != nil {
		return nil, err
	}
	voted := func(on calendar.Date, v room.Votes) string {
		if on == calendar.NoDate {
			return ""
		}
		return p.dayOf(on) + " (" + outOf(v.For, v.Of) + ")"
	}
	member := ""
	if a.Member != "" {
		member = p.Title
	}
	return []fact{{Label: r.T("partypage.number"), Text: a.ID}, {Label: r.T("party.col_cell"), Text: s.who.UnitName(r.Context(), a.Unit, r.Lang)},
		{Label: r.T("party.applicant_watched"), Text: p.dayOf(a.Since)}, {Label: r.T("partypage.born"), Text: p.dayText(born)},
		{Label: r.T("partypage.certificate"), Text: p.dayOf(a.Certificate)}, {Label: r.T("partypage.papers"), Text: p.dayOf(a.Papers)},
		{Label: r.T("partypage.cell_resolved"), Text: voted(a.CellOn, a.Cell)}, {Label: r.T("partypage.committee_resolved"), Text: voted(a.CommitteeOn, a.Committee)},
		{Label: r.T("party.col_decided"), Text: p.dayOf(a.Decided)},
		{Label: r.T("partypage.next_until"), Text: p.dayOf(a.Due), Bad: a.Due < r.Today()},
		{Label: r.T("partypage.dropped_because"), Text: reason}, {Label: r.T("partypage.member"), Text: member, Path: memberPath(a.Member)}}, nil
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
		}
		err := s.visible(r, x.Member)
		if err == nil {
			x.Since, err = parseDay(typedAt(in, "cung-tu", i))
		}
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (s *pages) advance(r *web.Request, in url.Values) (string, error) {
	a, err := Applicant(r, s.room, r.PathValue("id"))
	if err != nil {
		return "", err
	}
	if err := keeps(r, a.Unit); err != nil {
		return "", err
	}
	d := dateReader{in: in}
	st := room.ApplicantStep{ID: a.ID, Actor: r.Actor(), Verb: applicantSlugs[r.PathValue("viec")], On: d.day("ngay"), Papers: d.day("giay-to"), Expect: web.Seen(in, a.Version), Votes: votes(in, "cb"), Reason: in.Get("ly-do")}
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
		return saved(memberPath(a.Member)), nil
	}
	return saved(applicantPath(a.ID)), nil
}
