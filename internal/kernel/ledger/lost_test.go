package ledger_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// The server drops every connection again and again while commands are written. Each is repeated under
// its idempotency key until it is acknowledged, as a client would, and must stand in the ledger once.
func TestALostServerLosesAndDoublesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		if !store.IsPostgres(at) {
			return // there is no server to lose
		}
		l, db, _ := start(t, at, withLoans())
		cutter := storetest.Open(t, at)
		stop := make(chan struct{})
		var cutting sync.WaitGroup
		cutting.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(30 * time.Millisecond):
				}
				_ = cutter.Update(ctx, func(tx store.Tx) error { // its own connection may be cut by nobody else
					rows, err := tx.Query(ctx, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
					if err == nil {
						rows.Close()
					}
					return err
				})
			}
		})
		const clients, each = 8, 40
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for i := range each {
					if err := insist(l, c, i); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		close(stop)
		cutting.Wait()
		if n, _ := loanRows(t, db); n != clients*each || l.Head() != n {
			t.Fatalf("%d rows, head %d, %d commands", n, l.Head(), clients*each)
		}
		positions(t, l)
		if r, err := l.Verify(ctx); err != nil || !r.Sound() {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

// insist repeats a command until it is acknowledged. Only a missing server is a reason to repeat.
func insist(l *ledger.Ledger, client, i int) error {
	cmd := lend(fmt.Sprintf("book/%d", client), int64(i), "An")
	cmd.Key = fmt.Sprintf("%d-%d", client, i)
	var err error
	for range 500 {
		var r []ledger.Receipt
		if r, err = l.Append(ctx, cmd); err == nil {
			if r[0].Version != int64(i+1) {
				return fmt.Errorf("client %d, command %d became version %d", client, i, r[0].Version)
			}
			return nil
		}
		if !fault.Is(err, "store.unreachable") && !fault.Is(err, "ledger.outcome_unknown") {
			return fmt.Errorf("client %d, command %d: %w", client, i, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return err
}
