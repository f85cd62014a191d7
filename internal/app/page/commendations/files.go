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

// row is a nomination in a list.
type row struct {
	*commendation.Nomination
	Name, UnitName string
}

type listPage struct {
	*web.View
	Year         int
	Award, Stage string
	Rows         []row
	Page, Total  int
	Awards       []commendation.Award
	Steps        []commendation.Rule // that all the lines may take, where one award and stage is shown
	Ways         []commendation.RevocationRule
}

func filesAddress(year int, award, stage string) string {
	v := url.Values{"nam": {strconv.Itoa(year)}}
	if award != "" {
		v.Set("danh-hieu", award)
	}
	if stage != "" {
		v.Set("buoc", stage)
	}
	return files + "?" + v.Encode()
}

func (s *pages) list(r *web.Request) error {
	p := &listPage{View: r.View(r.T("commendations.files"), web.Crumb{Title: r.T("commendations.title"), Path: home}), Year: yearOf(r), Award: r.Query("danh-hieu"), Stage: r.Query("buoc")}
	p.Wide = true
	p.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	p.Page = max(p.Page, 1)
	law, err := s.Room.Law(commendation.State, p.Year)
	if err != nil {
		return err
	}
	p.Awards, p.Ways = law.Awards, law.Revocations
	f := commendation.Filter{Year: p.Year, Award: p.Award, Stage: commendation.Stage(p.Stage), Limit: perPage, Offset: (p.Page - 1) * perPage}
	f.Units, f.Without = reach(r)
	list, total, err := s.Room.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, n := range list {
		p.Rows = append(p.Rows, s.row(r, n))
	}
	if p.Award != "" && p.Stage != "" && len(list) > 0 {
		if p.Steps, err = s.steps(r, list[0]); err != nil {
			return err
		}
	}
	return r.Render(http.StatusOK, listView(p))
}

func (s *pages) row(r *web.Request, n *commendation.Nomination) row {
	return row{n, s.name(r.Context(), r.Lang, n.Subject, n.Unit, n.Group), s.People.UnitName(r.Context(), n.Unit, r.Lang)}
}

// steps are those that the reader may take with a nomination.
func (s *pages) steps(r *web.Request, n *commendation.Nomination) ([]commendation.Rule, error) {
	a, err := s.Room.Award(n)
	if err != nil {
		return nil, err
	}
	var out []commendation.Rule
	for _, rule := range n.Next(a) {
		if people.Holds(r.Reader, right(rule), n.Unit) {
			out = append(out, rule)
		}
	}
	return out, nil
}

// right is what a step asks of its taker.
func right(rule commendation.Rule) web.Permission {
	if rule.Top {
		return people.DecideCommendation
	}
	return people.KeepCommendation
}

// step takes one step for the nominations that were marked.
func (s *pages) step(r *web.Request, in url.Values) (string, error) {
	rule, err := commendation.RuleOf(commendation.Verb(in.Get("buoc")))
	if err != nil {
		return "", err
	}
	for _, id := range in["ho-so"] {
		n, err := s.get(r, id)
		if err != nil {
			return "", err
		}
		if err := r.Require(right(rule), n.Unit); err != nil {
			return "", err
		}
	}
	step := commendation.Step{Actor: r.Actor(), IDs: in["ho-so"], Verb: rule.Verb, Note: in.Get("ly-do"), Decision: in.Get("so"), How: in.Get("cach")}
	if day := in.Get("ngay"); day != "" {
		if step.On, err = calendar.Parse(day); err != nil {
			return "", err
		}
	}
	list, err := s.Room.Take(r.Context(), step)
	if err != nil {
		return "", err
	}
	if len(list) == 1 {
		return Path(list[0].ID), nil
	}
	return filesAddress(list[0].Year, list[0].Award, string(list[0].Stage)), nil
}

