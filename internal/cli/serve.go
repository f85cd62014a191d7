package cli

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/people/oidc"
	"trucot/internal/kernel/fault"
)

// serve opens the web.
type serve struct {
	Addr   string `help:"help_serve_addr" default:"127.0.0.1:8383"`
	Secure bool   `help:"help_serve_secure"`
	Login  string `help:"help_serve_login" placeholder:"ACCOUNT"`
	outside
	Proxies int    `help:"help_serve_proxies"`
	OIDC    string `name:"oidc" type:"path" help:"help_serve_oidc" placeholder:"FILE"`
}

// Run serves until the process is told to stop.
func (c *serve) Run(env *Env) error {
	out, err := c.reach()
	if err != nil {
		return err
	}
	app.LetGarbagePile()
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	o, err := c.options(env)
	if err != nil {
		return err
	}
	ln, err := listen(c.Addr)
	if err != nil {
		return err
	}
	base := "http://" + ln.Addr().String()
	env.say("cli.serving", "url", base+"/")
	if c.Login != "" {
		if err := printLink(env, a, c.Login, base); err != nil {
			return err
		}
	}
	if accounts, err := a.People.Accounts(env.Ctx); err == nil && len(accounts) == 0 {
		env.say("cli.no_account_yet")
	}
	// what the start left behind is given back once it is over: an idle server should be small
	defer time.AfterFunc(time.Second, func() { a.DB.Spare(); giveBack() }).Stop()
	if out.Base == "" {
		out.Base = base
	}
	defer a.Tell(env.Ctx, out)()
	if err := app.Serve(env.Ctx, ln, a.Site(env.Ctx, o)); err != nil {
		return err
	}
	env.say("cli.stopped")
	return nil
}

// options reads how the web is served. Single sign-on is on when its file is named, or stands in the data folder.
func (c *serve) options(env *Env) (app.SiteOptions, error) {
	o := app.SiteOptions{Secure: c.Secure, URL: strings.TrimRight(c.URL, "/"), Proxies: c.Proxies}
	if o.URL != "" {
		u, err := url.Parse(o.URL)
		if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
			return o, fault.New(fault.Invalid, "cli.bad_url", "url", c.URL)
		}
	}
	var err error
	if o.SSO, err = oidc.Read(cmp.Or(c.OIDC, filepath.Join(env.Data, oidc.File))); err == nil && o.SSO == nil && c.OIDC != "" {
		err = fault.New(fault.NotFound, "cli.no_file", "file", c.OIDC)
	}
	return o, err
}

func listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "cli.cannot_listen", "addr", addr).Because(err)
	}
	return ln, nil
}

// say prints one text to standard output.
func (e *Env) say(key string, args ...any) {
	fmt.Fprintln(e.Stdout, e.Catalog.T(e.Lang, key, args...))
}
