package admin

import (
	"net/url"
	"slices"
	"strings"

	"trucot/internal/app/page/account"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// node is a unit with those below it.
type node struct {
	people.Unit
	Mine  bool // may be changed by the reader
	Below []*node
}

type treePage struct {
	*web.View
	Tab     string
	Waiting int
	On      calendar.Date
	Tops    []*node
	Units   []people.Unit
	Typed   url.Values
	Trouble string
}

func (s *pages) tree(r *web.Request) error { return s.showTree(r, nil, url.Values{}) }

func (s *pages) showTree(r *web.Request, trouble error, typed url.Values) error {
	p := treePage{View: r.View(r.T("admin.units"), web.Crumb{Title: r.T("admin.title"), Path: Path}), Tab: "/don-vi", On: r.Today(), Typed: typed}
	p.Path = Path + "/don-vi"
	if text := r.Query("ngay"); text != "" {
		on, err := calendar.Parse(text)
		if err != nil {
			trouble = err
		} else {
			p.On = on
		}
	}
	all, err := s.who.Units(r.Context(), p.On, "")
	if err != nil {
		return err
	}
	p.Tops = s.grow(r, all)
	if p.Units, err = s.units(r, r.Today()); err != nil {
		return err
	}
	waiting, err := s.waiting(r)
	if err != nil {
		return err
	}
	p.Waiting = len(waiting)
	return s.answer(r, trouble, func(text string) { p.Trouble = text }, func(status int) error { return r.Render(status, tree(p)) })
}

// grow makes the trees of what the reader may see: the state side, and the Party's where they look after it.
func (s *pages) grow(r *web.Request, units []people.Unit) []*node {
	nodes := map[string]*node{}
	for _, u := range units {
		if mine := reaches(r, u.Code); mine || u.Side == people.State {
			nodes[u.Code] = &node{Unit: u, Mine: mine}
		}
	}
	var tops []*node
	for _, u := range units { // in order of their codes
		n := nodes[u.Code]
		if n == nil {
			continue
		}
		if above := nodes[u.Parent]; above != nil {
			above.Below = append(above.Below, n)
		} else {
			tops = append(tops, n)
		}
	}
	return tops
}

// dayIn reads the day from which a change holds.
func dayIn(r *web.Request, in url.Values) (people.By, error) {
	on, err := calendar.Parse(in.Get("ngay"))
	return people.By{Actor: r.Actor(), On: on}, err
}

func unitIn(in url.Values, prefix string) people.Unit {
	get := func(name string) string { return strings.TrimSpace(in.Get(prefix + name)) }
	return people.Unit{Code: get("ma"), NameVI: get("ten"), NameEN: get("ten-en"), Parent: get("cap-tren"), Kind: get("loai")}
}

// openUnit opens a unit below one of the administrator's. The top of a side is opened at the command line.
func (s *pages) openUnit(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	by, err := dayIn(r, in)
	if err == nil {
		u := unitIn(in, "")
		err = s.below(r, &u, by.On)
		if err == nil {
			err = s.who.OpenUnit(r.Context(), by, u)
		}
	}
	if err != nil {
		return s.showTree(r, err, in)
	}
	return r.Go(Path + "/don-vi?da=luu")
}

// below gives a unit the side of the one above it, which must be the administrator's.
func (s *pages) below(r *web.Request, u *people.Unit, on calendar.Date) error {
	above, err := s.who.Unit(r.Context(), u.Parent, on)
	if err != nil || !reaches(r, u.Parent) {
		return fault.New(fault.NotFound, "people.unknown_unit", "unit", u.Parent)
	}
	u.Side = above.Side
	return nil
}

type unitPage struct {
	*web.View
	Unit    people.Unit
	Above   string
	Others  []people.Unit // of its side, for moving and merging
	Shapes  []people.Unit
	Left    left
	Typed   url.Values
	Trouble string
}

func (s *pages) unit(r *web.Request) error { return s.showUnit(r, nil, url.Values{}) }

func (s *pages) getUnit(r *web.Request) (people.Unit, error) {
	code := r.PathValue("code")
	u, err := s.who.Unit(r.Context(), code, r.Today())
	if err != nil || !reaches(r, code) {
		return u, fault.New(fault.NotFound, "people.unknown_unit", "unit", code)
	}
	return u, nil
}

func (s *pages) showUnit(r *web.Request, trouble error, typed url.Values) error {
	u, err := s.getUnit(r)
	if err != nil {
		return err
	}
	p := unitPage{View: r.View(u.Name(r.Lang), web.Crumb{Title: r.T("admin.title"), Path: Path}, web.Crumb{Title: r.T("admin.units"), Path: Path + "/don-vi"}), Unit: u, Typed: typed}
	p.Path = unitPath(u.Code)
	if u.Parent != "" {
		p.Above = s.who.UnitName(r.Context(), u.Parent, r.Lang)
	}
	if p.Others, err = s.units(r, r.Today()); err != nil {
		return err
	}
	p.Others = slices.DeleteFunc(p.Others, func(o people.Unit) bool { return o.Code == u.Code || o.Side != u.Side })
	if p.Shapes, err = s.who.Shapes(r.Context(), u.Code); err != nil {
		return err
	}
	if p.Left, err = s.left(r, u); err != nil {
		return err
	}
	return s.answer(r, trouble, func(text string) { p.Trouble = text }, func(status int) error { return r.Render(status, unit(p)) })
}

func unitPath(code string) string { return Path + "/don-vi/" + url.PathEscape(code) }

// changeUnit renames or moves a unit, merges it into another one, splits it, or ends it.
func (s *pages) changeUnit(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	u, err := s.getUnit(r)
	if err != nil {
		return err
	}
	by, err := dayIn(r, in)
	if err == nil {
		err = s.unitStep(r, by, u, in)
	}
	if err != nil {
		return s.showUnit(r, err, in)
	}
	return r.Go(unitPath(u.Code) + "?da=luu")
}

func (s *pages) unitStep(r *web.Request, by people.By, u people.Unit, in url.Values) error {
	switch r.PathValue("viec") {
	case "sua":
		next := unitIn(in, "")
		next.Code, next.Side = u.Code, u.Side
		if next.Parent != u.Parent {
			if err := s.below(r, &next, by.On); err != nil {
				return err
			}
		}
		return s.who.ChangeUnit(r.Context(), by, next)
	case "sap-nhap":
		into := in.Get("vao")
		if !reaches(r, into) {
			return fault.New(fault.NotFound, "people.unknown_unit", "unit", into)
		}
		return s.who.CloseUnit(r.Context(), by, u.Code, into)
	case "tach":
		return s.split(r, by, u, in)
	case "chuyen-vai-tro":
		return s.moveRoles(r, by, u)
	case "giai-the":
		return s.who.CloseUnit(r.Context(), by, u.Code, "")
	}
	return fault.New(fault.NotFound, "web.no_page")
}

// split opens two units beside one and ends it. Its past counts for the first of them: a figure cannot be cut in two
// afterwards.
func (s *pages) split(r *web.Request, by people.By, u people.Unit, in url.Values) error {
	var parts [2]people.Unit
	for i, prefix := range []string{"a-", "b-"} {
		parts[i] = unitIn(in, prefix)
		parts[i].Parent, parts[i].Side, parts[i].Kind = u.Parent, u.Side, u.Kind
		if parts[i].Code == "" || parts[i].NameVI == "" {
			return fault.New(fault.Invalid, "people.bad_unit", "unit", parts[i].Code)
		}
	}
	if u.Parent != "" && !reaches(r, u.Parent) {
		return web.Forbidden()
	}
	return s.who.SplitUnit(r.Context(), by, u.Code, parts[:])
}

type delegationsPage struct {
	*web.View
	Tab      string
	Waiting  int
	List     []line
	Accounts []people.Account
	Units    []people.Unit
	Trouble  string
}

type line struct {
	people.Delegation
	GiverName, TakerName, UnitName string
	Now, Over                      bool
}

func (s *pages) delegations(r *web.Request) error { return s.showDelegations(r, nil) }

func (s *pages) showDelegations(r *web.Request, trouble error) error {
	p := delegationsPage{View: r.View(r.T("account.delegations"), web.Crumb{Title: r.T("admin.title"), Path: Path}), Tab: "/uy-quyen"}
	p.Path = Path + "/uy-quyen"
	var err error
	if p.Accounts, _, err = s.all(r); err != nil {
		return err
	}
	p.Accounts = slices.DeleteFunc(p.Accounts, func(a people.Account) bool { return a.Closed })
	all, err := s.who.Delegations(r.Context(), "")
	if err != nil {
		return err
	}
	for _, g := range all {
		if s.among(p.Accounts, g.Giver) {
			l := account.Line(r, s.who, g)
			p.List = append(p.List, line{l.Delegation, l.GiverName, l.TakerName, l.UnitName, l.Now, l.Over})
		}
	}
	if p.Units, err = s.units(r, r.Today()); err != nil {
		return err
	}
	waiting, err := s.waiting(r)
	if err != nil {
		return err
	}
	p.Waiting = len(waiting)
	return s.answer(r, trouble, func(text string) { p.Trouble = text }, func(status int) error { return r.Render(status, delegations(p)) })
}

func (s *pages) among(accounts []people.Account, id string) bool {
	return slices.ContainsFunc(accounts, func(a people.Account) bool { return a.ID == id })
}

// delegate writes down a delegation for somebody who is away already. Nobody gives themselves another's rights.
func (s *pages) delegate(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	g, from, err := account.ReadDelegation(in, r.Today())
	if err != nil {
		return s.showDelegations(r, err)
	}
	accounts, _, err := s.all(r)
	if err != nil {
		return err
	}
	g.Giver = in.Get("nguoi-giao")
	me, _ := people.Acting(r.Actor())
	switch {
	case !s.among(accounts, g.Giver) || !s.among(accounts, g.Taker):
		err = fault.New(fault.NotFound, "admin.unknown_account", "account", g.Giver)
	case g.Taker == me:
		err = fault.New(fault.Forbidden, "admin.own_role")
	default:
		_, err = s.who.Delegate(r.Context(), people.By{Actor: r.Actor(), On: from}, g)
	}
	if err != nil {
		return s.showDelegations(r, err)
	}
	return r.Go(Path + "/uy-quyen?da=luu")
}

func (s *pages) endDelegation(r *web.Request) error {
	accounts, _, err := s.all(r)
	if err != nil {
		return err
	}
	all, err := s.who.Delegations(r.Context(), "")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	for _, g := range all {
		if g.ID == id && s.among(accounts, g.Giver) {
			if err := s.who.EndDelegation(r.Context(), people.By{Actor: r.Actor(), On: calendar.NoDate}, id); err != nil {
				return s.showDelegations(r, err)
			}
			return r.Go(Path + "/uy-quyen?da=luu")
		}
	}
	return fault.New(fault.NotFound, "people.unknown_delegation", "id", id)
}
