package cli

import (
	"net/netip"

	"trucot/internal/engine/notify"
	"trucot/internal/kernel/fault"
)

// outside are the settings by which a server reaches the world: its mail server, its own address in links, and the private
// addresses that webhooks may call.
type outside struct {
	URL          string   `name:"url" env:"TRUCOT_URL" help:"help_serve_url" placeholder:"https://…"`
	SMTP         string   `name:"smtp" env:"TRUCOT_SMTP" help:"help_serve_smtp"`
	From         string   `name:"smtp-from" env:"TRUCOT_SMTP_FROM" help:"help_serve_smtp_from"`
	User         string   `name:"smtp-user" env:"TRUCOT_SMTP_USER" help:"help_serve_smtp_user"`
	PasswordFile string   `name:"smtp-password-file" env:"TRUCOT_SMTP_PASSWORD_FILE" type:"path" help:"help_serve_smtp_password"`
	TLS          string   `name:"smtp-tls" env:"TRUCOT_SMTP_TLS" enum:"starttls,tls,none" default:"starttls" help:"help_serve_smtp_tls"`
	Allow        []string `name:"webhook-allow" env:"TRUCOT_WEBHOOK_ALLOW" help:"help_serve_webhook_allow"`
}

// reach checks the settings. Without a mail server there is no e-mail. Errors: those of notify.SMTP, cli.bad_network,
// cli.need_url for mail whose links would lead nowhere.
func (o *outside) reach() (notify.Outside, error) {
	out := notify.Outside{Base: o.URL}
	for _, text := range o.Allow {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return out, fault.New(fault.Invalid, "cli.bad_network", "text", text).Because(err)
		}
		out.Allow = append(out.Allow, p)
	}
	if o.SMTP == "" {
		return out, nil
	}
	if o.URL == "" {
		return out, fault.New(fault.Invalid, "cli.need_url")
	}
	var err error
	out.Mail, err = notify.SMTP{Server: o.SMTP, From: o.From, User: o.User, PasswordFile: o.PasswordFile, TLS: o.TLS}.Mailer()
	return out, err
}
