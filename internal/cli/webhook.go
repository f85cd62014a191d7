package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"trucot/internal/app"
	"trucot/internal/engine/notify"
	"trucot/internal/kernel/fault"
)

// webhookCmd is "trucot webhook …": the receivers of events.
type webhookCmd struct {
	Add    webhookAdd    `cmd:"" help:"help_webhook_add"`
	List   webhookList   `cmd:"" help:"help_webhook_list"`
	Remove webhookRemove `cmd:"" help:"help_webhook_remove"`
}

type webhookAdd struct {
	URL   string   `arg:"" help:"help_webhook_url"`
	Kind  []string `required:"" help:"help_webhook_kind"`
	Owner string   `required:"" help:"help_webhook_owner"`
	Allow []string `name:"webhook-allow" env:"TRUCOT_WEBHOOK_ALLOW" help:"help_serve_webhook_allow"`
}

// Run adds a webhook in the name of an account, whose rights it has, and prints its secret.
func (c *webhookAdd) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		out, err := (&outside{Allow: c.Allow}).reach()
		if err != nil {
			return err
		}
		owner, err := a.People.Reader(env.Ctx, c.Owner)
		if err != nil {
			return err
		}
		if owner == nil {
			return fault.New(fault.NotFound, "people.unknown_account", "account", c.Owner)
		}
		a.Notify.Reach(out)
		h, secret, err := a.Notify.AddHook(env.Ctx, c.Owner, c.URL, c.Kind)
		if err != nil {
			return err
		}
		env.say("cli.webhook_added", "id", h.ID, "secret", secret)
		return nil
	})
}

type webhookList struct {
	JSON bool `name:"json" help:"help_json"`
}

// Run lists the webhooks; --json prints {"id","owner","host","kinds","since"} a line.
func (c *webhookList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		hooks, err := a.Notify.Hooks(env.Ctx)
		for _, h := range hooks {
			if err := c.print(env, a, h); err != nil {
				return err
			}
		}
		return err
	})
}

func (c *webhookList) print(env *Env, a *app.App, h notify.Hook) error {
	host := a.Notify.Host(env.Ctx, h.ID)
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(map[string]any{"id": h.ID, "owner": h.Owner, "host": host, "kinds": h.Kinds, "since": h.Since})
	}
	_, err := fmt.Fprintf(env.Stdout, "%s\t%s\t%s\t%s\n", h.ID, host, strings.Join(h.Kinds, ","), h.Owner)
	return err
}

type webhookRemove struct {
	ID string `arg:"" help:"help_webhook_id"`
}

// Run removes a webhook.
func (c *webhookRemove) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		if err := a.Notify.RemoveHook(env.Ctx, commandLine, c.ID); err != nil {
			return err
		}
		env.say("cli.webhook_removed", "id", c.ID)
		return nil
	})
}
