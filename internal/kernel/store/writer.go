package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"trucot/internal/kernel/fault"
)

// writer is the single writing connection with its prepared statements.
type writer struct {
	db     *DB
	turn   chan struct{} // holds one token while nobody writes
	closed atomic.Bool
	conn   *sql.Conn // nil until first used and after it broke
	stmts  map[SQL]*sql.Stmt
}

func (w *writer) init(db *DB) {
	w.db, w.turn = db, make(chan struct{}, 1)
	w.turn <- struct{}{}
}

func (w *writer) close() {
	if w.closed.Swap(true) {
		return
	}
	<-w.turn
	w.drop()
	w.turn <- struct{}{}
}

// drop forgets the connection; the next Begin takes a new one.
func (w *writer) drop() {
	for _, st := range w.stmts {
		st.Close()
	}
	if w.conn != nil {
		w.conn.Close()
	}
	w.conn, w.stmts = nil, nil
}

// WriteTx is a write transaction. It is used by one goroutine, and ended by Commit or Rollback.
type WriteTx struct {
	w     *writer
	queue *pgx.Batch // PostgreSQL: statements that have not travelled yet
	err   error      // the first failure; the transaction cannot commit any more
	done  bool
}

// Begin waits for its turn and opens a write transaction. ctx bounds the waiting only: what runs
// inside is never cancelled half-way, since a cancelled write can leave a SQLite file locked.
func (db *DB) Begin(ctx context.Context) (*WriteTx, error) {
	w := &db.writer
	select {
	case <-w.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t := &WriteTx{w: w}
	if err := t.begin(context.WithoutCancel(ctx)); err != nil {
		w.drop()
		w.turn <- struct{}{}
		return nil, Fault(err)
	}
	return t, nil
}

func (t *WriteTx) begin(ctx context.Context) error {
	w := t.w
	if w.closed.Load() {
		return fault.New(fault.Unavailable, "store.closed")
	}
	if w.conn == nil {
		conn, err := w.db.write.Conn(ctx)
		if err != nil {
			return err
		}
		w.conn, w.stmts = conn, map[SQL]*sql.Stmt{}
	}
	if w.db.Engine == Postgres {
		t.enqueue("begin", nil)
		return nil
	}
	_, err := t.Exec(ctx, "begin immediate")
	return err
}

// nodesKey is the advisory lock (of one PostgreSQL database) under which nodes take turns to write
// the ledger.
const nodesKey = 0x7472_7563_6f74

// Lock makes the transaction the only one that writes the ledger, across all nodes, until it ends. On
// SQLite every write transaction is that already.
func (t *WriteTx) Lock(ctx context.Context) error {
	if t.w.db.Engine == SQLite {
		return nil
	}
	_, err := t.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(nodesKey))
	return err
}

// Alone keeps other nodes from writing the ledger until release is called, over many transactions of
// this connection; for rebuilds. On SQLite the lock on the file does that already.
func (db *DB) Alone(ctx context.Context) (release func(), err error) {
	if db.Engine == SQLite {
		return func() {}, nil
	}
	call := func(q SQL) error {
		t, err := db.Begin(ctx)
		if err != nil {
			return err
		}
		if _, err := t.Exec(ctx, q, int64(nodesKey)); err != nil {
			t.Rollback()
			return err
		}
		return t.Commit(ctx)
	}
	if err := call("select pg_advisory_lock($1)"); err != nil {
		return nil, err
	}
	return func() { _ = call("select pg_advisory_unlock($1)") }, nil // a broken connection unlocks by itself
}

// Exec runs a statement; see Tx about PostgreSQL.
func (t *WriteTx) Exec(ctx context.Context, q SQL, args ...any) (sql.Result, error) {
	if t.err != nil {
		return nil, t.err
	}
	if t.w.db.Engine == Postgres {
		return t.enqueue(q, args), nil
	}
	st, err := t.prepared(ctx, q)
	if err != nil {
		return nil, t.failed(err)
	}
	res, err := st.ExecContext(context.WithoutCancel(ctx), args...)
	return res, t.failed(err)
}

// Query sends what is queued and runs a query that sees this transaction's writes. Close the rows
// before the next query.
func (t *WriteTx) Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	st, err := t.prepared(ctx, q)
	if err != nil {
		return nil, t.failed(err)
	}
	rows, err := st.QueryContext(context.WithoutCancel(ctx), args...)
	return rows, t.failed(err)
}

// QueryRow is Query for one row.
func (t *WriteTx) QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row {
	_ = t.flush(ctx) // a failure shows again in the query below: the transaction is aborted
	ctx = context.WithoutCancel(ctx)
	st, err := t.prepared(ctx, q)
	if err != nil {
		return t.w.conn.QueryRowContext(ctx, string(q), args...)
	}
	return st.QueryRowContext(ctx, args...)
}

