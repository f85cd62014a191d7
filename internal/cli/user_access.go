package cli

import (
	"fmt"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// byCommand is the machine's own administrator, from today.
var byCommand = people.By{Actor: commandLine, On: calendar.NoDate}

// placeOfRole is an account's role in a unit.
type placeOfRole struct {
	Account string `arg:"" help:"help_user_account"`
	Role    string `required:"" help:"help_user_role"`
	Unit    string `default:"*" help:"help_user_unit"`
}

func (c *placeOfRole) grant() people.Grant {
	return people.Grant{Role: people.Role(c.Role), Unit: c.Unit}
}

type userGrant struct{ placeOfRole }

// Run gives a role.
func (c *userGrant) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		return env.did("cli.role_granted", c.Account, a.People.GrantRole(env.Ctx, byCommand, c.Account, c.grant()))
	})
}

type userRevoke struct{ placeOfRole }

// Run ends a role from today.
func (c *userRevoke) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		return env.did("cli.role_revoked", c.Account, a.People.RevokeRole(env.Ctx, byCommand, c.Account, c.grant()))
	})
}

// oneAccount is a command about one account.
type oneAccount struct {
	Account string `arg:"" help:"help_user_account"`
}

type userDisable struct{ oneAccount }

// Run closes the account and ends its sessions.
func (c *userDisable) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		return env.did("cli.user_disabled", c.Account, a.People.CloseAccount(env.Ctx, byCommand, c.Account))
	})
}

type userEnable struct{ oneAccount }

// Run opens a closed account again for its person.
func (c *userEnable) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		person, err := a.People.PersonOf(env.Ctx, c.Account)
		if err == nil {
			err = a.People.OpenAccount(env.Ctx, byCommand, c.Account, person)
		}
		return env.did("cli.user_enabled", c.Account, err)
	})
}

type userReset struct {
	oneAccount
	Addr string `default:"http://127.0.0.1:8383" help:"help_user_addr"`
}

// Run forgets every way into the account and prints a one-time link.
func (c *userReset) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		if err := a.People.Reset(env.Ctx, byCommand, c.Account); err != nil {
			return err
		}
		env.say("cli.user_was_reset", "account", c.Account)
		return printLink(env, a, c.Account, c.Addr)
	})
}

type userTOTPOff struct{ oneAccount }

// Run stops asking the account for codes; its password goes too, since it may be too short to stand alone.
func (c *userTOTPOff) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		return env.did("cli.totp_off", c.Account, a.People.DropTOTP(env.Ctx, byCommand, c.Account))
	})
}

type userSessions struct {
	oneAccount
	End bool `help:"help_user_sessions_end"`
}

// Run lists the account's open log-ins: when it began and was last used, how, from where, with what. --end ends them.
func (c *userSessions) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		if _, err := a.People.PersonOf(env.Ctx, c.Account); err != nil {
			return err
		}
		list, err := a.People.Sessions(env.Ctx, c.Account, "")
		if err != nil {
			return err
		}
		for _, s := range list {
			_, err := fmt.Fprintf(env.Stdout, "%s\t%s\t%s\t%s\t%s\n", minute(s.Opened), minute(s.Seen), env.Catalog.T(env.Lang, "people.method_"+string(s.Method)), s.Address, s.Device)
			if err != nil {
				return err
			}
		}
		if !c.End {
			return nil
		}
		return env.did("cli.sessions_ended", c.Account, a.People.EndSessions(env.Ctx, c.Account, ""))
	})
}

func minute(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// did says what was done to an account, unless it was not.
func (e *Env) did(key, account string, err error) error {
	if err == nil {
		e.say(key, "account", account)
	}
	return err
}
