// Package sample (cơ quan mẫu) makes the agency that a newcomer sees first: a made-up provincial department of
// science and technology with its Party committee over the reporting years 2024 and 2025
// (15/12/2023–14/12/2025), missions and open dossiers from before carried in, and beside it the real annual
// statistics of one province.
//
// Everything is recorded through the engines and rooms themselves, day by day under a simulated clock, so that
// the rules hold for the sample as they do for real work; no event is written past them. The same program
// makes the same ledger, byte for byte: chance comes from a generator with a fixed seed, and no personal
// field is filled, since sealed values are random by nature.
//
// It owns how likely things are, nothing else: names and words stand in definitions/samples/so-khcn-mau.
package sample

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"trucot/definitions"
	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/report"
)

// The folders of the sample's words and of the real province's forms, in the definitions.
const (
	wordsFolder    = "samples/so-khcn-mau"
	provinceFolder = "samples/quang-tri-2017"
)

// Province is the unit and the period of the real statistics.
const (
	Province       = "so-kh-cn-quang-tri"
	ProvincePeriod = "2017-S"
)

// Guest is the account that may open every page of the sample.
const Guest = "xemthu"

// actor records what no person of the sample does.
const actor = "mau"

// The days of the sample. Work begins on firstDay; the two reporting years are those after opening.
var (
	missionsFrom = calendar.MustParse("2022-01-10")
	firstDay     = calendar.MustParse("2023-11-01")
	opening      = calendar.MustParse("2023-12-15")
	lastDay      = calendar.MustParse("2025-12-14")
)

// Today is the day on which the sample ends and its clock goes on.
func Today() calendar.Date { return lastDay }

// Options say where the sample is.
type Options struct {
	Data string // folder
	DB   string // PostgreSQL address; empty = SQLite in Data
}

// Agency is the opened sample.
type Agency struct {
	*app.App
	Filed int // dossiers filed while making it
	Made  bool

	clock *clock
	data  string
}

// The states of a sample's folder, in its marker file.
const (
	markerFile = "mau.txt"
	filling    = "filling\n"
	ready      = "ready\n"
)

// Open makes the sample in a fresh folder, or opens the one that is there. Errors: fault.Conflict
// "app.sample_other_data" when the folder or database holds anything else, "app.sample_unfinished" when making it
// was broken off.
func Open(ctx context.Context, o Options) (*Agency, error) {
	state, err := stateOf(o.Data)
	if err != nil {
		return nil, err
	}
	if state == "" {
		if err := begin(o.Data); err != nil {
			return nil, err
		}
	}
	c := newClock()
	a, err := app.Open(ctx, app.Options{Data: o.Data, DB: o.DB, Clock: c.Now})
	if err != nil {
		return nil, err
	}
	g := &Agency{App: a, Made: state == "", clock: c, data: o.Data}
	if err := g.ready(ctx, state); err != nil {
		a.Close()
		return nil, err
	}
	c.run(lastDay)
	return g, nil
}

// ready fills a fresh database and refuses one that does not fit the marker.
func (g *Agency) ready(ctx context.Context, state string) error {
	if (g.Ledger.Head() == 0) != (state == "") {
		return fault.New(fault.Conflict, "app.sample_other_data", "folder", g.data)
	}
	if state == ready {
		return nil
	}
	if err := g.fill(ctx); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(g.data, markerFile), []byte(ready), 0o640)
}

// stateOf reads the marker; an absent or empty folder has no state.
func stateOf(folder string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, markerFile))
	switch {
	case err == nil && string(raw) == ready:
		return ready, nil
	case err == nil:
		return "", fault.New(fault.Conflict, "app.sample_unfinished", "folder", folder)
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		return "", fault.New(fault.Invalid, "store.not_a_folder", "path", folder).Because(err)
	}
	if len(entries) > 0 {
		return "", fault.New(fault.Conflict, "app.sample_other_data", "folder", folder)
	}
	return "", nil
}