// Err is the first failure of the transaction, nil while it can still commit. It sends what is queued.
func (t *WriteTx) Err(ctx context.Context) error { return t.flush(ctx) }

// Savepoint marks a point that RollbackTo returns to. There is one at a time.
func (t *WriteTx) Savepoint(ctx context.Context) error {
	_, err := t.Exec(ctx, "savepoint one")
	return err
}

// RollbackTo undoes what was done since Savepoint and makes the transaction usable again.
func (t *WriteTx) RollbackTo(ctx context.Context) error {
	t.err, t.queue = nil, nil
	_, err := t.Exec(ctx, "rollback to savepoint one")
	if err != nil {
		return err
	}
	return t.flush(ctx)
}

// Commit makes the transaction durable and gives the turn to the next writer. After an error nothing
// is written, except where IsLost(err): then only reading back tells.
func (t *WriteTx) Commit(ctx context.Context) error {
	if t.done {
		return sql.ErrTxDone
	}
	_, err := t.Exec(ctx, "commit")
	if err == nil {
		err = t.flush(ctx)
	}
	if err != nil {
		t.Rollback()
		return err
	}
	t.end()
	return nil
}

// Rollback undoes the transaction; after Commit it does nothing.
func (t *WriteTx) Rollback() {
	if t.done {
		return
	}
	t.queue = nil
	if _, err := t.w.conn.ExecContext(context.Background(), "rollback"); err != nil {
		// SQLite rolls back by itself on a full disk and then has no transaction to end; a
		// connection in an unknown state is not worth keeping on either engine.
		t.w.drop()
	}
	t.end()
}

func (t *WriteTx) end() {
	t.done = true
	if t.w.closed.Load() {
		t.w.drop()
	}
	t.w.turn <- struct{}{}
}

func (t *WriteTx) failed(err error) error {
	if err != nil && t.err == nil {
		t.err = Fault(err)
		return t.err
	}
	return Fault(err)
}

func (t *WriteTx) prepared(ctx context.Context, q SQL) (*sql.Stmt, error) {
	if st, ok := t.w.stmts[q]; ok {
		return st, nil
	}
	st, err := t.w.conn.PrepareContext(context.WithoutCancel(ctx), t.w.db.text(q))
	if err == nil {
		t.w.stmts[q] = st
	}
	return st, err
}

// Update runs fn in a write transaction and commits it: for tables beside the ledger such as sessions
// and jobs.
func (db *DB) Update(ctx context.Context, fn func(Tx) error) error {
	t, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if err := fn(t); err != nil {
		return err
	}
	return t.Commit(ctx)
}

// Raw lends the writing connection as it is, while nobody else writes; for measurements.
func (db *DB) Raw(ctx context.Context, fn func(*sql.Conn) error) error {
	t, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	t.Rollback()
	w := &db.writer
	<-w.turn
	defer func() { w.turn <- struct{}{} }()
	if w.conn == nil {
		return fault.New(fault.Unavailable, "store.closed")
	}
	return fn(w.conn)
}

// enqueue keeps a statement for the next journey to the PostgreSQL server.
func (t *WriteTx) enqueue(q SQL, args []any) *queued {
	if t.queue == nil {
		t.queue = &pgx.Batch{}
	}
	r := &queued{tx: t}
	t.queue.Queue(string(q), args...).Exec(func(tag pgconn.CommandTag) error {
		r.rows, r.known = tag.RowsAffected(), true
		return nil
	})
	return r
}

// flush sends the queued statements in one journey.
func (t *WriteTx) flush(ctx context.Context) error {
	if t.err != nil || t.queue == nil {
		return t.err
	}
	batch := t.queue
	t.queue = nil
	return t.failed(t.w.conn.Raw(func(driverConn any) error {
		return driverConn.(*stdlib.Conn).Conn().SendBatch(context.WithoutCancel(ctx), batch).Close()
	}))
}

// queued is the result of a statement that may not have travelled yet.
type queued struct {
	tx    *WriteTx
	rows  int64
	known bool
}

// LastInsertId is not portable.
func (r *queued) LastInsertId() (int64, error) {
	return 0, errors.New("store: use returning, not LastInsertId")
}

// RowsAffected sends the statement if it has not travelled.
func (r *queued) RowsAffected() (int64, error) {
	if !r.known {
		if err := r.tx.flush(context.Background()); err != nil {
			return 0, err
		}
	}
	return r.rows, nil
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
