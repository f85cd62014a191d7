package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m)
}

var ctx = context.Background()

var (
	putLoan   = store.Statement(`insert into loan (position, reader) values ($1, $2)`)
	sumLoans  = store.Statement(`select count(*), coalesce(sum(position), 0) from loan`)
	failReads = store.Statement(`insert into loan (position, reader) values ($1, 'refused'), ($1, 'twice')`)
)

// loans is a fold with one row an event; readers named "refused" make it fail in SQL, "panic" panics.
func loans(version int) ledger.Fold {
	return ledger.Fold{
		Name: "loan", Version: version,
		Tables: []ledger.Table{{Name: "loan", DDL: []string{
			`create table loan (position bigint primary key, reader text not null)`,
			`create index loan_reader on loan (reader)`,
		}}},
		Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
			for _, e := range batch {
				var d struct{ Reader string }
				if err := json.Unmarshal(e.Data, &d); err != nil {
					return err
				}
				if d.Reader == "panic" {
					panic("as told")
				}
				q := putLoan
				args := []any{e.Position, d.Reader}
				if d.Reader == "refused" {
					q, args = failReads, args[:1]
				}
				if _, err := tx.Exec(ctx, q, args...); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func loanRows(t *testing.T, db *store.DB) (n, sum int64) {
	t.Helper()
	if err := db.QueryRow(ctx, sumLoans).Scan(&n, &sum); err != nil {
		t.Fatal(err)
	}
	return n, sum
}

func lend(stream string, expect int64, readers ...string) ledger.Command {
	c := ledger.Command{Stream: stream, Expect: expect, Actor: "desk", Unit: "library"}
	for _, r := range readers {
		c.Events = append(c.Events, ledger.NewEvent{Kind: "book.lent", On: calendar.MustParse("2021-06-14"), Data: map[string]string{"reader": r}})
	}
	return c
}

// start opens a ledger until stop or the end of the test.
func start(t testing.TB, at string, opts ledger.Options) (l *ledger.Ledger, db *store.DB, stop func()) {
	t.Helper()
	db, err := store.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	l, err = ledger.Open(ctx, db, opts)
	if err != nil {
		db.Close()
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		if err := errors.Join(l.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return l, db, stop
}

func withLoans() ledger.Options { return ledger.Options{Folds: []ledger.Fold{loans(1)}} }

func TestAppendChecksTheVersion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, withLoans())
		steps := []struct {
			expect, found, version int64
		}{{0, 0, 2}, {0, 2, 0}, {1, 2, 0}, {2, 2, 4}, {3, 4, 0}, {ledger.AnyVersion, 4, 6}, {7, 6, 0}}
		check := func(l *ledger.Ledger, expect, found, version int64) {
			t.Helper()
			r, err := l.Append(ctx, lend("book/1", expect, "An", "Bình"))
			if version > 0 {
				if err != nil || r[0].Version != version {
					t.Fatal(expect, r, err)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Key != "ledger.version_conflict" || f.Args["found"] != found {
				t.Fatal(expect, err)
			}
		}
		for _, s := range steps {
			check(l, s.expect, s.found, s.version)
		}
		stop()
		l, _, _ = start(t, at, withLoans()) // caches are empty now
		check(l, 0, 6, 0)
		check(l, 5, 6, 0)
		check(l, 6, 6, 8)
		check(l, ledger.AnyVersion, 8, 10)
		events, err := l.Stream(ctx, "book/1")
		if err != nil || len(events) != 10 {
			t.Fatal(len(events), err)
		}
		for i, e := range events {
			if e.Position != int64(i+1) || e.Version != int64(i+1) || e.EffectiveOn.String() != "2021-06-14" || e.Actor != "desk" || e.Unit != "library" {
				t.Fatal(e)
			}
		}
	})
}

func TestOneAppendIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, db, _ := start(t, at, withLoans())
		if _, err := l.Append(ctx, lend("book/1", 0, "An"), lend("book/2", 0, "Bình"), lend("book/1", 0, "Chi")); fault.KindOf(err) != fault.Conflict {
			t.Fatal(err)
		}
		r, err := l.Append(ctx, lend("book/1", 0, "An"), lend("book/2", 0, "Bình"), lend("book/1", 1, "Chi"), lend("book/2", 1))
		if err != nil || fmt.Sprint(r) != "[{1 1} {2 1} {3 2} {3 1}]" {
			t.Fatal(r, err)
		}
		if n, sum := loanRows(t, db); n != 3 || sum != 6 {
			t.Fatal(n, sum)
		}
	})
}

func TestAnIdempotencyKeyWritesOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, withLoans())
		c := lend("book/1", 0, "An")
		c.Key = "k1"
		again := func(l *ledger.Ledger) {
			t.Helper()
			for range 2 {
				if r, err := l.Append(ctx, c); err != nil || r[0] != (ledger.Receipt{Position: 1, Version: 1}) || l.Head() != 1 {
					t.Fatal(r, err, l.Head())
				}
			}
		}
		again(l)
		stop = restart(t, &l, stop, at)
		again(l)
		later := lend("book/1", 1, "Bình")
		later.Key = "k2"
		if r, err := l.Append(ctx, later); err != nil || r[0].Version != 2 {
			t.Fatal(r, err)
		}
		stop = restart(t, &l, stop, at)
		if r, err := l.Append(ctx, later); err != nil || r[0].Version != 2 || l.Head() != 2 {
			t.Fatal("a repeated command found its stream moved on by itself:", r, err)
		}
		other := lend("book/2", 0, "An")
		other.Key = "k1"
		if _, err := l.Append(ctx, other); !fault.Is(err, "ledger.key_reused") {
			t.Fatal(err)
		}
	})
}

