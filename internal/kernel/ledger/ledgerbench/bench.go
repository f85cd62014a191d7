// Package ledgerbench (đo sổ cái) measures how many durable commands a second the ledger takes, beside a
// bare loop of the same work without the ledger's code, in the same run on the same disk.
//
// It owns the two loads. The bare loop is what one would write by hand: batches as large as the number
// of clients, and for each command a prepared version check, event insert and fold insert, the leaf
// hash, and the tree's rows; one sync a batch. On PostgreSQL it sends these as pipelines. What it lacks
// is concurrency, queues, idempotency, conflicts, folds as such, followers and the JSON of the event.
package ledgerbench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Load says what to measure.
type Load struct {
	At      string        // database address; it must be empty and is filled
	Clients int           // goroutines, each waiting for its command before the next
	For     time.Duration // of each of the two loads
}

// Result is commands a second.
type Result struct {
	Engine  store.Engine `json:"engine"`
	Clients int          `json:"clients"`
	Ledger  float64      `json:"ledger"`
	Bare    float64      `json:"bare"`
	Ratio   float64      `json:"ratio"`
}

var putRow = store.Statement(`insert into bench_row (position, stream, status) values ($1, $2, $3)`)

const rowDDL = `create table bench_row (position bigint primary key, stream text not null, status bigint not null)`

// Fold is the one-row-an-event fold of both loads.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "bench", Version: 1, Tables: []ledger.Table{{Name: "bench_row", DDL: []string{rowDDL}}},
		Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
			for i := range batch {
				if _, err := tx.Exec(ctx, putRow, batch[i].Position, batch[i].Stream, batch[i].Version); err != nil {
					return err
				}
			}
			return nil
		}}
}

// step is the data of the measured command: a small dossier step.
type step struct {
	Procedure string `json:"procedure"`
	Action    string `json:"action"`
	From      string `json:"from"`
	To        string `json:"to"`
	Status    int    `json:"status"`
	Late      bool   `json:"late"`
}

var sample = step{"technology_appraisal", "tiep_nhan", "nhap", "tiep_nhan", 2, false}

// stepsPerStream is how many commands a stream gets before a new one begins, as in a dossier's life.
const stepsPerStream = 6

// rounds is how often the two loads take turns, so that a disk or machine that is busy for a while slows
// both.
const rounds = 5

// Run measures the ledger and the bare loop, which has tables of its own in the same database, in turns.
func Run(ctx context.Context, load Load) (Result, error) {
	db, err := store.Open(ctx, load.At)
	if err != nil {
		return Result{}, err
	}
	defer db.Close()
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{Fold()}})
	if err != nil {
		return Result{}, err
	}
	if l.Head() > 0 {
		l.Close()
		return Result{}, fault.New(fault.Conflict, "ledger.not_empty", "head", l.Head())
	}
	r := Result{Engine: db.Engine, Clients: load.Clients}
	err = r.measure(ctx, db, l, load)
	if e := l.Close(); err == nil {
		err = e
	}
	return r, err
}

func (r *Result) measure(ctx context.Context, db *store.DB, l *ledger.Ledger, load Load) error {
	b, err := newBare(ctx, db)
	if err != nil {
		return err
	}
	load.For /= rounds
	for round := range rounds {
		ours, err := drive(ctx, l, load, round)
		if err != nil {
			return err
		}
		theirs, err := b.run(ctx, load, round)
		if err != nil {
			return err
		}
		r.Ledger += ours / rounds
		r.Bare += theirs / rounds
	}
	r.Ratio = r.Ledger / r.Bare
	return nil
}

// drive runs the clients for the given time and returns commands a second.
func drive(ctx context.Context, l *ledger.Ledger, load Load, round int) (float64, error) {
	var count atomic.Int64
	var wg sync.WaitGroup
	failed := make(chan error, load.Clients)
	begin := time.Now()
	for c := range load.Clients {
		wg.Go(func() {
			for i := 0; time.Since(begin) < load.For; i++ {
				_, err := l.Append(ctx, Command(fmt.Sprintf("dossier/%d-%d-%d", round, c, i/stepsPerStream), i%stepsPerStream))
				if err != nil {
					failed <- err
					return
				}
				count.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	select {
	case err := <-failed:
		return 0, err
	default:
		return float64(count.Load()) / took.Seconds(), nil
	}
}

// Command is the measured command: the next step of a stream.
func Command(stream string, version int) ledger.Command {
	return ledger.Command{Stream: stream, Expect: int64(version), Actor: "van_thu", Unit: "phong_tham_dinh",
		Events: []ledger.NewEvent{{Kind: "dossier.stepped", On: calendar.MustParse("2021-06-14"), Data: sample}}}
}
