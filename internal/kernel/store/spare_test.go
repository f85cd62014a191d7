package store

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// Connections that nobody uses are closed, one stays, and reading goes on.
func TestSpareReadersAreClosed(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var held [sqliteReaders]*sql.Conn
	for i := range held {
		if held[i], err = db.read.Conn(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range held {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	db.Spare()
	if n := db.read.Stats().OpenConnections; n != 1 {
		t.Errorf("%d connections are open", n)
	}
	if err := db.read.PingContext(ctx); err != nil {
		t.Error(err)
	}
}
