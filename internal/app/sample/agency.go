package sample

import (
	"fmt"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// agencyWords is agency.yaml.
type agencyWords struct {
	From  calendar.Date `def:"from,required"`
	Units []struct {
		Code   string `def:"code,required"`
		Parent string `def:"parent"`
		Side   string `def:"side,required"`
		Kind   string `def:"kind"`
		VI     string `def:"vi,required"`
		EN     string `def:"en,required"`
	} `def:"units,required"`
	Closed []struct {
		Code string        `def:"code,required"`
		Into string        `def:"into"`
		On   calendar.Date `def:"on,required"`
	} `def:"closed"`
	Names struct {
		First []string `def:"first,required"`
	} `def:"names,required"`
	Posts       []postWords `def:"posts,required"`
	Delegations []struct {
		Giver string        `def:"giver,required"`
		Taker string        `def:"taker,required"`
		Form  string        `def:"form,required"`
		From  calendar.Date `def:"from,required"`
		Until calendar.Date `def:"until,required"`
		Basis string        `def:"basis"`
	} `def:"delegations"`
	Guest struct {
		Account string `def:"account,required"`
		Name    string `def:"name,required"`
		Roles   []struct {
			Role string `def:"role,required"`
			Unit string `def:"unit,required"`
		} `def:"roles,required"`
	} `def:"guest,required"`
}

// postWords is a post that some people hold.
type postWords struct {
	Unit    string   `def:"unit,required"`
	Title   string   `def:"title,required"`
	EN      string   `def:"en,required"`
	Count   int      `def:"count,required"`
	Account string   `def:"account"` // with a number where several hold the post
	Roles   []string `def:"roles"`
}

// staff opens units, people and accounts.
func (s *simulation) staff() error {
	var w agencyWords
	if err := read("agency.yaml", &w); err != nil {
		return err
	}
	by := people.By{Actor: actor, On: w.From}
	for _, u := range w.Units {
		err := s.app.People.OpenUnit(s.ctx, by, people.Unit{Code: u.Code, NameVI: u.VI, NameEN: u.EN, Parent: u.Parent, Side: people.Side(u.Side), Kind: u.Kind})
		if err != nil {
			return err
		}
	}
	for _, c := range w.Closed {
		s.at(c.On, func(on calendar.Date) error {
			return s.alone(func() error { return s.app.People.CloseUnit(s.ctx, people.By{Actor: actor, On: on}, c.Code, c.Into) })
		})
	}
	for i, g := range w.Delegations {
		s.at(g.From, func(on calendar.Date) error {
			return s.alone(func() error {
				_, err := s.app.People.Delegate(s.ctx, people.By{Actor: g.Giver, On: on}, people.Delegation{ID: fmt.Sprintf("mau-%d", i+1), Giver: g.Giver, Taker: g.Taker, Form: people.Form(g.Form),
					Unit: people.Everywhere, Basis: g.Basis, Until: g.Until})
				return err
			})
		})
	}
	n := 0
	for _, p := range w.Posts {
		for i := range p.Count {
			n++
			person := people.Person{ID: fmt.Sprintf("mau-%02d", n), Name: fmt.Sprintf("%s %02d", w.Names.First[(n-1)%len(w.Names.First)], n)}
			if err := s.hire(by, p, person, i); err != nil {
				return err
			}
		}
	}
	return s.guest(by, &w)
}

func (s *simulation) hire(by people.By, p postWords, who people.Person, i int) error {
	s.clock.tick()
	if err := s.app.People.SetPerson(s.ctx, who); err != nil {
		return err
	}
	err := s.app.People.GivePost(s.ctx, by, people.Post{Person: who.ID, Unit: p.Unit, TitleVI: p.Title, TitleEN: p.EN})
	if err != nil || p.Account == "" {
		return err
	}
	account := p.Account
	if p.Count > 1 {
		account = fmt.Sprintf("%s-%d", account, i+1)
	}
	if err := s.app.People.OpenAccount(s.ctx, by, account, who.ID); err != nil {
		return err
	}
	for _, r := range p.Roles {
		unit := p.Unit
		switch people.Role(r) {
		case people.Leader, people.OneStop, people.GeneralOffice: // their work is the whole agency's
			unit = people.Everywhere
		}
		if err := s.app.People.GrantRole(s.ctx, by, account, people.Grant{Role: people.Role(r), Unit: unit}); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulation) guest(by people.By, w *agencyWords) error {
	if err := s.app.People.SetPerson(s.ctx, people.Person{ID: w.Guest.Account, Name: w.Guest.Name}); err != nil {
		return err
	}
	if err := s.app.People.OpenAccount(s.ctx, by, w.Guest.Account, w.Guest.Account); err != nil {
		return err
	}
	for _, r := range w.Guest.Roles {
		if err := s.app.People.GrantRole(s.ctx, by, w.Guest.Account, people.Grant{Role: people.Role(r.Role), Unit: r.Unit}); err != nil {
			return err
		}
	}
	return nil
}
