package sample

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
)

// partyActor enters what the Party organisation does.
const partyActor = "vpdu"

// usualForms are what the sample's entries are, in turn.
var usualForms = map[string][]string{"document": {"NQ", "QĐ", "KL"}, "discipline": {"reprimand", "warning", "removal"}, "mass": {"union", "youth", "veterans"}}

// partyWords is party.yaml: entries of the register that stand for themselves.
type partyWords struct {
	Names   map[string]string `def:"names,required"` // by sex
	Entries []struct {
		On        calendar.Date `def:"on,required"` // entered, and done unless Planned
		Planned   calendar.Date `def:"planned"`     // day ahead
		Kind      string        `def:"kind,required"`
		Unit      string        `def:"unit,required"`
		VI        string        `def:"vi,required"`
		Form      string        `def:"form"`
		Object    string        `def:"object"`
		Directive string        `def:"directive"`
		Text      string        `def:"text"`
		Roll      bool          `def:"roll"`   // with a roll call
		Member    int           `def:"member"` // the n-th of the unit, from 1
		Assess    bool          `def:"assess"`
		Of        int           `def:"of"` // year that is assessed, where not the one of the day
		Decisions []struct {
			VI   string `def:"vi,required"`
			Unit string `def:"unit"`
			Due  string `def:"due"`
		} `def:"decisions"`
	} `def:"entries,required"`
	Honours []struct {
		On     calendar.Date `def:"on,required"`
		Unit   string        `def:"unit,required"`
		Award  string        `def:"award,required"`
		Year   int           `def:"year,required"`
		Number string        `def:"number"`
		VI     string        `def:"vi,required"`
	} `def:"honours,required"`
}

// roll enters the members whom a cell had when the register began. The last of each cell is on probation; the
// first comes to thirty years of Party age within the sample. Their personal fields stay empty, as everywhere in the sample.
func (s *simulation) roll(cell string, n int, on calendar.Date) error {
	for i := range n {
		e := party.Entry{Unit: cell, On: on, Actor: partyActor, Sex: "male", Born: calendar.NoDate, Official: calendar.NoDate}
		if i%3 == 1 {
			e.Sex = "female"
		}
		switch {
		case i == 0: // thirty years within the sample
			e.Decided = on.AddMonths(-12*30 + s.luck.between(8, 29))
		case i == n-1:
			e.Decided = on.AddMonths(-s.luck.between(1, 11)) - calendar.Date(s.luck.below(27))
		default:
			e.Decided = on.AddMonths(-s.luck.between(20, 12*28)) - calendar.Date(s.luck.below(27))
		}
		e.Admitted = s.working(e.Decided+15, 0)
		if i < n-1 {
			e.Official = e.Admitted.AddMonths(12)
		}
		if err := s.enrol(e, s.app.Party.Receive); err != nil {
			return err
		}
	}
	return nil
}

// enrol enters a member with a made-up name.
func (s *simulation) enrol(e party.Entry, enter func(context.Context, party.Entry) (*party.Member, error)) error {
	s.clock.tick()
	s.marks["member"]++
	n := s.marks["member"]
	e.ID, e.Person = fmt.Sprintf("DV-%05d", n), fmt.Sprintf("dv-mau-%03d", n)
	name := strings.NewReplacer("{n}", fmt.Sprintf("%03d", n)).Replace(s.memberNames[e.Sex])
	if err := s.app.People.SetPerson(s.ctx, people.Person{ID: e.Person, Name: name}); err != nil {
		return err
	}
	_, err := enter(s.ctx, e)
	return err
}

