package eventlog_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"trucot/definitions"
	"trucot/internal/engine/eventlog"
	"trucot/internal/testing/shared"
)

// known are the shipped mappings.
func known(t testing.TB) []*eventlog.Mapping {
	t.Helper()
	all, err := eventlog.LoadMappings(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func source(t testing.TB, elem ...string) eventlog.Source {
	t.Helper()
	path := shared.Dir(t, append([]string{"data", "event-logs"}, elem...)...)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text(filepath.Base(path), raw)
}

func text(name string, raw []byte) eventlog.Source {
	return eventlog.Source{Name: name, R: bytes.NewReader(raw), Size: int64(len(raw))}
}

func TestRealLogsArriveExactly(t *testing.T) {
	for _, log := range []struct {
		file                            []string
		format                          string
		cases, events, activities, from int
	}{
		{[]string{"08_receipt.xes.gz"}, "xes", 1434, 8577, 27, 48},
		{[]string{"receipt.csv"}, "csv", 1434, 8577, 27, 48},
		{[]string{"15_bpic2020_permit_log_1t_per_variant.xes.gz"}, "xes", 1478, 26028, 51, 0},
		{[]string{"roadtraffic100traces.xes"}, "xes", 100, 390, 10, 0},
		{[]string{"running-example.xes"}, "xes", 6, 42, 8, 6},
		{[]string{"running-example.csv"}, "csv", 6, 42, 8, 6},
		{[]string{"xes_20.xes"}, "xes", 1, 1, 0, 0},
		{[]string{"partial_order_example.xes"}, "xes", 5, 25, 0, 0},
		{[]string{"ocel", "ocel20_example.jsonocel"}, "ocel", 0, 13, 8, 0},
		{[]string{"ocel", "ocel20_example.xmlocel"}, "ocel", 0, 13, 8, 0},
		{[]string{"ocel", "ocel20_example.sqlite"}, "ocel", 0, 13, 8, 0},
		{[]string{"ocel", "logistics.sqlite"}, "ocel", 0, 8727, 13, 0},
		{[]string{"ocel", "example_log.jsonocel"}, "ocel", 0, 23, 15, 0},
		{[]string{"ocel", "example_log.xmlocel"}, "ocel", 0, 23, 15, 0},
	} {
		t.Run(filepath.Join(log.file...), func(t *testing.T) {
			sum, err := eventlog.Read(context.Background(), source(t, log.file...), eventlog.Options{Known: known(t)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v %v %v", sum.Statistics, sum.Lateness, sum.Warnings)
			s := sum.Statistics
			if sum.Format != log.format || s.Events != log.events || log.cases > 0 && s.Cases != log.cases || log.activities > 0 && s.Activities != log.activities {
				t.Errorf("%s: %d cases, %d events, %d activities", sum.Format, s.Cases, s.Events, s.Activities)
			}
		})
	}
}
