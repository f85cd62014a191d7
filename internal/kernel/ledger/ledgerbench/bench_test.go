package ledgerbench_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/ledger/ledgerbench"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/postgres"
	"trucot/internal/testing/storetest"
)

func TestBothLoadsRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		r, err := ledgerbench.Run(context.Background(), ledgerbench.Load{At: at, Clients: 8, For: 50 * time.Millisecond})
		if err != nil || r.Ledger == 0 || r.Bare == 0 || r.Ratio == 0 {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

func addresses(b *testing.B, fn func(b *testing.B, at string)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, filepath.Join(b.TempDir(), "trucot.db")) })
	b.Run("postgres", func(b *testing.B) { fn(b, postgres.URL(b)) })
}

// BenchmarkAppend prints durable commands a second at 1, 64 and 256 clients and the ratio to the bare loop.
func BenchmarkAppend(b *testing.B) {
	for _, clients := range []int{1, 64, 256} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			addresses(b, func(b *testing.B, at string) {
				r, err := ledgerbench.Run(context.Background(), ledgerbench.Load{At: at, Clients: clients, For: 3 * time.Second})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(r.Ledger, "commands/s")
				b.ReportMetric(r.Bare, "bare/s")
				b.ReportMetric(r.Ratio, "ratio")
				b.ReportMetric(0, "ns/op")
			})
		})
	}
}

// BenchmarkBulk prints events a second when one Append carries thousands of commands, as imports do.
func BenchmarkBulk(b *testing.B) {
	addresses(b, func(b *testing.B, at string) {
		ctx := context.Background()
		db, err := store.Open(ctx, at)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{ledgerbench.Fold()}})
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		const streams, events = 1000, 6
		begin, n := time.Now(), 0
		for b.Loop() {
			cmds := make([]ledger.Command, streams)
			for i := range cmds {
				cmds[i] = ledgerbench.Command(fmt.Sprintf("dossier/%d", n), 0)
				for range events - 1 {
					cmds[i].Events = append(cmds[i].Events, ledger.NewEvent{Kind: "dossier.stepped", On: calendar.MustParse("2021-06-14"), Data: cmds[i].Events[0].Data})
				}
				n++
			}
			if _, err := l.Append(ctx, cmds...); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n*events)/time.Since(begin).Seconds(), "events/s")
	})
}
