package cli

import (
	"encoding/json"
	"fmt"

	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/quality"
)

// qualityCmd is "trucot quality".
type qualityCmd struct {
	Period string `required:"" placeholder:"2025-H1" help:"help_quality_period"`
	Unit   string `placeholder:"UNIT" help:"help_quality_unit"`
	JSON   bool   `name:"json" help:"help_json"`
}

// qualityLine is what --json prints for each component; good, all, share and points are null for what is not computed
// here, and why says the reason.
type qualityLine struct {
	Index     string   `json:"index"`
	Period    string   `json:"period"`
	Unit      string   `json:"unit,omitempty"`
	Group     string   `json:"group"`
	Component string   `json:"component"`
	Title     string   `json:"title"`
	Max       float64  `json:"max"`
	Target    *float64 `json:"target"` // per cent
	Good      *int     `json:"good"`
	All       *int     `json:"all"`
	Share     *float64 `json:"share"` // per cent
	Points    *float64 `json:"points"`
	Why       string   `json:"why,omitempty"`
}

// Run prints the index, one line a component.
func (c *qualityCmd) Run(env *Env) error {
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return err
	}
	return env.withApp(func(a *app.App) error {
		q := quality.Query{Period: period}
		if c.Unit != "" {
			units, err := a.People.Subtree(env.Ctx, c.Unit, period.To)
			if err != nil {
				return err
			}
			q.Reach = dossier.Reach{Units: units}
		}
		got, err := a.Quality.Measure(env.Ctx, q)
		if err != nil {
			return err
		}
		out := json.NewEncoder(env.Stdout)
		out.SetEscapeHTML(false)
		for _, g := range got.Groups {
			for _, one := range g.Components {
				line := c.line(env, got, g, one)
				if c.JSON {
					err = out.Encode(line)
				} else {
					err = line.print(env)
				}
				if err != nil {
					return err
				}
			}
		}
		if !c.JSON {
			env.say("cli.quality_total", "points", number(env.Lang, got.Points), "of", number(env.Lang, got.Of), "unknown", number(env.Lang, got.Unknown))
		}
		return nil
	})
}

func (c *qualityCmd) line(env *Env, r *quality.Result, g quality.GroupResult, one quality.ComponentResult) qualityLine {
	out := qualityLine{Index: r.Index.ID, Period: c.Period, Unit: c.Unit, Group: g.ID, Component: one.ID, Title: one.Title.In(env.Lang), Max: one.Max,
		Why: one.Why.In(env.Lang)}
	if one.Full > 0 {
		out.Target = &one.Full
	}
	if one.Known {
		out.Good, out.All, out.Share, out.Points = &one.Good, &one.All, &one.Share, &one.Points
	}
	return out
}

func (l qualityLine) print(env *Env) error {
	points := "—"
	if l.Points != nil {
		points = number(env.Lang, *l.Points)
	}
	_, err := fmt.Fprintf(env.Stdout, "%s/%s\t%s\t%s / %s\t%s\n", l.Group, l.Component, l.Title, points, number(env.Lang, l.Max), l.Why)
	return err
}

// number writes marks in a language.
func number(tag lang.Tag, f float64) string { return lang.Decimal(tag, int64(f*1000+0.5)) }
