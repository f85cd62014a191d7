package conferences

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"trucot/internal/engine/document/chart"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	"trucot/internal/room/conference"
)

// talkRow is a speech or a question with whose it is, by post.
type talkRow struct {
	*conference.Talk
	Who string
}

type talksPage struct {
	*base
	Speeches, Questions []talkRow
	Text                string // typed and refused
}

func (s *pages) talks(r *web.Request) error { return s.showTalks(r, "", nil) }

func (s *pages) showTalks(r *web.Request, typed string, trouble error) error {
	b, err := s.open(r, "conferences.talks", false, trouble)
	if err != nil {
		return err
	}
	p := &talksPage{base: b, Text: typed}
	if p.Speeches, p.Questions, err = s.talkRows(r, b.C); err != nil {
		return err
	}
	return r.Render(status(trouble), talksView(p))
}

func (s *pages) talkRows(r *web.Request, c *conference.Conference) (speeches, questions []talkRow, err error) {
	all, err := s.Room.Talks(r.Context(), c.ID)
	if err != nil {
		return nil, nil, err
	}
	rows := func(list []*conference.Talk) ([]talkRow, error) {
		var out []talkRow
		for _, t := range list {
			who, err := s.Room.Speaker(r.Context(), c, t)
			if err != nil {
				return nil, err
			}
			out = append(out, talkRow{t, who})
		}
		return out, nil
	}
	first, second := conference.Split(all)
	if speeches, err = rows(first); err == nil {
		questions, err = rows(second)
	}
	return speeches, questions, err
}

// talk registers the reader to speak, or puts their question.
func (s *pages) talk(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	c, keep, own, err := s.get(r)
	if err != nil {
		return err
	}
	from := conference.From{Account: r.Actor()}
	if own != nil {
		from = conference.From{Guest: own.N}
	}
	if n := number(in.Get("dai-bieu")); keep && n > 0 { // the secretary enters what somebody in the hall asks
		from = conference.From{Guest: n}
	}
	if in.Get("loai") == string(conference.Speech) {
		err = s.Room.Speak(r.Context(), r.Actor(), c.ID, from, in.Get("noi-dung"), number(in.Get("phut")))
	} else {
		err = s.Room.Ask(r.Context(), r.Actor(), c.ID, from, in.Get("noi-dung"))
	}
	return settle(r, err, Path(c.ID)+"/phat-bieu?da=luu", func(trouble error) error { return s.showTalks(r, in.Get("noi-dung"), trouble) })
}

// talkStep does one thing with a speech or a question.
func (s *pages) talkStep(r *web.Request, in url.Values) (string, error) {
	c, err := s.kept(r)
	if err != nil {
		return "", err
	}
	n, ctx, actor := number(r.PathValue("n")), r.Context(), r.Actor()
	switch what := r.PathValue("what"); what {
	case "goi":
		err = s.Room.Call(ctx, actor, c.ID, n)
	case "thu-tu":
		err = s.Room.Order(ctx, actor, c.ID, n, number(in.Get("thu-tu")), number(in.Get("phut")))
	case "ghi":
		err = s.Room.Note(ctx, actor, c.ID, n, in.Get("tom-tat"))
	case "tra-loi":
		err = s.Room.AnswerQuestion(ctx, actor, c.ID, n, in.Get("nguoi"), in.Get("tra-loi"))
	case "bo":
		err = s.Room.Drop(ctx, actor, c.ID, n)
	default:
		err = fault.New(fault.NotFound, "conference.unknown_step", "step", what)
	}
	return Path(c.ID) + "/phat-bieu?da=luu", err
}

func (s *pages) talkAgain(r *web.Request, in url.Values, trouble error) error {
	return s.showTalks(r, in.Get("tra-loi"), trouble)
}

type screenPage struct {
	*base
	Clock    string
	Sitting  *conference.Sitting // that goes on or comes next; nil with one session only
	Now      *conference.Slot
	Next     *conference.Slot
	Count    conference.Counts
	Speaker  *talkRow
	Waiting  []talkRow
	Question *talkRow
	Charts   []screenChart
}

