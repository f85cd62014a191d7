package sample

import (
	"fmt"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// cadreWords is cadre.yaml.
type cadreWords struct {
	Bodies []struct {
		On    calendar.Date `def:"on,required"`
		Do    string        `def:"do,required"`
		Code  string        `def:"code,required"`
		Kind  string        `def:"kind"`
		VI    string        `def:"vi"`
		EN    string        `def:"en"`
		Into  string        `def:"into"`
		Basis string        `def:"basis,required"`
	} `def:"bodies,required"`
	Moves []struct {
		On      calendar.Date `def:"on,required"`
		Members []string      `def:"members,required"`
		To      string        `def:"to,required"`
	} `def:"moves,required"`
	Committees []struct {
		On        calendar.Date `def:"on,required"`
		Unit      string        `def:"unit,required"`
		Term      string        `def:"term,required"`
		Secretary string        `def:"secretary,required"`
		Deputy    string        `def:"deputy,required"`
		Member    []string      `def:"member,required"`
	} `def:"committees,required"`
	Posts []struct {
		On     calendar.Date `def:"on,required"`
		Unit   string        `def:"unit,required"`
		Member string        `def:"member,required"`
		Post   string        `def:"post,required"`
	} `def:"posts,required"`
	Falls []struct {
		On       calendar.Date `def:"on,required"`
		Member   string        `def:"member,required"`
		For      int           `def:"for,required"`
		Of       int           `def:"of,required"`
		Referred calendar.Date `def:"referred"`
		Number   string        `def:"number"`
	} `def:"falls,required"`
	Applicants []struct {
		Unit  string          `def:"unit,required"`
		Name  string          `def:"name,required"`
		Sex   string          `def:"sex,required"`
		Steps []calendar.Date `def:"steps,required"` // watched, and as far as it came
	} `def:"applicants,required"`
	Congresses []congressWords `def:"congresses,required"`
	Plans      []planWords     `def:"plans,required"`
}

// congressWords is a congress in preparation, or held.
type congressWords struct {
	Unit   string                   `def:"unit,required"`
	Term   string                   `def:"term,required"`
	On     calendar.Date            `def:"on,required"`
	Opened calendar.Date            `def:"opened,required"`
	Seats  map[string]int           `def:"seats,required"`
	People map[string][]string      `def:"people,required"`
	Steps  map[string]calendar.Date `def:"steps,required"`
	Papers []struct {
		Kind   string `def:"kind,required"`
		VI     string `def:"vi,required"`
		Drafts []struct {
			On   calendar.Date `def:"on,required"`
			Text string        `def:"text,required"`
		} `def:"drafts,required"`
		Comment struct {
			On     calendar.Date `def:"on,required"`
			From   string        `def:"from,required"`
			Text   string        `def:"text,required"`
			Answer string        `def:"answer"`
		} `def:"comment,required"`
		Adopted calendar.Date `def:"adopted"`
	} `def:"papers,required"`
	Held bool `def:"held"`
}

// planWords is an approved round of planning.
type planWords struct {
	Unit      string        `def:"unit,required"`
	Term      string        `def:"term,required"`
	Opened    calendar.Date `def:"opened,required"`
	Positions []struct {
		VI     string   `def:"vi,required"`
		Seats  int      `def:"seats,required"`
		People []string `def:"people,required"`
	} `def:"positions,required"`
	Voted    calendar.Date `def:"voted,required"`
	Approved calendar.Date `def:"approved,required"`
	Number   string        `def:"number,required"`
}

// posts are the posts of the sample's committees, the highest first.
var posts = []string{"secretary", "deputy", "member"}

// cadre plans what becomes of organisations, committees, applicants, congresses and planning.
func (s *simulation) cadre() error {
	var w cadreWords
	if err := read("cadre.yaml", &w); err != nil {
		return err
	}
	for _, plan := range []func(*cadreWords){s.bodies, s.committees, s.falls, s.applicants} {
		plan(&w)
	}
	for _, c := range w.Congresses {
		s.congress(c)
	}
	for _, p := range w.Plans {
		s.plan(p)
	}
	return nil
}

// then plans one thing that writes by itself; what lies before the sample's first day is entered on it.
func (s *simulation) then(on calendar.Date, do func(on calendar.Date) error) {
	s.at(max(on, firstDay), func(calendar.Date) error {
		return s.alone(func() error { return do(on) })
	})
}

func (s *simulation) bodies(w *cadreWords) {
	for _, b := range w.Bodies {
		s.then(b.On, func(on calendar.Date) error {
			c := party.Change{Actor: partyActor, Basis: b.Basis, On: on, Into: b.Into, Body: people.Unit{Code: b.Code, NameVI: b.VI, NameEN: b.EN, Parent: "du", Kind: b.Kind}}
			switch b.Do {
			case "establish":
				return s.app.Party.Establish(s.ctx, c)
			case "merge":
				return s.app.Party.Merge(s.ctx, c)
			}
			return s.app.Party.Reshape(s.ctx, c)
		})
	}
	for _, m := range w.Moves {
		s.then(m.On, func(on calendar.Date) error {
			for _, id := range m.Members {
				if _, err := s.app.Party.Move(s.ctx, party.Step{ID: id, On: on, Actor: partyActor, Unit: m.To}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (s *simulation) committees(w *cadreWords) {
	for _, c := range w.Committees {
		s.then(c.On, func(on calendar.Date) error {
			next := party.Committee{Unit: c.Unit, Term: c.Term, From: on, Until: calendar.NoDate}
			for i, id := range append([]string{c.Secretary, c.Deputy}, c.Member...) {
				next.Seats = append(next.Seats, party.Seat{Member: id, Post: posts[min(i, 2)]})
			}
			return s.app.Party.Elect(s.ctx, partyActor, next)
		})
	}
	for _, p := range w.Posts {
		s.then(p.On, func(on calendar.Date) error {
			return s.app.Party.GivePost(s.ctx, partyActor, p.Unit, party.Seat{Member: p.Member, Post: p.Post, From: on})
		})
	}
}

// falls are votes on recognition that fell short, and the case that goes up.
func (s *simulation) falls(w *cadreWords) {
	for _, f := range w.Falls {
		s.then(f.On, func(on calendar.Date) error {
			_, err := s.app.Party.Fall(s.ctx, party.Step{ID: f.Member, On: on, Actor: partyActor, Votes: party.Votes{For: f.For, Of: f.Of}})
			return err
		})
		if f.Referred > 0 {
			s.then(f.Referred, func(on calendar.Date) error {
				_, err := s.app.Party.Refer(s.ctx, party.Step{ID: f.Member, On: on, Actor: partyActor, Number: f.Number})
				return err
			})
		}
	}
}

func (s *simulation) applicants(w *cadreWords) {
	verbs := []string{"course", "file", "cell", "committee", "decide", "admit"}
	for i, a := range w.Applicants {
		id := fmt.Sprintf("KN-%05d", i+1)
		for step, day := range a.Steps {
			s.then(day, func(on calendar.Date) error {
				if step == 0 {
					person := people.Person{ID: fmt.Sprintf("kn-mau-%02d", i+1), Name: a.Name}
					if err := s.app.People.SetPerson(s.ctx, person); err != nil {
						return err
					}
					_, err := s.app.Party.Watch(s.ctx, party.Entry{ID: id, Person: person.ID, Unit: a.Unit, Sex: a.Sex, Youth: true, Born: calendar.NoDate, On: on, Actor: partyActor})
					return err
				}
				st := party.ApplicantStep{ID: id, Actor: partyActor, Verb: verbs[step-1], On: on, Papers: calendar.NoDate, Votes: party.Votes{For: 9, Of: 9}}
				var err error
				if st.Verb == "file" {
					st.Sponsors, err = s.sponsors(a.Unit, on)
				}
				if err == nil {
					_, err = s.app.Party.Advance(s.ctx, st)
				}
				return err
			})
		}
	}
}

// by is the office that keeps the Party's registers, on a day.
func by(on calendar.Date) cadre.By { return cadre.By{Actor: partyActor, On: on} }

// congress plans one congress: its calendar and papers, the candidates with the votes of each step, and the ballot.
func (s *simulation) congress(c congressWords) {
	room, id := s.app.Cadre, ""
	s.then(c.Opened, func(on calendar.Date) error {
		x := cadre.Round{Kind: cadre.Congress, Unit: c.Unit, Term: c.Term, On: c.On}
		for _, post := range posts {
			x.Positions = append(x.Positions, cadre.Position{ID: post, Seats: c.Seats[post]})
		}
		made, err := room.Start(s.ctx, by(on), x)
		if err == nil {
			id = made.ID
		}
		return err
	})
	for _, step := range []string{"plan", "teams", "draft", "comments", "personnel", "delegates", "approval", "call"} {
		if day, ok := c.Steps[step]; ok {
			s.then(day, func(on calendar.Date) error { _, err := room.Tick(s.ctx, by(on), id, step); return err })
		}
	}
	for n, p := range c.Papers {
		paper := fmt.Sprint(n + 1)
		for i, d := range p.Drafts {
			s.then(d.On, func(on calendar.Date) error {
				which := paper
				if i == 0 {
					which = ""
				}
				_, err := room.Write(s.ctx, by(on), id, which, p.Kind, p.VI, d.Text)
				return err
			})
		}
		s.then(p.Comment.On, func(on calendar.Date) error {
			_, err := room.Comment(s.ctx, by(on), id, paper, p.Comment.From, p.Comment.Text)
			if err == nil && p.Comment.Answer != "" {
				_, err = room.Answer(s.ctx, by(on), id, paper, 1, p.Comment.Answer)
			}
			return err
		})
		if p.Adopted > 0 {
			s.then(p.Adopted, func(on calendar.Date) error { _, err := room.Adopt(s.ctx, by(on), id, paper); return err })
		}
	}
	s.then(c.Opened.AddMonths(2), func(on calendar.Date) error {
		for _, post := range posts {
			for _, n := range c.People[post] {
				if _, err := room.Propose(s.ctx, by(on), id, n, post); err != nil {
					return err
				}
			}
		}
		return s.vote(id, on)
	})
	if c.Held {
		s.then(c.On, func(on calendar.Date) error {
			x, err := room.Get(s.ctx, id)
			if err != nil {
				return err
			}
			_, err = room.Conclude(s.ctx, by(on), id, 52, s.ballots(x, 52))
			return err
		})
	}
}

// vote enters the votes of every step of the personnel procedure.
func (s *simulation) vote(id string, on calendar.Date) error {
	x, err := s.app.Cadre.Get(s.ctx, id)
	if err != nil {
		return err
	}
	rules, err := s.app.Cadre.On(x.On)
	if err != nil {
		return err
	}
	for _, step := range rules.Of(x.Kind).Votes {
		if _, err := s.app.Cadre.Vote(s.ctx, by(on), id, step.ID, s.ballots(x, 25)); err != nil {
			return err
		}
	}
	return nil
}

// ballots gives everybody who stands most votes, the earlier ones more.
func (s *simulation) ballots(x *cadre.Round, of int) map[string]party.Votes {
	votes := map[string]party.Votes{}
	for i, c := range x.Standing() {
		votes[c.Key()] = party.Votes{For: of - 1 - i, Of: of}
	}
	return votes
}

// plan plans one round of cadre planning up to its approval.
func (s *simulation) plan(p planWords) {
	room, id := s.app.Cadre, ""
	s.then(p.Opened, func(on calendar.Date) error {
		x := cadre.Round{Kind: cadre.Planning, Unit: p.Unit, Term: p.Term}
		for _, at := range p.Positions {
			x.Positions = append(x.Positions, cadre.Position{Title: at.VI, Seats: at.Seats})
		}
		made, err := room.Start(s.ctx, by(on), x)
		if err == nil {
			id = made.ID
		}
		return err
	})
	s.then(p.Voted, func(on calendar.Date) error {
		for i, at := range p.Positions {
			for _, n := range at.People {
				if _, err := room.Propose(s.ctx, by(on), id, n, fmt.Sprint(i+1)); err != nil {
					return err
				}
			}
		}
		return s.vote(id, on)
	})
	s.then(p.Approved, func(on calendar.Date) error {
		_, err := room.Approve(s.ctx, by(on), id, p.Number, "")
		return err
	})
}
