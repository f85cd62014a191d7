package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/room/report"
)

// reportCmd groups the commands on reports.
type reportCmd struct {
	List    reportListCmd    `cmd:"" help:"help_report_list"`
	Build   reportBuildCmd   `cmd:"" help:"help_report_build"`
	Freeze  reportFreezeCmd  `cmd:"" help:"help_report_freeze"`
	Changes reportChangesCmd `cmd:"" help:"help_report_changes"`

	Package     reportPackageCmd     `cmd:"" help:"help_report_package"`
	Consolidate reportConsolidateCmd `cmd:"" help:"help_report_consolidate"`
	Cutoffs     reportCutoffsCmd     `cmd:"" help:"help_report_cutoffs"`
}

// reportListCmd is "trucot report list".
type reportListCmd struct {
	JSON bool `name:"json" help:"help_json"`
}

// Run prints the regimes: {"regime":…,"kind":…,"title":…,"periods":[…],"due":…,"forms":[…]} a line with --json.
func (c *reportListCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	enc := json.NewEncoder(env.Stdout)
	enc.SetEscapeHTML(false)
	for _, r := range a.Reports.Regimes.All() {
		var forms []string
		for _, f := range a.Reports.Regimes.Forms.OfRegime(r.ID) {
			forms = append(forms, f.Code)
		}
		if !c.JSON {
			fmt.Fprintf(env.Stdout, "%-16s %s\n", r.ID, r.Title[env.Lang])
			fmt.Fprintf(env.Stdout, "%-16s %s\n", "", env.Catalog.T(env.Lang, "report.list_due", "due", r.Due[env.Lang], "source", r.Source, "status", r.Status))
			if len(forms) > 0 {
				fmt.Fprintf(env.Stdout, "%-16s %s\n", "", env.Catalog.T(env.Lang, "report.list_forms", "list", strings.Join(forms, ", ")))
			}
			continue
		}
		if err := enc.Encode(map[string]any{"regime": r.ID, "kind": r.Kind, "title": r.Title[env.Lang], "periods": r.Periods, "due": r.Due[env.Lang], "forms": forms}); err != nil {
			return err
		}
	}
	return nil
}

// reportFlags say which report.
type reportFlags struct {
	Regime string `required:"" help:"help_report_regime"`
	Period string `required:"" help:"help_report_period"`
	Unit   string `help:"help_report_unit"`
	AsOf   string `name:"as-of" help:"help_report_as_of"`
}

func (f *reportFlags) request() (report.Request, error) {
	q := report.Request{Regime: f.Regime, Period: f.Period, Unit: f.Unit, AsOf: calendar.NoDate}
	if f.AsOf == "" {
		return q, nil
	}
	d, err := calendar.Parse(f.AsOf)
	q.AsOf = d
	return q, err
}

// reportBuildCmd is "trucot report build": writes a report's files.
type reportBuildCmd struct {
	reportFlags
	KnownAt int64  `name:"known-at" help:"help_report_known_at"`
	Frozen  bool   `help:"help_report_frozen"`
	Out     string `required:"" type:"path" help:"help_report_out"`
	JSON    bool   `name:"json" help:"help_json"`
}

// Run writes <regime>-<period>[-<unit>].docx, .xlsx and .json and prints their paths.
func (c *reportBuildCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := c.request()
	if err != nil {
		return err
	}
	if err := knownAt(a, c.KnownAt); err != nil {
		return err
	}
	q.KnownAt = c.KnownAt
	if c.Frozen {
		return c.writeFrozen(env, a.Reports, q)
	}
	rep, err := a.Reports.Build(env.Ctx, q)
	if err != nil {
		return err
	}
	return writeReport(env, rep.FileName(), reportFiles(rep), c.Out, c.JSON)
}

