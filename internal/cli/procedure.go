package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/dossier/script"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// procedureCmd is "trucot procedure …".
type procedureCmd struct {
	Lint procedureLint `cmd:"" help:"help_procedure_lint"`
	Test procedureTest `cmd:"" help:"help_procedure_test"`
	Draw procedureDraw `cmd:"" help:"help_procedure_draw"`
	New  procedureNew  `cmd:"" help:"help_procedure_new"`
}

// procedureFiles are definitions, and which of their files were asked for.
type procedureFiles struct {
	all   fs.FS
	own   fs.FS  // of these; nil = all
	below string // the procedure, or the version, that the folder given is; "" = all of own
}

// proceduresIn is the folder given on top of the shipped procedures, or the agency's definitions. The folder may be that of
// one procedure or of one of its versions.
func proceduresIn(env *Env, dir string) (*procedureFiles, error) {
	if dir == "" {
		all, err := fs.Sub(app.Definitions(env.Data), "procedures")
		return &procedureFiles{all: all}, err
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fault.New(fault.NotFound, "procedure.no_folder", "folder", dir)
	}
	below := ""
	for _, pattern := range []string{"procedure.yaml", "*/procedure.yaml"} {
		if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) > 0 { // the patterns are well formed
			below = filepath.Base(dir) + "/" + below
			dir = filepath.Dir(dir)
		}
	}
	own := os.DirFS(dir)
	all, err := app.ProceduresOver(own)
	return &procedureFiles{all, own, below}, err
}

// asked reports whether a file is one of those that were asked for.
func (f *procedureFiles) asked(file string) bool {
	if f.own == nil {
		return true
	}
	_, err := fs.Stat(f.own, file)
	return err == nil && strings.HasPrefix(file, f.below)
}

// procedureLint checks definitions.
type procedureLint struct {
	Dir  string `arg:"" optional:"" type:"path" help:"help_procedure_dir"`
	JSON bool   `name:"json" help:"help_json"`
}

