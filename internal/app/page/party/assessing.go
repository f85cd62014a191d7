package party

import (
	"net/url"
	"slices"
	"strconv"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
	room "trucot/internal/room/party"
)

// assessing fills in the form of a yearly assessment as of the day that it is of: whom it is about, and how many may be excellent.
func (s *pages) assessing(r *web.Request, p *blankRecordPage) error {
	rules, err := s.room.Rules()
	if err != nil {
		return err
	}
	on, unit := dayTyped(r, p.In), p.In.Get("don-vi")
	p.Rule = rules.AssessmentOn(on)
	if r.Can(people.ReadParty, unit) {
		units, err := s.below(r, unit)
		if err != nil {
			return err
		}
		list, err := s.room.MembersOn(r.Context(), units, on)
		if err != nil {
			return err
		}
		for _, m := range list {
			if r.Can(people.ReadParty, m.Unit) { // who has gone out of reach since is not named
				p.Members = append(p.Members, s.row(r, m))
			}
		}
	}
	if err := s.evidence(r, p, on); err != nil {
		return err
	}
	return s.quota(r, p, on)
}

// quota says how many may be excellent: of members, counted over the whole base organisation.
func (s *pages) quota(r *web.Request, p *blankRecordPage, on calendar.Date) (err error) {
	unit := p.In.Get("don-vi")
	if p.In.Get("doi-tuong-la") == "body" || !r.Can(people.ReadParty, unit) {
		p.Quota = room.Quota{Unit: unit, Of: len(p.Results), Most: p.Rule.Cap.Most(len(p.Results))}
	} else {
		rec := room.Record{Unit: unit, On: on}
		for _, x := range p.Results { // all of them may turn out good
			rec.Results = append(rec.Results, room.Result{Subject: x.Subject, Class: room.Good})
		}
		p.Quota, err = s.room.Quota(r.Context(), &rec)
	}
	p.Base = s.who.UnitName(r.Context(), p.Quota.Unit, r.Lang)
	return err
}

// evidence proposes a line for each member: the tasks that were due in the year and those done in time.
func (s *pages) evidence(r *web.Request, p *blankRecordPage, on calendar.Date) error {
	year := (&room.Record{On: on}).YearOf()
	typed := results(p.In)
	if p.In.Get("doi-tuong-la") == "body" {
		return s.bodiesAssessed(r, p, typed)
	}
	for _, m := range p.Members {
		line := resultLine{Result: room.Result{Subject: m.Member.ID, Class: room.Good}, Name: m.Name}
		if i := lineOf(typed, m.Member.ID); i >= 0 {
			line.Result = typed[i]
		} else {
			var err error
			if line.Tasks, line.OnTime, err = s.Work(r, m.Person, year); err != nil {
				return err
			}
		}
		p.Results = append(p.Results, line)
	}
	return nil
}

// bodiesAssessed gives a line to each organisation below the one that assesses.
func (s *pages) bodiesAssessed(r *web.Request, p *blankRecordPage, typed []room.Result) error {
	below, err := s.below(r, p.In.Get("don-vi"))
	for _, unit := range below {
		if unit == p.In.Get("don-vi") {
			continue
		}
		line := resultLine{Result: room.Result{Subject: unit, Class: room.Good}, Name: s.who.UnitName(r.Context(), unit, r.Lang)}
		if i := lineOf(typed, unit); i >= 0 {
			line.Result = typed[i]
		}
		p.Results = append(p.Results, line)
	}
	return err
}

func lineOf(typed []room.Result, subject string) int {
	return slices.IndexFunc(typed, func(x room.Result) bool { return x.Subject == subject })
}

// assessable refuses lines about anybody whom the reader may not see: an entry names all that it is about.
func (s *pages) assessable(r *web.Request, rec *room.Record) error {
	for _, x := range rec.Results {
		if rec.Object == "body" {
			if !r.Can(people.ReadParty, x.Subject) {
				return fault.New(fault.NotFound, "people.unknown_unit", "unit", x.Subject)
			}
		} else if err := s.visible(r, x.Subject); err != nil {
			return err
		}
	}
	return nil
}

func results(in url.Values) []room.Result {
	var out []room.Result
	number := func(name, id string) int { n, _ := strconv.Atoi(in.Get(name + "-" + id)); return n } // unreadable = 0, which the rules judge
	for _, id := range in["doi-tuong"] {
		out = append(out, room.Result{Subject: id, Class: room.Class(in.Get("muc-" + id)), Points: number("diem", id), Tasks: number("viec", id),
			OnTime: number("dung", id), Exceeding: number("vuot", id), Votes: number("phieu", id)})
	}
	return out
}
