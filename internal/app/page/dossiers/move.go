package dossiers

import (
	"net/url"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// mayMove: heads, leaders and the general office say which unit handles a dossier.
func mayMove(r *web.Request, d *dossier.Dossier) bool {
	return d.Open() && people.Holds(r.Reader, people.MoveDossiers, d.Unit)
}

// move is the form of a dossier's page that gives it to another unit. Who may not read it there goes back to the list.
func (s *pages) move(r *web.Request, in url.Values) (string, error) {
	d, err := s.get(r)
	if err != nil {
		return "", err
	}
	m := dossier.Move{Code: d.Code, To: in.Get("don-vi"), Give: in.Get("giao"), Reason: in.Get("ly-do"), Expect: web.Seen(in, d.Stream)}
	if on := in.Get("ngay"); on != "" {
		if m.On, err = calendar.Parse(on); err != nil {
			return "", err
		}
	}
	if d, err = s.moveTo(r, d, m); err != nil {
		return "", err
	}
	if !people.Holds(r.Reader, people.ReadDossiers, d.Unit) {
		return "/ho-so?da=luu", nil
	}
	return path(d.Code) + "?da=luu", nil
}

// moveTo moves a dossier that the reader sees. Errors: those of dossier.Engine.Move, people.unknown_unit also for a unit of the
// other side, dossiers.unit_merged, dossiers.not_for_them.
func (s *pages) moveTo(r *web.Request, d *dossier.Dossier, m dossier.Move) (*dossier.Dossier, error) {
	if !people.Holds(r.Reader, people.MoveDossiers, d.Unit) {
		return nil, web.Forbidden()
	}
	if m.To != "" {
		if err := s.takesDossiers(r, m.To, d.Unit); err != nil {
			return nil, err
		}
	}
	if m.Give != "" {
		fit, err := s.mayTake(r, m.Give, m.To)
		if err != nil {
			return nil, err
		}
		if !fit {
			return nil, fault.New(fault.Invalid, "dossiers.not_for_them", "who", s.who.AccountName(r.Context(), m.Give))
		}
	}
	m.Actor = r.Actor()
	return s.dossiers.Move(r.Context(), m)
}

// takesDossiers checks that a unit stands today, on the side of the one that a dossier comes from.
func (s *pages) takesDossiers(r *web.Request, to, from string) error {
	next, err := s.who.Standing(r.Context(), to, r.Today())
	if err != nil {
		return err
	}
	side, err := s.sideOf(r, from)
	switch {
	case err != nil:
		return err
	case next.Side != side:
		return fault.New(fault.NotFound, "people.unknown_unit", "unit", to)
	case next.Code != to:
		return fault.New(fault.Invalid, "dossiers.unit_merged", "unit", s.who.UnitName(r.Context(), to, r.Lang), "into", next.Name(r.Lang), "code", next.Code)
	}
	return nil
}

// sideOf is the side of a dossier's unit; a dossier of none is the state's.
func (s *pages) sideOf(r *web.Request, unit string) (people.Side, error) {
	if unit == "" {
		return people.State, nil
	}
	u, err := s.who.Unit(r.Context(), unit, r.Today())
	return u.Side, err
}

// destinations are the units that a dossier may go to.
func (s *pages) destinations(r *web.Request, from string) ([]people.Unit, error) {
	side, err := s.sideOf(r, from)
	if err != nil {
		return nil, err
	}
	all, err := s.who.Units(r.Context(), r.Today(), side)
	var out []people.Unit
	for _, u := range all {
		if u.Code != from {
			out = append(out, u)
		}
	}
	return out, err
}

// merged is a unit that ended, as its work list offers to move what is left there.
type merged struct {
	Unit, Next people.Unit
	Open       int // dossiers that still count for Unit itself
}

// merger is what the work list of a merged unit offers, nil for any other list.
func (s *pages) merger(r *web.Request, unit string) (*merged, error) {
	if unit == "" || !people.Holds(r.Reader, people.MoveDossiers, unit) {
		return nil, nil
	}
	m := merged{}
	var err error
	if m.Unit, err = s.who.Unit(r.Context(), unit, r.Today()); err != nil {
		return nil, err
	}
	if m.Next, err = s.who.Standing(r.Context(), unit, r.Today()); err != nil || m.Next.Code == unit {
		return nil, nil // without a successor each dossier is moved by hand
	}
	counts, err := s.dossiers.Count(r.Context(), leftIn(unit))
	if err != nil || counts[0] == 0 {
		return nil, err
	}
	m.Open = counts[0]
	return &m, nil
}

// leftIn are the open dossiers of one unit, without those below it.
func leftIn(unit string) dossier.Filter {
	return dossier.Filter{Units: []string{unit}, Open: true, Limit: maxBulk}
}

// bulkMove moves the dossiers that were ticked, or those that are left in a merged unit, and says of each what became of it.
func (s *pages) bulkMove(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	chosen := in["chon"]
	if unit := in.Get("ca-don-vi"); unit != "" {
		if err := r.Require(people.MoveDossiers, unit); err != nil {
			return err
		}
		rows, _, err := s.dossiers.List(r.Context(), leftIn(unit))
		if err != nil {
			return err
		}
		chosen = nil
		for i := range rows {
			chosen = append(chosen, picked(&rows[i]))
		}
	}
	if strings.TrimSpace(in.Get("ly-do")) == "" {
		return fault.New(fault.Invalid, "dossier.need_reason")
	}
	return s.each(r, in, chosen, func(res result, expect int64) result {
		d, err := s.dossiers.Get(r.Context(), res.Code)
		if d, err = visible(r, res.Code, d, err); err == nil {
			res.Title = d.Title
			d, err = s.moveTo(r, d, dossier.Move{Code: d.Code, To: in.Get("don-vi"), Reason: in.Get("ly-do"), Expect: expect})
		}
		if err != nil {
			res.Text = r.ErrorText(err)
			return res
		}
		res.Done, res.Away = true, !people.Holds(r.Reader, people.ReadDossiers, d.Unit)
		res.Text = r.T("dossiers.moved_now", "unit", s.who.UnitName(r.Context(), d.Unit, r.Lang))
		return res
	})
}
