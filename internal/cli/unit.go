package cli

import (
	"encoding/json"
	"fmt"

	"trucot/internal/app"
	"trucot/internal/engine/people"
)

// unitCmd is "trucot unit …": the organisation tree, which tasks, dossiers and figures count for.
type unitCmd struct {
	Add  unitAdd  `cmd:"" help:"help_unit_add"`
	List unitList `cmd:"" help:"help_unit_list"`
}

type unitAdd struct {
	Code   string `arg:"" help:"help_unit_code"`
	Name   string `required:"" help:"help_unit_name"`
	NameEN string `name:"name-en" help:"help_unit_name_en"`
	Parent string `help:"help_unit_parent"`
	Side   string `enum:"state,party" default:"state" help:"help_unit_side"`
	From   string `placeholder:"YYYY-MM-DD" help:"help_unit_from"`
}

// Run opens the unit.
func (c *unitAdd) Run(env *Env) error {
	from, err := dayFlag(c.From)
	if err != nil {
		return err
	}
	return env.withApp(func(a *app.App) error {
		u := people.Unit{Code: c.Code, NameVI: c.Name, NameEN: c.NameEN, Parent: c.Parent, Side: people.Side(c.Side)}
		if err := a.People.OpenUnit(env.Ctx, people.By{Actor: commandLine, On: from}, u); err != nil {
			return err
		}
		env.say("cli.unit_added", "unit", c.Code)
		return nil
	})
}

type unitList struct {
	JSON bool `name:"json" help:"help_json"`
}

// Run lists the units that stand today; --json prints {"code","name_vi","name_en","parent","side","kind"} a line.
func (c *unitList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		units, err := a.People.Units(env.Ctx, a.Tasks.Today(), "")
		if err != nil {
			return err
		}
		for _, u := range units {
			if c.JSON {
				err = json.NewEncoder(env.Stdout).Encode(u)
			} else {
				_, err = fmt.Fprintf(env.Stdout, "%s\t%s\t%s\n", u.Code, u.Name(env.Lang), parentOf(u))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func parentOf(u people.Unit) string {
	if u.Parent == "" {
		return "–"
	}
	return u.Parent
}
