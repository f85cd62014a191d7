package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"

	"trucot/internal/app"
	"trucot/internal/engine/document/read"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/directive"
)

// directiveAdd enters a directive in the register.
type directiveAdd struct {
	File    string `arg:"" optional:"" help:"help_directive_file"`
	Symbol  string `help:"help_directive_symbol"`
	Name    string `help:"help_directive_name"`
	Issuer  string `help:"help_directive_issuer"`
	Date    string `placeholder:"YYYY-MM-DD" help:"help_directive_date"`
	Kind    string `help:"help_directive_kind"`
	Summary string `help:"help_directive_summary"`
	Unit    string `required:"" help:"help_directive_unit"`
	JSON    bool   `name:"json" help:"help_json"`
}

// maxDirectiveFile bounds the file of a directive in bytes.
const maxDirectiveFile = 64 << 20

// Run enters the directive; a file fills in what the flags leave out.
func (c *directiveAdd) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		d, err := c.draft(env, a)
		if err != nil {
			return err
		}
		added, err := a.Directives.Add(env.Ctx, commandLine, d)
		if err != nil {
			return err
		}
		return printDirective(env, added, c.JSON)
	})
}

func (c *directiveAdd) draft(env *Env, a *app.App) (directive.Document, error) {
	d := directive.Blank()
	if c.File != "" {
		data, err := readFile(c.File, maxDirectiveFile)
		if err != nil {
			return d, err
		}
		text, err := read.Text(env.Ctx, c.File, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return d, err
		}
		lists, err := a.Directives.Lists()
		if err != nil {
			return d, err
		}
		d = lists.Draft(text)
		sum := sha256.Sum256(data)
		d.File = &directive.File{Name: filepath.Base(c.File), SHA256: hex.EncodeToString(sum[:])}
	}
	for _, f := range []struct {
		to   *string
		flag string
	}{{&d.Symbol, c.Symbol}, {&d.Name, c.Name}, {&d.Issuer, c.Issuer}, {&d.Kind, c.Kind}, {&d.Summary, c.Summary}} {
		if f.flag != "" {
			*f.to = f.flag
		}
	}
	d.Unit = c.Unit
	on, err := dayFlag(c.Date)
	if on != calendar.NoDate {
		d.Date = on
	}
	return d, err
}

// directiveList prints the register.
type directiveList struct {
	Text  string `arg:"" optional:"" help:"help_directive_words"`
	Force string `enum:",in_force,ended" default:"" help:"help_directive_force"`
	JSON  bool   `name:"json" help:"help_json"`
}

// Run prints the directives, the latest first. The machine's own command line sees both sides.
func (c *directiveList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		units, err := a.People.Units(env.Ctx, a.Tasks.Today(), "")
		if err != nil {
			return err
		}
		f := directive.Filter{State: true, Text: c.Text, Force: c.Force, Limit: allTasks}
		for _, u := range units {
			f.Units = append(f.Units, u.Code)
		}
		docs, _, err := a.Directives.List(env.Ctx, f)
		if err != nil {
			return err
		}
		for _, d := range docs {
			if err := printDirective(env, d, c.JSON); err != nil {
				return err
			}
		}
		return nil
	})
}

// printDirective prints one line: the register's record as JSON, or id, label, date, issuer and subject.
func printDirective(env *Env, d *directive.Document, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(env.Stdout)
		out.SetEscapeHTML(false)
		return out.Encode(d)
	}
	_, err := fmt.Fprintf(env.Stdout, "%s\t%s\t%s\t%s\t%s\n", d.ID, d.Label(), d.Date.Format(env.Lang), d.Issuer, d.Summary)
	return err
}
