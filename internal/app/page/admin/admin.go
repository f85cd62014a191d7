// Package admin (quản trị) is the pages of administration: accounts with their roles, posts and recoveries, the tree of
// units on a date, delegations and the access log. It owns no rules: package people does. What is outside the
// administrator's part of the tree reads as if it were not there.
package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"trucot/internal/app/page/account"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

type pages struct {
	who  *people.People
	log  *accesslog.Log
	work Work
}

// Work counts the open dossiers and tasks of one unit.
type Work func(ctx context.Context, unit string) (dossiers, tasks int, err error)

// Path is the first page of administration.
const Path = "/quan-tri"

// Routes are the pages of administration; each form asks for a fresh proof of who the administrator is.
func Routes(who *people.People, log *accesslog.Log, work Work) []web.Route {
	s := &pages{who, log, work}
	fresh := account.NewFresh(who)
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: Path + pattern, Permission: people.ManagePeople, Handler: h}
	}
	post := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: Path + pattern, Permission: people.ManagePeople, Handler: fresh.Wrap(h)}
	}
	return []web.Route{
		get("", s.accounts),
		post("/tai-khoan", s.open),
		get("/tai-khoan/{id}", s.one),
		post("/tai-khoan/{id}/{viec}", s.change),
		get("/khoi-phuc", s.recoveries),
		post("/khoi-phuc/{id}", s.decide),
		get("/don-vi", s.tree),
		post("/don-vi", s.openUnit),
		get("/don-vi/{code}", s.unit),
		post("/don-vi/{code}/{viec}", s.changeUnit),
		get("/uy-quyen", s.delegations),
		post("/uy-quyen", s.delegate),
		post("/uy-quyen/{id}/ket-thuc", s.endDelegation),
		get("/nhat-ky", s.access),
	}
}

// reaches reports whether the administrator's part of the tree holds a unit; Everywhere asks for the whole agency.
func reaches(r *web.Request, unit string) bool {
	if unit == people.Everywhere {
		unit = ""
	}
	return people.Holds(r.Reader, people.ManagePeople, unit)
}

// manages reports whether an account is the administrator's to look after: all of its roles lie in their part, and so
// do its person's posts when it has no role. One of no place at all belongs to the whole agency.
func (s *pages) manages(r *web.Request, a people.Account, posts []people.Post) bool {
	places := 0
	for _, g := range a.Grants {
		if places++; !reaches(r, g.Unit) {
			return false
		}
	}
	for _, p := range posts {
		if p.Person == a.Person && len(a.Grants) == 0 {
			if places++; !reaches(r, p.Unit) {
				return false
			}
		}
	}
	return places > 0 || reaches(r, people.Everywhere)
}

// row is an account in the list.
type row struct {
	people.Account
	Roles []string
	Posts []string
}

type listPage struct {
	*web.View
	Tab     string
	Rows    []row
	Query   string
	Units   []people.Unit
	Roles   []people.Role
	Whole   bool // may give roles in the whole agency
	Trouble string
	Typed   map[string]string
	Waiting int // recoveries to decide
}

func (s *pages) accounts(r *web.Request) error { return s.list(r, nil, nil) }

