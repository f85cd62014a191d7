package admin

import (
	"net/url"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

type onePage struct {
	*web.View
	Account  people.Account
	Has      people.Has
	New      bool // nobody ever logged in and no way in is set: one administrator may give the first link
	Own      bool // the reader's own account: others give its roles
	Sessions []people.Session
	Posts    []people.Post
	PostUnit map[string]string
	Roles    []people.Role
	Words    []string // of the account's grants
	Units    []people.Unit
	Whole    bool
	Link     string
	Trouble  string
}

// get reads an account that the administrator looks after; any other reads as one that is not there.
func (s *pages) get(r *web.Request) (people.Account, []people.Post, error) {
	id := r.PathValue("id")
	accounts, posts, err := s.all(r)
	if err != nil {
		return people.Account{}, nil, err
	}
	for _, a := range accounts {
		if a.ID == id {
			return a, posts, nil
		}
	}
	return people.Account{}, nil, fault.New(fault.NotFound, "admin.unknown_account", "account", id)
}

func (s *pages) one(r *web.Request) error { return s.showOne(r, nil, "") }

func (s *pages) showOne(r *web.Request, trouble error, link string) error {
	a, posts, err := s.get(r)
	if err != nil {
		return err
	}
	me, _ := people.Acting(r.Actor())
	p := onePage{View: r.View(a.Name, web.Crumb{Title: r.T("admin.title"), Path: Path}), Account: a, Own: a.ID == me, Link: link,
		Roles: people.Roles(), Whole: reaches(r, people.Everywhere), PostUnit: map[string]string{}}
	p.Path = accountPath(a.ID)
	for _, g := range a.Grants {
		p.Words = append(p.Words, s.roleWord(r, g))
	}
	for _, post := range posts {
		if post.Person == a.Person {
			p.Posts = append(p.Posts, post)
			p.PostUnit[post.Unit] = s.postWord(r, post)
		}
	}
	if p.Has, err = s.who.Has(r.Context(), a.ID); err != nil {
		return err
	}
	if p.Sessions, err = s.who.Sessions(r.Context(), a.ID, ""); err != nil {
		return err
	}
	p.New = isNew(p.Has, len(p.Sessions))
	if p.Units, err = s.units(r, r.Today()); err != nil {
		return err
	}
	return s.answer(r, trouble, func(text string) { p.Trouble = text }, func(status int) error { return r.Render(status, one(p)) })
}

// isNew reports that nobody could lose anything by a link: an account that is in use is given back by two
// administrators only.
func isNew(has people.Has, sessions int) bool {
	return !has.Password && !has.TOTP && len(has.Passkeys) == 0 && sessions == 0
}

// change is one form of an account's page.
func (s *pages) change(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	a, _, err := s.get(r)
	if err != nil {
		return err
	}
	by := people.By{Actor: r.Actor(), On: calendar.NoDate}
	if day := in.Get("ngay"); day != "" {
		if by.On, err = calendar.Parse(day); err != nil {
			return s.showOne(r, err, "")
		}
	}
	if r.PathValue("viec") == "lien-ket" {
		return s.firstLink(r, a)
	}
	if err := s.step(r, by, a, in); err != nil {
		return s.showOne(r, err, "")
	}
	if _, _, err := s.get(r); err != nil {
		return r.Go(Path + "?da=luu") // its last role in reach was taken
	}
	return r.Go(accountPath(a.ID) + "?da=luu")
}

func (s *pages) step(r *web.Request, by people.By, a people.Account, in url.Values) error {
	me, _ := people.Acting(r.Actor())
	g := people.Grant{Role: people.Role(in.Get("vai-tro")), Unit: in.Get("don-vi")}
	ctx := r.Context()
	switch r.PathValue("viec") {
	case "giao-quyen", "thu-quyen":
		if a.ID == me {
			return fault.New(fault.Forbidden, "admin.own_role")
		}
		if !reaches(r, g.Unit) {
			return fault.New(fault.NotFound, "people.unknown_unit", "unit", g.Unit)
		}
		if r.PathValue("viec") == "giao-quyen" {
			return s.who.GrantRole(ctx, by, a.ID, g)
		}
		return s.who.RevokeRole(ctx, by, a.ID, g)
	case "chuc-vu", "thoi-chuc":
		if !reaches(r, g.Unit) {
			return fault.New(fault.NotFound, "people.unknown_unit", "unit", g.Unit)
		}
		if r.PathValue("viec") == "thoi-chuc" {
			return s.who.EndPost(ctx, by, a.Person, g.Unit)
		}
		title := strings.TrimSpace(in.Get("chuc-danh"))
		if title == "" {
			return fault.New(fault.Invalid, "admin.no_title")
		}
		return s.who.GivePost(ctx, by, people.Post{Person: a.Person, Unit: g.Unit, TitleVI: title, TitleEN: strings.TrimSpace(in.Get("chuc-danh-en"))})
	case "ho-ten":
		return s.who.SetPerson(ctx, people.Person{ID: a.Person, Name: strings.TrimSpace(in.Get("ho-ten"))})
	case "dong":
		if a.ID == me {
			return fault.New(fault.Forbidden, "admin.own_role")
		}
		return s.who.CloseAccount(ctx, by, a.ID)
	case "mo-lai":
		return s.who.OpenAccount(ctx, by, a.ID, a.Person)
	case "dang-xuat":
		return s.who.EndSessions(ctx, a.ID, "")
	case "khoi-phuc":
		_, err := s.who.AskRecovery(ctx, by, a.ID, in.Get("ly-do"))
		return err
	}
	return fault.New(fault.NotFound, "web.no_page")
}

// firstLink shows a link to an account that nobody has used yet.
func (s *pages) firstLink(r *web.Request, a people.Account) error {
	has, err := s.who.Has(r.Context(), a.ID)
	if err != nil {
		return err
	}
	sessions, err := s.who.Sessions(r.Context(), a.ID, "")
	if err != nil {
		return err
	}
	if !isNew(has, len(sessions)) {
		return s.showOne(r, fault.New(fault.Conflict, "admin.in_use"), "")
	}
	path, _, err := s.who.NewLink(r.Context(), a.ID)
	if err != nil {
		return s.showOne(r, err, "")
	}
	return s.showOne(r, nil, r.Origin()+path)
}

// recovery is a line of the list.
type recovery struct {
	people.Recovery
	Name, AskedName, DecidedName, When string
	Mine                               bool
}

type recoveriesPage struct {
	*web.View
	Tab           string
	Waiting       int
	List          []recovery
	Link, Trouble string
}

func (s *pages) recoveries(r *web.Request) error { return s.showRecoveries(r, nil, "") }

// inReach lists the recoveries of accounts that the administrator looks after.
func (s *pages) inReach(r *web.Request) ([]people.Recovery, error) {
	accounts, _, err := s.all(r)
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for _, a := range accounts {
		mine[a.ID] = true
	}
	all, err := s.who.Recoveries(r.Context())
	var out []people.Recovery
	for _, rec := range all {
		if mine[rec.Account] {
			out = append(out, rec)
		}
	}
	return out, err
}

// waiting are those that still ask for a second administrator.
func (s *pages) waiting(r *web.Request) ([]people.Recovery, error) {
	all, err := s.inReach(r)
	var out []people.Recovery
	for _, rec := range all {
		if rec.State == people.RecoveryAsked {
			out = append(out, rec)
		}
	}
	return out, err
}

func (s *pages) showRecoveries(r *web.Request, trouble error, link string) error {
	p := recoveriesPage{View: r.View(r.T("admin.recoveries"), web.Crumb{Title: r.T("admin.title"), Path: Path}), Tab: "/khoi-phuc", Link: link}
	p.Path = Path + "/khoi-phuc"
	all, err := s.inReach(r)
	if err != nil {
		return err
	}
	me, _ := people.Acting(r.Actor())
	for _, rec := range all {
		asker, _ := people.Acting(rec.AskedBy)
		name := func(account string) string { return s.who.AccountName(r.Context(), account) }
		p.List = append(p.List, recovery{rec, name(rec.Account), name(rec.AskedBy), name(rec.DecidedBy),
			rec.Asked.In(calendar.Zone).Format("15:04 02/01/2006"), me == asker || me == rec.Account})
		if rec.State == people.RecoveryAsked {
			p.Waiting++
		}
	}
	return s.answer(r, trouble, func(text string) { p.Trouble = text }, func(status int) error { return r.Render(status, recoveries(p)) })
}

func (s *pages) decide(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	all, err := s.inReach(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	for _, rec := range all {
		if rec.ID != id {
			continue
		}
		path, _, err := s.who.DecideRecovery(r.Context(), people.By{Actor: r.Actor(), On: calendar.NoDate}, id, in.Get("duyet") == "co")
		if err != nil {
			return s.showRecoveries(r, err, "")
		}
		if path != "" {
			return s.showRecoveries(r, nil, r.Origin()+path)
		}
		return r.Go(Path + "/khoi-phuc?da=luu")
	}
	return fault.New(fault.NotFound, "people.unknown_recovery", "id", id)
}
