package app_test

import (
	"context"
	"path/filepath"
	"testing"

	"trucot/internal/app"
	"trucot/internal/testing/shared"
)

// BenchmarkXESImport is the whole way: check, read, encode, append durably. One iteration is one import of
// 26,028 events into a fresh ledger.
func BenchmarkXESImport(b *testing.B) {
	log := shared.Dir(b, "data", "event-logs", "15_bpic2020_permit_log_1t_per_variant.xes.gz")
	events := 0
	for b.Loop() {
		b.StopTimer()
		a, err := app.Open(context.Background(), app.Options{Data: filepath.Join(b.TempDir(), "data")})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		done, err := a.ImportLog(context.Background(), app.LogImport{Path: log, Actor: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		events += done.Events
		b.StopTimer()
		a.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
