package commendations

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/commendation"
)

// perPage is the number of lines on a page.
const perPage = 50

// line is a verdict in words.
type line struct {
	commendation.Verdict
	Name, UnitName string
	Why            []string
	May            bool // may be nominated by this reader
}

type yearPage struct {
	*web.View
	Year      int
	Sim       *commendation.Result
	Show      *commendation.AwardResult
	Standing  string
	Asks      []string // what the award asks for
	Lines     []line
	Page      int
	Total     int
	Movements []*commendation.Movement
	Trouble   string
	Movement  bool // the reader may open one
}

func (s *pages) year(r *web.Request) error {
	return s.showYear(r, yearOf(r), r.Query("danh-hieu"), nil)
}

func (s *pages) showYear(r *web.Request, year int, award string, trouble error) error {
	sim, err := s.Room.Simulate(r.Context(), commendation.State, year)
	if err != nil {
		return err
	}
	p := &yearPage{View: r.View(r.T("commendations.title")), Year: year, Sim: sim, Standing: r.Query("muc")}
	p.Wide = true
	if p.Show = sim.Award(award); p.Show == nil {
		p.Show = &sim.Awards[0]
	}
	for i := range p.Show.Award.Conditions {
		p.Asks = append(p.Asks, condition(r.T, r.Lang, sim.Law, "commendation.want_", &p.Show.Award.Conditions[i], 0, 0))
	}
	s.lines(r, p)
	if p.Movements, err = s.Room.Movements(r.Context(), commendation.State, year); err != nil {
		return err
	}
	host, err := s.Room.Host(r.Context())
	if err != nil {
		return err
	}
	p.Movement = people.Holds(r.Reader, people.KeepCommendation, host)
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, yearView(p))
}

// lines puts one page of the verdicts in the reader's reach into words.
func (s *pages) lines(r *web.Request, p *yearPage) {
	p.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	p.Page = max(p.Page, 1)
	for _, v := range p.Show.Verdicts {
		if !people.Holds(r.Reader, people.ReadCommendation, v.Subject.Unit) || p.Standing != "" && string(v.Standing) != p.Standing {
			continue
		}
		if p.Total++; p.Total <= (p.Page-1)*perPage || p.Total > p.Page*perPage {
			continue
		}
		l := line{Verdict: v, Name: s.name(r.Context(), r.Lang, v.Subject.ID, v.Subject.Unit, v.Subject.Group), UnitName: s.People.UnitName(r.Context(), v.Subject.Unit, r.Lang)}
		for _, x := range v.Reasons {
			l.Why = append(l.Why, reason(r.T, r.Lang, p.Sim.Law, x))
		}
		l.May = len(v.Reasons) == 0 && !v.Decided && people.Holds(r.Reader, people.KeepCommendation, v.Subject.Unit)
		p.Lines = append(p.Lines, l)
	}
}

// address is the page with some parts changed: name, value pairs.
func (p *yearPage) address(change ...string) string {
	v := url.Values{"nam": {strconv.Itoa(p.Year)}, "danh-hieu": {p.Show.ID}}
	if p.Standing != "" {
		v.Set("muc", p.Standing)
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Del(change[i])
		if change[i+1] != "" {
			v.Set(change[i], change[i+1])
		}
	}
	return home + "?" + v.Encode()
}

// propose opens nominations for the lines that were marked.
func (s *pages) propose(r *web.Request, in url.Values) (string, error) {
	year, _ := strconv.Atoi(in.Get("nam")) // unreadable = refused by the room
	for _, id := range in["nguoi"] {
		if _, err := s.subject(r, id, people.KeepCommendation); err != nil {
			return "", err
		}
	}
	list, err := s.Room.Propose(r.Context(), commendation.Proposal{Actor: r.Actor(), Side: commendation.State, Year: year, Award: in.Get("danh-hieu"),
		Subjects: in["nguoi"], Occasion: in.Get("dip"), Report: strings.TrimSpace(in.Get("bao-cao"))})
	if err != nil {
		return "", err
	}
	return filesAddress(list[0].Year, list[0].Award, string(commendation.Reported)), nil
}

// yearAgain is the year's page with what is wrong; a year without a law has no page.
func (s *pages) yearAgain(r *web.Request, in url.Values, trouble error) error {
	if k := fault.KindOf(trouble); k == fault.NotFound || fault.Is(trouble, "commendation.bad_year") {
		return trouble
	}
	year, _ := strconv.Atoi(in.Get("nam")) // unreadable = refused above
	return s.showYear(r, year, in.Get("danh-hieu"), trouble)
}

func (s *pages) subject(r *web.Request, id string, p web.Permission) (commendation.Subject, error) {
	return Subject(r, s.Room, id, p)
}

// Subject is one of the roster for whom the reader has a permission; others are not found rather than forbidden.
func Subject(r *web.Request, room *commendation.Room, id string, p web.Permission) (commendation.Subject, error) {
	one, err := room.Subject(r.Context(), commendation.State, id)
	if err == nil && !people.Holds(r.Reader, p, one.Unit) {
		err = fault.New(fault.NotFound, "commendation.unknown_subject", "id", id)
	}
	return one, err
}

// movement opens a movement for the agency.
func (s *pages) movement(r *web.Request, in url.Values) (string, error) {
	year, _ := strconv.Atoi(in.Get("nam")) // unreadable = refused by the room
	unit, err := s.Room.Host(r.Context())
	if err != nil {
		return "", err
	}
	if err := r.Require(people.KeepCommendation, unit); err != nil {
		return "", err
	}
	m := commendation.Movement{Side: commendation.State, Year: year, Title: in.Get("ten"), Unit: unit, Basis: in.Get("can-cu")}
	if m.From, err = calendar.Parse(in.Get("tu")); err == nil {
		m.To, err = calendar.Parse(in.Get("den"))
	}
	if err == nil {
		_, err = s.Room.OpenMovement(r.Context(), r.Actor(), m)
	}
	return home + "?nam=" + strconv.Itoa(year), err
}