type screenChart struct{ Title, SVG string }

// screen is what the hall sees. It names posts, no persons.
func (s *pages) screen(r *web.Request) error {
	b, err := s.open(r, "conferences.screen", false, nil)
	if err != nil {
		return err
	}
	p := &screenPage{base: b, Clock: r.Now().In(calendar.Zone).Format("15:04"), Now: b.C.Now()}
	for _, slot := range b.C.Timetable() {
		if b.C.Status == conference.Running && slot.N == b.C.Item+1 {
			p.Next = &slot
		}
	}
	guests, err := s.Room.Guests(r.Context(), b.C.ID)
	if err != nil {
		return err
	}
	p.Count = conference.Count(guests)
	if all := b.C.Sittings(); len(all) > 1 && (b.C.May("check_in")) {
		p.Sitting = &all[s.sittingShown(p)]
		p.Count = conference.CountAt(guests, p.Sitting.N)
	}
	if err := s.said(r, p); err != nil {
		return err
	}
	figures, err := s.Room.Figures(b.C, r.Lang)
	if err != nil {
		return err
	}
	p.Charts = onWall(conference.Charts(figures, r.Lang), r.Now())
	return r.Render(http.StatusOK, screenView(p))
}

// onWall are the charts that the wall shows now: two at a time, in turn, since nobody scrolls a wall. Both have one height, so
// that their letters have one size.
func onWall(all []*chart.Chart, now time.Time) []screenChart {
	if len(all) == 0 {
		return nil
	}
	turns := int64(len(all)+chartsOnWall-1) / chartsOnWall
	first := int(now.Unix()/int64(chartTurn.Seconds())%turns) * chartsOnWall
	show, height := all[first:min(first+chartsOnWall, len(all))], 0.0
	for _, c := range show {
		c.HideTitle, c.Width = true, wallChart
		height = max(height, c.Needs())
	}
	var out []screenChart
	for _, c := range show {
		c.Height = height
		out = append(out, screenChart{c.Title, c.SVG()})
	}
	return out
}

// The charts take turns: so many at a time, for so long.
const (
	chartsOnWall = 2
	chartTurn    = 20 * time.Second
)

// wallChart is the width at which every chart of the hall is drawn, in CSS pixels. Stretched over half of a wall of 1920
// pixels its letters are 30 pixels high: 3 cm on a screen of 2 m, which is read from 10 m.
const wallChart = 380

// sittingShown is the session that the hall sees: that of the item going on, moved on when the guests of the next are
// received.
func (s *pages) sittingShown(p *screenPage) int {
	n := max(s.Room.Receiving(p.C), 0)
	if p.Now != nil {
		n = max(n, p.Now.Session)
	}
	return n
}

// said is who speaks now, who comes next, and the question that was put last.
func (s *pages) said(r *web.Request, p *screenPage) error {
	if p.C.Status != conference.Running {
		return nil
	}
	speeches, questions, err := s.talkRows(r, p.C)
	for i := range speeches {
		switch t := &speeches[i]; {
		case t.Open() && len(p.Waiting) < 4:
			p.Waiting = append(p.Waiting, *t)
		case t.Called != "" && (p.Speaker == nil || t.Called >= p.Speaker.Called):
			p.Speaker = t
		}
	}
	for i := range questions {
		if questions[i].Open() {
			p.Question = &questions[i]
			break
		}
	}
	return err
}

// guest finds whose link was opened, and shows what went wrong in the citizens' own frame.
func (s *pages) guest(h func(*web.Request, *conference.Conference, *conference.Guest) error) web.Handler {
	return func(r *web.Request) error {
		c, g, err := s.Room.ByToken(r.Context(), r.PathValue("token"))
		if err == nil {
			err = h(r, c, g)
		}
		if err == nil || fault.KindOf(err) == fault.Internal {
			return err
		}
		return r.Render(web.Status(fault.KindOf(err)), strangerView(r.View(r.T("conferences.link_trouble")), r.ErrorText(err)))
	}
}

