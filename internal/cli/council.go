package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"trucot/internal/app"
	"trucot/internal/engine/council"
	"trucot/internal/kernel/fault"
)

// councilCmd is "trucot council …".
type councilCmd struct {
	List    councilList    `cmd:"" help:"help_council_list"`
	Recount councilRecount `cmd:"" help:"help_council_recount"`
}

type councilList struct {
	Stage string `enum:"all,open,preparing,voting,counted,confirmed,concluded,cancelled" default:"all" help:"help_council_stage"`
	JSON  bool   `name:"json" help:"help_json"`
}

// councilLine is what --json prints: the council without its rules.
type councilLine struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Dossier  string            `json:"dossier,omitempty"`
	Rule     string            `json:"rule"`
	Unit     string            `json:"unit"`
	Stage    council.Stage     `json:"stage"`
	MeetsOn  string            `json:"meets_on"`
	Members  int               `json:"members"`
	Voted    int               `json:"voted"`
	Outcomes []council.Outcome `json:"outcomes,omitempty"`
}

// Run prints the councils, those that vote first. The machine's own command line sees them all.
func (c *councilList) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		f := council.Filter{Stage: council.Stage(c.Stage), Limit: 1 << 30}
		if c.Stage == "all" {
			f.Stage = ""
		}
		list, _, err := a.Councils.List(env.Ctx, f)
		if err != nil {
			return err
		}
		out := json.NewEncoder(env.Stdout)
		out.SetEscapeHTML(false)
		for _, one := range list {
			if c.JSON {
				err = out.Encode(councilLine{one.ID, one.Title, one.Dossier, one.Rules.ID, one.Unit, one.Stage, one.MeetsOn.String(), len(one.Members), len(one.Voters), one.Outcomes})
			} else {
				_, err = fmt.Fprintf(env.Stdout, "%s\t%s\t%s\t%d/%d\t%s\n", one.ID, env.Catalog.T(env.Lang, "council.stage_"+string(one.Stage)), one.MeetsOn.Format(env.Lang), len(one.Voters), len(one.Members), one.Title)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type councilRecount struct {
	ID   string `arg:"" help:"help_council_id"`
	JSON bool   `name:"json" help:"help_json"`
}

// Run counts a council's ballots again from the ledger alone and fails when anything differs from what was recorded.
func (c *councilRecount) Run(env *Env) error {
	return env.withApp(func(a *app.App) error {
		r, err := a.Councils.Recount(env.Ctx, strings.TrimSpace(c.ID))
		if err != nil {
			return err
		}
		if c.JSON {
			out := json.NewEncoder(env.Stdout)
			out.SetEscapeHTML(false)
			err = out.Encode(r)
		} else {
			env.say("cli.council_recounted", "id", r.Council, "ballots", r.Ballots, "voters", r.Voters)
		}
		if err == nil && !r.OK {
			err = fault.New(fault.Conflict, "cli.council_differs", "id", r.Council, "faults", strings.Join(r.Faults, ", "))
		}
		return err
	})
}
