package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	putBook   = store.Statement(`insert into book (id, title, cover) values ($1, $2, $3)`)
	countBook = store.Statement(`select count(*) from book`)
	readBook  = store.Statement(`select title, cover from book where id = $1`)
	sellBook  = store.Statement(`update book set title = $1 where id > $2`)
)

const bookDDL = `create table book (id bigint primary key, title text not null, cover blob not null)`

func withBooks(t *testing.T, at string) *store.DB {
	t.Helper()
	db := storetest.Open(t, at)
	err := db.Update(context.Background(), func(tx store.Tx) error {
		_, err := tx.Exec(context.Background(), store.SQL(db.Engine.DDL(bookDDL)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func books(t *testing.T, r store.Reader) (n int) {
	t.Helper()
	if err := r.QueryRow(context.Background(), countBook).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAWriteIsSeenInsideAndAfterCommitOutside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := withBooks(t, at)
		err := db.Update(ctx, func(tx store.Tx) error {
			if _, err := tx.Exec(ctx, putBook, 1, "Nhật ký trong tù", []byte{0, 255}); err != nil {
				return err
			}
			if in, out := books(t, tx), books(t, db); in != 1 || out != 0 {
				t.Errorf("inside %d, outside %d", in, out)
			}
			return nil
		})
		if err != nil || books(t, db) != 1 {
			t.Fatal(err, books(t, db))
		}
		var title string
		var cover []byte
		if err := db.QueryRow(ctx, readBook, 1).Scan(&title, &cover); err != nil || title != "Nhật ký trong tù" || string(cover) != "\x00\xff" {
			t.Fatal(title, cover, err)
		}
	})
}

func TestAFailedUpdateWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := withBooks(t, at)
		wanted := errors.New("changed my mind")
		if err := db.Update(ctx, func(tx store.Tx) error {
			tx.Exec(ctx, putBook, 1, "a", []byte("b"))
			return wanted
		}); !errors.Is(err, wanted) {
			t.Fatal(err)
		}
		err := db.Update(ctx, func(tx store.Tx) error {
			tx.Exec(ctx, putBook, 1, "a", []byte("b"))
			tx.Exec(ctx, putBook, 1, "a", []byte("b"))
			return nil
		})
		if !store.IsUnique(err) || books(t, db) != 0 {
			t.Fatal(err, books(t, db))
		}
	})
}

func TestRowsAffectedIsKnownBeforeCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := withBooks(t, at)
		err := db.Update(ctx, func(tx store.Tx) error {
			for i := range 3 {
				if _, err := tx.Exec(ctx, putBook, i, "a", []byte("b")); err != nil {
					return err
				}
			}
			res, err := tx.Exec(ctx, sellBook, "sold", 0)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); n != 2 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestASavepointUndoesOnlyWhatFollowsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := withBooks(t, at)
		tx, err := db.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		for i := range 4 {
			if err := tx.Savepoint(ctx); err != nil {
				t.Fatal(err)
			}
			tx.Exec(ctx, putBook, i/2, "a", []byte("b")) // 0, 0 again, 1, 1 again
			if err := tx.Err(ctx); (i%2 == 1) != (err != nil) {
				t.Fatal(i, err)
			} else if err != nil {
				if err := tx.RollbackTo(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := tx.Commit(ctx); err != nil || books(t, db) != 2 {
			t.Fatal(err, books(t, db))
		}
	})
}

func TestWritersTakeTurns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := withBooks(t, at)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				err := db.Update(ctx, func(tx store.Tx) error {
					var n int
					if err := tx.QueryRow(ctx, countBook).Scan(&n); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, putBook, n, fmt.Sprint(i), []byte("b"))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := books(t, db); n != 20 {
			t.Fatal(n)
		}
		waiting, cancel := context.WithCancel(ctx)
		cancel()
		tx, err := db.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := db.Begin(waiting); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	})
}

