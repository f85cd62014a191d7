// Package web (nền trang mạng) is the ground every page stands on: the route table with a permission on
// each route, security headers, the reader's language and theme, error pages, assets and the page shell.
//
// It owns how a request is answered, not what is answered: handlers live beside their rules in rooms,
// engines and package app, return an error instead of writing one, and never look at cookies themselves.
// Who the reader is and what they may do comes from an Authenticator (package people).
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"trucot/internal/kernel/lang"
)

// Permission names one thing a reader may be allowed to do, "<area>.<verb>".
type Permission string

// The two permissions that every installation has without granting them.
const (
	Public   Permission = "public"    // anyone, logged in or not
	SignedIn Permission = "signed_in" // any account
)

// Identity is a known reader. Implementations are immutable for the length of a request.
type Identity interface {
	// Account is the account's name, the Actor of everything the reader records.
	Account() string
	// Name is the person's name as shown in the top bar.
	Name() string
	// Can reports whether the reader has the permission in the unit; unit "" asks whether in any.
	Can(p Permission, unit string) bool
}

// Authenticator recognises readers. Both methods return nil, nil for an unknown or expired token.
type Authenticator interface {
	// Session resolves the session cookie's value.
	Session(ctx context.Context, token string) (Identity, error)
	// Bearer resolves an API token.
	Bearer(ctx context.Context, token string) (Identity, error)
}

// Handler answers one request. An error it returns is rendered in one place: as a page, or as
// problem+json below /api/.
type Handler func(*Request) error

// Route is one line of the route table.
type Route struct {
	Method     string // GET, POST …
	Pattern    string // net/http pattern without the method, "/ho-so/{code}"
	Permission Permission
	Handler    Handler
	MaxBody    int64 // bytes of a body that this route takes; 0 = 1 MiB, enough for any form without a file
	Deed       Deed  // what a form's route does, see FormRoute; nil for the others
}

// Options make a Site.
type Options struct {
	Catalog *lang.Catalog
	Auth    Authenticator
	Agency  func(lang.Tag) string         // the agency's name in the page head; nil = none
	Rail    func(*Request) []RailItem     // the left rail for this reader; nil = empty
	Bell    func(*Request) int            // unread notices of this reader, -1 for none to show; nil = no bell
	Secure  bool                          // served over TLS: __Host- cookie, HSTS
	URL     string                        // "https://host" by which browsers know the site; from the request when empty
	Proxies int                           // how many trusted proxies stand in front, whose X-Forwarded-For counts
	Sample  bool                          // the data is a labelled sample; every page says so
	Log     *slog.Logger                  // slog.Default when nil
	Clock   func() time.Time              // time.Now when nil
	Visit   func(*Request, time.Duration) // called after each request; nil = nothing (metrics hang here)
}

// Site answers requests by its route table.
type Site struct {
	opts   Options
	routes []Route
	mux    *http.ServeMux
	cross  *http.CrossOriginProtection
	assets *assets
	turns  *turns
}

// NewSite builds the site. It panics on a route without a permission or with a pattern registered twice,
// since routes are compiled in and the program must not start with one of them open by mistake.
func NewSite(o Options, routes []Route) *Site {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s := &Site{opts: o, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(), assets: loadAssets(), turns: newTurns()}
	s.routes = append(append([]Route(nil), ownRoutes...), routes...)
	for _, rt := range s.routes {
		if rt.Permission == "" {
			panic("web: route without a permission: " + rt.Method + " " + rt.Pattern)
		}
		s.mux.Handle(rt.Method+" "+rt.Pattern, s.serve(rt))
	}
	s.mux.Handle("GET "+assetPrefix, s.assets)
	s.mux.Handle("/", s.serve(Route{Permission: Public, Handler: notFound}))
	return s
}

// Routes is the whole route table, for the test that walks it.
func (s *Site) Routes() []Route { return s.routes }

// ServeHTTP answers a request with the security headers set and cross-origin writes refused.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.secure(w.Header())
	if err := s.cross.Check(r); err != nil {
		s.fail(s.request(w, r, 0), errCrossOrigin.Because(err))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// serve wraps one route: recognise the reader, check the permission, run, render the error.
func (s *Site) serve(rt Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		began := time.Now()
		if hr.Method == http.MethodGet {
			turn := s.turns.take(w)
			defer turn.end()
			w = turn
		}
		r := s.request(w, hr, rt.MaxBody)
		defer func() {
			if s.opts.Visit != nil {
				s.opts.Visit(r, time.Since(began))
			}
		}()
		defer s.recover(r)
		if err := s.admit(r, rt.Permission); err != nil {
			s.fail(r, err)
			return
		}
		if err := rt.Handler(r); err != nil {
			s.fail(r, err)
		}
	})
}

// admit recognises the reader and refuses those without the permission.
func (s *Site) admit(r *Request, p Permission) error {
	id, err := s.identify(r)
	if err != nil {
		return err
	}
	r.Reader = id
	switch {
	case p == Public:
		return nil
	case id == nil:
		return errUnknownReader
	case p == SignedIn || id.Can(p, ""):
		return nil
	}
	return Forbidden()
}

func notFound(r *Request) error { return errNoPage }
