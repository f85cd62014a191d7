// The bench program (đo hiệu năng) measures the figures that docs/benchmarks.md states, each beside its goal.
//
// It owns the loads: a generator of dossiers, a small HTTP client, and a bare server that does only the rows of
// the same commands. What it measures is the program as it is: servers run as processes of their own, so that their
// processor time and memory can be read apart from those of the clients.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// options are what scripts/bench passes on.
type options struct {
	runs     int
	seconds  time.Duration
	clients  int
	dossiers int // of the year
	articles int // of the search
	dir      string
	profile  string // folder for processor profiles of the servers
	keep     string // folder that keeps the data of the year, the list and the search for the next call
	program  string // the trucot binary
}

// sections are the measurements by name, in the order in which they print.
var sections = []struct {
	name string
	run  func(context.Context, *options) ([]row, error)
}{
	{"http", measureHTTP},
	{"slow-disk", measureSlowDisk},
	{"start", measureEmptyStart},
	{"year", measureYear},
	{"list", measureWorklist},
	{"office", measureOffice},
	{"portal", measurePortal},
	{"search", measureSearch},
	{"ledger", measureLedger},
	{"columns", measureColumns},
	{"import", measureImports},
	{"campaign", measureCampaign},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(ctx, args[1:])
		case "bare":
			return bare(ctx, args[1:])
		}
	}
	o, wanted, err := parse(args)
	if err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp(os.Getenv("BENCH_TMP"), "trucot-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	fmt.Printf("%s, %d cores, %s %s/%s\n\n", time.Now().Format("2006-01-02 15:04"), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, s := range sections {
		if len(wanted) > 0 && !wanted[s.name] {
			continue
		}
		rows, err := s.run(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		printRows(os.Stdout, s.name, rows)
	}
	return nil
}

func parse(args []string) (*options, map[string]bool, error) {
	o := &options{}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&o.runs, "runs", 5, "runs of each measurement; the median counts")
	f.DurationVar(&o.seconds, "for", 4*time.Second, "length of one run under load")
	f.IntVar(&o.clients, "clients", 32, "HTTP clients")
	f.IntVar(&o.dossiers, "dossiers", 100_000, "dossiers of the year, seven events each, and of the list")
	f.IntVar(&o.articles, "articles", 200_000, "published articles of the search")
	f.StringVar(&o.profile, "profile", "", "folder for processor profiles of the servers")
	f.StringVar(&o.keep, "keep", "", "folder that keeps the data of the year, the list and the search for the next call; the last two then on SQLite alone")
	f.StringVar(&o.program, "trucot", "./trucot", "the program")
	if err := f.Parse(args); err != nil {
		return nil, nil, err
	}
	wanted := map[string]bool{}
	for _, name := range f.Args() {
		if !known(name) {
			return nil, nil, fmt.Errorf("no section %q; there are %s", name, strings.Join(names(), ", "))
		}
		wanted[name] = true
	}
	return o, wanted, nil
}

// place is a database to measure on; db is empty for SQLite.
type place struct{ name, db string }

// places are both databases, or the one whose data can be kept.
func (o *options) places(postgres string) []place {
	if o.keep != "" {
		return []place{{"SQLite", ""}}
	}
	return []place{{"SQLite", ""}, {"PostgreSQL", postgres}}
}

// folder is where the n records of a section stand.
func (o *options) folder(p place, section string, n int) string {
	if o.keep != "" {
		return filepath.Join(o.keep, fmt.Sprint(section, "-", n))
	}
	return filepath.Join(o.dir, section+"-"+p.name)
}

// filledMark is the file that tells that a kept folder has all its records.
const filledMark = "bench-filled"

func filled(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, filledMark))
	return err == nil
}

func markFilled(dir string) error { return os.WriteFile(filepath.Join(dir, filledMark), nil, 0o600) }

func names() []string {
	var out []string
	for _, s := range sections {
		out = append(out, s.name)
	}
	return out
}

func known(name string) bool {
	for _, s := range sections {
		if s.name == name {
			return true
		}
	}
	return false
}
