package web

import (
	"net/http"

	"trucot/internal/kernel/lang"
)

// ownRoutes are the routes of the shell itself.
var ownRoutes = []Route{
	{Method: http.MethodPost, Pattern: "/tuy-chon", Permission: Public, Handler: setPreference},
	{Method: http.MethodGet, Pattern: "/suc-khoe", Permission: Public, Handler: health},
}

// preferenceAge keeps language and theme for a year, in seconds.
const preferenceAge = 365 * 24 * 3600

// setPreference stores the reader's language or theme in a cookie: it needs no script and no account.
func setPreference(r *Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	switch v := form.Get("ngon-ngu"); v {
	case string(lang.VI), string(lang.EN):
		http.SetCookie(r.W, r.cookie(langCookie, v, preferenceAge))
	}
	switch v := Theme(form.Get("giao-dien")); v {
	case Auto, Light, Dark:
		http.SetCookie(r.W, r.cookie(themeCookie, string(v), preferenceAge))
	}
	return r.Go(LocalPath(form.Get("ve")))
}

// health tells a load balancer that the server answers.
func health(r *Request) error {
	r.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := r.W.Write([]byte("ok\n"))
	return err
}
