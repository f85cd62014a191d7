package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"trucot/internal/app"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// figuresCmd is "trucot figures".
type figuresCmd struct {
	Period    string   `placeholder:"2021-H1" help:"help_figures_period"`
	Unit      []string `placeholder:"UNIT" help:"help_figures_unit"`
	ByUnit    bool     `help:"help_figures_by_unit"`
	AsOf      string   `placeholder:"YYYY-MM-DD" help:"help_figures_as_of"`
	KnownAt   int64    `placeholder:"POSITION" help:"help_figures_known_at"`
	Indicator []string `placeholder:"ID" help:"help_figures_indicator"`
	List      bool     `help:"help_figures_list"`
	JSON      bool     `name:"json" help:"help_json"`
}

// Run prints one line a figure; with --json one indicator.Figure object a line, numbers or null.
func (c *figuresCmd) Run(env *Env) error {
	if c.List {
		return c.list(env)
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	if q.Units, err = a.FigureUnits(env.Ctx, c.Unit, q.Period.To); err != nil {
		return err
	}
	if err := knownAt(a, c.KnownAt); err != nil {
		return err
	}
	figures, err := c.figures(a, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return printLines(env.Stdout, figures)
	}
	return c.table(env, a.Indicators.Definitions(), figures)
}

// query reads the flags.
func (c *figuresCmd) query() (indicator.Query, error) {
	q := indicator.Query{AsOf: calendar.NoDate, KnownAt: c.KnownAt}
	if c.Period == "" {
		return q, fault.New(fault.Invalid, "cli.figures_need_period")
	}
	var err error
	if q.Period, err = calendar.ParsePeriod(c.Period); err != nil {
		return q, err
	}
	if c.AsOf != "" {
		q.AsOf, err = calendar.Parse(c.AsOf)
	}
	return q, err
}

// figures are those asked for by id, or every one that has a number.
func (c *figuresCmd) figures(a *app.App, q indicator.Query) ([]indicator.Figure, error) {
	ids := c.Indicator
	if len(ids) == 0 {
		for _, d := range a.Indicators.Definitions().All() {
			ids = append(ids, d.ID)
		}
	}
	all, err := c.ask(a, q, ids)
	if err != nil {
		return nil, err
	}
	if len(c.Indicator) > 0 {
		return all, nil
	}
	var out []indicator.Figure
	for _, f := range all {
		if !f.Empty() {
			out = append(out, f)
		}
	}
	return out, nil
}

func (c *figuresCmd) ask(a *app.App, q indicator.Query, ids []string) ([]indicator.Figure, error) {
	if c.ByUnit {
		return a.Indicators.Figures(q, ids, nil)
	}
	out, err := a.Indicators.Sums(q, ids)
	if len(c.Unit) == 1 {
		for i := range out {
			out[i].Unit = c.Unit[0] // the unit that was asked for, with those below it
		}
	}
	return out, err
}

// knownAt refuses a position that the ledger does not have: figures as known there could not be had again.
func knownAt(a *app.App, position int64) error {
	if head := a.Ledger.Head(); position < 0 || position > head {
		return fault.New(fault.Invalid, "cli.bad_known_at", "at", position, "head", head)
	}
	return nil
}

// table prints the figures for a person.
func (c *figuresCmd) table(env *Env, defs *indicator.Definitions, figures []indicator.Figure) error {
	if len(figures) == 0 {
		_, err := fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.figures_none"))
		return err
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 4, 2, ' ', 0)
	heads := []string{"title", "unit", "opening", "arising", "closing", "estimate", "target", "measure"}
	for i, h := range heads {
		heads[i] = env.Catalog.T(env.Lang, "cli.figures_"+h)
	}
	fmt.Fprintln(w, strings.Join(heads, "\t"))
	for _, f := range figures {
		d, _ := defs.Get(f.Indicator)
		cells := []string{d.Title.In(env.Lang), f.Unit}
		for _, v := range []indicator.Value{f.Opening, f.Arising, f.Closing, f.Estimate, f.Target} {
			cells = append(cells, lang.Decimal(env.Lang, int64(v)))
		}
		fmt.Fprintln(w, strings.Join(append(cells, d.Measure.In(env.Lang)), "\t"))
	}
	return w.Flush()
}

// listed is what --list --json prints.
type listed struct {
	Indicator string         `json:"indicator"`
	Type      indicator.Type `json:"type"`
	Title     string         `json:"title"`
	Measure   string         `json:"measure"`
}

// list prints the definitions; no data is opened.
func (c *figuresCmd) list(env *Env) error {
	defs, err := app.IndicatorDefinitions(env.Data)
	if err != nil {
		return err
	}
	var out []listed
	for _, d := range defs.All() {
		out = append(out, listed{d.ID, d.Type, d.Title.In(env.Lang), d.Measure.In(env.Lang)})
	}
	if c.JSON {
		return printLines(env.Stdout, out)
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 4, 2, ' ', 0)
	for _, l := range out {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Indicator, l.Type, l.Title, l.Measure)
	}
	return w.Flush()
}

// printLines writes one JSON object a line.
func printLines[T any](w io.Writer, items []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, item := range items {
		if err := enc.Encode(item); err != nil {
			return err
		}
	}
	return nil
}
