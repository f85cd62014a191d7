package sample

import (
	"slices"
	"time"

	work "trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/conference"
	"trucot/internal/room/portal"
)

// conferenceWords is conferences.yaml: one that was held, and one to come.
type conferenceWords struct {
	Actor  string          `def:"actor,required"`
	Past   conferenceEvent `def:"past,required"`
	Party  conferenceEvent `def:"party,required"`
	Coming conferenceEvent `def:"coming,required"`
}

type conferenceEvent struct {
	Unit     string        `def:"unit,required"` // that holds it
	Prepared calendar.Date `def:"prepared,required"`
	Name     string        `def:"name,required"`
	Occasion string        `def:"occasion,required"`
	Day      calendar.Date `def:"day,required"`
	Start    string        `def:"start,required"`
	Place    string        `def:"place,required"`
	Period   string        `def:"period,required"`
	Later    []struct {
		Day   calendar.Date `def:"day,required"`
		Start string        `def:"start,required"`
		Items []struct {
			Minutes int    `def:"minutes,required"`
			What    string `def:"what,required"`
			Who     string `def:"who"`
		} `def:"items,required"`
	} `def:"later"` // sessions after the first
	Closing     int      `def:"closing"` // items of the usual programme that come in the last session
	Chairs      []string `def:"chairs,required"`
	Secretaries []string `def:"secretaries,required"`
	Outside     []struct {
		Post string `def:"post,required"`
		Body string `def:"body,required"`
	} `def:"outside"`
	Speeches []struct {
		Person string `def:"person,required"`
		Text   string `def:"text,required"`
		Gist   string `def:"gist"`
	} `def:"speeches"`
	Questions []struct {
		Person   string `def:"person"`
		Outside  int    `def:"outside"` // the n-th guest from outside, from 1
		Text     string `def:"text,required"`
		Answer   string `def:"answer"`
		Answerer string `def:"answerer"`
	} `def:"questions"`
	Conclusions []struct {
		Text     string        `def:"text,required"`
		Unit     string        `def:"unit"`
		Due      calendar.Date `def:"due"`
		Product  string        `def:"product"`
		Done     calendar.Date `def:"done"`
		Doer     string        `def:"doer"`
		Evidence string        `def:"evidence"`
	} `def:"conclusions"`
	Signer string `def:"signer"` // account that issues the notice
	Notice struct {
		On     calendar.Date `def:"on,required"`
		Number string        `def:"number,required"`
	} `def:"notice"`
	Thanks []struct {
		Who    string `def:"who,required"`
		Reason string `def:"reason,required"`
	} `def:"thanks"`
	News []string `def:"news"` // who writes, edits and approves its news; without the others it waits

	id    string
	guest map[string]int // by person
	first int            // number of the first guest from outside
}

// conferences plans the two conferences.
func (s *simulation) conferences() error {
	var w conferenceWords
	if err := read("conferences.yaml", &w); err != nil {
		return err
	}
	c := &w.Past
	plan := func(on calendar.Date, do func() error) {
		s.at(on, func(calendar.Date) error { return s.alone(do) })
	}
	plan(c.Prepared, func() error { return s.invite(w.Actor, c) })
	plan(c.Day, func() error { return s.hold(w.Actor, c) })
	plan(c.Notice.On, func() error { return s.conclude(w.Actor, c) })
	p := &w.Party
	plan(p.Prepared, func() error { return s.invite(partyActor, p) })
	plan(p.Day, func() error { return s.hold(partyActor, p) })
	plan(p.Notice.On, func() error { return s.conclude(partyActor, p) })
	plan(w.Coming.Prepared, func() error { return s.invite(w.Actor, &w.Coming) })
	return nil
}

