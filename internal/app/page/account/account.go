// Package account (tài khoản của tôi) is the pages on which a reader looks after their own account: password, codes,
// passkeys, sessions, API tokens, delegations and what the access log says of them. It owns no rules: package people
// does. It also asks for a fresh proof where one is needed, for itself and for the pages of administration.
package account

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucot/internal/app/page/login"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

type pages struct {
	who *people.People
	log *accesslog.Log
	Fresh
}

// Path is the reader's own account.
const Path = "/tai-khoan"

// Routes are the pages of one's own account.
func Routes(who *people.People, log *accesslog.Log) []web.Route {
	s := &pages{who, log, Fresh{who}}
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: Path + pattern, Permission: web.SignedIn, Handler: h}
	}
	post := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: Path + pattern, Permission: web.SignedIn, Handler: h}
	}
	fresh := func(pattern string, h web.Handler) web.Route { return post(pattern, s.Wrap(h)) }
	return []web.Route{
		get("", s.one),
		get("/nhat-ky", s.access),
		get("/xac-nhan", s.confirm),
		post("/xac-nhan", s.confirmed),
		post("/xac-nhan/bat-dau", s.askPasskey),
		post("/xac-nhan/khoa", s.confirmedByPasskey),
		fresh("/mat-khau", s.password),
		fresh("/ma/bat-dau", s.beginCodes),
		post("/ma/bat", s.turnOnCodes),
		post("/ma/tat", s.turnOffCodes),
		post("/khoa/bat-dau", s.beginPasskey),
		post("/khoa", s.addPasskey),
		fresh("/khoa/{id}/ten", s.renamePasskey),
		fresh("/khoa/{id}/go", s.removePasskey),
		post("/phien/{id}/ket-thuc", s.endSession),
		post("/phien/ket-thuc", s.endSessions),
		fresh("/ma-api", s.newToken),
		post("/ma-api/{id}/thu-hoi", s.revokeToken),
		fresh("/uy-quyen", s.delegate),
		post("/uy-quyen/{id}/ket-thuc", s.endDelegation),
		post("/lam-thay", s.act),
	}
}

// own is the reader's own account, also while they act for somebody.
func own(r *web.Request) string {
	who, _ := people.Acting(r.Actor())
	return who
}

// delegation is one line of the lists.
type delegation struct {
	people.Delegation
	GiverName, TakerName, UnitName string
	Now, Over, Mine                bool // holds today, is past, was given by the reader
}

type onePage struct {
	*web.View
	Account     people.Account
	ActingFor   string
	Fresh       bool
	Has         people.Has
	Least       int    // characters of a password
	Secret      string // of codes that wait for their confirmation
	QR          string
	Sessions    []people.Session
	Tokens      []people.Token
	Delegations []delegation
	Units       []people.Unit
	Accounts    []people.Account
	Once        []string // shown once: recovery codes or a token
	OnceTitle   string
	Trouble     string
}

func (s *pages) one(r *web.Request) error { return s.show(r, nil, nil) }

// show is the page, with what went wrong after a refused form, and with what is shown once.
func (s *pages) show(r *web.Request, trouble error, change func(*onePage)) error {
	if fault.KindOf(trouble) == fault.Internal && trouble != nil {
		return trouble
	}
	p, err := s.page(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	if change != nil {
		change(p)
	}
	return r.Render(status, one(p))
}

func (s *pages) page(r *web.Request) (*onePage, error) {
	ctx, id := r.Context(), own(r)
	p := &onePage{View: r.View(r.T("account.title"))}
	p.Path = Path
	accounts, err := s.who.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		switch {
		case a.ID == id:
			p.Account = a
		case !a.Closed:
			p.Accounts = append(p.Accounts, a)
		}
	}
	if _, forWhom := people.Acting(r.Actor()); forWhom != "" {
		p.ActingFor = s.who.AccountName(ctx, forWhom)
	}
	if p.Has, err = s.who.Has(ctx, id); err != nil {
		return nil, err
	}
	if p.Fresh, err = s.who.Proved(ctx, r.SessionToken()); err != nil {
		return nil, err
	}
	if p.Sessions, err = s.who.Sessions(ctx, id, r.SessionToken()); err != nil {
		return nil, err
	}
	if p.Tokens, err = s.who.Tokens(ctx, id); err != nil {
		return nil, err
	}
	p.Least = s.who.LeastPassword(p.Has)
	return p, s.complete(r, p)
}

func (s *pages) complete(r *web.Request, p *onePage) error {
	var address string
	var err error
	if p.Secret, address, err = s.who.TOTPAddress(r.Context(), p.Account.ID, issuer(r)); err != nil {
		return err
	}
	if address != "" {
		if p.QR, err = picture(address); err != nil {
			return err
		}
	}
	if p.Units, err = s.who.Units(r.Context(), r.Today(), ""); err != nil {
		return err
	}
	given, err := s.who.Delegations(r.Context(), p.Account.ID)
	for _, g := range given {
		p.Delegations = append(p.Delegations, Line(r, s.who, g))
	}
	return err
}

// Line is a delegation for a list.
func Line(r *web.Request, who *people.People, g people.Delegation) delegation {
	d := delegation{Delegation: g, GiverName: who.AccountName(r.Context(), g.Giver), TakerName: who.AccountName(r.Context(), g.Taker),
		Now: g.On(r.Today()), Over: g.Until < r.Today(), Mine: g.Giver == own(r), UnitName: r.T("account.whole_agency")}
	if g.Unit != people.Everywhere {
		d.UnitName = who.UnitName(r.Context(), g.Unit, r.Lang)
	}
	return d
}

