// Package login (đăng nhập) is the pages by which a reader becomes known: password with its second factor, passkey,
// single sign-on, one-time link, log-out. It owns no rules; package people does.
package login

import (
	"encoding/json"
	"net/http"
	"net/url"

	"trucot/internal/engine/people"
	"trucot/internal/engine/people/oidc"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

type pages struct {
	people *people.People
	sso    *oidc.Provider // nil where none is configured
}

// Routes are the log-in pages; sso may be nil.
func Routes(p *people.People, sso *oidc.Provider) []web.Route {
	s := &pages{p, sso}
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: "/dang-nhap", Permission: web.Public, Handler: s.form},
		{Method: http.MethodPost, Pattern: "/dang-nhap", Permission: web.Public, Handler: s.logIn},
		{Method: http.MethodPost, Pattern: "/dang-nhap/ma", Permission: web.Public, Handler: s.secondFactor},
		{Method: http.MethodPost, Pattern: "/dang-nhap/khoa/bat-dau", Permission: web.Public, Handler: s.askPasskey},
		{Method: http.MethodPost, Pattern: "/dang-nhap/khoa", Permission: web.Public, Handler: s.passkey},
		{Method: http.MethodPost, Pattern: "/dang-xuat", Permission: web.Public, Handler: s.logOut},
		{Method: http.MethodGet, Pattern: "/vao", Permission: web.Public, Handler: s.link},
		{Method: http.MethodPost, Pattern: "/vao", Permission: web.Public, Handler: s.useLink},
	}
	if sso != nil {
		routes = append(routes,
			web.Route{Method: http.MethodGet, Pattern: "/dang-nhap/mot-lan", Permission: web.Public, Handler: s.begin},
			web.Route{Method: http.MethodGet, Pattern: "/dang-nhap/mot-lan/ve", Permission: web.Public, Handler: s.finish})
	}
	return routes
}

// Visit is where a request comes from, for the limits and the list of sessions.
func Visit(r *web.Request) people.Visit {
	return people.Visit{Address: r.Address(), Device: r.UserAgent()}
}

// Place is where the reader's browser stands, for passkeys.
func Place(r *web.Request) people.Place {
	at := people.Place{Origin: r.Origin()}
	if u, err := url.Parse(at.Origin); err == nil {
		at.Host = u.Hostname()
	}
	return at
}

// formPage is the log-in form, again with what was typed after a mistake.
type formPage struct {
	*web.View
	Account, Then, Trouble string
	SSO                    string // label of single sign-on, "" for none
}

func (s *pages) formPage(r *web.Request, account, then string) formPage {
	p := formPage{View: r.View(r.T("login.title")), Account: account, Then: then}
	if s.sso != nil {
		p.SSO = s.sso.Label
	}
	return p
}

func (s *pages) form(r *web.Request) error {
	then := web.LocalPath(r.Query("toi"))
	if r.Reader != nil {
		return r.Go(then)
	}
	return r.Render(http.StatusOK, form(s.formPage(r, "", then)))
}

// again shows the form with what went wrong.
func (s *pages) again(r *web.Request, account, then string, err error) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	p := s.formPage(r, account, then)
	p.Trouble = r.ErrorText(err)
	r.SetLogIn("")
	return r.Render(web.Status(fault.KindOf(err)), form(p))
}

func (s *pages) logIn(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	id, then := in.Get("tai-khoan"), web.LocalPath(in.Get("toi"))
	session, pending, err := s.people.LogIn(r.Context(), id, in.Get("mat-khau"), Visit(r))
	switch {
	case err != nil:
		return s.again(r, id, then, err)
	case pending != "":
		r.SetLogIn(pending)
		return r.Render(http.StatusOK, second(formPage{View: r.View(r.T("login.second")), Then: then}))
	}
	return s.enter(r, session, then)
}