// invite prepares a conference, invites everybody with a post, and writes down the replies.
func (s *simulation) invite(actor string, c *conferenceEvent) error {
	room := s.app.Conferences
	made, err := room.Prepare(s.ctx, actor, conference.Head{Name: c.Name, Occasion: c.Occasion, Unit: c.Unit, Day: c.Day, Start: c.Start, Place: c.Place, Period: c.Period})
	if err != nil {
		return err
	}
	c.id, c.guest = made.ID, map[string]int{}
	if err := s.laterSessions(actor, c, made.Programme); err != nil {
		return err
	}
	list, err := s.invitees(c)
	if err != nil {
		return err
	}
	s.clock.tick()
	if _, err := room.AddGuests(s.ctx, actor, c.id, list); err != nil {
		return err
	}
	for i, in := range list {
		if in.Person != "" {
			c.guest[in.Person] = i + 1
		} else if c.first == 0 {
			c.first = i + 1
		}
	}
	s.clock.tick()
	if err := room.Move(s.ctx, actor, c.id, conference.Invite, ""); err != nil {
		return err
	}
	for n := range len(list) {
		if n%7 == 5 || len(c.Outside) == 0 && n%2 == 1 { // some never answer, more of them while there is time
			continue
		}
		a := conference.Answer{Reply: conference.Attends}
		if n%13 == 8 {
			a.Reply = conference.Absent
		}
		s.clock.tick()
		if err := room.ReplyTo(s.ctx, "", c.id, n+1, a); err != nil {
			return err
		}
	}
	return nil
}

// laterSessions adds the sessions after the first, each with its items.
func (s *simulation) laterSessions(actor string, c *conferenceEvent, items []conference.Item) error {
	if len(c.Later) == 0 {
		return nil
	}
	var later []conference.Session
	closing := slices.Clone(items[max(len(items)-c.Closing, 0):]) // the end of the programme comes at the end
	items = slices.Clone(items[:len(items)-len(closing)])
	for i, x := range c.Later {
		later = append(later, conference.Session{Day: x.Day, Start: x.Start})
		for _, item := range x.Items {
			items = append(items, conference.Item{What: item.What, Who: item.Who, Minutes: item.Minutes, Session: i + 1})
		}
	}
	for _, item := range closing {
		item.Session = len(c.Later)
		items = append(items, item)
	}
	s.clock.tick()
	return s.app.Conferences.SetProgramme(s.ctx, actor, c.id, later, items)
}

// invitees are everybody with a post on the side that holds it, with who presides, then the guests from outside.
func (s *simulation) invitees(c *conferenceEvent) ([]conference.Invitee, error) {
	posts, err := s.app.People.Posts(s.ctx, s.day)
	if err != nil {
		return nil, err
	}
	var out []conference.Invitee
	for _, p := range posts {
		if (p.Unit == "du") != (c.Unit == "du") && (c.Unit == "so" || !slices.Contains(c.Chairs, p.Person)) {
			continue
		}
		role := conference.Delegate
		switch {
		case slices.Contains(c.Chairs, p.Person):
			role = conference.Chair
		case slices.Contains(c.Secretaries, p.Person):
			role = conference.Secretary
		}
		out = append(out, conference.Invitee{Person: p.Person, Unit: p.Unit, Post: p.TitleVI, Role: role})
	}
	for _, o := range c.Outside {
		out = append(out, conference.Invitee{Post: o.Post, Body: o.Body, Role: conference.Honoured})
	}
	return out, nil
}

// hold is the day itself: the door, the speeches, the questions, the end.
func (s *simulation) hold(actor string, c *conferenceEvent) error {
	room := s.app.Conferences
	s.clock.now.Store(midnight(c.Day).Add(7*time.Hour + 20*time.Minute).UnixMicro())
	guests, err := room.Guests(s.ctx, c.id)
	if err != nil {
		return err
	}
	begun := false
	for i, g := range guests {
		if g.Reply == conference.Absent || i%11 == 6 {
			continue
		}
		if i > len(guests)-4 && !begun { // the last few are late
			begun = true
			s.clock.now.Store(midnight(c.Day).Add(8*time.Hour + 2*time.Minute).UnixMicro())
			if err := room.Move(s.ctx, actor, c.id, conference.Begin, ""); err != nil {
				return err
			}
			s.clock.now.Add((9 * time.Minute).Microseconds())
		}
		s.clock.tick()
		if err := room.CheckIn(s.ctx, "motcua-1", c.id, g.N, conference.ByCode); err != nil {
			return err
		}
	}
	if err := s.talkAt(actor, c); err != nil {
		return err
	}
	s.clock.now.Store(midnight(c.Day).Add(11*time.Hour + 5*time.Minute).UnixMicro())
	return room.Move(s.ctx, actor, c.id, conference.Close, "")
}

