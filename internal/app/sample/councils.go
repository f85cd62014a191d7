package sample

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/council"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// councilWords is councils.yaml.
type councilWords struct {
	Experts struct {
		Account       string   `def:"account,required"`
		Name          string   `def:"name,required"`
		Organisations []string `def:"organisations,required"`
	} `def:"experts,required"`
	From       calendar.Date `def:"from,required"`
	Acceptance struct {
		From       calendar.Date `def:"from,required"`
		Most       int           `def:"most,required"`
		Place      string        `def:"place,required"`
		Decision   string        `def:"decision,required"`
		Papers     []string      `def:"papers,required"`
		Question   string        `def:"question,required"`
		Answer     string        `def:"answer,required"`
		Conclusion string        `def:"conclusion,required"`
	} `def:"acceptance,required"`
	Selection struct {
		From       calendar.Date `def:"from,required"`
		Rival      string        `def:"rival,required"`
		Place      string        `def:"place,required"`
		Decision   string        `def:"decision,required"`
		Papers     []string      `def:"papers,required"`
		Conclusion string        `def:"conclusion,required"`
	} `def:"selection,required"`
	Commendation struct {
		Rule      string        `def:"rule,required"`
		Title     string        `def:"title,required"`
		Secretary string        `def:"secretary,required"`
		Formed    calendar.Date `def:"formed,required"`
		Meets     calendar.Date `def:"meets,required"`
		Place     string        `def:"place,required"`
		Papers    []string      `def:"papers,required"`
		Nominees  []string      `def:"nominees,required"`
		Members   []member      `def:"members,required"`
	} `def:"commendation,required"`
}

// member is somebody on a council of the agency.
type member struct {
	Account string   `def:"account,required"`
	Role    string   `def:"role,required"`
	Way     string   `def:"way"` // written, or present
	Teller  bool     `def:"teller"`
	Votes   []string `def:"votes"` // one a nominee; none = not yet voted
}

// acceptanceSeats are the nine of the acceptance council; the experts fill them in this order.
var acceptanceSeats = []string{"chu_tich", "pho_chu_tich", "phan_bien", "phan_bien", "thu_ky", "uy_vien", "uy_vien", "uy_vien", "uy_vien"}

// levelVotes are nine votes that give each level by the rule of three quarters and one third.
var levelVotes = map[string][]string{
	"xuat_sac":  append(slices.Repeat([]string{"xuat_sac"}, 8), "dat"),
	"dat":       append(slices.Repeat([]string{"xuat_sac"}, 4), slices.Repeat([]string{"dat"}, 5)...),
	"khong_dat": append(slices.Repeat([]string{"khong_dat"}, 4), slices.Repeat([]string{"dat"}, 5)...),
}

// councils plans the experts' accounts and the commendation council, whose vote is open when the newcomer looks.
func (s *simulation) councils() error {
	if err := read("councils.yaml", &s.sitting); err != nil {
		return err
	}
	w := &s.sitting
	s.at(w.From, func(on calendar.Date) error { return s.alone(func() error { return s.experts(on) }) })
	var id string
	s.at(w.Commendation.Formed, func(calendar.Date) error {
		return s.alone(func() (err error) { id, err = s.commendation(); return err })
	})
	s.at(w.Commendation.Meets, func(calendar.Date) error { return s.alone(func() error { return s.commend(id) }) })
	return nil
}

func (s *simulation) expert(i int) string {
	return fmt.Sprintf("%s-%d", s.sitting.Experts.Account, i+1)
}

func (s *simulation) experts(on calendar.Date) error {
	by := people.By{Actor: actor, On: on}
	for i := range acceptanceSeats {
		id := s.expert(i)
		if err := s.app.People.SetPerson(s.ctx, people.Person{ID: id, Name: fmt.Sprintf("%s %02d", s.sitting.Experts.Name, i+1)}); err != nil {
			return err
		}
		if err := s.app.People.OpenAccount(s.ctx, by, id, id); err != nil {
			return err
		}
		if err := s.app.People.GrantRole(s.ctx, by, id, people.Grant{Role: people.CouncilMember, Unit: people.Everywhere}); err != nil {
			return err
		}
	}
	return nil
}

