package ledger_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/testing/storetest"
)

// What is sent without waiting is written in the order of sending, with the hour at which it was sent.
func TestSendKeepsOrderAndHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		var now atomic.Int64
		now.Store(time.Date(2021, 6, 14, 1, 0, 0, 0, time.UTC).UnixMicro())
		opts := withLoans()
		opts.Clock = func() time.Time { return time.UnixMicro(now.Load()) }
		l, _, _ := start(t, at, opts)
		var waits []func() ([]ledger.Receipt, error)
		for i := range 200 {
			wait, err := l.Send(ctx, lend(fmt.Sprintf("book/%d", i%20), int64(i/20), "An"))
			if err != nil {
				t.Fatal(err)
			}
			waits = append(waits, wait)
			now.Add(time.Minute.Microseconds())
		}
		for i, wait := range waits {
			r, err := wait()
			if err != nil || r[0] != (ledger.Receipt{Position: int64(i + 1), Version: int64(i/20 + 1)}) {
				t.Fatal(i, r, err)
			}
		}
		first := time.Date(2021, 6, 14, 1, 0, 0, 0, time.UTC)
		err := l.Scan(ctx, 0, func(e ledger.Event) error {
			if want := first.Add(time.Duration(e.Position-1) * time.Minute); !e.RecordedAt.Equal(want) {
				t.Errorf("event %d recorded at %s, sent at %s", e.Position, e.RecordedAt, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A clock set back does not make a later event look earlier.
func TestRecordedTimesNeverGoBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		hour := time.Date(2021, 6, 14, 9, 0, 0, 0, time.UTC)
		opts := withLoans()
		opts.Clock = func() time.Time { return hour }
		l, _, _ := start(t, at, opts)
		for _, h := range []int{9, 8, 10} {
			hour = time.Date(2021, 6, 14, h, 0, 0, 0, time.UTC)
			if _, err := l.Append(ctx, lend("book/1", ledger.AnyVersion, "An")); err != nil {
				t.Fatal(err)
			}
		}
		events, err := l.Stream(ctx, "book/1")
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range []int{9, 9, 10} {
			if events[i].RecordedAt.Hour() != h {
				t.Errorf("event %d at %s, want %d o'clock", i+1, events[i].RecordedAt, h)
			}
		}
	})
}

func TestSendRefusesLikeAppend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, withLoans())
		if _, err := l.Send(ctx, lend("", 0, "An")); !fault.Is(err, "ledger.no_stream") {
			t.Error(err)
		}
		wait, err := l.Send(ctx, lend("book/1", 7, "An"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wait(); !fault.Is(err, "ledger.version_conflict") {
			t.Error(err)
		}
		stop()
		if _, err := l.Send(ctx, lend("book/1", 0, "An")); !fault.Is(err, "ledger.closed") {
			t.Error(err)
		}
	})
}

// Callers who come again shortly after their answer share one sync each time, where syncs are slow: left to
// themselves they would split into two groups, each of which waits for the other's sync.
func TestACrowdSharesASlowSync(t *testing.T) {
	const callers, rounds = 8, 6
	opts := withLoans()
	opts.CommitDelay = 80 * time.Millisecond
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), opts)
	var syncs atomic.Int64
	l.Follow(func([]ledger.Event) { syncs.Add(1) })
	var crowd errgroup.Group
	for c := range callers {
		crowd.Go(func() error {
			for round := range rounds {
				if _, err := l.Append(ctx, lend(fmt.Sprintf("book/%d", c), int64(round), "An")); err != nil {
					return err
				}
				time.Sleep(time.Duration(c) * time.Millisecond / 2) // on the way back
			}
			return nil
		})
	}
	if err := crowd.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := syncs.Load(); n > rounds+3 { // the first caller goes alone; two groups would take twice the rounds
		t.Errorf("%d syncs for %d rounds of %d callers", n, rounds, callers)
	}
}