type ownPage struct {
	*web.View
	C          *conference.Conference
	G          *conference.Guest
	Token      string
	Name       string
	Title      string
	Agency     string
	Substitute string
	Mine       []talkRow
	Officer    bool // the reader stands at the door, and the guest is not checked in
	Public     bool // programme and questions may be shown on the link
	Trouble    string
	Text       string
	Reply      conference.Answer // typed and refused
	Asked      bool
}

func (s *pages) own(r *web.Request, c *conference.Conference, g *conference.Guest) error {
	return s.showOwn(r, c, g, ownPage{}, nil)
}

func (s *pages) showOwn(r *web.Request, c *conference.Conference, g *conference.Guest, p ownPage, trouble error) error {
	ctx := r.Context()
	p.View, p.C, p.G, p.Token, p.Title = r.View(c.Name), c, g, r.PathValue("token"), s.Room.Title(ctx, g)
	p.Agency = s.unitName(ctx, p.View, c.Unit)
	p.Public = c.Side == people.State
	p.Officer = s.atDoor(r, c) && g.Visit(s.Room.Receiving(c)) == nil
	p.Asked = r.Query("da-gui") != ""
	var err error
	if p.Name, err = s.Room.Name(ctx, g); err != nil {
		return err
	}
	if p.Substitute, err = s.Room.Personal(ctx, g, "substitute"); err != nil {
		return err
	}
	if p.Reply.Reply == "" {
		p.Reply = conference.Answer{Reply: g.Reply, Name: p.Substitute, Post: g.Instead}
	}
	_, questions, err := s.talkRows(r, c)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if q.Guest == g.N {
			p.Mine = append(p.Mine, q)
		}
	}
	if trouble != nil {
		p.Trouble = r.ErrorText(trouble)
	}
	return r.Render(status(trouble), ownView(&p))
}

// keeps reports whether the reader keeps a conference.
func keeps(r *web.Request, c *conference.Conference) bool {
	return people.Holds(r.Reader, people.KeepConferences, c.Unit)
}

// atDoor reports whether the reader receives the guests of a conference that can be checked in now.
func (s *pages) atDoor(r *web.Request, c *conference.Conference) bool {
	return keeps(r, c) && c.May("check_in") && s.Room.Receiving(c) >= 0
}

func (s *pages) reply(r *web.Request, c *conference.Conference, g *conference.Guest) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	a := readAnswer(in)
	err = s.Room.ReplyTo(r.Context(), "", c.ID, g.N, a)
	return settle(r, err, conference.LinkPath(r.PathValue("token"))+"?da=luu", func(trouble error) error { return s.showOwn(r, c, g, ownPage{Reply: a}, trouble) })
}

// ask puts a guest's question, or registers them to speak.
func (s *pages) ask(r *web.Request, c *conference.Conference, g *conference.Guest) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	from := conference.From{Guest: g.N}
	if in.Get("loai") == string(conference.Speech) {
		err = s.Room.Speak(r.Context(), "", c.ID, from, in.Get("noi-dung"), number(in.Get("phut")))
	} else {
		err = s.Room.Ask(r.Context(), "", c.ID, from, in.Get("noi-dung"))
	}
	return settle(r, err, conference.LinkPath(r.PathValue("token"))+"?da-gui=1#hoi", func(trouble error) error {
		return s.showOwn(r, c, g, ownPage{Text: in.Get("noi-dung")}, trouble)
	})
}

// atTheDoor checks in the guest whose invitation the officer has just opened.
func (s *pages) atTheDoor(r *web.Request) error {
	c, g, err := s.Room.ByToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	if !keeps(r, c) {
		return conference.NotFound(c.ID)
	}
	err = s.Room.CheckIn(r.Context(), r.Actor(), c.ID, g.N, conference.ByCode)
	return settle(r, err, Path(c.ID)+"/diem-danh?den="+strconv.Itoa(g.N), func(trouble error) error { return s.showOwn(r, c, g, ownPage{}, trouble) })
}
