package store

import (
	"context"
	"database/sql"
)

// Update runs fn in a write transaction and commits it: for tables beside the ledger such as sessions.
func (db *DB) Update(ctx context.Context, fn func(Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := fn(plainTx{tx}); err != nil {
		return err
	}
	return tx.Commit()
}

type plainTx struct{ *sql.Tx }

func (t plainTx) Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error) {
	return t.QueryContext(ctx, string(q), args...)
}
func (t plainTx) QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row {
	return t.QueryRowContext(ctx, string(q), args...)
}
func (t plainTx) Exec(ctx context.Context, q SQL, args ...any) (sql.Result, error) {
	return t.ExecContext(ctx, string(q), args...)
}
