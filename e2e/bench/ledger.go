package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trucot/internal/kernel/ledger/ledgerbench"
	"trucot/internal/testing/postgres"
)

// ledgerClients are the numbers of clients at which the ledger is measured.
var ledgerClients = []int{1, 64, 256}

// ledgerRun is the length of each of the two loads of a run.
const ledgerRun = 2 * time.Second

// measureLedger is durable commands beside the bare loop, on both engines.
func measureLedger(ctx context.Context, o *options) ([]row, error) {
	server, err := postgres.Start(true)
	if err != nil {
		return nil, err
	}
	n := 0
	places := []struct {
		name  string
		fresh func() (string, error)
	}{
		{"SQLite", func() (string, error) { n++; return filepath.Join(o.dir, fmt.Sprintf("ledger%d.db", n)), nil }},
		{"PostgreSQL", func() (string, error) { n++; return server.Create(fmt.Sprint("bench", n)) }},
	}
	var rows []row
	for _, place := range places {
		for _, clients := range ledgerClients {
			var of []ledgerbench.Result
			for range o.runs {
				at, err := place.fresh()
				if err != nil {
					return nil, err
				}
				r, err := ledgerbench.Run(ctx, ledgerbench.Load{At: at, Clients: clients, For: ledgerRun})
				if err != nil {
					return nil, err
				}
				of = append(of, r)
				remove(at)
			}
			rows = append(rows, ledgerRows(place.name, clients, of)...)
		}
	}
	return rows, nil
}

func ledgerRows(engine string, clients int, of []ledgerbench.Result) []row {
	name := fmt.Sprintf("%s, %d clients: ", engine, clients)
	speed := medianOf(len(of), func(i int) float64 { return of[i].Ledger })
	ratio := medianOf(len(of), func(i int) float64 { return of[i].Ratio })
	return []row{{what: name + "durable commands", value: speed, unit: "/s"}, row{what: name + "ratio to the bare loop", value: ratio}.atLeast(0.8)}
}

// remove deletes a SQLite database; a PostgreSQL one goes with its server.
func remove(at string) {
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		os.Remove(at + end)
	}
}
