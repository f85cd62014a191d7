package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"trucot/internal/app"
	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
)

// importLogCmd is "trucot import log FILE…": reads XES, CSV and OCEL logs of other systems into dossiers.
type importLogCmd struct {
	Files      []string `arg:"" help:"help_import_log_files"`
	Map        string   `placeholder:"FILE" help:"help_import_log_map"`
	Name       string   `help:"help_import_log_name"`
	Unit       string   `help:"help_import_log_unit"`
	Lenient    bool     `help:"help_import_log_lenient"`
	Exceptions bool     `help:"help_import_log_exceptions"`
	JSON       bool     `name:"json" help:"help_json"`
}

// Run imports file by file. A file that cannot be imported writes nothing and does not stop the others;
// the command fails at its end.
func (c *importLogCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	var failed fault.List
	for _, file := range c.Files {
		q := app.LogImport{Path: file, Map: c.Map, Name: c.Name, Unit: c.Unit, Actor: "cli", Lenient: c.Lenient}
		if c.Exceptions {
			q.Exception = c.exception(env)
		}
		done, err := a.ImportLog(env.Ctx, q)
		if err != nil {
			if failed, err = collect(failed, err); err != nil {
				return err
			}
			continue
		}
		if err := c.print(env, done); err != nil {
			return err
		}
	}
	c.hint(env, failed)
	return failed.OrNil()
}

// hint tells of --lenient where a file was refused for breaking the standard that it claims.
func (c *importLogCmd) hint(env *Env, failed fault.List) {
	for _, f := range failed {
		if strings.HasPrefix(f.Key, "eventlog.xes_") && f.Key != "eventlog.xes_not_log" && !c.Lenient {
			fmt.Fprintln(env.Stderr, env.Catalog.T(env.Lang, "cli.log_strict_hint"))
			return
		}
	}
}

// collect adds the faults of one file to those before; an error that is no fault comes back.
func collect(list fault.List, err error) (fault.List, error) {
	switch e := err.(type) {
	case *fault.Error:
		return append(list, e), nil
	case fault.List:
		return append(list, e...), nil
	}
	return list, err
}

// exception prints one case of the lateness check as it comes.
func (c *importLogCmd) exception(env *Env) func(app.LogException) error {
	return func(x app.LogException) error {
		if c.JSON {
			return json.NewEncoder(env.Stdout).Encode(x)
		}
		for _, r := range x.Reasons {
			_, err := fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.log_exception", "case", x.Case, "due", x.Due, "finished", x.Finished,
				"last", x.Last, "reason", env.Catalog.T(env.Lang, "cli.log_reason_"+string(r))))
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// print writes the account to standard output and the warnings to standard error.
func (c *importLogCmd) print(env *Env, done *app.LogImported) error {
	for _, n := range done.Notes {
		fmt.Fprintln(env.Stderr, env.Catalog.T(env.Lang, "cli.warning", "text", env.Catalog.Error(env.Lang, n)))
	}
	if more := done.Warnings - len(done.Notes); more > 0 {
		fmt.Fprintln(env.Stderr, env.Catalog.T(env.Lang, "cli.warnings_more", "n", more))
	}
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(done)
	}
	t := func(key string, args ...any) {
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.log_"+key, args...))
	}
	t("read", "file", done.File, "cases", done.Cases, "events", done.Events, "activities", done.Activities)
	if from, to := done.From.Format(env.Lang), done.To.Format(env.Lang); from != "" {
		t("span", "from", from, "to", to, "resources", done.Resources, "mapping", done.Mapping)
	}
	t("written", "imported", done.Imported, "already", done.Already)
	if done.Skipped > 0 {
		t("skipped", "n", done.Skipped)
	}
	if done.Late+done.OnTime+done.Open > 0 {
		t("late", "late", done.Late, "on_time", done.OnTime, "open", done.Open, "agree", done.Agree)
		for _, r := range eventlog.Reasons {
			if n := done.Exceptions[r]; n > 0 {
				t("exceptions", "n", n, "reason", env.Catalog.T(env.Lang, "cli.log_reason_"+string(r)))
			}
		}
	}
	return nil
}