// writeFrozen writes the report as it was frozen; without its JSON where it cannot be made again and only its files are kept.
func (c *reportBuildCmd) writeFrozen(env *Env, room *report.Room, q report.Request) error {
	f, err := frozen(env, room, q)
	if err != nil {
		return err
	}
	files := map[string]func(io.Writer) error{}
	rep, err := room.Rebuild(env.Ctx, f)
	switch {
	case err == nil:
		files["json"] = rep.WriteJSON
	case !fault.Is(err, "report.definitions_changed"):
		return err
	}
	for _, kind := range report.FileKinds {
		files[kind] = func(w io.Writer) error {
			b, err := room.FrozenFile(env.Ctx, f, kind)
			if err != nil {
				return err
			}
			_, err = w.Write(b)
			return err
		}
	}
	return writeReport(env, report.FileName(f.Regime, f.Period, f.Unit), files, c.Out, c.JSON)
}

func frozen(env *Env, room *report.Room, q report.Request) (*report.Frozen, error) {
	f, err := room.LastFrozen(env.Ctx, q)
	if err == nil && f == nil {
		err = fault.New(fault.NotFound, "report.not_frozen", "regime", q.Regime, "period", q.Period)
	}
	return f, err
}

// reportFreezeCmd is "trucot report freeze".
type reportFreezeCmd struct {
	reportFlags
	Out  string `required:"" type:"path" help:"help_report_out"`
	JSON bool   `name:"json" help:"help_json"`
}

// Run freezes the report as of now and writes its files.
func (c *reportFreezeCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := c.request()
	if err != nil {
		return err
	}
	rep, err := a.Reports.Freeze(env.Ctx, q, "cli")
	if err != nil {
		return err
	}
	return writeReport(env, rep.FileName(), reportFiles(rep), c.Out, c.JSON)
}

// reportChangesCmd is "trucot report changes": what is no longer as the frozen report says.
type reportChangesCmd struct {
	reportFlags
	JSON bool `name:"json" help:"help_json"`
}

// Run prints {"figure":…,"period":…,"was":…,"now":…,"events":[positions]} a line with --json, else sentences.
func (c *reportChangesCmd) Run(env *Env) error {
	a, err := env.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := c.request()
	if err != nil {
		return err
	}
	f, err := frozen(env, a.Reports, q)
	if err != nil {
		return err
	}
	changes, err := a.Reports.Changes(env.Ctx, f)
	if err != nil {
		return err
	}
	if len(changes) == 0 && !c.JSON {
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "report.unchanged"))
	}
	enc := json.NewEncoder(env.Stdout)
	enc.SetEscapeHTML(false)
	for _, x := range changes {
		if !c.JSON {
			fmt.Fprintln(env.Stdout, x.Sentence(a.Reports, env.Catalog, env.Lang))
			continue
		}
		positions := []int64{}
		for _, r := range x.Records {
			positions = append(positions, r.Position)
		}
		if err := enc.Encode(map[string]any{"figure": x.Ref, "period": x.Period, "was": x.Value, "now": x.Now, "events": positions}); err != nil {
			return err
		}
	}
	return nil
}

// writeReport writes the three files and prints their paths, or {"docx":…,"xlsx":…,"json":…} with --json.
func writeReport(env *Env, name string, files map[string]func(io.Writer) error, folder string, asJSON bool) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fault.New(fault.Unavailable, "cli.folder_unwritable", "folder", folder).Because(err)
	}
	paths := map[string]string{}
	for _, kind := range []string{"docx", "xlsx", "json"} {
		write := files[kind]
		if write == nil {
			continue
		}
		path := filepath.Join(folder, name+"."+kind)
		if err := writeFile(path, write); err != nil {
			return err
		}
		paths[kind] = path
		if !asJSON {
			fmt.Fprintln(env.Stdout, path)
		}
	}
	if asJSON {
		enc := json.NewEncoder(env.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(paths)
	}
	return nil
}

// reportFiles are the files of a report by their kind.
func reportFiles(rep *report.Report) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{"docx": rep.WriteDOCX, "xlsx": rep.WriteXLSX, "json": rep.WriteJSON}
}

func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fault.New(fault.Unavailable, "cli.folder_unwritable", "folder", filepath.Dir(path)).Because(err)
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
