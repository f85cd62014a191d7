package party

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

const membersPath = "/dang/dang-vien"

var tones = map[room.State]string{room.Probation: "amber", room.Official: "green", room.MovedOut: "grey", room.Left: "grey"}

func (s *pages) members(r *web.Request) error {
	p := s.list(r, membersPath, r.T("partypage.members"), "members", nil, nil)
	shown := r.Query("xem")
	if shown == "" {
		shown = string(room.Active)
	}
	for _, state := range []string{"active", "probation", "official", "moved_out", "left", "all"} {
		p.way(state, r.T("partypage.view_"+state), shown)
	}
	f := room.MemberFilter{State: room.State(shown), Limit: perPage, Offset: p.offset()}
	if shown == "all" {
		f.State = ""
	}
	var err error
	if f.Units, err = s.chosen(r); err != nil {
		return err
	}
	list, total, err := s.room.Members(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total, p.Note = total, r.T("partypage.people", "n", total)
	p.Icon, p.None, p.NoneDo = "hierarchy-2", "partypage.no_members", "partypage.no_members_do"
	p.Columns = []column{{"partypage.number", "kh-p4"}, {"party.col_name", "kh-title"}, {"partypage.state", "kh-p2"}, {"party.col_cell", "kh-p3"}, {"party.col_decided", "kh-p4"}, {"partypage.official", "kh-p5"}, {"partypage.age", ""}}
	for _, m := range list {
		row := s.row(r, m)
		p.add(cell{Text: m.ID, Class: "kh-code kh-muted"}, cell{Text: row.Name, Path: memberPath(m.ID)}, cell{Text: r.T("party.state_" + string(m.State)), Tone: tones[m.State]}, cell{Text: row.UnitName, Class: "kh-muted"},
			cell{Text: p.Date(m.Decided), Class: "kh-code"}, cell{Text: p.Date(m.Official), Class: "kh-code"}, cell{Text: r.T("party.years", "n", m.Age(r.Today())/12), Class: "kh-code"})
	}
	if p.Units, err = s.choice(r, people.ReadParty); err != nil {
		return err
	}
	if p.Can(people.KeepParty) {
		p.Acts = memberActs(p.View)
	}
	return r.Render(p.Status, listed(p))
}

type blankMemberPage struct {
	sheet
	Units   []people.Unit
	Members []memberRow // who may sponsor
	Rule    *room.Charter
	Arrived bool // comes from elsewhere rather than being admitted
}

func (s *pages) blankMember(r *web.Request) error { return s.showBlankMember(r, r.URL.Query(), nil) }

func (s *pages) showBlankMember(r *web.Request, in url.Values, trouble error) error {
	p := blankMemberPage{Arrived: in.Get("cach") == "tiep-nhan"}
	title := "partypage.admit"
	if p.Arrived {
		title = "partypage.receive"
	}
	p.sheet = s.sheet(r, membersPath+"/moi", r.T(title), in, trouble, web.Crumb{Title: r.T("partypage.members"), Path: membersPath})
	var err error
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	if p.Rule, err = s.charter(r); err != nil {
		return err
	}
	if !p.Arrived {
		if p.Members, err = s.roll(r, s.units(r), room.Official); err != nil {
			return err
		}
	}
	return r.Render(p.Status, blankMember(p))
}

// entryIn reads who comes, as every form of somebody new asks for it.
func entryIn(r *web.Request, d *dateReader) (room.Entry, error) {
	e := room.Entry{Name: d.in.Get("ten"), Unit: d.in.Get("don-vi"), Sex: d.in.Get("gioi"), Youth: d.in.Get("doan") != "", Home: d.in.Get("que"), Born: d.day("sinh"), On: d.day("ngay"), Actor: r.Actor()}
	if d.err != nil {
		return e, d.err
	}
	return e, keeps(r, e.Unit)
}

func (s *pages) addMember(r *web.Request, in url.Values) (string, error) {
	d := dateReader{in: in}
	e, err := entryIn(r, &d)
	if err != nil {
		return "", err
	}
	e.Decided, e.Admitted, e.Official = d.day("quyet-dinh"), d.day("le"), calendar.NoDate
	e.Cell, e.Committee = votes(in, "cb"), votes(in, "cu")
	enter := s.room.Admit
	if in.Get("cach") == "tiep-nhan" {
		enter = s.room.Receive
		e.Official = d.day("chinh-thuc")
		e.Badge, _ = strconv.Atoi(in.Get("huy-hieu")) // unreadable = none
	} else {
		if e.Born == calendar.NoDate {
			return "", fault.New(fault.Invalid, "party.no_birth")
		}
		if e.Sponsors, err = s.sponsorsIn(r, in); err != nil {
			return "", err
		}
	}
	if d.err != nil {
		return "", d.err
	}
	m, err := enter(r.Context(), e)
	if err != nil {
		return "", err
	}
	return saved(memberPath(m.ID)), nil
}

func votes(in url.Values, name string) room.Votes {
	var v room.Votes
	v.For, _ = strconv.Atoi(in.Get(name + "-phieu")) // unreadable = none, which reaches no share
	v.Of, _ = strconv.Atoi(in.Get(name + "-tong"))
	return v
}

type memberPage struct {
	sheet
	memberRow
	Facts   []fact
	Rule    *room.Charter
	Waits   string // of recognition, as room.Due.What; "" when official
	Above   string // to which the case was handed
	Keep    bool
	Units   []people.Unit
	Grade   int // of the badge that is due; 0 for none
	Studied []*room.Record
	Missed  []*room.Record
}

func (p memberPage) act(verb string) act {
	return p.sheet.act(verb, "partypage.step_"+verb, p.Version)
}

func (s *pages) member(r *web.Request) error { return s.showMember(r, nil, nil) }

func (s *pages) showMember(r *web.Request, in url.Values, trouble error) error {
	m, err := Member(r, s.room, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := memberPage{memberRow: s.row(r, m), Keep: m.Active() && r.Can(people.KeepParty, m.Unit)}
	p.sheet = s.sheet(r, memberPath(m.ID), p.Name, in, trouble, web.Crumb{Title: r.T("partypage.members"), Path: membersPath})
	if p.Rule, err = s.charter(r); err != nil {
		return err
	}
	if p.Facts, err = s.memberFacts(r, &p); err != nil {
		return err
	}
	p.Waits = p.Rule.Waits(m)
	if m.Referred != nil {
		p.Above = s.who.UnitName(r.Context(), m.Referred.To, r.Lang)
	}
	if line, ok := p.Rule.BadgeFor(m, r.Today()); ok && line.Due() {
		p.Grade = line.Grade
	}
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	if err := s.studies(r, &p); err != nil {
		return err
	}
	return r.Render(p.Status, member(p))
}

func (s *pages) memberFacts(r *web.Request, p *memberPage) ([]fact, error) {
	m := p.Member
	born, err := s.room.Reveal(r.Context(), m.Personal["born"])
	if err != nil {
		return nil, err
	}
	home, err := s.room.Reveal(r.Context(), m.Personal["home"])
	if err != nil {
		return nil, err
	}
	official, badge := p.dayOf(m.Official), ""
	if m.State == room.Probation {
		official = r.T("partypage.official_from", "on", p.Rule.OfficialOn(m))
	}
	if m.Badge > 0 {
		badge = r.T("party.years", "n", m.Badge)
	}
	facts := []fact{{Label: r.T("partypage.number"), Text: m.ID}, {Label: r.T("party.col_cell"), Text: p.UnitName}, {Label: r.T("party.col_decided"), Text: p.dayOf(m.Decided)},
		{Label: r.T("partypage.ceremony"), Text: p.dayOf(m.Admitted)}, {Label: r.T("partypage.official"), Text: official},
		{Label: r.T("partypage.age"), Text: r.T("partypage.years_months", "y", m.Age(r.Today())/12, "m", m.Age(r.Today())%12)},
		{Label: r.T("party.col_badge"), Text: badge}, {Label: r.T("partypage.born"), Text: p.dayText(born)}, {Label: r.T("partypage.home"), Text: home}}
	for _, b := range m.Badges {
		if b.Revoked == nil {
			facts = append(facts, fact{Label: r.T("partypage.badge_revoked", "n", b.Grade), Text: strings.TrimSpace(p.dayOf(b.On) + " " + b.Number)})
			continue
		}
		why, err := s.room.Reveal(r.Context(), b.Revoked.Reason)
		if err != nil {
			return nil, err
		}
		facts = append(facts, fact{Label: r.T("partypage.badge_revoked", "n", b.Grade), Text: r.T("partypage.revoked_by", "on", b.Revoked.On, "number", b.Revoked.Number) + ". " + why, Bad: true})
	}
	return facts, nil
}

// dayText is a day kept as text in the reader's form.
func (s sheet) dayText(iso string) string {
	on, err := parseDay(iso)
	if err != nil {
		return iso
	}
	return s.dayOf(on)
}

// studies tells what a member studied and missed since they came, the latest first.
func (s *pages) studies(r *web.Request, p *memberPage) error {
	above, err := s.who.Units(r.Context(), r.Today(), people.Party)
	if err != nil {
		return err
	}
	units := []string{p.Member.Unit}
	for _, u := range above { // the cell's own sessions and those of the committees above it
		if below, err := s.who.Subtree(r.Context(), u.Code, r.Today()); err == nil && u.Code != p.Member.Unit && contains(below, p.Member.Unit) && r.Can(people.ReadParty, u.Code) {
			units = append(units, u.Code)
		}
	}
	list, _, err := s.room.Records(r.Context(), room.RecordFilter{Units: units, Kind: "study", Stage: room.Done, From: p.Decided, To: calendar.NoDate, UntilBy: calendar.NoDate})
	for _, rec := range list {
		switch {
		case contains(rec.Present, p.Member.ID):
			p.Studied = append(p.Studied, rec)
		case len(rec.Present) > 0: // a session without a roll says nothing about anybody
			p.Missed = append(p.Missed, rec)
		}
	}
	return err
}

func (s *pages) stepMember(r *web.Request, in url.Values) (string, error) {
	m, err := Member(r, s.room, r.PathValue("id"))
	if err != nil {
		return "", err
	}
	to := "" // the receiving cell, where it is one of ours, has to be the writer's too
	if r.PathValue("viec") == "chuyen" {
		to = in.Get("don-vi")
	}
	if err := keeps(r, m.Unit, to); err != nil {
		return "", err
	}
	do, ok := map[string]func(*room.Room, context.Context, room.Step) (*room.Member, error){"chinh-thuc": (*room.Room).Recognise, "khong-dat": (*room.Room).Fall,
		"bao-cao": (*room.Room).Refer, "chuyen": (*room.Room).Move, "huy-hieu": (*room.Room).Confer, "thu-hoi-huy-hieu": (*room.Room).RevokeBadge, "roi": (*room.Room).Leave}[r.PathValue("viec")]
	if !ok {
		return "", fault.New(fault.NotFound, "party.not_now", "id", m.ID)
	}
	st := room.Step{ID: m.ID, Actor: r.Actor(), Expect: web.Seen(in, m.Version), Votes: votes(in, "cb"), Committee: votes(in, "cu"), Unit: to, Reason: in.Get("ly-do"), Number: in.Get("so")}
	st.Grade, _ = strconv.Atoi(in.Get("bac")) // unreadable = none
	if st.On, err = parseDay(in.Get("ngay")); err != nil {
		return "", err
	}
	if _, err := do(s.room, r.Context(), st); err != nil {
		return "", err
	}
	return saved(memberPath(m.ID)), nil
}
