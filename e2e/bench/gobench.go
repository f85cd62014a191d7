package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// goBench runs Go benchmarks and gives the median of each of their figures, by "name unit" as in "Columns-2 ns/op"
// without the number of processors.
func goBench(ctx context.Context, o *options, pkg, pattern, length string) (map[string]float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", length, "-count", strconv.Itoa(o.runs), "-timeout", "30m", pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test %s: %w\n%s", pkg, err, out)
	}
	return benchFigures(out), nil
}

// benchFigures reads the lines that "go test -bench" prints.
func benchFigures(out []byte) map[string]float64 {
	all := map[string][]float64{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if dash := strings.LastIndexByte(name, '-'); dash > 0 {
			name = name[:dash]
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				all[name+" "+fields[i+1]] = append(all[name+" "+fields[i+1]], v)
			}
		}
	}
	medians := map[string]float64{}
	for k, v := range all {
		medians[k] = median(v)
	}
	return medians
}

// taken is a figure that must be among those of a benchmark.
func taken(from map[string]float64, key string) (float64, error) {
	v, ok := from[key]
	if !ok {
		return 0, fmt.Errorf("no figure %q among %v", key, from)
	}
	return v, nil
}

// figureRow describes one figure of a Go benchmark.
type figureRow struct {
	key, what, unit string
	scale           float64 // the figure is multiplied by it
	judge           func(row) row
	note            string
}

func rowsOf(figures map[string]float64, wanted []figureRow) ([]row, error) {
	var rows []row
	for _, w := range wanted {
		v, err := taken(figures, w.key)
		if err != nil {
			return nil, err
		}
		r := row{what: w.what, value: v * w.scale, unit: w.unit, note: w.note}
		if w.judge != nil {
			r = w.judge(r)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func most(goal float64) func(row) row  { return func(r row) row { return r.atMost(goal) } }
func least(goal float64) func(row) row { return func(r row) row { return r.atLeast(goal) } }

const nsToMs = 1e-6

// measureColumns is 60 figures in 30 units over ten million events.
func measureColumns(ctx context.Context, o *options) ([]row, error) {
	figures, err := goBench(ctx, o, "./internal/engine/indicator", "^Benchmark(Columns|ColumnsInOrder|Cube|SnapshotLoad|SnapshotSave)$", "5x")
	if err != nil {
		return nil, err
	}
	rows, err := rowsOf(figures, []figureRow{
		{"Columns ns/op", "60 figures × 30 units over 10 M events, from columns in no order of time", "ms", nsToMs, most(20), ""},
		{"ColumnsInOrder ns/op", "the same, entries up to 30 days late", "ms", nsToMs, most(20), ""},
		{"Columns B/event", "memory of the columns", "B/event", 1, most(16), ""},
		{"Cube ns/op", "the same from the cube", "ms", nsToMs, most(1), ""},
		{"SnapshotLoad ns/op", "snapshot of 10 M events to the first figure", "ms", nsToMs, most(5000), ""},
		{"SnapshotSave ns/op", "writing that snapshot", "ms", nsToMs, nil, ""},
	})
	if err != nil {
		return nil, err
	}
	feed, err := goBench(ctx, o, "./internal/engine/indicator", "^BenchmarkFeed$", "1s")
	if err != nil {
		return nil, err
	}
	more, err := rowsOf(feed, []figureRow{{"Feed ns/event", "taking one event into the columns", "µs", 1e-3, nil, ""}})
	return append(rows, more...), err
}

// measureImports reads foreign logs and statistical forms.
func measureImports(ctx context.Context, o *options) ([]row, error) {
	logs, err := goBench(ctx, o, "./internal/app", "^BenchmarkXESImport$", "3x")
	if err != nil {
		return nil, err
	}
	rows, err := rowsOf(logs, []figureRow{{"XESImport events/s", "XES import, end to end with every fold", "events/s", 1, least(50_000), "26,028 events"}})
	if err != nil {
		return nil, err
	}
	forms, err := goBench(ctx, o, "./internal/room/report", "^BenchmarkImportForm$", "20x")
	if err != nil {
		return nil, err
	}
	more, err := rowsOf(forms, []figureRow{{"ImportForm ns/op", "a form, read, recognised, recorded and cross-footed", "ms", nsToMs, most(100), ""}})
	return append(rows, more...), err
}

// measureCampaign adds up a report campaign of many units, and writes its report.
func measureCampaign(ctx context.Context, o *options) ([]row, error) {
	figures, err := goBench(ctx, o, "./internal/room/report/campaign", "^Benchmark(Consolidate|Document)$", "5x")
	if err != nil {
		return nil, err
	}
	return rowsOf(figures, []figureRow{
		{"Consolidate ns/op", "500 units × 200 figures added up, double counts compared", "ms", nsToMs, most(1000), ""},
		{"Document ns/op", "the report of that campaign as DOCX", "ms", nsToMs, most(2000), ""},
	})
}
