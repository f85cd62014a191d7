package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"trucot/internal/app"
	"trucot/internal/kernel/fault"
	"trucot/internal/room/report"
)

// importFormsCmd is "trucot import forms FILE…": reads filled-in statistical forms, records their cells and
// prints the sums that do not hold.
type importFormsCmd struct {
	Files  []string `arg:"" help:"help_import_forms_files"`
	Unit   string   `help:"help_import_forms_unit"`
	Period string   `help:"help_import_forms_period"`
	Form   string   `help:"help_import_forms_form"`
	JSON   bool     `name:"json" help:"help_import_forms_json"`
}

// maxFormFile bounds one form file; the largest real one seen is under 100 KiB.
const maxFormFile = 32 << 20

// Run imports file by file. A file that cannot be imported does not stop the others; the command then
// fails at its end.
func (c *importFormsCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	var failed fault.List
	for _, name := range c.Files {
		done, err := c.one(env, a, name)
		if err != nil {
			failed = append(failed, asFault(err, name))
			continue
		}
		for i := range done {
			if err := c.print(env, &done[i]); err != nil {
				return err
			}
		}
	}
	return failed.OrNil()
}

func (c *importFormsCmd) one(env *Env, a *app.App, name string) ([]report.Imported, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.file_unreadable", "file", name).Because(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFormFile+1))
	if err != nil {
		return nil, fault.New(fault.NotFound, "cli.file_unreadable", "file", name).Because(err)
	}
	if len(raw) > maxFormFile {
		return nil, fault.New(fault.TooLarge, "cli.file_too_large", "file", name, "limit", maxFormFile>>20)
	}
	return a.Reports.Import(env.Ctx, report.Source{Name: name, Data: raw}, report.ImportOptions{Unit: c.Unit, Period: c.Period, Form: c.Form, Actor: "cli"})
}

// print writes the discrepancies to standard output; with --json the account of the import goes to standard
// error, so that standard output holds one discrepancy a line and nothing else.
func (c *importFormsCmd) print(env *Env, im *report.Imported) error {
	out := env.Stdout
	if c.JSON {
		out = env.Stderr
	}
	for _, line := range im.Account(env.Catalog, env.Lang) {
		fmt.Fprintln(out, line)
	}
	return printDiscrepancies(env, im.Discrepancies, c.JSON)
}

// printDiscrepancies prints one JSON object a line, or sentences.
func printDiscrepancies(env *Env, list []report.Discrepancy, asJSON bool) error {
	enc := json.NewEncoder(env.Stdout)
	enc.SetEscapeHTML(false)
	for _, d := range list {
		if !asJSON {
			fmt.Fprintln(env.Stdout, "  "+d.Sentence(env.Catalog, env.Lang))
			continue
		}
		if err := enc.Encode(d); err != nil {
			return err
		}
	}
	return nil
}

// asFault keeps a reader's fault and gives any other error the file's name.
func asFault(err error, name string) *fault.Error {
	switch e := err.(type) {
	case *fault.Error:
		return e
	case fault.List:
		if len(e) == 1 {
			return e[0]
		}
	}
	return fault.New(fault.Internal, "cli.file_failed", "file", name).Because(err)
}
