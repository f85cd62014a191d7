// Package cli (dòng lệnh) is the program's command line: one file a command, each a struct that kong
// fills and a Run method that talks to package app. It owns flags, exit codes and printing, no rules.
package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"trucot/internal/app"
	"trucot/internal/kernel/lang"
)

// Env is the world a command runs in; tests make their own.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Lang   lang.Tag
	Ctx    context.Context

	Catalog *lang.Catalog
	Data    string // the data folder
	Named   bool   // Data was named by the user and is not the default
	DB      string // database address; empty = SQLite inside Data
}

// defaultData is the data folder when none is named.
const defaultData = "trucot-data"

// Standard is the process's own environment. The language is Vietnamese unless LANG begins with "en".
func Standard() *Env {
	return &Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lang: lang.FromEnv(os.Getenv("LANG")), Ctx: context.Background()}
}

// Open opens the agency's data for a command. Reading the definitions makes short-lived garbage that fits
// into memory many times over: collecting it less often makes a start shorter.
func (e *Env) Open() (*app.App, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(startMemory))
	return app.Open(e.Ctx, app.Options{Data: e.Data, DB: e.DB})
}

// startMemory is where the collector steps in all the same, such as when figures catch up with a long ledger.
const startMemory = 192 << 20

// root is the whole command line; one field a command, in the order of help.
type root struct {
	Data string `help:"${help_data}" env:"TRUCOT_DATA" type:"path"`
	DB   string `help:"${help_db}" name:"db" env:"TRUCOT_DB"`

	Demo      demoCmd      `cmd:"" help:"${help_demo}"`
	Init      initCmd      `cmd:"" help:"${help_init}"`
	Serve     serve        `cmd:"" help:"${help_serve}"`
	User      user         `cmd:"" help:"${help_user}"`
	Import    importCmd    `cmd:"" help:"${help_import}"`
	Export    exportCmd    `cmd:"" help:"${help_export}"`
	Report    reportCmd    `cmd:"" help:"${help_report}"`
	Figures   figuresCmd   `cmd:"" help:"${help_figures}"`
	Faults    faultsCmd    `cmd:"" help:"${help_faults}"`
	Procedure procedureCmd `cmd:"" help:"${help_procedure}"`
	Unit      unitCmd      `cmd:"" help:"${help_unit}"`
	Task      taskCmd      `cmd:"" help:"${help_task}"`
	Directive directiveCmd `cmd:"" help:"${help_directive}"`
	Council   councilCmd   `cmd:"" help:"${help_council}"`

	Commendation commendationCmd `cmd:"" help:"${help_commendation}"`

	Calendar calendarCmd `cmd:"" help:"${help_calendar}"`
	Ledger   ledgerCmd   `cmd:"" help:"${help_ledger}"`
}

// Main parses args, runs the command and returns the exit code: 0 done, 1 failed, 2 wrong usage.
func Main(args []string, env *Env) int {
	env.Catalog = app.Catalog()
	ctx, stop := signal.NotifyContext(env.Ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	env.Ctx = ctx
	var cli root
	exit := -1
	parser, err := kong.New(&cli, kong.Name("trucot"), kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(code int) { exit = code }), env.helpTexts(), kong.Help(env.help), kong.Bind(env))
	if err != nil {
		panic(err)
	}
	parser.Model.HelpFlag.Help = env.Catalog.T(env.Lang, "cli.page_help")
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		env.report(usage(err))
		return 2
	}
	env.Data, env.Named, env.DB = cmp.Or(cli.Data, defaultData), cli.Data != "", cli.DB
	if err := command.Run(env); err != nil {
		env.report(err)
		return 1
	}
	return 0
}

// helpTexts gives kong every text "cli.help_x" as the variable ${help_x}.
func (e *Env) helpTexts() kong.Vars {
	vars := kong.Vars{}
	for _, key := range e.Catalog.Keys(lang.VI) {
		if name, ok := strings.CutPrefix(key, "cli."); ok && strings.HasPrefix(name, "help_") {
			vars[name] = e.Catalog.T(e.Lang, key)
		}
	}
	return vars
}

// report prints the one clear message of a failed command.
func (e *Env) report(err error) {
	io.WriteString(e.Stderr, e.Catalog.Error(e.Lang, err)+"\n")
}
