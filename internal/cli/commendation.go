package cli

import (
	"encoding/json"
	"fmt"

	"trucot/internal/app"
	"trucot/internal/kernel/fault"
	"trucot/internal/room/commendation"
)

// commendationCmd is "trucot commendation …".
type commendationCmd struct {
	Simulate commendationSimulate `cmd:"" help:"help_commendation_simulate"`
}

type commendationSimulate struct {
	Year  int    `required:"" help:"help_commendation_year"`
	Award string `help:"help_commendation_award"`
	JSON  bool   `name:"json" help:"help_json"`
}

// Run prints how everybody of the state side stands toward each award if the council met today, by id: names are not
// printed. The machine's own command line sees them all.
func (c *commendationSimulate) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		sim, err := a.Commendation.Simulate(env.Ctx, commendation.State, c.Year)
		if err != nil {
			return err
		}
		if c.Award != "" {
			one := sim.Award(c.Award)
			if one == nil {
				return fault.New(fault.Invalid, "commendation.no_award", "award", c.Award)
			}
			sim.Awards = []commendation.AwardResult{*one}
		}
		if c.JSON {
			return json.NewEncoder(env.Stdout).Encode(sim)
		}
		for _, result := range sim.Awards {
			fmt.Fprintln(env.Stdout, result.ID, result.Award.Label.In(env.Lang))
			for _, v := range result.Verdicts {
				fmt.Fprintf(env.Stdout, "  %-12s %s\n", v.Subject.ID, env.Catalog.T(env.Lang, "commendation.standing_"+string(v.Standing)))
			}
		}
		return nil
	})
}