func (s *simulation) talkAt(actor string, c *conferenceEvent) error {
	room := s.app.Conferences
	n := 0
	for _, x := range c.Speeches {
		n++
		s.clock.tick()
		if err := room.Speak(s.ctx, "", c.id, conference.From{Guest: c.guest[x.Person]}, x.Text, 7); err != nil {
			return err
		}
		s.clock.now.Add((20 * time.Minute).Microseconds())
		if err := room.Call(s.ctx, actor, c.id, n); err != nil {
			return err
		}
		if err := room.Note(s.ctx, actor, c.id, n, x.Gist); err != nil {
			return err
		}
	}
	for _, x := range c.Questions {
		n++
		from := conference.From{Guest: c.guest[x.Person]}
		if x.Outside > 0 {
			from.Guest = c.first + x.Outside - 1
		}
		s.clock.tick()
		if err := room.Ask(s.ctx, "", c.id, from, x.Text); err != nil {
			return err
		}
		if x.Answer == "" {
			continue
		}
		if err := room.AnswerQuestion(s.ctx, actor, c.id, n, x.Answerer, x.Answer); err != nil {
			return err
		}
	}
	return nil
}

// conclude issues the notice, publishes, and plans who finishes what.
func (s *simulation) conclude(actor string, c *conferenceEvent) error {
	room := s.app.Conferences
	var list []conference.Conclusion
	for _, x := range c.Conclusions {
		one := conference.Conclusion{Text: x.Text, Unit: x.Unit, Product: x.Product}
		if x.Due != 0 {
			one.Due = x.Due.String()
		}
		list = append(list, one)
	}
	if err := room.Conclude(s.ctx, actor, c.id, list); err != nil {
		return err
	}
	var thanks []conference.Thanks
	for _, x := range c.Thanks {
		thanks = append(thanks, conference.Thanks{Who: x.Who, Reason: x.Reason})
	}
	if err := room.SetThanks(s.ctx, actor, c.id, thanks); err != nil {
		return err
	}
	made, err := room.Get(s.ctx, c.id)
	if err != nil {
		return err
	}
	parts, err := room.Parts(s.ctx, made)
	if err != nil {
		return err
	}
	var keys []string
	for _, p := range parts {
		keys = append(keys, p.Key)
	}
	if err := room.SetPack(s.ctx, actor, c.id, keys); err != nil {
		return err
	}
	s.clock.tick()
	if made, err = room.IssueNotice(s.ctx, c.Signer, c.id, c.Notice.Number, c.Notice.On); err != nil {
		return err
	}
	for i, x := range c.Conclusions {
		if x.Done == 0 {
			continue
		}
		id := made.Conclusions[i].Task
		s.at(x.Done, func(on calendar.Date) error {
			return s.alone(func() error {
				_, err := s.app.Tasks.Take(s.ctx, work.Act{ID: id, Verb: work.Finished, On: on, Actor: x.Doer, Evidence: x.Evidence})
				return err
			})
		})
	}
	s.clock.tick()
	if err := room.Move(s.ctx, actor, c.id, conference.Publish, ""); err != nil {
		return err
	}
	return s.report(c)
}

// report hands the draft of the news to the newsroom, whose people bring it out.
func (s *simulation) report(c *conferenceEvent) error {
	s.clock.tick()
	if err := s.app.Conferences.HandToNewsroom(s.ctx, c.News[0], c.id); err != nil {
		return err
	}
	held, err := s.app.Conferences.Get(s.ctx, c.id)
	if err != nil {
		return err
	}
	for i, step := range []portal.Step{portal.Submit, portal.Forward, portal.Approve}[:len(c.News)] {
		s.clock.tick()
		a, err := s.app.Portal.Get(s.ctx, held.News)
		if err != nil {
			return err
		}
		if err := s.app.Portal.Take(s.ctx, c.News[i], a.ID, portal.Move{Step: step, Version: a.Version}); err != nil {
			return err
		}
	}
	return nil
}
