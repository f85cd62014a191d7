// Package store (kho dữ liệu) opens SQLite (embedded, the default) or PostgreSQL (clusters) behind one
// small face: one schema, one set of statements with $1 placeholders and portable types (bigint,
// double precision, text, bytea/blob through the word BLOB, ISO dates and JSON as text).
//
// Every statement of the program is declared with Statement, so that a test can prepare each of them
// on both engines. It owns connections and statement caches, not tables: the ledger and the folds do.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the embedded engine
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

// Tx is the ledger writer's open transaction, as folds see it.
type Tx interface {
	Reader
	Exec(ctx context.Context, q SQL, args ...any) (sql.Result, error)
}

// DB is one open database: a reading pool and a single writing connection.
type DB struct {
	Engine Engine
	read   *sql.DB
	write  *sql.DB
	stmts  sync.Map // SQL → *sql.Stmt on the reading pool
}

// Open opens "postgres://…" or a SQLite file by its path.
func Open(ctx context.Context, at string) (*DB, error) {
	if strings.HasPrefix(at, "postgres://") || strings.HasPrefix(at, "postgresql://") {
		return nil, fmt.Errorf("store: postgres comes with the full store")
	}
	dsn := "file:" + (&url.URL{Path: at}).EscapedPath() + "?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	write, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(4)
	if err := write.PingContext(ctx); err != nil {
		return nil, err
	}
	return &DB{Engine: SQLite, read: read, write: write}, nil
}

// Write is the single writing connection's pool; only the ledger and migrations use it.
func (db *DB) Write() *sql.DB { return db.write }

// Query runs a declared statement on the reading pool, prepared once.
func (db *DB) Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error) {
	st, err := db.prepared(ctx, q)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// QueryRow is Query for one row.
func (db *DB) QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row {
	st, err := db.prepared(ctx, q)
	if err != nil {
		return db.read.QueryRowContext(ctx, string(q), args...)
	}
	return st.QueryRowContext(ctx, args...)
}

func (db *DB) prepared(ctx context.Context, q SQL) (*sql.Stmt, error) {
	if st, ok := db.stmts.Load(q); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := db.read.PrepareContext(ctx, string(q))
	if err != nil {
		return nil, err
	}
	if old, raced := db.stmts.LoadOrStore(q, st); raced {
		st.Close()
		return old.(*sql.Stmt), nil
	}
	return st, nil
}

// Close closes both pools.
func (db *DB) Close() error {
	err := db.read.Close()
	if e := db.write.Close(); err == nil {
		err = e
	}
	return err
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
	return out, rows.Err()
}
