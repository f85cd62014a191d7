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

// perPage is the number of lines on a page.
const perPage = 50

type membersPage struct {
	*web.View
	State, Unit string
	Page, Total int
	Rows        []memberRow
	Units       []people.Unit
}

func page(r *web.Request) int {
	n, _ := strconv.Atoi(r.Query("trang")) // unreadable = the first page
	return max(n, 1)
}

func (s *pages) members(r *web.Request) error {
	p := membersPage{View: r.View(r.T("partypage.members"), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}), State: r.Query("xem"), Unit: r.Query("don-vi"), Page: page(r)}
	if p.State == "" {
		p.State = string(room.Active)
	}
	p.Wide = true
	f := room.MemberFilter{State: room.State(p.State), Limit: perPage, Offset: (p.Page - 1) * perPage}
	if p.State == "all" {
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
	p.Total = total
	for _, m := range list {
		p.Rows = append(p.Rows, s.row(r, m))
	}
	if p.Units, err = s.choice(r, people.ReadParty); err != nil {
		return err
	}
	return r.Render(http.StatusOK, members(p))
}

func (p membersPage) address(change ...string) string {
	return address("/dang/dang-vien", append([]string{"xem", p.State, "don-vi", p.Unit}, change...))
}

// address is a path with parameters: name, value pairs, later ones before earlier ones; "" takes one away.
func address(path string, pairs []string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Del(pairs[i])
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return path + "?" + v.Encode()
}

type blankMemberPage struct {
	*web.View
	In      url.Values
	Units   []people.Unit
	Members []memberRow // who may sponsor
	Rule    *room.Charter
	Arrived bool // comes from elsewhere rather than being admitted
	Trouble string
}

func (s *pages) blankMember(r *web.Request) error { return s.showBlankMember(r, r.URL.Query(), nil) }

func (s *pages) showBlankMember(r *web.Request, in url.Values, trouble error) error {
	p := blankMemberPage{In: in, Arrived: in.Get("cach") == "tiep-nhan"}
	title := "partypage.admit"
	if p.Arrived {
		title = "partypage.receive"
	}
	p.View = r.View(r.T(title), web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}, web.Crumb{Title: r.T("partypage.members"), Path: "/dang/dang-vien"})
	var err error
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	all, err := s.room.Rules()
	if err != nil {
		return err
	}
	p.Rule = all.On(r.Today())
	if !p.Arrived {
		if p.Members, err = s.mayTeach(r); err != nil {
			return err
		}
	}
	return r.Render(s.troubled(r, trouble, &p.Trouble), blankMember(p))
}

func (s *pages) addMember(r *web.Request, in url.Values) (string, error) {
	m, err := s.takeIn(r, in)
	if err != nil {
		return "", err
	}
	return memberPath(m.ID) + "?da=luu", nil
}

func (s *pages) takeIn(r *web.Request, in url.Values) (*room.Member, error) {
	d := dateReader{in: in}
	e := room.Entry{Name: in.Get("ten"), Unit: in.Get("don-vi"), Sex: in.Get("gioi"), Youth: in.Get("doan") != "", Home: in.Get("que"), Born: d.day("sinh"),
		Decided: d.day("quyet-dinh"), Admitted: d.day("le"), Official: calendar.NoDate, On: d.day("ngay"), Actor: r.Actor(),
		Cell: votes(in, "cb"), Committee: votes(in, "cu")}
	arrived := in.Get("cach") == "tiep-nhan"
	if arrived {
		e.Official = d.day("chinh-thuc")
		e.Badge, _ = strconv.Atoi(in.Get("huy-hieu")) // unreadable = none
	}
	if d.err != nil {
		return nil, d.err
	}
	if e.Unit != "" {
		if err := r.Require(people.KeepParty, e.Unit); err != nil {
			return nil, err
		}
	}
	if arrived {
		return s.room.Receive(r.Context(), e)
	}
	if e.Born == calendar.NoDate {
		return nil, fault.New(fault.Invalid, "party.no_birth")
	}
	var err error
	if e.Sponsors, err = s.sponsorsIn(r, in); err != nil {
		return nil, err
	}
	return s.room.Admit(r.Context(), e)
}