// partyWork enters one fact of activities.yaml through the room: a step of a member, or an entry of the register.
func (s *simulation) partyWork(f *factWords, kind, unit string, on calendar.Date, data fact) error {
	switch kind {
	case "party.member_admitted":
		return s.alone(func() error {
			n, err := s.app.Party.Strength(s.ctx, unit)
			if err != nil {
				return err
			}
			sponsors, err := s.sponsors(unit, on-14)
			if err != nil {
				return err
			}
			return s.enrol(party.Entry{Sponsors: sponsors, Unit: unit, On: on, Actor: partyActor, Sex: f.Dims["sex"], Youth: f.Dims["youth"] == "yes", Born: calendar.NoDate, Official: calendar.NoDate,
				Decided: on - 14, Admitted: on, Cell: party.Votes{For: n, Of: n}, Committee: party.Votes{For: 9, Of: 9}}, s.app.Party.Admit)
		})
	case "party.member_moved_in":
		return s.alone(func() error {
			decided := on.AddMonths(-60)
			return s.enrol(party.Entry{Unit: unit, On: on, Actor: partyActor, Sex: "male", Born: calendar.NoDate, Decided: decided, Admitted: decided + 14, Official: (decided + 14).AddMonths(12)}, s.app.Party.Receive)
		})
	case "party.member_made_official", "party.member_moved_out", "party.badge_conferred":
		return s.alone(func() error { return s.memberStep(kind, unit, on) })
	}
	rec := party.Record{Unit: unit, On: on, Title: data.Title, Object: f.Dims["object"], Count: data.Amounts["count"], Attended: data.Amounts["attendance"], Until: calendar.NoDate, Of: 60}
	for _, k := range party.Kinds() {
		if k.Done != kind {
			continue
		}
		rec.Kind, rec.ID = k.Name, s.number(k)
		if k.Form {
			usual := usualForms[k.Name]
			rec.Form = usual[s.marks[k.Mark]%len(usual)]
		}
		if k.Attended && rec.Attended == 0 {
			rec.Of = 0
			return s.alone(func() error { return s.met(rec) })
		}
		if k.Numbered { // which asks the table for the last number
			return s.alone(func() error { return s.entered(s.app.Party, rec, false) })
		}
		return s.entered(s.party, rec, false)
	}
	return nil
}

// sponsors are the first two members of a cell who are official on a day.
func (s *simulation) sponsors(unit string, on calendar.Date) ([]party.Sponsor, error) {
	list, _, err := s.app.Party.Members(s.ctx, party.MemberFilter{Units: []string{unit}, State: party.Official, Limit: 1000})
	var out []party.Sponsor
	for _, m := range list {
		if m.Official <= on && len(out) < 2 {
			out = append(out, party.Sponsor{Member: m.ID, Since: on.AddMonths(-24)})
		}
	}
	return out, err
}

func (s *simulation) number(k party.Kind) string {
	s.marks[k.Mark]++
	return fmt.Sprintf("%s%05d", k.Mark, s.marks[k.Mark])
}

func (s *simulation) entered(r *party.Room, rec party.Record, plan bool) error {
	s.clock.tick()
	_, err := r.Enter(s.ctx, partyActor, rec, plan)
	return err
}

// met is a meeting to which all but one or two came.
func (s *simulation) met(rec party.Record) error {
	n, err := s.app.Party.Strength(s.ctx, rec.Unit)
	if err != nil {
		return err
	}
	if n > 0 {
		rec.Of, rec.Attended = n, n-s.luck.below(3)
	} else {
		rec.Of, rec.Attended = 9, 9-s.luck.below(2) // a committee
	}
	return s.entered(s.app.Party, rec, false)
}

// memberStep takes a step for the first member of the cell, or of another one, who may take it; whoever is through with
// probation is recognised at once.
func (s *simulation) memberStep(kind, unit string, on calendar.Date) error {
	s.clock.tick()
	units := []string{unit, "cb1", "cb2", "cb3", "cb4", "cb5"}
	list, _, err := s.app.Party.Members(s.ctx, party.MemberFilter{Units: units, State: party.Active, Limit: 1000})
	if err != nil {
		return err
	}
	rules, err := s.app.Party.Rules()
	if err != nil {
		return err
	}
	c := rules.On(on)
	st := party.Step{On: on, Actor: partyActor, Votes: party.Votes{For: 10, Of: 10}, Committee: party.Votes{For: 9, Of: 9}}
	for _, m := range list {
		line, due := c.BadgeFor(m, on)
		st.ID, st.Grade = m.ID, line.Grade
		switch {
		case on < m.LastOn:
		case kind == "party.member_made_official" && m.State == party.Probation && c.OfficialOn(m) <= on:
			if _, err := s.app.Party.Recognise(s.ctx, st); err != nil {
				return err
			}
		case kind == "party.member_moved_out" && m.State == party.Official && m.Unit == unit && m.Age(on) < 240:
			_, err := s.app.Party.Move(s.ctx, st)
			return err
		case kind == "party.badge_conferred" && due && line.Due():
			_, err := s.app.Party.Confer(s.ctx, st)
			return err
		}
	}
	return nil
}