// restart closes the ledger and opens it with empty caches.
func restart(t *testing.T, l **ledger.Ledger, stop func(), at string) func() {
	t.Helper()
	stop()
	*l, _, stop = start(t, at, withLoans())
	return stop
}

func TestOfManyWritersOnOneStreamOneWinsEachVersion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, db, _ := start(t, at, withLoans())
		const writers, rounds = 16, 20
		var won [rounds]int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for v := range rounds {
					_, err := l.Append(ctx, lend("book/1", int64(v), "An"))
					switch {
					case err == nil:
						mu.Lock()
						won[v]++
						mu.Unlock()
					case fault.KindOf(err) != fault.Conflict:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		total := int64(0)
		for v, n := range won {
			if n > 1 {
				t.Fatalf("version %d was written %d times", v, n)
			}
			total += int64(n)
		}
		if n, _ := loanRows(t, db); n != total || l.Head() != total || total == 0 {
			t.Fatal(n, total, l.Head())
		}
	})
}

func TestARejectedCommandDoesNotHarmItsBatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, db, _ := start(t, at, withLoans())
		readers := []string{"An", "refused", "Bình", "panic", "Chi", "An"}
		const rounds = 12
		var wg sync.WaitGroup
		for round := range rounds {
			for i, reader := range readers {
				wg.Go(func() {
					expect := int64(0)
					if i == len(readers)-1 {
						expect = 9 // never true
					}
					r, err := l.Append(ctx, lend(fmt.Sprintf("book/%d-%d", round, i), expect, reader))
					good := i%2 == 0
					if good != (err == nil) || good != (len(r) == 1) {
						t.Errorf("%s: %v %v", reader, r, err)
					}
				})
			}
		}
		wg.Wait()
		if n, _ := loanRows(t, db); n != 3*rounds || l.Head() != 3*rounds {
			t.Fatal(n, l.Head())
		}
		positions(t, l)
	})
}

// positions checks that the events have the positions 1, 2, 3 …
func positions(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	last := int64(0)
	err := l.Scan(ctx, 0, func(e ledger.Event) error {
		if last++; e.Position != last {
			return fmt.Errorf("position %d where %d must be", e.Position, last)
		}
		return nil
	})
	if err != nil || last != l.Head() {
		t.Fatal(err, last, l.Head())
	}
}

func TestFollowersSeeEveryEventInOrderBeforeAppendReturns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, withLoans())
		seen := int64(0)
		l.Follow(func(batch []ledger.Event) {
			for _, e := range batch {
				if seen++; e.Position != seen {
					t.Errorf("%d where %d must be", e.Position, seen)
				}
			}
		})
		for i := range 5 {
			if _, err := l.Append(ctx, lend("book/1", int64(i), "An")); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if seen != 5 {
			t.Fatal(seen)
		}
	})
}

func TestCloseAnswersEveryCommand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, db, _ := start(t, at, withLoans())
		var wg sync.WaitGroup
		var mu sync.Mutex
		acknowledged := int64(0)
		for i := range 40 {
			wg.Go(func() {
				for j := 0; ; j++ {
					_, err := l.Append(ctx, lend(fmt.Sprintf("book/%d", i), int64(j), "An"))
					if fault.Is(err, "ledger.closed") {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acknowledged++
					mu.Unlock()
				}
			})
		}
		for l.Head() < 200 {
			time.Sleep(time.Millisecond)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if n, _ := loanRows(t, db); n != acknowledged || n != l.Head() {
			t.Fatal(n, acknowledged, l.Head())
		}
		if _, err := l.Append(ctx, lend("book/x", 0, "An")); !fault.Is(err, "ledger.closed") {
			t.Fatal(err)
		}
	})
}

