// Package login (đăng nhập) is the pages by which a reader becomes known: password, one-time link,
// log-out. It owns no rules; package people does.
package login

import (
	"net/http"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

type pages struct{ people *people.People }

// Routes are the log-in pages.
func Routes(p *people.People) []web.Route {
	s := &pages{p}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/dang-nhap", Permission: web.Public, Handler: s.form},
		{Method: http.MethodPost, Pattern: "/dang-nhap", Permission: web.Public, Handler: s.logIn},
		{Method: http.MethodPost, Pattern: "/dang-xuat", Permission: web.Public, Handler: s.logOut},
		{Method: http.MethodGet, Pattern: "/vao", Permission: web.Public, Handler: s.link},
		{Method: http.MethodPost, Pattern: "/vao", Permission: web.Public, Handler: s.useLink},
	}
}

// formPage is the log-in form, again with what was typed after a mistake.
type formPage struct {
	*web.View
	Account, Then, Trouble string
}

func (s *pages) form(r *web.Request) error {
	then := web.LocalPath(r.Query("toi"))
	if r.Reader != nil {
		return r.Go(then)
	}
	return r.Render(http.StatusOK, form(formPage{View: r.View(r.T("login.title")), Then: then}))
}

func (s *pages) logIn(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	id, then := in.Get("tai-khoan"), web.LocalPath(in.Get("toi"))
	session, err := s.people.LogIn(r.Context(), id, in.Get("mat-khau"), r.Address())
	switch {
	case err == nil:
		r.SetSession(session)
		return r.Go(then)
	case fault.KindOf(err) == fault.Internal:
		return err
	}
	p := formPage{View: r.View(r.T("login.title")), Account: id, Then: then, Trouble: r.ErrorText(err)}
	return r.Render(web.Status(fault.KindOf(err)), form(p))
}

func (s *pages) logOut(r *web.Request) error {
	if token := r.SessionToken(); token != "" {
		if err := s.people.LogOut(r.Context(), token); err != nil {
			return err
		}
	}
	r.SetSession("")
	return r.Go("/dang-nhap?da=dang-xuat")
}

// linkPage asks whether to go in: following the link alone uses nothing up.
type linkPage struct {
	*web.View
	Token string
	Who   people.Account
}

func (s *pages) link(r *web.Request) error {
	token := r.Query("t")
	who, err := s.people.LinkAccount(r.Context(), token)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, confirm(linkPage{View: r.View(r.T("login.link_title")), Token: token, Who: who}))
}

func (s *pages) useLink(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	session, err := s.people.UseLink(r.Context(), in.Get("t"))
	if err != nil {
		return err
	}
	r.SetSession(session)
	return r.Go("/")
}
