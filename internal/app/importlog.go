package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"trucot/definitions"
	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// LogImport asks for one log to become dossiers.
type LogImport struct {
	Path    string
	Map     string // mapping file; empty = chosen among the shipped ones by content
	Name    string // names the log in dossier codes; empty = the file's name
	Unit    string // unit that the dossiers count for
	Actor   string
	Lenient bool
	Now     time.Time // the day of entry; zero = the machine's clock
	// Exception, where set, is called for each case whose events tell something else than its recorded end.
	Exception func(LogException) error
}

// LogException is one case of the lateness check; its JSON is one line of --exceptions.
type LogException struct {
	Case     string            `json:"case"`
	Reasons  []eventlog.Reason `json:"reasons"`
	Due      string            `json:"due"`
	Finished string            `json:"finished,omitempty"`
	Last     string            `json:"last_event,omitempty"`
	Recorded string            `json:"recorded"` // verdict of the recorded end
	Events   string            `json:"events"`   // verdict of the events alone
}

// LogImported is the account of an import; its JSON is the documented line of --json.
type LogImported struct {
	File        string                  `json:"file"`
	Format      string                  `json:"format"`
	Version     string                  `json:"version"`
	Name        string                  `json:"name"`
	Mapping     string                  `json:"mapping"`
	Cases       int                     `json:"cases"`
	Events      int                     `json:"events"`
	Activities  int                     `json:"activities"`
	Resources   int                     `json:"resources"`
	From        calendar.Date           `json:"from"`
	To          calendar.Date           `json:"to"`
	Untimed     int                     `json:"untimed"`
	Implausible int                     `json:"implausible"`
	Shared      int                     `json:"shared"`
	Skipped     int                     `json:"skipped"`
	Imported    int                     `json:"imported"` // cases written now
	Already     int                     `json:"already"`  // cases written by an earlier import
	Changed     int                     `json:"changed"`  // cases written earlier with other content, left as they were
	Late        int                     `json:"late"`
	OnTime      int                     `json:"on_time"`
	Open        int                     `json:"open"`
	NoDue       int                     `json:"no_due"`
	Agree       int                     `json:"agree"`
	Exceptions  map[eventlog.Reason]int `json:"exceptions"`
	Warnings    int                     `json:"warnings"`

	// Notes are the first of the warnings, with their places.
	Notes []*fault.Error `json:"-"`
}

// ImportLog reads the log twice: once to check all of it, so that a bad file writes nothing, and once to
// record its cases as dossiers. Importing the same cases again writes nothing.
//
// Errors: fault.NotFound for a missing file, and those of eventlog.Read and ledger.Append.
func (a *App) ImportLog(ctx context.Context, q LogImport) (*LogImported, error) {
	f, src, err := openLog(q.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	opts, err := a.logOptions(q)
	if err != nil {
		return nil, err
	}
	sum, err := eventlog.Read(ctx, src, opts, nil)
	if err != nil {
		return nil, err
	}
	done := accountOf(src.Name, q.logName(), sum)
	w := newCaseWriter(ctx, a.Ledger, q, sum)
	_, err = eventlog.Read(ctx, src, opts, func(c *eventlog.Case) error {
		if err := q.report(c, sum.ByDay); err != nil {
			return err
		}
		return w.add(c)
	})
	if err = errors.Join(err, w.close()); err != nil {
		return nil, err
	}
	done.Imported, done.Already, done.Changed = w.written, w.already, w.changed
	done.Notes, done.Warnings = append(done.Notes, w.notes...), done.Warnings+w.changed
	return done, nil
}

func openLog(path string) (*os.File, eventlog.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, eventlog.Source{}, fault.New(fault.NotFound, "app.log_unreadable", "file", path).Because(err)
	}
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		f.Close()
		return nil, eventlog.Source{}, fault.New(fault.Invalid, "app.log_not_file", "file", path)
	}
	return f, eventlog.Source{Name: filepath.Base(path), R: f, Size: st.Size()}, nil
}

// Mappings are the shipped mappings of foreign logs.
func Mappings() ([]*eventlog.Mapping, error) { return eventlog.LoadMappings(definitions.Files) }

func (a *App) logOptions(q LogImport) (eventlog.Options, error) {
	known, err := Mappings()
	if err != nil {
		return eventlog.Options{}, err
	}
	opts := eventlog.Options{Known: known, Lenient: q.Lenient, Today: q.now()}
	if q.Map != "" {
		raw, err := os.ReadFile(q.Map)
		if err != nil {
			return opts, fault.New(fault.NotFound, "app.map_unreadable", "file", q.Map).Because(err)
		}
		opts.Mapping, err = eventlog.ParseMapping(q.Map, raw, known[0])
		if err != nil {
			return opts, err
		}
	}
	return opts, nil
}

// logName is the file's name without its endings, unless the caller named the log.
func (q *LogImport) logName() string {
	if q.Name != "" {
		return q.Name
	}
	name, _, _ := strings.Cut(filepath.Base(q.Path), ".")
	return name
}

func (q *LogImport) now() time.Time {
	if q.Now.IsZero() {
		return time.Now()
	}
	return q.Now
}

// report tells the caller of a case whose events and recorded end disagree.
func (q *LogImport) report(c *eventlog.Case, byDay bool) error {
	recorded, events, reasons := c.Compare(byDay)
	if q.Exception == nil || len(reasons) == 0 {
		return nil
	}
	return q.Exception(LogException{Case: c.ID, Reasons: reasons, Due: stamp(c.Due), Finished: stamp(c.Finished),
		Last: stamp(c.Last()), Recorded: recorded.String(), Events: events.String()})
}

func accountOf(file, name string, sum *eventlog.Summary) *LogImported {
	s, l := sum.Statistics, sum.Lateness
	if l.Exceptions == nil {
		l.Exceptions = map[eventlog.Reason]int{}
	}
	if s.Cases == 0 {
		s.From, s.To = calendar.NoDate, calendar.NoDate
	}
	return &LogImported{
		File: file, Format: sum.Format, Version: sum.Version, Name: name, Mapping: sum.Mapping,
		Cases: s.Cases, Events: s.Events - s.Shared, Activities: s.Activities, Resources: s.Resources, From: s.From, To: s.To,
		Untimed: s.Untimed, Implausible: s.Implausible, Shared: s.Shared, Skipped: sum.Skipped,
		Late: l.Late, OnTime: l.OnTime, Open: l.Open, NoDue: l.NoDue, Agree: l.Agree, Exceptions: l.Exceptions,
		Warnings: sum.WarningN, Notes: sum.Warnings,
	}
}