func TestWhatTheLedgerDoesNotTake(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), ledger.Options{
		Clock: func() time.Time { return time.Date(2021, 6, 14, 3, 0, 0, 0, time.UTC) },
		Check: func(e ledger.NewEvent, now time.Time) error {
			if e.On > calendar.OfTime(now) && e.Kind != "book.reserved" {
				return fault.New(fault.Invalid, "ledger.bad_date", "date", e.On)
			}
			return nil
		},
	})
	type event = ledger.NewEvent
	day := calendar.MustParse
	for name, c := range map[string]struct {
		stream string
		event  event
		key    string
	}{
		"history":         {"book/1", event{"book.lent", day("1948-02-29"), nil}, ""},
		"no stream":       {"", event{"book.lent", day("2021-06-14"), nil}, "ledger.no_stream"},
		"no kind":         {"book/1", event{"", day("2021-06-14"), nil}, "ledger.no_kind"},
		"no date":         {"book/1", event{"book.lent", calendar.NoDate, nil}, "ledger.bad_date"},
		"too early":       {"book/1", event{"book.lent", day("1899-12-31"), nil}, "ledger.bad_date"},
		"too late":        {"book/1", event{"book.reserved", day("2201-06-14"), nil}, "ledger.bad_date"},
		"planned":         {"book/1", event{"book.reserved", day("2022-06-14"), nil}, ""},
		"not planned":     {"book/1", event{"book.lent", day("2022-06-14"), nil}, "ledger.bad_date"},
		"control":         {"book/\n", event{"book.lent", day("2021-06-14"), nil}, "ledger.bad_name"},
		"not UTF-8":       {"book/\xff", event{"book.lent", day("2021-06-14"), nil}, "ledger.bad_name"},
		"long":            {strings.Repeat("b", 501), event{"book.lent", day("2021-06-14"), nil}, "ledger.bad_name"},
		"array":           {"book/1", event{"book.lent", day("2021-06-14"), []int{1}}, "ledger.bad_data"},
		"broken JSON":     {"book/1", event{"book.lent", day("2021-06-14"), json.RawMessage(`{"a":`)}, "ledger.bad_data"},
		"JSON, not UTF-8": {"book/1", event{"book.lent", day("2021-06-14"), json.RawMessage("{\"a\":\"\xff\"}")}, "ledger.bad_data"},
		"not JSON":        {"book/1", event{"book.lent", day("2021-06-14"), func() {}}, "ledger.bad_data"},
		"too much":        {"book/1", event{"book.lent", day("2021-06-14"), map[string]string{"a": strings.Repeat("b", 1<<20)}}, "ledger.too_much_data"},
	} {
		_, err := l.Append(ctx, ledger.Command{Stream: c.stream, Expect: ledger.AnyVersion, Events: []event{c.event}})
		if c.key == "" && err != nil || c.key != "" && !fault.Is(err, c.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDataIsKeptCompactAndVerbatim(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), ledger.Options{})
	_, err := l.Append(ctx, ledger.Command{Stream: "book/1", Events: []ledger.NewEvent{
		{Kind: "book.lent", On: 0, Data: json.RawMessage("{ \"b\": 1.50,\n \"a\": \"<Đỗ & \\u0111>\" }")},
		{Kind: "book.lent", On: 0, Data: map[string]string{"a": "<Đỗ & đ>"}},
		{Kind: "book.lent", On: 0},
	}})
	if err != nil {
		t.Fatal(err)
	}
	events, err := l.Stream(ctx, "book/1")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{`{"b":1.50,"a":"<Đỗ & \u0111>"}`, `{"a":"<Đỗ & đ>"}`, `{}`} {
		if got := string(events[i].Data); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestACancelledCallIsNotWritten(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), ledger.Options{})
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 50 {
		if _, err := l.Append(gone, lend("book/1", ledger.AnyVersion, "An")); err == nil {
			continue // the writer was quicker
		} else if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	events, err := l.Stream(ctx, "book/1")
	if err != nil || int64(len(events)) != l.Head() {
		t.Fatal(len(events), l.Head(), err)
	}
}

func TestProofsHoldAcrossTileBorders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, _, stop := start(t, at, ledger.Options{})
		var cmds []ledger.Command
		for i := range 700 {
			cmds = append(cmds, lend(fmt.Sprintf("book/%d", i), 0, "An"))
		}
		for _, cut := range []int{1, 255, 256, 257, 512, 513, 700} {
			if _, err := l.Append(ctx, cmds[l.Head():cut]...); err != nil {
				t.Fatal(err)
			}
			size := int64(cut)
			root, err := l.Root(ctx, size)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []int64{1, 2, size/2 + 1, size} {
				if p > size {
					continue
				}
				e, err := l.Event(ctx, p)
				if err != nil {
					t.Fatal(err)
				}
				proof, err := l.Inclusion(ctx, p, size)
				if err != nil {
					t.Fatal(err)
				}
				if err := tlog.CheckRecord(proof, size, root, p-1, e.Hash); err != nil {
					t.Error(size, p, err)
				}
				old, err := l.Root(ctx, p)
				if err != nil {
					t.Fatal(err)
				}
				growth, err := l.Consistency(ctx, p, size)
				if err != nil {
					t.Fatal(err)
				}
				if err := tlog.CheckTree(growth, size, root, p, old); err != nil {
					t.Error(size, p, err)
				}
			}
		}
		before, _ := l.Root(ctx, 700)
		stop()
		l, _, _ = start(t, at, ledger.Options{})
		if _, err := l.Append(ctx, lend("book/x", 0, "An")); err != nil {
			t.Fatal(err)
		}
		after, _ := l.Root(ctx, 701)
		growth, err := l.Consistency(ctx, 700, 701)
		if err != nil || tlog.CheckTree(growth, 701, after, 700, before) != nil {
			t.Fatal(err)
		}
		if _, err := l.Inclusion(ctx, 702, 702); !fault.Is(err, "ledger.no_proof") {
			t.Fatal(err)
		}
	})
}