func votes(in url.Values, name string) room.Votes {
	var v room.Votes
	v.For, _ = strconv.Atoi(in.Get(name + "-phieu")) // unreadable = none, which reaches no share
	v.Of, _ = strconv.Atoi(in.Get(name + "-tong"))
	return v
}

type memberPage struct {
	*web.View
	memberRow
	Born, Home string
	Rule       *room.Charter
	Keep       bool
	Units      []people.Unit
	Grade      int // of the badge that is due; 0 for none
	Records    []*room.Record
	Studied    []*room.Record
	Missed     []*room.Record
	Trouble    string
	Verb       string
	In         url.Values
}

func (s *pages) member(r *web.Request) error { return s.showMember(r, nil, nil) }

func (s *pages) showMember(r *web.Request, in url.Values, trouble error) error {
	m, err := s.get(r)
	if err != nil {
		return err
	}
	p := memberPage{memberRow: s.row(r, m), In: in, Verb: r.PathValue("viec"), Keep: m.Active() && r.Can(people.KeepParty, m.Unit)}
	p.View = r.View(p.Name, web.Crumb{Title: r.T("partypage.title"), Path: "/dang"}, web.Crumb{Title: r.T("partypage.members"), Path: "/dang/dang-vien"})
	p.Path = memberPath(m.ID)
	if p.Born, err = s.room.Reveal(r.Context(), m, "born"); err != nil {
		return err
	}
	if p.Home, err = s.room.Reveal(r.Context(), m, "home"); err != nil {
		return err
	}
	all, err := s.room.Rules()
	if err != nil {
		return err
	}
	p.Rule = all.On(r.Today())
	if line, ok := p.Rule.BadgeFor(m, r.Today()); ok && line.Due() {
		p.Grade = line.Grade
	}
	if p.Units, err = s.choice(r, people.KeepParty); err != nil {
		return err
	}
	if err := s.studies(r, &p); err != nil {
		return err
	}
	return r.Render(s.troubled(r, trouble, &p.Trouble), member(p))
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
	m, err := s.get(r)
	if err != nil {
		return "", err
	}
	if err := r.Require(people.KeepParty, m.Unit); err != nil {
		return "", err
	}
	do := map[string]func(*web.Request, room.Step) (*room.Member, error){
		"chinh-thuc": func(r *web.Request, st room.Step) (*room.Member, error) { return s.room.Recognise(r.Context(), st) },
		"chuyen":     s.move,
		"huy-hieu":   func(r *web.Request, st room.Step) (*room.Member, error) { return s.room.Confer(r.Context(), st) },
		"roi":        func(r *web.Request, st room.Step) (*room.Member, error) { return s.room.Leave(r.Context(), st) },
	}[r.PathValue("viec")]
	if do == nil {
		return "", fault.New(fault.NotFound, "party.not_now", "id", m.ID)
	}
	st := room.Step{ID: m.ID, Actor: r.Actor(), Votes: votes(in, "cb"), Committee: votes(in, "cu"), Unit: in.Get("don-vi"), Reason: in.Get("ly-do")}
	st.Grade, _ = strconv.Atoi(in.Get("bac"))              // unreadable = none
	st.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	if st.On, err = parseDay(in.Get("ngay")); err != nil {
		return "", err
	}
	if _, err = do(r, st); err != nil {
		return "", err
	}
	return memberPath(m.ID) + "?da=luu", nil
}

// move asks for the right in the receiving cell too, where it is one of ours.
func (s *pages) move(r *web.Request, st room.Step) (*room.Member, error) {
	if st.Unit != "" {
		if err := r.Require(people.KeepParty, st.Unit); err != nil {
			return nil, err
		}
	}
	return s.room.Move(r.Context(), st)
}
