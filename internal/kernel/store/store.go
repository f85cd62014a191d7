// Package store (kho dữ liệu) opens SQLite (embedded, the default) or PostgreSQL (clusters) behind one
// small face: one schema, one set of statements with $1 placeholders, portable types.
//
// Portable means: bigint, double precision, text (ISO dates and JSON too) and blob; DDL rewrites the
// two words in which the engines differ. Every statement of the program is declared with Statement, so
// that a test prepares each of them on both engines.
//
// It owns connections, transactions, statement caches, the lock on the data folder and the
// translation of engine errors into faults. It does not own tables: the ledger and the folds do.
package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
)

// Engine names the database below.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// SQL is a declared statement.
type SQL string

var (
	declaredMu sync.Mutex
	declared   []SQL
)

// Statement declares a statement; call it in a package-level var.
func Statement(text string) SQL {
	declaredMu.Lock()
	defer declaredMu.Unlock()
	declared = append(declared, SQL(text))
	return SQL(text)
}

// Statements lists every declared statement, for the test that prepares them on both engines.
func Statements() []SQL {
	declaredMu.Lock()
	defer declaredMu.Unlock()
	return append([]SQL(nil), declared...)
}

// Reader runs queries. *DB reads committed state; the writer's Tx reads its own writes too.
type Reader interface {
	Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row
}

// Tx is an open write transaction, as folds and Update see it. On PostgreSQL Exec only queues the
// statement: it travels with the next query, RowsAffected or the commit, and an error of it shows
// there. A failed statement fails its transaction on both engines alike, so nothing is lost by that.
type Tx interface {
	Reader
	Exec(ctx context.Context, q SQL, args ...any) (sql.Result, error)
}

// DB is one open database: a pool of readers and one writing connection that is taken in turns.
type DB struct {
	Engine Engine

	read   *sql.DB
	write  *sql.DB
	stmts  sync.Map // SQL → *sql.Stmt on the reading pool
	writer writer
	lock   *os.File // on the SQLite file's neighbour "….lock"; nil on PostgreSQL
}

// Query runs a declared statement on the reading pool, prepared once.
func (db *DB) Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error) {
	st, err := db.prepared(ctx, q)
	if err != nil {
		return nil, Fault(err)
	}
	rows, err := st.QueryContext(ctx, args...)
	return rows, Fault(err)
}

// QueryRow is Query for one row.
func (db *DB) QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row {
	st, err := db.prepared(ctx, q)
	if err != nil { // let the row carry the error
		return db.read.QueryRowContext(ctx, string(q), args...)
	}
	return st.QueryRowContext(ctx, args...)
}

// Prepare prepares a statement on the reading pool and reports whether the engine accepts it.
func (db *DB) Prepare(ctx context.Context, q SQL) error {
	_, err := db.prepared(ctx, q)
	return err
}

func (db *DB) prepared(ctx context.Context, q SQL) (*sql.Stmt, error) {
	if st, ok := db.stmts.Load(q); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := db.read.PrepareContext(ctx, db.text(q))
	if err != nil {
		return nil, err
	}
	if old, raced := db.stmts.LoadOrStore(q, st); raced {
		st.Close()
		return old.(*sql.Stmt), nil
	}
	return st, nil
}

// Close waits for an open write transaction, closes both pools and frees the data folder.
func (db *DB) Close() error {
	db.writer.close()
	db.stmts.Range(func(_, st any) bool { st.(*sql.Stmt).Close(); return true })
	return errors.Join(db.read.Close(), db.write.Close(), unlock(db.lock))
}

// All collects the rows of a query; scan reads the current row.
func All[T any](ctx context.Context, r Reader, scan func(*sql.Rows) (T, error), q SQL, args ...any) ([]T, error) {
	rows, err := r.Query(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, Fault(rows.Err())
}
