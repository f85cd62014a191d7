// Package storetest (thử kho dữ liệu) runs one test on both database engines.
//
// It owns nothing but the loop: a test that holds on SQLite must hold on PostgreSQL.
package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"trucot/internal/kernel/store"
	"trucot/internal/testing/postgres"
)

// Each runs fn as the subtests "sqlite" and "postgres", each with the address of an empty database.
func Each(t *testing.T, fn func(t *testing.T, at string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, filepath.Join(t.TempDir(), "trucot.db")) })
	t.Run("postgres", func(t *testing.T) { fn(t, postgres.URL(t)) })
}

// Open opens a database until the test ends.
func Open(t testing.TB, at string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
