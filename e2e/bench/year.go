package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/report"
)

// measureYear is a large agency's year: loading it, starting with it, reporting on it.
func measureYear(ctx context.Context, o *options) ([]row, error) {
	dir, rows, err := yearFolder(ctx, o)
	if err != nil {
		return nil, err
	}
	start, err := startRows(ctx, o, dir, o.runs)
	if err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d events", o.dossiers*eventsPerDossier)
	start[0] = start[0].atMost(5)
	start[0].note = size + ", files in the system's cache"
	rows = append(rows, start...)
	built, err := reportRows(ctx, o, dir)
	if err != nil {
		return nil, err
	}
	built[0] = built[0].atMost(2)
	built[0].note = size
	return append(rows, built...), nil
}

// yearFolder loads the data unless an earlier call kept it.
func yearFolder(ctx context.Context, o *options) (string, []row, error) {
	dir := filepath.Join(o.dir, "year")
	if o.keep != "" {
		dir = filepath.Join(o.keep, fmt.Sprint("year-", o.dossiers))
		if _, err := os.Stat(filepath.Join(dir, "figures.snapshot")); err == nil {
			return dir, nil, nil
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", nil, err
	}
	speed, err := generate(ctx, dir, o.dossiers)
	return dir, []row{{what: "loading through the ledger with every fold", value: speed, unit: "events/s", note: "one run"}}, err
}

// measureEmptyStart is a start without data, the first time and again.
func measureEmptyStart(ctx context.Context, o *options) ([]row, error) {
	var first []float64
	for i := range o.runs {
		one, err := startRows(ctx, o, filepath.Join(o.dir, fmt.Sprint("new", i)), 1)
		if err != nil {
			return nil, err
		}
		first = append(first, one[0].value)
	}
	again, err := startRows(ctx, o, filepath.Join(o.dir, "new0"), o.runs)
	if err != nil {
		return nil, err
	}
	again[0], again[1] = again[0].atMost(0.1), again[1].atMost(40)
	return append([]row{{what: "first start, which makes the data folder, to the first answer", value: median(first), unit: "s"}}, again...), nil
}

// idle is how long a server rests before its memory is read.
const idle = 3 * time.Second

// startRows starts the program n times and measures the time from exec to the first HTTP answer, and its memory at rest.
func startRows(ctx context.Context, o *options, dir string, n int) ([]row, error) {
	args := []string{"--data", dir, "serve", "--addr", "127.0.0.1:0"}
	var times, memory []float64
	for range n {
		began := time.Now()
		p, err := start(ctx, o.program, args...)
		if err != nil {
			return nil, err
		}
		err = firstAnswer(ctx, p.addr)
		times = append(times, time.Since(began).Seconds())
		time.Sleep(idle)
		memory = append(memory, p.memory())
		if err = errors.Join(err, p.stop()); err != nil {
			return nil, err
		}
	}
	return []row{
		{what: "start to the first answer", value: median(times), unit: "s"},
		{what: "memory at rest", value: median(memory), unit: "MiB"},
	}, nil
}

// reportRows builds the annual report and writes its DOCX.
func reportRows(ctx context.Context, o *options, dir string) (rows []row, err error) {
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	end, err := profiling(profileFile(o, "report"))
	if err != nil {
		return nil, err
	}
	defer end()
	var times []float64
	var out bytes.Buffer
	for range o.runs {
		out.Reset()
		began := time.Now()
		r, err := a.Reports.Build(ctx, report.Request{Regime: "tong-ket-nam", Period: "2021", AsOf: calendar.NoDate})
		if err != nil {
			return nil, err
		}
		if err := r.WriteDOCX(&out); err != nil {
			return nil, err
		}
		times = append(times, time.Since(began).Seconds())
	}
	return []row{
		{what: "annual report, figures and DOCX", value: median(times), unit: "s"},
		{what: "annual report, the first of a process", value: times[0], unit: "s"},
	}, nil
}

// profileFile is where a profile of this name goes, "" without one.
func profileFile(o *options, name string) string {
	if o.profile == "" {
		return ""
	}
	return filepath.Join(o.profile, name+".pprof")
}
