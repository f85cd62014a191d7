package dossier_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/ledger"
)

// cpu is the processor time that the test has used; unlike the clock it means something on a busy machine.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchOffice has n received dossiers.
func benchOffice(b *testing.B, n int) (*office, []string) {
	o := newOffice(b, filepath.Join(b.TempDir(), "a.db"))
	codes := make([]string, n)
	for i := range codes {
		codes[i] = o.file(b, "2021-03-01").Code
		o.steps(b, codes[i], "tiep_nhan 2021-03-01", "phan_cong 2021-03-01")
	}
	return o, codes
}

// BenchmarkTransition is what a step costs with its share of the ledger's write, 64 writers at a time.
func BenchmarkTransition(b *testing.B) {
	o, codes := benchOffice(b, 64)
	b.ReportAllocs()
	start := cpu()
	b.ResetTimer()
	work := make(chan int)
	done := make(chan struct{})
	for w := range 64 {
		go func() {
			for range work {
				if _, err := o.Act(o.ctx, dossier.Act{Code: codes[w], Action: "chuyen_nguoi", On: day("2021-03-02"), Assignee: "x"}); err != nil {
					b.Error(err)
				}
			}
			done <- struct{}{}
		}()
	}
	for i := range b.N {
		work <- i
	}
	close(work)
	for range 64 {
		<-done
	}
	b.ReportMetric(float64((cpu()-start).Microseconds())/float64(b.N), "cpu-µs/op")
}

// BenchmarkFold is what the fold costs for one event when tables are rebuilt.
func BenchmarkFold(b *testing.B) {
	o, codes := benchOffice(b, 400)
	for _, c := range codes {
		o.steps(b, c, "trinh 2021-03-03", "ky 2021-03-04", "tra 2021-03-05")
	}
	var events []ledger.Event
	if err := o.ledger.Scan(o.ctx, 0, func(e ledger.Event) error { events = append(events, e); return nil }); err != nil {
		b.Fatal(err)
	}
	start := cpu()
	b.ResetTimer()
	for i := 1; b.Loop(); i++ {
		o.rebuild(b, i)
	}
	b.ReportMetric(float64((cpu()-start).Microseconds())/float64(b.N*len(events)), "cpu-µs/event")
}