func TestASecondOpeningOfTheSameFileIsRefused(t *testing.T) {
	at := filepath.Join(t.TempDir(), "trucot.db")
	storetest.Open(t, at)
	_, err := store.Open(context.Background(), at)
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "store.locked" || f.Args["pid"] != fmt.Sprint(os.Getpid()) {
		t.Fatal(err)
	}
}

func TestWhatCannotBeOpenedIsExplained(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	if err := os.WriteFile(other, []byte("this is a letter, not a database, and it is long enough to have a header of one hundred bytes…"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ at, key string }{
		{other, "store.not_a_database"},
		{filepath.Join(dir, "missing", "trucot.db"), "store.no_folder"},
		{"postgres:///nothing?host=" + dir, "store.unreachable"},
		{"postgres://%zz", "store.bad_address"},
		{"mysql://host/base", "store.bad_address"},
	} {
		db, err := store.Open(context.Background(), c.at)
		if !fault.Is(err, c.key) {
			t.Errorf("%s: %v", c.at, err)
		}
		if db != nil {
			db.Close()
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := withBooks(t, filepath.Join(t.TempDir(), "trucot.db"))
	var id sql.NullInt64
	err := db.QueryRow(context.Background(), putBook+" returning id", 1, "a", []byte("b")).Scan(&id)
	if !fault.Is(store.Fault(err), "store.file_read_only") {
		t.Fatal(err)
	}
}

func TestAFullDiskIsSaidAndPasses(t *testing.T) {
	ctx := context.Background()
	db := withBooks(t, filepath.Join(t.TempDir(), "trucot.db"))
	add := func(limit, id int) error {
		return db.Update(ctx, func(tx store.Tx) error {
			if _, err := tx.Exec(ctx, store.SQL(fmt.Sprintf("pragma max_page_count=%d", limit))); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, putBook, id, "a", make([]byte, 1<<20))
			return err
		})
	}
	if err := add(20, 1); !fault.Is(err, "store.disk_full") {
		t.Fatal(err)
	}
	if err := add(100_000, 2); err != nil || books(t, db) != 1 {
		t.Fatal(err)
	}
}

func TestDDLIsRewrittenForTheEngine(t *testing.T) {
	const text = "create table a (Id BIGINT primary  key, blobs text, b BLOB) without rowid"
	for engine, want := range map[store.Engine]string{
		store.SQLite:   "create table a (Id integer primary key, blobs text, b BLOB) without rowid",
		store.Postgres: "create table a (Id BIGINT primary  key, blobs text, b bytea) ",
	} {
		if got := engine.DDL(text); got != want {
			t.Errorf("%s: %s", engine, got)
		}
	}
}

func TestADigestSaysWhatRowsThereAreInAnyOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := withBooks(t, at)
		var sums []store.Digest
		for _, order := range [][]int{{1, 2, 3}, {3, 1, 2}, {1, 2, 4}, {1, 2}} {
			err := db.Update(ctx, func(tx store.Tx) error {
				if _, err := tx.Exec(ctx, "delete from book"); err != nil {
					return err
				}
				for _, id := range order {
					if _, err := tx.Exec(ctx, putBook, id, fmt.Sprint(id), []byte("b")); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			d, err := db.Digest(ctx, "book")
			if err != nil || d.Rows != int64(len(order)) {
				t.Fatal(d, err)
			}
			sums = append(sums, d)
		}
		if sums[0] != sums[1] || sums[0] == sums[2] || sums[2] == sums[3] {
			t.Fatal(sums)
		}
	})
}

func TestMigrationsRunOnceOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		ctx := context.Background()
		db := storetest.Open(t, at)
		files := fstest.MapFS{
			"00001_book.sql":  {Data: []byte(bookDDL + ";\n")},
			"00002_shelf.sql": {Data: []byte("alter table book add column shelf text;\ninsert into book (id, title, cover) values (1, 'a', '');\n")},
		}
		for range 2 {
			if err := db.Migrate(ctx, "books", files); err != nil {
				t.Fatal(err)
			}
		}
		if n := books(t, db); n != 1 {
			t.Fatal(n)
		}
	})
}