// issuer names the program in an authenticator: several agencies' codes may stand there side by side.
func issuer(r *web.Request) string { return r.T("web.product") + " " + login.Place(r).Host }

// done comes back to the page, or shows it with what went wrong.
func (s *pages) done(r *web.Request, err error) error {
	if err != nil {
		return s.show(r, err, nil)
	}
	return r.Go(Path + "?da=luu")
}

func (s *pages) password(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	return s.done(r, s.who.ChangePassword(r.Context(), own(r), in.Get("mat-khau-moi"), r.SessionToken(), login.Visit(r)))
}

func (s *pages) beginCodes(r *web.Request) error {
	_, _, err := s.who.BeginTOTP(r.Context(), own(r), issuer(r))
	if err != nil {
		return s.show(r, err, nil)
	}
	return r.Go(Path + "#ma")
}

func (s *pages) turnOnCodes(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	codes, err := s.who.ConfirmTOTP(r.Context(), own(r), in.Get("ma"), r.SessionToken(), login.Visit(r))
	if err != nil {
		return s.show(r, err, nil)
	}
	return s.show(r, nil, func(p *onePage) { p.Once, p.OnceTitle = codes, r.T("account.codes_once") })
}

func (s *pages) turnOffCodes(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	return s.done(r, s.who.RemoveTOTP(r.Context(), own(r), in.Get("mat-khau"), in.Get("ma"), login.Visit(r)))
}

func (s *pages) beginPasskey(r *web.Request) error {
	fresh, err := s.who.Proved(r.Context(), r.SessionToken())
	if err == nil && !fresh {
		err = fault.New(fault.Forbidden, "account.confirm_first")
	}
	if err != nil {
		return login.Answer(r, nil, "", err)
	}
	options, token, err := s.who.BeginPasskey(r.Context(), login.Place(r), own(r))
	return login.Answer(r, options, token, err)
}

func (s *pages) addPasskey(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	return s.done(r, s.who.AddPasskey(r.Context(), login.Place(r), own(r), in.Get("phien"), in.Get("ten"), []byte(in.Get("tra-loi")), login.Visit(r)))
}

func (s *pages) renamePasskey(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	return s.done(r, s.who.RenamePasskey(r.Context(), own(r), r.PathValue("id"), in.Get("ten")))
}

func (s *pages) removePasskey(r *web.Request) error {
	return s.done(r, s.who.RemovePasskey(r.Context(), own(r), r.PathValue("id"), login.Visit(r)))
}

func (s *pages) endSession(r *web.Request) error {
	return s.done(r, s.who.EndSession(r.Context(), own(r), r.PathValue("id")))
}

func (s *pages) endSessions(r *web.Request) error {
	return s.done(r, s.who.EndSessions(r.Context(), own(r), r.SessionToken()))
}

// mostDays bounds the life of an API token.
const mostDays = 365

func (s *pages) newToken(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(in.Get("so-ngay"))
	label := strings.TrimSpace(in.Get("ghi-chu"))
	if err != nil || days < 1 || days > mostDays || label == "" {
		return s.show(r, fault.New(fault.Invalid, "account.bad_token", "max", mostDays), nil)
	}
	var scopes []web.Permission
	for _, p := range people.Permissions() {
		if slices.Contains(in["quyen"], string(p)) {
			scopes = append(scopes, p)
		}
	}
	if len(scopes) == 0 {
		return s.show(r, fault.New(fault.Invalid, "account.no_scope"), nil)
	}
	_, token, err := s.who.NewToken(r.Context(), own(r), label, scopes, time.Duration(days)*24*time.Hour)
	if err != nil {
		return s.show(r, err, nil)
	}
	return s.show(r, nil, func(p *onePage) { p.Once, p.OnceTitle = []string{token}, r.T("account.token_once") })
}

func (s *pages) revokeToken(r *web.Request) error {
	return s.done(r, s.who.RevokeToken(r.Context(), own(r), r.PathValue("id")))
}

func (s *pages) delegate(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	g, from, err := ReadDelegation(in, r.Today())
	if err != nil {
		return s.show(r, err, nil)
	}
	g.Giver = own(r)
	_, err = s.who.Delegate(r.Context(), people.By{Actor: own(r), On: from}, g)
	return s.done(r, err)
}

func (s *pages) endDelegation(r *web.Request) error {
	id := r.PathValue("id")
	mine, err := s.given(r.Context(), own(r), id)
	if err != nil || !mine {
		return s.done(r, either(err, fault.New(fault.NotFound, "people.unknown_delegation", "id", id)))
	}
	return s.done(r, s.who.EndDelegation(r.Context(), people.By{Actor: own(r), On: calendar.NoDate}, id))
}

func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (s *pages) given(ctx context.Context, account, id string) (bool, error) {
	list, err := s.who.Delegations(ctx, account)
	return slices.ContainsFunc(list, func(g people.Delegation) bool { return g.ID == id && g.Giver == account }), err
}

func (s *pages) act(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	return s.done(r, s.who.Act(r.Context(), own(r), r.SessionToken(), in.Get("uy-quyen")))
}
