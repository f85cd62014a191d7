package account

import (
	"net/http"
	"net/url"

	"trucot/internal/app/page/login"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// Fresh asks for a proof of who the reader is where the last one is older than a quarter of an hour: a session left
// open must not be enough to change ways in or rights.
type Fresh struct{ who *people.People }

// NewFresh makes one for other pages.
func NewFresh(who *people.People) Fresh { return Fresh{who} }

// The fields of the proof, laid into the form that asked for it.
const (
	proofPassword = "xn-mat-khau"
	proofCode     = "xn-ma"
)

// confirmPage asks for the proof and carries the form along, so that nothing typed is lost.
type confirmPage struct {
	*web.View
	Action, Then, Trouble string
	Carried               url.Values
	Has                   people.Has
}

// Wrap lets a form through with a fresh proof and asks for one otherwise.
func (f Fresh) Wrap(h web.Handler) web.Handler {
	return func(r *web.Request) error {
		in, err := r.Form()
		if err != nil {
			return err
		}
		fresh, err := f.who.Proved(r.Context(), r.SessionToken())
		if err != nil {
			return err
		}
		if !fresh && in.Has(proofPassword) {
			err = f.prove(r, in)
			fresh = err == nil
		}
		if fresh {
			return h(r)
		}
		return f.ask(r, r.URL.Path, "", in, err)
	}
}

func (f Fresh) prove(r *web.Request, in url.Values) error {
	return f.who.Prove(r.Context(), own(r), r.SessionToken(), in.Get(proofPassword), in.Get(proofCode), login.Visit(r))
}

func (f Fresh) ask(r *web.Request, action, then string, carried url.Values, trouble error) error {
	if trouble != nil && fault.KindOf(trouble) == fault.Internal {
		return trouble
	}
	has, err := f.who.Has(r.Context(), own(r))
	if err != nil {
		return err
	}
	p := confirmPage{View: r.View(r.T("account.confirm")), Action: action, Then: then, Carried: url.Values{}, Has: has}
	p.Path = Path
	for name, values := range carried {
		if name != proofPassword && name != proofCode {
			p.Carried[name] = values
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, confirm(p))
}

// confirm is the page alone, for a link.
func (f Fresh) confirm(r *web.Request) error {
	return f.ask(r, Path+"/xac-nhan", web.LocalPath(r.Query("toi")), nil, nil)
}

func (f Fresh) confirmed(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	then := web.LocalPath(in.Get("toi"))
	if err := f.prove(r, in); err != nil {
		return f.ask(r, Path+"/xac-nhan", then, nil, err)
	}
	return r.Go(then)
}

func (f Fresh) askPasskey(r *web.Request) error {
	options, token, err := f.who.AskPasskey(r.Context(), login.Place(r))
	return login.Answer(r, options, token, err)
}

// confirmedByPasskey renews the proof and goes back to the page that asked; a form under way is sent there again by
// hand, since its fields stay in the browser.
func (f Fresh) confirmedByPasskey(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	then := web.LocalPath(in.Get("toi"))
	err = f.who.ProveByPasskey(r.Context(), login.Place(r), own(r), r.SessionToken(), in.Get("phien"), []byte(in.Get("tra-loi")))
	if err == nil && in.Has("tiep") { // the form that asked, now with its proof
		return f.resume(r, in)
	}
	if err != nil {
		return f.ask(r, Path+"/xac-nhan", then, nil, err)
	}
	return r.Go(then)
}

// resume shows the form that asked once more, complete, with one button.
func (f Fresh) resume(r *web.Request, in url.Values) error {
	p := confirmPage{View: r.View(r.T("account.confirmed")), Action: web.LocalPath(in.Get("tiep")), Carried: url.Values{}}
	p.Path = Path
	for name, values := range in {
		switch name {
		case "phien", "tra-loi", "tiep", "toi":
		default:
			p.Carried[name] = values
		}
	}
	return r.Render(http.StatusOK, resumed(p))
}
