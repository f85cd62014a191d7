package cli

import (
	"bufio"
	"fmt"
	"os"

	"trucot/internal/kernel/fault"
)

// exportCmd groups what writes files for others.
type exportCmd struct {
	XES    exportXESCmd `cmd:"" name:"xes" help:"help_export_xes"`
	Ledger ledgerExport `cmd:"" help:"help_ledger_export"`
}

// exportXESCmd is "trucot export xes": the dossiers as an event log by IEEE 1849.
type exportXESCmd struct {
	Procedure string `help:"help_export_xes_procedure"`
	Out       string `placeholder:"FILE" help:"help_export_out"`
}

// Run writes to --out or standard output. A file is complete or absent: it is written beside its place
// and renamed.
func (c *exportXESCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Out == "" {
		out := bufio.NewWriter(env.Stdout)
		if _, _, err := a.ExportXES(env.Ctx, out, c.Procedure); err != nil {
			return err
		}
		return out.Flush()
	}
	part := c.Out + ".part"
	f, err := os.Create(part)
	if err != nil {
		return fault.New(fault.Unavailable, "cli.out_unwritable", "file", c.Out).Because(err)
	}
	defer os.Remove(part)
	cases, events, err := a.ExportXES(env.Ctx, f, c.Procedure)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(part, c.Out); err != nil {
		return fault.New(fault.Unavailable, "cli.out_unwritable", "file", c.Out).Because(err)
	}
	fmt.Fprintln(env.Stderr, env.Catalog.T(env.Lang, "cli.export_xes_done", "file", c.Out, "cases", cases, "events", events))
	return nil
}
