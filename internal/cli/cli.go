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
	Clamd   string // ClamAV daemon for attachments; empty = none
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
	return app.Open(e.Ctx, app.Options{Data: e.Data, DB: e.DB, Clamd: e.Clamd})
}

// startMemory is where the collector steps in all the same, such as when figures catch up with a long ledger.
const startMemory = 192 << 20

// root is the whole command line; one field a command, in the order of help.
type root struct {
	Data  string `help:"help_data" env:"TRUCOT_DATA" type:"path"`
	DB    string `help:"help_db" name:"db" env:"TRUCOT_DB"`
	Clamd string `help:"help_clamd" env:"TRUCOT_CLAMD" placeholder:"ADDRESS"`

	Demo       demoCmd       `cmd:"" help:"help_demo"`
	Init       initCmd       `cmd:"" help:"help_init"`
	Serve      serve         `cmd:"" help:"help_serve"`
	User       user          `cmd:"" help:"help_user"`
	Import     importCmd     `cmd:"" help:"help_import"`
	Export     exportCmd     `cmd:"" help:"help_export"`
	Report     reportCmd     `cmd:"" help:"help_report"`
	Figures    figuresCmd    `cmd:"" help:"help_figures"`
	Faults     faultsCmd     `cmd:"" help:"help_faults"`
	Procedure  procedureCmd  `cmd:"" help:"help_procedure"`
	Unit       unitCmd       `cmd:"" help:"help_unit"`
	Task       taskCmd       `cmd:"" help:"help_task"`
	Directive  directiveCmd  `cmd:"" help:"help_directive"`
	Party      partyCmd      `cmd:"" help:"help_party"`
	Calendar   calendarCmd   `cmd:"" help:"help_calendar"`
	Ledger     ledgerCmd     `cmd:"" help:"help_ledger"`
	Attachment attachmentCmd `cmd:"" help:"help_attachment"`
	Webhook    webhookCmd    `cmd:"" help:"help_webhook"`
	Search     searchCmd     `cmd:"" help:"help_search"`
	Quality    qualityCmd    `cmd:"" help:"help_quality"`
	Council    councilCmd    `cmd:"" help:"help_council"`

	Commendation commendationCmd `cmd:"" help:"help_commendation"`
	Conference   conferenceCmd   `cmd:"" help:"help_conference"`
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
		kong.Exit(func(code int) { exit = code }), kong.Help(env.help), kong.Bind(env))
	if err != nil {
		panic(err)
	}
	parser.Model.HelpFlag.Help = "page_help"
	env.translate(parser.Model.Node)
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		env.report(usage(err))
		return 2
	}
	env.Data, env.Named, env.DB, env.Clamd = cmp.Or(cli.Data, defaultData), cli.Data != "", cli.DB, cli.Clamd
	if err := command.Run(env); err != nil {
		env.report(err)
		return 1
	}
	return 0
}

// translate puts the reader's words where the tags name a text, "help_x" for "cli.help_x". Kong's own variables
// would copy every text for every flag: a tenth of a start.
func (e *Env) translate(n *kong.Node) {
	n.Help = e.helpText(n.Help)
	for _, f := range n.Flags {
		f.Help = e.helpText(f.Help)
	}
	for _, p := range n.Positional {
		p.Help = e.helpText(p.Help)
	}
	for _, child := range n.Children {
		e.translate(child)
	}
}

func (e *Env) helpText(name string) string {
	if name == "" {
		return ""
	}
	return e.Catalog.T(e.Lang, "cli."+name)
}

// report prints the one clear message of a failed command.
func (e *Env) report(err error) {
	io.WriteString(e.Stderr, e.Catalog.Error(e.Lang, err)+"\n")
}
