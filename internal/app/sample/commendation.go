package sample

import (
	"maps"
	"slices"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/commendation"
)

// commendationWords is commendation.yaml.
type commendationWords struct {
	Actor    string `def:"actor,required"`
	Movement struct {
		On    calendar.Date `def:"on,required"`
		Title string        `def:"title,required"`
		Basis string        `def:"basis,required"`
		To    calendar.Date `def:"to,required"`
	} `def:"movement,required"`
	Registered []string       `def:"registered,required"`
	Assessed   calendar.Date  `def:"assessed,required"`
	Year       int            `def:"year,required"`
	Earlier    map[string]int `def:"earlier,required"` // excellent years before
	Excellent  []string       `def:"excellent,required"`
	Good       []string       `def:"good,required"`
	Done       []string       `def:"done,required"`
	Held       []string       `def:"held,required"` // fighters of the two years before
	Merits     []struct {
		Person string `def:"person,required"`
		Kind   string `def:"kind,required"`
		Scope  string `def:"scope,required"`
		Title  string `def:"title,required"`
		Source string `def:"source,required"`
	} `def:"merits,required"`
	Case struct {
		Person string `def:"person,required"`
		Kind   string `def:"kind,required"`
		Note   string `def:"note,required"`
	} `def:"case,required"`
	Nominated calendar.Date `def:"nominated,required"`
	Decided   calendar.Date `def:"decided,required"`
	Decision  string        `def:"decision,required"`
	Rewards   []reward      `def:"rewards,required"`
	National  national      `def:"national,required"`
}

// reward is a letter of commendation for one person or unit.
type reward struct {
	On       calendar.Date `def:"on,required"`
	Award    string        `def:"award,required"`
	Subject  string        `def:"subject,required"`
	Occasion string        `def:"occasion"`
	Decision string        `def:"decision,required"`
	Report   string        `def:"report,required"`
}

// national is a title about which the public is being asked.
type national struct {
	Person  string        `def:"person,required"`
	Award   string        `def:"award,required"`
	Held    string        `def:"held,required"`
	Report  string        `def:"report,required"`
	Formed  calendar.Date `def:"formed,required"`
	Meets   calendar.Date `def:"meets,required"`
	Asked   calendar.Date `def:"asked,required"`
	Place   string        `def:"place,required"`
	Papers  []string      `def:"papers,required"`
	Members []member      `def:"members,required"`
	Voices  []struct {
		On     calendar.Date `def:"on,required"`
		Text   string        `def:"text,required"`
		Answer string        `def:"answer"`
	} `def:"voices,required"`

	ids     []string
	council string
}

// commendations plans the year's movement, the classes, and nominations of which the first title is decided.
func (s *simulation) commendations() error {
	var w commendationWords
	if err := read("commendation.yaml", &w); err != nil {
		return err
	}
	plan := func(on calendar.Date, do func(*commendationWords) error) {
		s.at(on, func(calendar.Date) error { return s.alone(func() error { return do(&w) }) })
	}
	plan(w.Movement.On, s.compete)
	plan(w.Assessed, s.assess)
	plan(w.Nominated, s.nominate)
	plan(w.Decided, s.honour)
	for _, x := range w.Rewards {
		plan(x.On, func(w *commendationWords) error { return s.reward(w, x) })
	}
	plan(w.National.Formed, s.raise)
	plan(w.National.Meets, s.weigh)
	plan(w.National.Asked, func(w *commendationWords) error {
		return s.take(w, w.National.ids, commendation.TakeVote, commendation.Consult)
	})
	for i := range w.National.Voices {
		plan(w.National.Voices[i].On, func(w *commendationWords) error { return s.voice(w, i) })
	}
	return nil
}