func (s *pages) list(r *web.Request, trouble error, typed map[string]string) error {
	p := listPage{View: r.View(r.T("admin.title")), Tab: "", Query: r.Query("q"), Roles: people.Roles(), Whole: reaches(r, people.Everywhere), Typed: typed}
	p.Path = Path
	accounts, posts, err := s.all(r)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		line := row{Account: a}
		for _, g := range a.Grants {
			line.Roles = append(line.Roles, s.roleWord(r, g))
		}
		for _, post := range posts {
			if post.Person == a.Person {
				line.Posts = append(line.Posts, s.postWord(r, post))
			}
		}
		if found(p.Query, a.ID, a.Name, strings.Join(line.Roles, " "), strings.Join(line.Posts, " ")) {
			p.Rows = append(p.Rows, line)
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
	return s.answer(r, trouble, func(text string) { p.Trouble = text }, func(status int) error { return r.Render(status, list(p)) })
}

// answer renders a page, after a refused form with its sentence and status.
func (s *pages) answer(r *web.Request, trouble error, say func(string), render func(int) error) error {
	if trouble == nil {
		return render(http.StatusOK)
	}
	if fault.KindOf(trouble) == fault.Internal {
		return trouble
	}
	say(r.ErrorText(trouble))
	return render(web.Status(fault.KindOf(trouble)))
}

// all reads the accounts that the administrator looks after, and the posts of today.
func (s *pages) all(r *web.Request) ([]people.Account, []people.Post, error) {
	accounts, err := s.who.Accounts(r.Context())
	if err != nil {
		return nil, nil, err
	}
	posts, err := s.who.Posts(r.Context(), r.Today())
	if err != nil {
		return nil, nil, err
	}
	return slices.DeleteFunc(accounts, func(a people.Account) bool { return !s.manages(r, a, posts) }), posts, nil
}

// Accounts are those that the administrator looks after, and the posts of today.
func Accounts(r *web.Request, who *people.People) ([]people.Account, []people.Post, error) {
	return (&pages{who: who}).all(r)
}

// found reports whether each word of a query stands in one of the texts, marks ignored.
func found(query string, texts ...string) bool {
	all := lang.Fold(strings.Join(texts, " "))
	for _, w := range strings.Fields(lang.Fold(query)) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

func (s *pages) roleWord(r *web.Request, g people.Grant) string {
	word := r.T("people.role_" + string(g.Role))
	if g.Unit == people.Everywhere {
		return word + " – " + r.T("admin.everywhere")
	}
	return word + " – " + s.who.UnitName(r.Context(), g.Unit, r.Lang)
}

func (s *pages) postWord(r *web.Request, p people.Post) string {
	title := p.TitleVI
	if r.Lang == lang.EN && p.TitleEN != "" {
		title = p.TitleEN
	}
	return title + ", " + s.who.UnitName(r.Context(), p.Unit, r.Lang)
}

// units are the units of the administrator's part that stand on a day.
func (s *pages) units(r *web.Request, on calendar.Date) ([]people.Unit, error) {
	units, err := s.who.Units(r.Context(), on, "")
	return slices.DeleteFunc(units, func(u people.Unit) bool { return !reaches(r, u.Code) }), err
}

// open opens an account with its first role.
func (s *pages) open(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	id, name := strings.TrimSpace(in.Get("tai-khoan")), strings.TrimSpace(in.Get("ho-ten"))
	g := people.Grant{Role: people.Role(in.Get("vai-tro")), Unit: in.Get("don-vi")}
	typed := map[string]string{"tai-khoan": id, "ho-ten": name, "vai-tro": string(g.Role), "don-vi": g.Unit}
	if !reaches(r, g.Unit) {
		return s.list(r, fault.New(fault.NotFound, "people.unknown_unit", "unit", g.Unit), typed)
	}
	if name == "" || !slices.Contains(people.Roles(), g.Role) {
		return s.list(r, fault.New(fault.Invalid, "admin.bad_account"), typed)
	}
	by := people.By{Actor: r.Actor(), On: calendar.NoDate}
	for _, step := range []func() error{
		func() error { return s.who.OpenAccount(r.Context(), by, id, id) },
		func() error { return s.who.SetPerson(r.Context(), people.Person{ID: id, Name: name}) },
		func() error { return s.who.GrantRole(r.Context(), by, id, g) },
	} {
		if err := step(); err != nil {
			return s.list(r, err, typed)
		}
	}
	return r.Go(accountPath(id) + "?da=luu")
}

func accountPath(id string) string { return Path + "/tai-khoan/" + id }

type accessPage struct {
	*web.View
	Tab     string
	Waiting int
	account.LogList
	Query string
}

// access lists the openings of personal data in the administrator's part of the tree. Log-ins belong to no unit: they
// show to those of the whole agency.
func (s *pages) access(r *web.Request) error {
	f := accesslog.Filter{Account: r.Query("tai-khoan"), Subject: r.Query("ho-so"), Records: !reaches(r, people.Everywhere)}
	if f.Subject != "" && !strings.Contains(f.Subject, "/") {
		f.Subject = "dossier/" + f.Subject
	}
	f.Units, f.Without = people.Reach(r.Reader, people.ManagePeople)
	list, err := account.ReadLog(r, s.log, s.who, f)
	if err != nil {
		return err
	}
	list.ShowWho = true
	p := accessPage{View: r.View(r.T("account.access"), web.Crumb{Title: r.T("admin.title"), Path: Path}), Tab: "/nhat-ky", LogList: list, Query: r.Query("tai-khoan")}
	waiting, err := s.waiting(r)
	if err != nil {
		return err
	}
	p.Waiting = len(waiting)
	return r.Render(http.StatusOK, access(p))
}
