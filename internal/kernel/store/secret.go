package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// WriteSecret writes a key file for its owner alone (0600); it appears whole or not at all.
func WriteSecret(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Scrub makes overwritten rows vanish from SQLite's write-ahead log, by copying it back and emptying
// it. On PostgreSQL old row versions go with the next vacuum and old log segments with their archive.
func (db *DB) Scrub(ctx context.Context) error {
	if db.Engine != SQLite {
		return nil
	}
	_, err := db.write.ExecContext(context.WithoutCancel(ctx), "pragma wal_checkpoint(truncate)")
	return Fault(err)
}
