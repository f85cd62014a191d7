package cli

import (
	"fmt"
	"path/filepath"

	"trucot/internal/app"
	"trucot/internal/app/sample"
	"trucot/internal/engine/notify"
)

// demoCmd is "trucot demo": the sample agency, its reports and its web.
type demoCmd struct {
	Exit bool   `help:"help_demo_exit"`
	Addr string `help:"help_demo_addr" default:"127.0.0.1:0"`
}

// demoData is the folder when none is named: never the one of real work.
const demoData = "trucot-demo"

// Run makes the sample or opens the one there is, writes the reports and serves the web.
func (c *demoCmd) Run(env *Env) error {
	if !env.Named {
		env.Data = demoData
	}
	env.say("cli.demo_making", "folder", env.Data)
	g, err := sample.Open(env.Ctx, sample.Options{Data: env.Data, DB: env.DB})
	if err != nil {
		return err
	}
	defer g.Close()
	written, err := g.Write(env.Ctx, filepath.Join(env.Data, "bao-cao"))
	if err != nil {
		return err
	}
	c.account(env, g, written)
	if c.Exit {
		return nil
	}
	return c.serve(env, g)
}

// account says what there is now and where.
func (c *demoCmd) account(env *Env, g *sample.Agency, written []sample.Written) {
	key := "cli.demo_reused"
	if g.Made {
		key = "cli.demo_made"
	}
	env.say(key, "dossiers", g.Filed, "events", g.Ledger.Head(), "today", sample.Today().Format(env.Lang))
	for _, w := range written {
		fmt.Fprintf(env.Stdout, "\n%s – %s\n", w.Title[env.Lang], w.Report.Period.Name(env.Lang))
		if w.Lost != nil {
			fmt.Fprintln(env.Stdout, "  "+env.Catalog.Error(env.Lang, w.Lost))
		}
		for _, p := range w.Paths {
			fmt.Fprintln(env.Stdout, "  "+p)
		}
		if n := len(w.Report.Discrepancies); n > 0 {
			env.say("cli.demo_faults", "n", n)
			for _, d := range w.Report.Discrepancies {
				fmt.Fprintln(env.Stdout, "    "+d.Sentence(env.Catalog, env.Lang))
			}
		}
		if w.Frozen != nil {
			env.say("cli.demo_frozen", "on", w.Frozen.On.Format(env.Lang), "n", len(w.Changes))
			for _, x := range w.Changes {
				fmt.Fprintln(env.Stdout, "    "+x.Sentence(g.Reports, env.Catalog, env.Lang))
			}
		}
	}
}

func (c *demoCmd) serve(env *Env, g *sample.Agency) error {
	ln, err := listen(c.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintln(env.Stdout)
	env.say("cli.demo_link", "today", sample.Today().Format(env.Lang))
	if err := printLink(env, g.App, sample.Guest, "http://"+ln.Addr().String()); err != nil {
		return err
	}
	defer g.Tell(env.Ctx, notify.Outside{})()
	if err := app.Serve(env.Ctx, ln, g.Site(env.Ctx, app.SiteOptions{Sample: true})); err != nil {
		return err
	}
	env.say("cli.stopped")
	return nil
}
