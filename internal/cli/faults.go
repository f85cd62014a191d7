package cli

import (
	"fmt"

	"trucot/internal/kernel/calendar"
)

// faultsCmd is "trucot faults": cross-foots every recorded form again, from the ledger.
type faultsCmd struct {
	Unit    string `help:"help_faults_unit"`
	Period  string `help:"help_faults_period"`
	KnownAt int64  `name:"known-at" help:"help_faults_known_at"`
	JSON    bool   `name:"json" help:"help_faults_json"`
}

// Run prints what "import forms" printed for the same cells.
func (c *faultsCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := knownAt(a, c.KnownAt); err != nil {
		return err
	}
	period := c.Period
	if len(period) == 4 {
		period += "-S" // the forms are kept by statistics year
	}
	if period != "" {
		if _, err := calendar.ParsePeriod(period); err != nil {
			return err
		}
	}
	filed, err := a.Reports.Filed(env.Ctx, c.Unit, period)
	if err != nil {
		return err
	}
	if len(filed) == 0 { // nothing to add up is no reason to say that all is well
		_, err := fmt.Fprintln(env.Stderr, env.Catalog.T(env.Lang, "cli.faults_no_forms"))
		return err
	}
	list, err := a.Reports.Faults(env.Ctx, c.Unit, period, c.KnownAt)
	if err != nil {
		return err
	}
	if len(list) == 0 && !c.JSON {
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "report.no_discrepancies"))
	}
	return printDiscrepancies(env, list, c.JSON)
}