// lintLine is what --json prints: one object a fault, and one a definition that is in order.
type lintLine struct {
	Procedure string `json:"procedure,omitempty"`
	Version   string `json:"version,omitempty"`
	Status    string `json:"status,omitempty"`
	File      string `json:"file"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	Key       string `json:"key,omitempty"`
	Message   string `json:"message,omitempty"`
}

// Run prints every fault; with one or more it fails.
func (c *procedureLint) Run(env *Env) error {
	files, err := proceduresIn(env, c.Dir)
	if err != nil {
		return err
	}
	set, faults := procedure.Lint(files.all)
	faults = slices.DeleteFunc(faults, func(e *fault.Error) bool { return e.Place.File != "" && !files.asked(e.Place.File) })
	if len(faults) == 0 {
		if err := set.LoadLocal(files.all); err != nil {
			return err
		}
	}
	asked := slices.DeleteFunc(set.All(), func(p *procedure.Procedure) bool { return !files.asked(p.At.File) })
	if c.JSON {
		return c.printJSON(env, asked, faults)
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	ids := map[string]bool{}
	for _, p := range asked {
		ids[p.ID] = true
		fmt.Fprintf(env.Stdout, "%-28s %-8s %s → %-10s  %s (%s)\n", p.ID, p.Version, p.Effective.From, p.Effective.To, p.Title.In(env.Lang),
			env.Catalog.T(env.Lang, "procedure.status_"+p.Status))
	}
	fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "procedure.ok", "n", len(ids), "versions", len(asked)))
	return nil
}

func (c *procedureLint) printJSON(env *Env, asked []*procedure.Procedure, faults fault.List) error {
	enc := json.NewEncoder(env.Stdout)
	for _, e := range faults {
		place := e.Place
		message := *e
		message.Place = fault.Place{}
		if err := enc.Encode(lintLine{File: place.File, Line: place.Line, Column: place.Column, Key: e.Key,
			Message: env.Catalog.Error(env.Lang, &message)}); err != nil {
			return err
		}
	}
	for _, p := range asked {
		if err := enc.Encode(lintLine{Procedure: p.ID, Version: p.Version, Status: p.Status, File: p.At.File}); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "cli.procedure_faults", "n", len(faults))
	}
	return nil
}

// procedureTest runs the scripts beside the definitions.
type procedureTest struct {
	Dir  string `arg:"" optional:"" type:"path" help:"help_procedure_dir"`
	Only string `placeholder:"ID" help:"help_procedure_only"`
	JSON bool   `name:"json" help:"help_json"`
}

// testLine is what --json prints, one object a script.
type testLine struct {
	Script  string `json:"script"`
	Steps   int    `json:"steps"`
	Passed  bool   `json:"passed"`
	Message string `json:"message,omitempty"`
}

// Run prints one line a script; with one that fails it fails.
func (c *procedureTest) Run(env *Env) error {
	files, err := proceduresIn(env, c.Dir)
	if err != nil {
		return err
	}
	set, err := procedure.Load(files.all)
	if err != nil {
		return err
	}
	cal, err := app.Calendar(env.Data)
	if err != nil {
		return err
	}
	scripts, err := script.Find(files.all)
	if err != nil {
		return err
	}
	failed, ran := 0, 0
	for _, s := range scripts {
		if c.Only != "" && s.Procedure != c.Only || !files.asked(s.File) {
			continue
		}
		ok, err := c.one(env, s, set, cal)
		if err != nil {
			return err
		}
		ran++
		if !ok {
			failed++
		}
	}
	missing := unscripted(set, scripts)
	missing = slices.DeleteFunc(missing, func(e *fault.Error) bool { return !files.asked(e.Place.File) })
	if err := missing.OrNil(); err != nil && c.Only == "" {
		return err
	}
	if failed > 0 {
		return fault.New(fault.Invalid, "cli.scripts_failed", "failed", failed, "n", ran)
	}
	if !c.JSON {
		fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.scripts_passed", "n", ran))
	}
	return nil
}

func (c *procedureTest) one(env *Env, s *script.Script, set *procedure.Set, cal *calendar.Calendar) (bool, error) {
	r, err := script.Run(env.Ctx, s, set, cal, env.Catalog)
	if err != nil {
		return false, err
	}
	passed := len(r.Faults) == 0
	message := ""
	if !passed {
		message = env.Catalog.Error(env.Lang, r.Faults)
	}
	if c.JSON {
		return passed, json.NewEncoder(env.Stdout).Encode(testLine{s.File, r.Steps, passed, message})
	}
	key := "cli.script_passed"
	if !passed {
		key = "cli.script_failed"
	}
	fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, key, "file", s.File, "steps", r.Steps))
	if !passed {
		fmt.Fprintln(env.Stdout, message)
	}
	return passed, nil
}

// unscripted are the versions that take dossiers and have no script beside them.
func unscripted(set *procedure.Set, scripts []*script.Script) fault.List {
	has := map[string]bool{}
	for _, s := range scripts {
		has[filepath.ToSlash(filepath.Dir(filepath.Dir(s.File)))] = true
	}
	var faults fault.List
	for _, p := range set.All() {
		if p.Status != procedure.Draft && !has[p.ID+"/"+p.Version] {
			faults = append(faults, fault.New(fault.Invalid, "procedure.no_script").At(fault.Place{File: p.At.File}))
		}
	}
	return faults
}

// procedureDraw writes the state diagram as SVG.
type procedureDraw struct {
	ID      string `arg:"" help:"help_procedure_id"`
	Version string `placeholder:"V" help:"help_procedure_version"`
	Dir     string `type:"path" help:"help_procedure_dir"`
	Out     string `short:"o" type:"path" placeholder:"FILE" help:"help_procedure_out"`
}

// Run draws the version named, else the latest one.
func (c *procedureDraw) Run(env *Env) error {
	files, err := proceduresIn(env, c.Dir)
	if err != nil {
		return err
	}
	set, err := procedure.Load(files.all)
	if err != nil {
		return err
	}
	versions := set.Versions(c.ID)
	if len(versions) == 0 {
		return fault.New(fault.NotFound, "procedure.unknown", "id", c.ID)
	}
	p := versions[len(versions)-1]
	if c.Version != "" {
		if p, err = set.Version(c.ID, c.Version); err != nil {
			return err
		}
	}
	svg := p.Draw(env.Catalog, env.Lang)
	if c.Out == "" {
		_, err = fmt.Fprint(env.Stdout, svg)
		return err
	}
	return os.WriteFile(c.Out, []byte(svg), 0o644)
}

// procedureNew makes the folder of a new definition.
type procedureNew struct {
	ID      string `arg:"" help:"help_procedure_id"`
	Version string `default:"1" placeholder:"V" help:"help_procedure_version"`
	Dir     string `default:"definitions/procedures" type:"path" help:"help_procedure_dir"`
}

// Run writes a template that passes lint and test, as a draft.
func (c *procedureNew) Run(env *Env) error {
	files, err := procedure.Template(c.ID, c.Version, calendar.OfTime(time.Now()))
	if err != nil {
		return err
	}
	for name, text := range files {
		at := filepath.Join(c.Dir, filepath.FromSlash(name))
		if _, err := os.Stat(at); err == nil {
			return fault.New(fault.Conflict, "procedure.exists", "file", at)
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			return err
		}
		if strings.HasSuffix(name, ".yaml") {
			fmt.Fprintln(env.Stdout, env.Catalog.T(env.Lang, "cli.procedure_made", "file", at))
		}
	}
	return nil
}
