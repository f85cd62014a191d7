package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// user looks after accounts from the machine itself: the first one is made here.
type user struct {
	Add      userAdd      `cmd:"" help:"help_user_add"`
	List     userList     `cmd:"" help:"help_user_list"`
	Link     userLink     `cmd:"" help:"help_user_link"`
	Password userPassword `cmd:"" help:"help_user_password"`
	Token    userToken    `cmd:"" help:"help_user_token"`
	Grant    userGrant    `cmd:"" help:"help_user_grant"`
	Revoke   userRevoke   `cmd:"" help:"help_user_revoke"`
	Disable  userDisable  `cmd:"" help:"help_user_disable"`
	Enable   userEnable   `cmd:"" help:"help_user_enable"`
	Reset    userReset    `cmd:"" help:"help_user_reset"`
	TOTPOff  userTOTPOff  `cmd:"" name:"totp-off" help:"help_user_totp_off"`
	Sessions userSessions `cmd:"" help:"help_user_sessions"`
}

// commandLine is the actor of what is done at the machine's own command line.
const commandLine = "command-line"

type userAdd struct {
	Account string   `arg:"" help:"help_user_account"`
	Name    string   `required:"" help:"help_user_name"`
	Role    []string `required:"" help:"help_user_role"`
	Unit    string   `default:"*" help:"help_user_unit"`
}

// Run adds the person, the account and its roles.
func (c *userAdd) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		by := people.By{Actor: commandLine}
		if err := a.People.OpenAccount(env.Ctx, by, c.Account, c.Account); err != nil {
			return err
		}
		if err := a.People.SetPerson(env.Ctx, people.Person{ID: c.Account, Name: c.Name}); err != nil {
			return err
		}
		for _, r := range c.Role {
			if err := a.People.GrantRole(env.Ctx, by, c.Account, people.Grant{Role: people.Role(r), Unit: c.Unit}); err != nil {
				return err
			}
		}
		env.say("cli.user_added", "account", c.Account)
		return nil
	})
}

type userList struct {
	JSON bool `help:"help_json" name:"json"`
}

// Run lists the accounts; --json prints {"account","name","closed","grants":[{"role","unit"}]} a line.
func (c *userList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		accounts, err := a.People.Accounts(env.Ctx)
		if err != nil {
			return err
		}
		for _, ac := range accounts {
			if err := c.print(env, ac); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *userList) print(env *Env, ac people.Account) error {
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(map[string]any{"account": ac.ID, "name": ac.Name, "closed": ac.Closed, "grants": ac.Grants})
	}
	var roles []string
	for _, g := range ac.Grants {
		roles = append(roles, env.Catalog.T(env.Lang, "people.role_"+string(g.Role))+" ("+g.Unit+")")
	}
	_, err := fmt.Fprintf(env.Stdout, "%s\t%s\t%s\n", ac.ID, ac.Name, strings.Join(roles, ", "))
	return err
}

type userLink struct {
	Account string `arg:"" help:"help_user_account"`
	Addr    string `default:"http://127.0.0.1:8383" help:"help_user_addr"`
}

// Run prints a one-time log-in link.
func (c *userLink) Run(env *Env) error {
	return env.withApp(func(a *app.App) error { return printLink(env, a, c.Account, c.Addr) })
}

func printLink(env *Env, a *app.App, account, addr string) error {
	path, until, err := a.People.NewLink(env.Ctx, account)
	if err != nil {
		return err
	}
	env.say("cli.user_link", "url", strings.TrimRight(addr, "/")+path, "until", until.In(calendar.Zone).Format("15:04 02/01/2006"))
	return nil
}

type userPassword struct {
	Account string `arg:"" help:"help_user_account"`
}

// Run reads one line from standard input, so that the password stands in no shell history.
func (c *userPassword) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		line, err := bufio.NewReader(env.Stdin).ReadString('\n')
		if err != nil && line == "" {
			return err
		}
		if err := a.People.SetPassword(env.Ctx, c.Account, strings.TrimRight(line, "\r\n")); err != nil {
			return err
		}
		env.say("cli.password_set", "account", c.Account)
		return nil
	})
}

type userToken struct {
	Account string   `arg:"" help:"help_user_account"`
	Label   string   `help:"help_user_label"`
	Scope   []string `help:"help_user_scope"`
	Days    int      `default:"90" help:"help_user_days"`
}

// Run prints a new API token.
func (c *userToken) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		scopes := make([]web.Permission, len(c.Scope))
		for i, s := range c.Scope {
			scopes[i] = web.Permission(s)
		}
		id, token, err := a.People.NewToken(env.Ctx, c.Account, c.Label, scopes, time.Duration(c.Days)*24*time.Hour)
		if err != nil {
			return err
		}
		env.say("cli.user_token", "id", id, "token", token)
		return nil
	})
}

// withApp opens the agency's data for one job and closes it.
func (e *Env) withApp(job func(*app.App) error) error {
	a, err := e.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	return job(a)
}