type onePage struct {
	*web.View
	row
	Award   *commendation.Award
	Why     []string
	Steps   []commendation.Rule
	Papers  []string
	Records []commendation.Achievement // that the report may tell, where the reader may choose
	Keep    bool
	Rule    *commendation.OccasionRule // nil for a regular one
	Ways    []commendation.RevocationRule
	Back    *commendation.RevocationRule // how it was taken back, nil while it stands
	Trouble string

	Asked        bool // the public is asked today
	Opinions     []said
	OpinionPage  int // from 1
	OpinionTotal int
	Office       bool // the reader weighs what the public sends
	Reveal       bool // and may see who sent it
}

func (s *pages) one(r *web.Request) error { return s.showOne(r, nil) }

func (s *pages) oneAgain(r *web.Request, _ url.Values, trouble error) error {
	if fault.KindOf(trouble) == fault.NotFound {
		return trouble
	}
	return s.showOne(r, trouble)
}

func (s *pages) showOne(r *web.Request, trouble error) error {
	n, err := s.get(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := s.Room.Award(n)
	if err != nil {
		return err
	}
	law, err := s.Room.Law(n.Side, n.Year)
	if err != nil {
		return err
	}
	x := s.row(r, n)
	p := &onePage{View: r.View(a.Label.In(r.Lang)+": "+x.Name, web.Crumb{Title: r.T("commendations.title"), Path: home}, web.Crumb{Title: r.T("commendations.files"), Path: filesAddress(n.Year, "", "")}),
		row: x, Award: a, Papers: papersReady(n, a), Keep: people.Holds(r.Reader, people.KeepCommendation, n.Unit), Rule: law.Occasion(n.Occasion), Ways: law.Revocations}
	if n.Revoked != nil {
		p.Back = law.Revocation(n.Revoked.How)
	}
	if p.Keep && n.Editable() {
		if p.Records, err = s.Room.Achievements(r.Context(), commendation.Subject{ID: n.Subject, Unit: n.Unit, Group: n.Group}, n.Year); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	for _, one := range n.Reasons {
		p.Why = append(p.Why, reason(r.T, r.Lang, law, one))
	}
	if p.Steps, err = s.steps(r, n); err != nil {
		return err
	}
	p.Asked = n.Stage == commendation.Consulted && r.Today() <= n.ConsultTo
	if err := s.opinions(r, p); err != nil {
		return err
	}
	return r.Render(status, oneView(p))
}

// kept is a nomination that the reader may change.
func (s *pages) kept(r *web.Request) (*commendation.Nomination, error) {
	n, err := s.get(r, r.PathValue("id"))
	if err == nil {
		err = r.Require(people.KeepCommendation, n.Unit)
	}
	return n, err
}

// choose keeps the achievements that were ticked and the clerk's words.
func (s *pages) choose(r *web.Request, in url.Values) (string, error) {
	n, err := s.kept(r)
	if err != nil {
		return "", err
	}
	return Path(n.ID) + "?da=luu", s.Room.Choose(r.Context(), r.Actor(), n.ID, in["thanh-tich"], in.Get("bao-cao"))
}

type personPage struct {
	*web.View
	Subject   commendation.Subject
	Year      int
	UnitName  string
	Record    *commendation.Record
	Standing  []standing
	Law       *commendation.Law
	Movements []*commendation.Movement
	Keep      bool
	Decide    bool // the reader may take an award back
	Trouble   string
}

// standing is how the person stands toward one award.
type standing struct {
	Award *commendation.Award
	commendation.Verdict
	Why []string
}

func (s *pages) person(r *web.Request) error { return s.showPerson(r, nil) }

func (s *pages) showPerson(r *web.Request, trouble error) error {
	one, err := s.subject(r, r.PathValue("id"), people.ReadCommendation)
	if err != nil {
		return err
	}
	p := &personPage{Subject: one, Year: yearOf(r), UnitName: s.People.UnitName(r.Context(), one.Unit, r.Lang), Keep: people.Holds(r.Reader, people.KeepCommendation, one.Unit), Decide: people.Holds(r.Reader, people.DecideCommendation, one.Unit)}
	p.View = r.View(s.name(r.Context(), r.Lang, one.ID, one.Unit, one.Group), web.Crumb{Title: r.T("commendations.title"), Path: home + "?nam=" + strconv.Itoa(p.Year)})
	sim, err := s.Room.Simulate(r.Context(), commendation.State, p.Year)
	if err != nil {
		return err
	}
	p.Law = sim.Law
	for _, a := range sim.Awards {
		for _, v := range a.Verdicts {
			if v.Subject.ID != one.ID {
				continue
			}
			line := standing{Award: a.Award, Verdict: v}
			for _, x := range v.Reasons {
				line.Why = append(line.Why, reason(r.T, r.Lang, sim.Law, x))
			}
			p.Standing = append(p.Standing, line)
		}
	}
	if p.Record, err = s.Room.Record(r.Context(), one.ID); err != nil {
		return err
	}
	if p.Movements, err = s.Room.Movements(r.Context(), commendation.State, p.Year); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, personView(p))
}

// write records one thing about a person or unit.
func (s *pages) write(r *web.Request, in url.Values) (string, error) {
	one, err := s.subject(r, r.PathValue("id"), people.KeepCommendation)
	if err != nil {
		return "", err
	}
	year, _ := strconv.Atoi(in.Get("nam")) // unreadable = refused by the room
	return personPath(one.ID, year), s.enter(r, one, year, in)
}

func (s *pages) personAgain(r *web.Request, _ url.Values, trouble error) error {
	return s.showPerson(r, trouble)
}

func (s *pages) enter(r *web.Request, one commendation.Subject, year int, in url.Values) error {
	ctx, actor := r.Context(), r.Actor()
	switch what := r.PathValue("what"); what {
	case "xep-loai":
		return s.Room.Assess(ctx, actor, one, year, commendation.Class(in.Get("muc")))
	case "thanh-tich":
		return s.Room.AddMerit(ctx, actor, one, commendation.Merit{Kind: in.Get("loai"), Scope: in.Get("pham-vi"), Year: year, Title: in.Get("ten"), Source: in.Get("can-cu"), Code: in.Get("ma")})
	case "da-co":
		return s.Room.Enter(ctx, actor, one, commendation.State, commendation.Held{Award: in.Get("danh-hieu"), Year: year, Decision: in.Get("so")})
	case "thu-hoi":
		return s.revoke(r, one, year, in)
	case "dang-ky":
		return s.Room.Register(ctx, actor, one, commendation.State, commendation.Registration{Movement: in.Get("phong-trao"), Year: year, Award: in.Get("danh-hieu")})
	case "vuong-mac":
		day, err := calendar.Parse(in.Get("tu"))
		if err != nil {
			return err
		}
		return s.Room.OpenCase(ctx, actor, one, commendation.Case{Kind: in.Get("loai"), From: day, Note: in.Get("ghi-chu")})
	case "het-vuong-mac":
		kind, from, _ := strings.Cut(in.Get("vuong-mac"), " ")
		day, err := calendar.Parse(from)
		if err != nil {
			return err
		}
		return s.Room.CloseCase(ctx, actor, one, kind, day, 0)
	default:
		return fault.New(fault.NotFound, "commendation.no_such_step", "step", what)
	}
}

// revoke takes back an award that was entered here, which asks for the right to decide.
func (s *pages) revoke(r *web.Request, one commendation.Subject, year int, in url.Values) error {
	if err := r.Require(people.DecideCommendation, one.Unit); err != nil {
		return err
	}
	by := commendation.Revocation{How: in.Get("cach"), Decision: in.Get("so-thu-hoi"), Reason: in.Get("ly-do")}
	if day := in.Get("ngay"); day != "" {
		var err error
		if by.On, err = calendar.Parse(day); err != nil {
			return err
		}
	}
	return s.Room.RevokeHeld(r.Context(), r.Actor(), one, commendation.State, commendation.Held{Award: in.Get("danh-hieu"), Year: year, Decision: in.Get("so")}, by)
}

// reach is where the reader may read commendation, as lists ask for it.
func reach(r *web.Request) (units, without []string) {
	return people.Reach(r.Reader, people.ReadCommendation)
}