// begin lays the marker and the agency's papers into a fresh folder.
func begin(folder string) error {
	page, err := fs.ReadFile(definitions.Files, wordsFolder+"/page.yaml")
	if err != nil {
		return err
	}
	own := filepath.Join(folder, "definitions")
	if err := os.MkdirAll(own, 0o750); err != nil {
		return fault.New(fault.Unavailable, "store.read_only", "path", folder).Because(err)
	}
	if err := os.WriteFile(filepath.Join(own, app.AgencyFile), page, 0o640); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, markerFile), []byte(filling), 0o640)
}

// Reports are the reports of the main job, in the order in which they are written.
var Reports = []report.Request{
	{Regime: "tkth-26-2015", Period: ProvincePeriod, Unit: Province, AsOf: calendar.NoDate},
	{Regime: "so-ket-6-thang", Period: "2025-H1", AsOf: calendar.NoDate},
	{Regime: "tong-ket-nam", Period: "2025", AsOf: calendar.NoDate},
	{Regime: "dang-so-ket", Period: "2025-H1", AsOf: calendar.NoDate},
	{Regime: "dang-tong-ket", Period: "2025", AsOf: calendar.NoDate},
	{Regime: "cong-doan-tong-ket", Period: "2025", AsOf: calendar.NoDate},
}

// Written is one report of the main job and its files.
type Written struct {
	Title   map[lang.Tag]string
	Report  *report.Report  // as it stands now where the frozen one can only be had as it was kept
	Frozen  *report.Frozen  // nil where it was not frozen
	Lost    error           // why the frozen files can no longer be had
	Paths   []string        // DOCX, XLSX
	Changes []report.Change // since it was frozen
}

// Write builds the reports into folder, frozen ones as they were frozen.
func (g *Agency) Write(ctx context.Context, folder string) ([]Written, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fault.New(fault.Unavailable, "store.read_only", "path", folder).Because(err)
	}
	var out []Written
	for _, q := range Reports {
		w, err := g.build(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, f := range []struct {
			ext   string
			write func(io.Writer) error
		}{{"docx", w.Report.WriteDOCX}, {"xlsx", w.Report.WriteXLSX}} {
			path, write := filepath.Join(folder, w.Report.FileName()+"."+f.ext), f.write
			if w.Frozen != nil {
				write = g.frozenFile(ctx, w.Frozen, f.ext)
			}
			if err := writeFile(path, write); fault.Is(err, "report.definitions_changed") {
				w.Lost = err // a folder of an earlier version, which did not keep them
				continue
			} else if err != nil {
				return nil, err
			}
			w.Paths = append(w.Paths, path)
		}
		out = append(out, w)
	}
	return out, nil
}

func (g *Agency) build(ctx context.Context, q report.Request) (Written, error) {
	frozen, err := g.App.Reports.LastFrozen(ctx, q)
	if err != nil {
		return Written{}, err
	}
	w := Written{Frozen: frozen}
	if frozen != nil {
		if w.Report, err = g.App.Reports.Rebuild(ctx, frozen); err != nil && !fault.Is(err, "report.definitions_changed") {
			return w, err
		}
		if w.Changes, err = g.App.Reports.Changes(ctx, frozen); err != nil {
			return w, err
		}
	}
	if w.Report == nil {
		if w.Report, err = g.App.Reports.Build(ctx, q); err != nil {
			return w, err
		}
	}
	w.Title = w.Report.Regime.Title
	return w, nil
}

// frozenFile writes a file of a report as it was frozen.
func (g *Agency) frozenFile(ctx context.Context, f *report.Frozen, kind string) func(io.Writer) error {
	return func(w io.Writer) error {
		b, err := g.App.Reports.FrozenFile(ctx, f, kind)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	}
}

// writeFile replaces a file only once there is what to put into it.
func writeFile(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fault.New(fault.Unavailable, "store.read_only", "path", filepath.Dir(path)).Because(err)
	}
	return nil
}

// read decodes one of the sample's files.
func read(name string, out any) error {
	name = wordsFolder + "/" + name
	raw, err := fs.ReadFile(definitions.Files, name)
	if err != nil {
		return err
	}
	node, err := defs.Parse(name, raw)
	if err != nil {
		return err
	}
	return defs.Decode(node, out).OrNil()
}
