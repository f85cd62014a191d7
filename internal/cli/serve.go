package cli

import (
	"fmt"
	"net"
	"time"

	"trucot/internal/app"
	"trucot/internal/kernel/fault"
)

// serve opens the web.
type serve struct {
	Addr   string `help:"help_serve_addr" default:"127.0.0.1:8383"`
	Secure bool   `help:"help_serve_secure"`
	Login  string `help:"help_serve_login" placeholder:"ACCOUNT"`
}

// Run serves until the process is told to stop.
func (c *serve) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
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
	defer time.AfterFunc(time.Second, giveBack).Stop()
	if err := app.Serve(env.Ctx, ln, a.Site(env.Ctx, app.SiteOptions{Secure: c.Secure})); err != nil {
		return err
	}
	env.say("cli.stopped")
	return nil
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
