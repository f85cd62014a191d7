package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"trucot/internal/app"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/report/campaign"
)

// reportPackageCmd is "trucot report package": the signed package of a campaign, for a higher installation.
type reportPackageCmd struct {
	Campaign string `required:"" help:"help_campaign_id"`
	Out      string `required:"" type:"path" help:"help_campaign_out"`
}

// Run writes the package and prints its path and the public keys that vouch for it.
func (c *reportPackageCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	data, err := a.Campaigns.Pack(env.Ctx, c.Campaign)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, data, 0o640); err != nil {
		return fault.New(fault.Unavailable, "cli.folder_unwritable", "folder", filepath.Dir(c.Out)).Because(err)
	}
	keys, err := a.Ledger.Verifiers(env.Ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.campaign_packed", "path", c.Out, "key", strings.Join(keys, "\n")))
	return nil
}

// reportConsolidateCmd is "trucot report consolidate": verifies packages and adds them up. It needs no data folder.
type reportConsolidateCmd struct {
	Files []string `arg:"" type:"path" help:"help_campaign_files"`
	Key   []string `required:"" sep:"none" help:"help_campaign_key"`
	JSON  bool     `name:"json" help:"help_json"`
}

// Run prints the packages side by side, or {"packages":[…],"figures":[…]} with --json.
func (c *reportConsolidateCmd) Run(env *Env) error {
	var packages []*campaign.Package
	for _, path := range c.Files {
		data, err := os.ReadFile(path)
		if err != nil {
			return fault.New(fault.NotFound, "campaign.package_unreadable", "file", filepath.Base(path)).Because(err)
		}
		p, err := campaign.OpenPackage(filepath.Base(path), data, c.keys())
		if err != nil {
			return err
		}
		packages = append(packages, p)
	}
	joined, err := campaign.Join(packages)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(env.Stdout)
		enc.SetEscapeHTML(false)
		type from struct {
			Origin, Agency, Campaign, Number string
			Position                         int64
		}
		out := struct {
			Packages []from            `json:"packages"`
			Figures  []campaign.Joined `json:"figures"`
		}{Figures: joined}
		for _, p := range packages {
			out.Packages = append(out.Packages, from{p.Origin, p.Agency, p.Campaign, p.Number, p.Position})
		}
		return enc.Encode(out)
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, p := range packages {
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.campaign_verified", "agency", p.Agency, "campaign", p.Campaign, "position", p.Position))
	}
	for _, j := range joined {
		for _, v := range j.Each {
			fmt.Fprint(w, lang.Decimal(env.Lang, int64(v)), "\t")
		}
		fmt.Fprintf(w, "%s\t  %s\n", lang.Decimal(env.Lang, int64(j.Sum)), j.Title[env.Lang])
	}
	return w.Flush()
}

// keys are the trusted keys: given as they are, or as files that hold them, one a line.
func (c *reportConsolidateCmd) keys() []string {
	var out []string
	for _, k := range c.Key {
		if raw, err := os.ReadFile(k); err == nil {
			out = append(out, strings.Fields(string(raw))...)
		} else {
			out = append(out, k)
		}
	}
	return out
}

// reportCutoffsCmd is "trucot report cutoffs": one quantity on several cut-offs with the events between them.
type reportCutoffsCmd struct {
	Indicator string   `required:"" help:"help_cutoffs_indicator"`
	From      string   `required:"" help:"help_cutoffs_from"`
	On        []string `required:"" help:"help_cutoffs_on"`
	Unit      string   `help:"help_cutoffs_unit"`
	JSON      bool     `name:"json" help:"help_json"`
}

// Run prints {"on":…,"value":…,"added":…,"between":[…],"more":…} a line with --json.
func (c *reportCutoffsCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	from, err := calendar.Parse(c.From)
	if err != nil {
		return err
	}
	var on []calendar.Date
	for _, text := range c.On {
		d, err := calendar.Parse(text)
		if err != nil {
			return err
		}
		on = append(on, d)
	}
	units, err := c.units(env, a)
	if err != nil {
		return err
	}
	marks, err := a.Campaigns.Marks(env.Ctx, c.Indicator, from, on, units)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(env.Stdout)
	enc.SetEscapeHTML(false)
	for _, m := range marks {
		if c.JSON {
			if err := enc.Encode(m); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.cutoffs_line", "on", m.On, "value", lang.Decimal(env.Lang, int64(m.Value)), "added", lang.Decimal(env.Lang, int64(m.Added)), "n", len(m.Between)+m.More))
		for _, r := range m.Between {
			fmt.Fprintf(env.Stdout, "  %s  #%d  %s  %s\n", r.On.Format(env.Lang), r.Position, lang.Decimal(env.Lang, int64(r.Value)), r.Label)
		}
	}
	return nil
}

// units is the subtree of the unit asked for, of its side; nil = every unit.
func (c *reportCutoffsCmd) units(env *Env, a *app.App) ([]string, error) {
	if c.Unit == "" {
		return nil, nil
	}
	u, err := a.People.Unit(env.Ctx, c.Unit, a.Campaigns.Today())
	if err != nil {
		return nil, err
	}
	return a.Campaigns.Side(env.Ctx, c.Unit, people.Side(u.Side))
}