// partyEntries plans the entries of party.yaml.
func (s *simulation) partyEntries() error {
	var w partyWords
	if err := read("party.yaml", &w); err != nil {
		return err
	}
	s.memberNames = w.Names
	for _, e := range w.Entries {
		s.at(e.On, func(on calendar.Date) error {
			return s.alone(func() error {
				k, _ := party.KindOf(e.Kind)
				rec := party.Record{ID: s.number(k), Kind: e.Kind, Unit: e.Unit, On: on, Title: e.VI, Form: e.Form, Object: e.Object, Directive: e.Directive, Text: e.Text, Until: calendar.NoDate}
				if e.Planned != 0 {
					rec.On = e.Planned
				}
				for _, d := range e.Decisions {
					rec.Decisions = append(rec.Decisions, party.Decision{Text: d.VI, Unit: d.Unit, Due: d.Due})
				}
				below, err := s.app.People.Subtree(s.ctx, e.Unit, on)
				if err != nil {
					return err
				}
				list, _, err := s.app.Party.Members(s.ctx, party.MemberFilter{Units: below, State: party.Active, Limit: 1000})
				if err != nil {
					return err
				}
				if e.Member > 0 {
					rec.Subject = list[e.Member-1].ID
				}
				if e.Roll {
					rec.Of = len(list)
					for i, m := range list {
						if i%9 != 4 {
							rec.Present = append(rec.Present, m.ID)
						}
					}
				}
				switch {
				case e.Assess && e.Object == "body":
					rec.Results = bodiesAssessed(below, e.Unit)
				case e.Assess:
					rec.Results, rec.Of = s.assessed(list), len(list)
				}
				if e.Of != 0 {
					rec.Year, rec.On = e.Of, calendar.Of(e.Of, 12, 10)
				}
				return s.entered(s.app.Party, rec, e.Planned != 0)
			})
		})
	}
	for _, h := range w.Honours {
		s.at(h.On, func(on calendar.Date) error {
			return s.alone(func() error {
				return s.partyHonour(party.Honouring{Unit: h.Unit, Award: h.Award, Year: h.Year, On: on, Number: h.Number, Title: h.VI})
			})
		})
	}
	return nil
}

// partyHonour commends whoever qualifies.
func (s *simulation) partyHonour(n party.Honouring) error {
	units, err := s.app.People.Subtree(s.ctx, n.Unit, n.On)
	if err != nil {
		return err
	}
	all, err := s.app.Party.Honours(s.ctx, units, n.Year)
	if err != nil {
		return err
	}
	for _, x := range all {
		for _, l := range x.Lines {
			if x.ID == n.Award && l.Standing == party.Qualified {
				n.Subjects = append(n.Subjects, l.Subject)
			}
		}
	}
	s.clock.tick()
	rec, err := s.app.Party.Honour(s.ctx, partyActor, n)
	if err == nil {
		s.marks["KH-"]++
		if want := fmt.Sprintf("KH-%05d", s.marks["KH-"]); rec.ID != want {
			err = fmt.Errorf("sample: the register gave %s, not %s", rec.ID, want)
		}
	}
	return err
}

// bodiesAssessed classes all organisations below one as good: so few leave no room for an excellent one.
func bodiesAssessed(below []string, unit string) []party.Result {
	var out []party.Result
	for _, code := range below {
		if code != unit {
			out = append(out, party.Result{Subject: code, Class: party.Good, Points: 82})
		}
	}
	return out
}

// assessed is a year's assessment that keeps to the cap.
func (s *simulation) assessed(list []*party.Member) []party.Result {
	var out []party.Result
	for i, m := range list {
		x := party.Result{Subject: m.ID, Class: party.Good, Points: s.luck.between(72, 89), Tasks: 10, OnTime: 10 - s.luck.below(2), Exceeding: s.luck.below(3), Votes: len(list) - s.luck.below(3)}
		if slices.Contains([]int{0, 6, 12}, i) && i+6 <= len(list) {
			x.Class, x.Points, x.OnTime, x.Exceeding = party.Excellent, 93, 10, 4
		}
		out = append(out, x)
	}
	return out
}
