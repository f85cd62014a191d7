package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// fillLoans appends n events, many an Append.
func fillLoans(t testing.TB, l *ledger.Ledger, n int) {
	t.Helper()
	var cmds []ledger.Command
	for i := range n {
		cmds = append(cmds, lend(fmt.Sprintf("book/%d", i%97), ledger.AnyVersion, fmt.Sprintf("reader %d", i)))
	}
	if _, err := l.Append(ctx, cmds...); err != nil {
		t.Fatal(err)
	}
}

func TestAFoldIsBuiltWhenNewChangedOrLeftBehind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		expect := func(db *store.DB, want int64) {
			t.Helper()
			if n, sum := loanRows(t, db); n != want || sum != want*(want+1)/2 {
				t.Fatalf("%d rows with sum %d where %d must be", n, sum, want)
			}
		}
		l, _, stop := start(t, at, ledger.Options{})
		fillLoans(t, l, 3000)
		stop()
		l, db, stop := start(t, at, withLoans()) // new
		expect(db, 3000)
		fillLoans(t, l, 10)
		expect(db, 3010)
		stop()
		l, db, stop = start(t, at, ledger.Options{}) // another program without the fold
		fillLoans(t, l, 5)
		expect(db, 3010)
		stop()
		_, db, stop = start(t, at, withLoans())
		expect(db, 3015)
		stop()
		changed := loans(2)
		changed.Tables[0].DDL[0] = `create table loan (position bigint primary key, reader text not null, returned text)`
		l, db, _ = start(t, at, ledger.Options{Folds: []ledger.Fold{changed}})
		expect(db, 3015)
		fillLoans(t, l, 1)
		expect(db, 3016)
	})
}

func TestARebuiltTableIsEqual(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		l, db, _ := start(t, at, withLoans())
		r := rand.New(rand.NewPCG(1, 2))
		for range 20 {
			fillLoans(t, l, 1+r.IntN(300))
		}
		report, err := l.Rebuild(ctx)
		if err != nil || len(report) != 1 || !report[0].Equal() || report[0].After.Rows != l.Head() {
			t.Fatalf("%+v %v", report, err)
		}
		if err := db.Update(ctx, func(tx store.Tx) error {
			_, err := tx.Exec(ctx, "update loan set reader = 'someone' where position = 7")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		report, err = l.Rebuild(ctx, "loan")
		if err != nil || report[0].Equal() || report[0].Before.Rows != report[0].After.Rows {
			t.Fatalf("a changed row was not noticed: %+v %v", report, err)
		}
		fillLoans(t, l, 1)
		if _, err := l.Rebuild(ctx, "nothing"); !fault.Is(err, "ledger.no_fold") {
			t.Fatal(err)
		}
	})
}

func TestNodesTakeTurnsWithoutGapsAndSeeEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		if !store.IsPostgres(at) {
			return // one process has a SQLite file: TestASecondOpeningOfTheSameFileIsRefused
		}
		opts := withLoans()
		opts.Poll = 5e6
		const perNode = 300
		var nodes []*ledger.Ledger
		var seen [3][]int64
		var mu sync.Mutex
		var db *store.DB
		for i := range seen {
			var l *ledger.Ledger
			l, db, _ = start(t, at, opts)
			l.Follow(func(batch []ledger.Event) {
				mu.Lock()
				defer mu.Unlock()
				for _, e := range batch {
					seen[i] = append(seen[i], e.Position)
				}
			})
			nodes = append(nodes, l)
		}
		var wg sync.WaitGroup
		var lost, won int64
		for i := range perNode {
			for n, l := range nodes[:2] { // the third only watches
				wg.Go(func() {
					_, err := l.Append(ctx, lend(fmt.Sprintf("own/%d-%d", n, i), 0, "An"))
					if err != nil {
						t.Error(err)
					}
					_, err = l.Append(ctx, lend(fmt.Sprintf("both/%d", i), 0, "An"))
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						won++
					case fault.KindOf(err) == fault.Conflict:
						lost++
					default:
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if won != perNode || lost != perNode {
			t.Fatalf("of two nodes creating each stream, %d won and %d lost", won, lost)
		}
		const total = 3 * perNode
		wait(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(seen[0]) == total && len(seen[1]) == total && len(seen[2]) == total
		})
		for i := range seen {
			for j, p := range seen[i] {
				if p != int64(j+1) {
					t.Fatalf("node %d saw %d where %d must be", i, p, j+1)
				}
			}
		}
		if n, sum := loanRows(t, db); n != total || sum != total*(total+1)/2 {
			t.Fatal(n, sum)
		}
		report, err := nodes[2].Verify(ctx)
		if err != nil || !report.Sound() || report.Events != total {
			t.Fatalf("%+v %v", report, err)
		}
	})
}

func TestANodeOfAnotherVersionStopsWriting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		if !store.IsPostgres(at) {
			return
		}
		old, _, _ := start(t, at, withLoans())
		fillLoans(t, old, 5)
		newer, db, _ := start(t, at, ledger.Options{Folds: []ledger.Fold{loans(2)}})
		if _, err := old.Append(ctx, lend("book/1", ledger.AnyVersion, "An")); !fault.Is(err, "ledger.node_outdated") {
			t.Fatal(err)
		}
		fillLoans(t, newer, 5)
		if n, _ := loanRows(t, db); n != 10 {
			t.Fatal(n)
		}
	})
}

func TestAFullDiskRefusesTheCommandAndPasses(t *testing.T) {
	l, db, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), withLoans())
	fillLoans(t, l, 100)
	limit := func(pages int) {
		if err := db.Update(ctx, func(tx store.Tx) error {
			_, err := tx.Exec(ctx, store.SQL(fmt.Sprintf("pragma max_page_count=%d", pages)))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // as large as it is now
	var err error
	for range 1000 {
		if _, err = l.Append(ctx, lend("book/1", ledger.AnyVersion, "An", "Bình", "Chi")); err != nil {
			break
		}
	}
	if !fault.Is(err, "store.disk_full") {
		t.Fatal(err)
	}
	limit(1 << 30)
	head := l.Head()
	fillLoans(t, l, 100)
	report, err := l.Verify(ctx)
	if n, _ := loanRows(t, db); err != nil || !report.Sound() || report.Events != head+100 || n != head+100 {
		t.Fatalf("%+v %v, %d rows, head was %d", report, err, n, head)
	}
}

// A fold that remembers rows between batches hears of every batch that was not written.
func TestAFoldHearsOfRolledBackBatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		seen, forgotten := map[int64]bool{}, 0
		f := loans(1)
		apply := f.Apply
		f.Apply = func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
			for i := range batch {
				seen[batch[i].Position] = true
				if strings.Contains(string(batch[i].Data), "nobody") {
					return fault.New(fault.Invalid, "ledger.no_kind")
				}
			}
			return apply(ctx, tx, batch)
		}
		f.Forget = func() { clear(seen); forgotten++ }
		l, _, _ := start(t, at, ledger.Options{Folds: []ledger.Fold{f}})
		fillLoans(t, l, 10)
		before := forgotten
		if _, err := l.Append(ctx, lend("book/new", 0, "nobody")); err == nil {
			t.Fatal("the refused event was written")
		}
		if forgotten == before || len(seen) > 0 {
			t.Errorf("told %d times, %d positions still remembered", forgotten-before, len(seen))
		}
		before = forgotten
		fillLoans(t, l, 10)
		if forgotten != before || len(seen) != 10 {
			t.Errorf("told %d times about a written batch, %d positions", forgotten-before, len(seen))
		}
	})
}