// enter gives the browser its new session. One that it already had ends: a session is never carried into a log-in.
func (s *pages) enter(r *web.Request, session, then string) error {
	if old := r.SessionToken(); old != "" {
		if err := s.people.LogOut(r.Context(), old); err != nil {
			return err
		}
	}
	r.SetLogIn("")
	r.SetSession(session)
	return r.Go(then)
}

func (s *pages) secondFactor(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	then := web.LocalPath(in.Get("toi"))
	session, err := s.people.SecondFactor(r.Context(), r.LogInToken(), in.Get("ma"), Visit(r))
	switch {
	case err == nil:
		return s.enter(r, session, then)
	case fault.Is(err, "people.bad_code") || fault.Is(err, "people.too_many_attempts"):
		p := formPage{View: r.View(r.T("login.second")), Then: then, Trouble: r.ErrorText(err)}
		return r.Render(web.Status(fault.KindOf(err)), second(p))
	}
	return s.again(r, "", then, err)
}

// Asked is what a browser needs to begin with a passkey.
type Asked struct {
	Options json.RawMessage `json:"options,omitempty"`
	Token   string          `json:"token,omitempty"`
	Detail  string          `json:"detail,omitempty"`
}

// Answer sends a browser what it asked for, or the sentence to show.
func Answer(r *web.Request, options []byte, token string, err error) error {
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return r.JSON(web.Status(fault.KindOf(err)), Asked{Detail: r.ErrorText(err)})
	}
	return r.JSON(http.StatusOK, Asked{Options: options, Token: token})
}

func (s *pages) askPasskey(r *web.Request) error {
	options, token, err := s.people.AskPasskey(r.Context(), Place(r))
	return Answer(r, options, token, err)
}

func (s *pages) passkey(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	then := web.LocalPath(in.Get("toi"))
	session, err := s.people.LogInByPasskey(r.Context(), Place(r), in.Get("phien"), []byte(in.Get("tra-loi")), Visit(r))
	if err != nil {
		return s.again(r, "", then, err)
	}
	return s.enter(r, session, then)
}

// begin sends the reader to the identity provider. It is a link, since a form of ours may lead nowhere else.
func (s *pages) begin(r *web.Request) error {
	then := web.LocalPath(r.Query("toi"))
	address, attempt, err := s.sso.Begin(r.Context(), r.Origin()+"/dang-nhap/mot-lan/ve", then)
	if err != nil {
		return s.again(r, "", then, err)
	}
	kept, err := json.Marshal(attempt)
	if err != nil {
		return err
	}
	token, err := s.people.BeginSubject(r.Context(), string(kept))
	if err != nil {
		return err
	}
	r.SetLogIn(token)
	return r.Go(address)
}

// finish is where the provider sends the reader back to. The attempt belongs to the browser that began it.
func (s *pages) finish(r *web.Request) error {
	var attempt oidc.Attempt
	kept, err := s.people.TakeSubject(r.Context(), r.LogInToken())
	if err == nil {
		err = json.Unmarshal([]byte(kept), &attempt)
	}
	var who oidc.Subject
	if err == nil {
		who, err = s.sso.Finish(r.Context(), attempt, r.URL.Query())
	}
	var session string
	if err == nil {
		session, err = s.people.LogInBySubject(r.Context(), people.Subject{Issuer: who.Issuer, ID: who.ID, Account: who.Account}, Visit(r))
	}
	if err != nil {
		return s.again(r, "", web.LocalPath(attempt.Then), err)
	}
	return s.enter(r, session, web.LocalPath(attempt.Then))
}

func (s *pages) logOut(r *web.Request) error {
	if token := r.SessionToken(); token != "" {
		if err := s.people.LogOut(r.Context(), token); err != nil {
			return err
		}
	}
	r.SetSession("")
	r.W.Header().Set("Clear-Site-Data", `"cache"`)
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
	session, err := s.people.UseLink(r.Context(), in.Get("t"), Visit(r))
	if err != nil {
		return err
	}
	return s.enter(r, session, "/")
}