// steps runs the steps of a council until one fails.
func steps(all ...func() (*council.Council, error)) error {
	for _, step := range all {
		if _, err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulation) commendation() (string, error) {
	w, e := &s.sitting.Commendation, s.app.Councils
	var files []council.File
	for i, name := range w.Nominees {
		files = append(files, council.File{ID: strconv.Itoa(i + 1), Label: name})
	}
	c, err := e.Form(s.ctx, council.Founding{Rule: w.Rule, Title: w.Title, Unit: "so", Secretary: w.Secretary, Files: files, Actor: w.Secretary})
	if err != nil {
		return "", err
	}
	return c.ID, s.seat(c.ID, w.Secretary, w.Members, w.Meets, w.Place, w.Papers)
}

// seat fills a council, calls it and sends the papers.
func (s *simulation) seat(id, secretary string, members []member, meets calendar.Date, place string, papers []string) error {
	e, by := s.app.Councils, council.By{Actor: secretary}
	for _, m := range members {
		err := steps(
			func() (*council.Council, error) {
				return e.Seat(s.ctx, id, by, council.Seating{Account: m.Account, Role: m.Role})
			},
			func() (*council.Council, error) {
				return e.Declare(s.ctx, id, council.By{Actor: m.Account}, m.Account, nil)
			})
		if err != nil {
			return err
		}
	}
	return steps(
		func() (*council.Council, error) { return e.Call(s.ctx, id, by, meets, place) },
		func() (*council.Council, error) { return e.SendPapers(s.ctx, id, by, papers) })
}

// commend opens the vote and puts in the ballots of those who have voted by evening.
func (s *simulation) commend(id string) error {
	w, e := &s.sitting.Commendation, s.app.Councils
	by := council.By{Actor: w.Secretary}
	var a council.Attendance
	for _, m := range w.Members {
		if m.Way == "written" {
			a.Written = append(a.Written, m.Account)
		} else {
			a.Present = append(a.Present, m.Account)
		}
		if m.Teller {
			a.Tellers = append(a.Tellers, m.Account)
		}
	}
	err := steps(
		func() (*council.Council, error) { return e.Attend(s.ctx, id, by, a) },
		func() (*council.Council, error) { return e.OpenVote(s.ctx, id, by) })
	for _, m := range w.Members {
		if err != nil || len(m.Votes) == 0 {
			continue
		}
		paper := council.Paper{}
		for i, choice := range m.Votes {
			paper[strconv.Itoa(i+1)] = council.Mark{Choice: choice}
		}
		_, err = e.Vote(s.ctx, council.Casting{Council: id, Account: m.Account, Actor: m.Account, Key: actor, Paper: paper})
	}
	return err
}

// summon forms the acceptance council of a mission and calls it for a day; "" when the sample has enough of them.
func (l *life) summon(on, meets calendar.Date) (id string, err error) {
	w := &l.s.sitting.Acceptance
	if on < w.From || l.s.summoned == w.Most || meets > lastDay {
		return "", nil
	}
	l.s.summoned++
	err = l.s.alone(func() error {
		e, by := l.s.app.Councils, council.By{Actor: l.hand}
		c, err := e.Form(l.s.ctx, council.Founding{Dossier: l.d.Code, Rule: "nghiem_thu", Decision: strings.ReplaceAll(w.Decision, "{n}", strconv.Itoa(210+l.s.summoned)), Secretary: l.hand, Actor: l.hand})
		if err != nil {
			return err
		}
		id = c.ID
		for i, role := range acceptanceSeats {
			who, from := l.s.expert(i), l.s.sitting.Experts.Organisations
			err := steps(
				func() (*council.Council, error) {
					return e.Seat(l.s.ctx, id, by, council.Seating{Account: who, Role: role, Organisation: from[i%len(from)]})
				},
				func() (*council.Council, error) { return e.Declare(l.s.ctx, id, council.By{Actor: who}, who, nil) })
			if err != nil {
				return err
			}
		}
		return steps(
			func() (*council.Council, error) { return e.Call(l.s.ctx, id, by, meets, w.Place) },
			func() (*council.Council, error) { return e.SendPapers(l.s.ctx, id, by, w.Papers) },
			func() (*council.Council, error) {
				return e.Ask(l.s.ctx, id, council.By{Actor: l.s.expert(2)}, w.Question)
			},
			func() (*council.Council, error) { return e.Answer(l.s.ctx, id, by, 1, w.Answer) })
	})
	return id, err
}

// sit is the meeting: everybody is there, votes, and the count gives the level.
func (l *life) sit(id, level string) error {
	return l.s.alone(func() error {
		e, by, chair := l.s.app.Councils, council.By{Actor: l.hand}, council.By{Actor: l.s.expert(0)}
		var a council.Attendance
		for i := range acceptanceSeats {
			a.Present = append(a.Present, l.s.expert(i))
		}
		err := steps(
			func() (*council.Council, error) { return e.Attend(l.s.ctx, id, by, a) },
			func() (*council.Council, error) { return e.OpenVote(l.s.ctx, id, by) })
		for i, who := range a.Present {
			if err != nil {
				return err
			}
			_, err = e.Vote(l.s.ctx, council.Casting{Council: id, Account: l.s.expert(i), Actor: l.s.expert(i), Key: who, Paper: council.Paper{"1": {Choice: levelVotes[level][i]}}})
		}
		if err != nil {
			return err
		}
		return steps(
			func() (*council.Council, error) { return e.CloseVote(l.s.ctx, id, by) },
			func() (*council.Council, error) { return e.Confirm(l.s.ctx, id, chair) },
			func() (*council.Council, error) {
				return e.Conclude(l.s.ctx, id, by, l.s.sitting.Acceptance.Conclusion)
			})
	})
}