// reward takes one letter of commendation from the report to the decision.
func (s *simulation) reward(w *commendationWords, x reward) error {
	s.clock.tick()
	list, err := s.app.Commendation.Propose(s.ctx, commendation.Proposal{Actor: w.Actor, Side: commendation.State, Year: w.Year, Award: x.Award,
		Subjects: []string{x.Subject}, Occasion: x.Occasion, Report: x.Report})
	if err != nil {
		return err
	}
	with := *w
	with.Decision = x.Decision
	return s.take(&with, []string{list[0].ID}, commendation.Endorse, commendation.Appraise, commendation.Submit, commendation.Decide)
}

// raise nominates for the national title and seats the council that votes on it.
func (s *simulation) raise(w *commendationWords) error {
	n, room := &w.National, s.app.Commendation
	err := s.each([]string{n.Person}, func(one commendation.Subject) error {
		for back := range 2 {
			if err := room.Enter(s.ctx, w.Actor, one, commendation.State, commendation.Held{Award: n.Held, Year: w.Year - back, Decision: "mẫu"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	list, err := room.Propose(s.ctx, commendation.Proposal{Actor: w.Actor, Side: commendation.State, Year: w.Year, Award: n.Award, Subjects: []string{n.Person}, Report: n.Report})
	if err != nil {
		return err
	}
	n.ids = []string{list[0].ID}
	if err := s.take(w, n.ids, commendation.Endorse, commendation.Appraise, commendation.SendOn); err != nil {
		return err
	}
	one, err := room.Get(s.ctx, n.ids[0])
	if err != nil {
		return err
	}
	n.council = one.Council
	return s.seat(n.council, w.Actor, n.Members, n.Meets, n.Place, n.Papers)
}

// weigh is the meeting: everybody is there and in favour.
func (s *simulation) weigh(w *commendationWords) error {
	n, e, by := &w.National, s.app.Councils, council.By{Actor: w.Actor}
	var a council.Attendance
	for _, m := range n.Members {
		a.Present = append(a.Present, m.Account)
		if m.Teller {
			a.Tellers = append(a.Tellers, m.Account)
		}
	}
	err := steps(
		func() (*council.Council, error) { return e.Attend(s.ctx, n.council, by, a) },
		func() (*council.Council, error) { return e.OpenVote(s.ctx, n.council, by) })
	for _, who := range a.Present {
		if err != nil {
			return err
		}
		_, err = e.Vote(s.ctx, council.Casting{Council: n.council, Account: who, Actor: who, Key: who, Paper: council.Paper{n.ids[0]: {Choice: "yes"}}})
	}
	if err != nil {
		return err
	}
	if _, err := e.CloseVote(s.ctx, n.council, by); err != nil {
		return err
	}
	for _, who := range a.Tellers {
		if _, err := e.Confirm(s.ctx, n.council, council.By{Actor: who}); err != nil {
			return err
		}
	}
	return nil
}

// voice is an opinion that came on paper, answered where the sample says so. What the public sends itself is sealed by chance, and
// the sample is the same every time.
func (s *simulation) voice(w *commendationWords, i int) error {
	n, room, v := &w.National, s.app.Commendation, w.National.Voices[i]
	s.clock.tick()
	if err := room.Hear(s.ctx, w.Actor, n.ids[0], v.Text); err != nil || v.Answer == "" {
		return err
	}
	list, _, _, err := room.Opinions(s.ctx, n.ids[0], len(n.Voices), 0)
	if err != nil {
		return err
	}
	s.clock.tick()
	return room.AnswerOpinion(s.ctx, w.Actor, n.ids[0], list[len(list)-1].Number, v.Answer)
}

// each does something for some people of the sample.
func (s *simulation) each(ids []string, do func(commendation.Subject) error) error {
	for _, id := range ids {
		one, err := s.app.Commendation.Subject(s.ctx, commendation.State, id)
		if err != nil {
			return err
		}
		s.clock.tick()
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulation) compete(w *commendationWords) error {
	room := s.app.Commendation
	m, err := room.OpenMovement(s.ctx, w.Actor, commendation.Movement{Side: commendation.State, Year: w.Year, Title: w.Movement.Title, Unit: "so", From: w.Movement.On, To: w.Movement.To, Basis: w.Movement.Basis})
	if err != nil {
		return err
	}
	return s.each(w.Registered, func(one commendation.Subject) error {
		return room.Register(s.ctx, w.Actor, one, commendation.State, commendation.Registration{Movement: m.ID, Year: w.Year, Award: "cstdcs"})
	})
}

func (s *simulation) assess(w *commendationWords) error {
	room := s.app.Commendation
	if err := s.classify(w, commendation.Excellent, w.Excellent); err != nil {
		return err
	}
	if err := s.classify(w, commendation.Good, w.Good); err != nil {
		return err
	}
	if err := s.classify(w, commendation.Done, w.Done); err != nil {
		return err
	}
	err := s.each(slices.Sorted(maps.Keys(w.Earlier)), func(one commendation.Subject) error {
		for back := range w.Earlier[one.ID] {
			if err := room.Assess(s.ctx, w.Actor, one, w.Year-1-back, commendation.Excellent); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.each(w.Held, func(one commendation.Subject) error {
		for back := 1; back <= 2; back++ {
			if err := room.Enter(s.ctx, w.Actor, one, commendation.State, commendation.Held{Award: "cstdcs", Year: w.Year - back, Decision: "mẫu"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range w.Merits {
		err := s.each([]string{m.Person}, func(one commendation.Subject) error {
			return room.AddMerit(s.ctx, w.Actor, one, commendation.Merit{Kind: m.Kind, Scope: m.Scope, Year: w.Year, Title: m.Title, Source: m.Source})
		})
		if err != nil {
			return err
		}
	}
	return s.each([]string{w.Case.Person}, func(one commendation.Subject) error {
		return room.OpenCase(s.ctx, w.Actor, one, commendation.Case{Kind: w.Case.Kind, Note: w.Case.Note})
	})
}

func (s *simulation) classify(w *commendationWords, class commendation.Class, ids []string) error {
	return s.each(ids, func(one commendation.Subject) error {
		return s.app.Commendation.Assess(s.ctx, w.Actor, one, w.Year, class)
	})
}

// nominate proposes everybody inside the cap for the first title, and brings it to whoever decides.
func (s *simulation) nominate(w *commendationWords) error {
	ids, err := s.proposed(w, "ldtt")
	if err != nil {
		return err
	}
	return s.take(w, ids, commendation.Endorse, commendation.Appraise, commendation.Submit)
}

func (s *simulation) proposed(w *commendationWords, award string) ([]string, error) {
	sim, err := s.app.Commendation.Simulate(s.ctx, commendation.State, w.Year)
	if err != nil {
		return nil, err
	}
	p := commendation.Proposal{Actor: w.Actor, Side: commendation.State, Year: w.Year, Award: award}
	for _, v := range sim.Award(award).Verdicts {
		if v.Standing == commendation.Within {
			p.Subjects = append(p.Subjects, v.Subject.ID)
		}
	}
	s.clock.tick()
	list, err := s.app.Commendation.Propose(s.ctx, p)
	var ids []string
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return ids, err
}

func (s *simulation) take(w *commendationWords, ids []string, verbs ...commendation.Verb) error {
	for _, v := range verbs {
		s.clock.tick()
		if _, err := s.app.Commendation.Take(s.ctx, commendation.Step{Actor: w.Actor, IDs: ids, Verb: v, Decision: w.Decision}); err != nil {
			return err
		}
	}
	return nil
}

// honour decides the first title and leaves the fighters appraised, for the visitor to go on.
func (s *simulation) honour(w *commendationWords) error {
	list, _, err := s.app.Commendation.List(s.ctx, commendation.Filter{Year: w.Year, Award: "ldtt", Limit: 1000})
	if err != nil {
		return err
	}
	var ids []string
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	if err := s.take(w, ids, commendation.Decide); err != nil {
		return err
	}
	if ids, err = s.proposed(w, "cstdcs"); err != nil {
		return err
	}
	return s.take(w, ids, commendation.Endorse, commendation.Appraise)
}
