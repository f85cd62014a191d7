package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the embedded engine

	"trucot/internal/kernel/fault"
)

// readers is the size of the reading pool. SQLite readers each keep their own page cache, so few.
const (
	sqliteReaders   = 4
	postgresReaders = 8
)

// Open opens "postgres://…" or a SQLite file by its path; the file's folder must exist. It refuses a
// SQLite file that another process has open (fault.Conflict "store.locked").
func Open(ctx context.Context, at string) (*DB, error) {
	if IsPostgres(at) {
		return openPostgres(ctx, at)
	}
	if strings.Contains(at, "://") {
		return nil, fault.New(fault.Invalid, "store.bad_address")
	}
	return openSQLite(ctx, at)
}

// IsPostgres reports whether a database address names a PostgreSQL server.
func IsPostgres(at string) bool {
	return strings.HasPrefix(at, "postgres://") || strings.HasPrefix(at, "postgresql://")
}

// The pragmas of every SQLite connection. WAL lets readers read beside the writer; synchronous=FULL
// syncs the log at each commit, so that an acknowledged command survives a power cut; a
// write-ahead log of 4000 pages (16 MB) is copied back less often than the default 1000.
const (
	sqlitePragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(4000)&_pragma=secure_delete(fast)"
	sqliteWriter = "&_pragma=cache_size(-16384)"
	sqliteReader = "&_pragma=cache_size(-4096)&_pragma=query_only(1)"
)

func openSQLite(ctx context.Context, at string) (*DB, error) {
	lock, err := lockFile(at + ".lock")
	if err != nil {
		return nil, err
	}
	db := &DB{Engine: SQLite, lock: lock}
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(at)}).EscapedPath() + "?" + sqlitePragmas
	if db.write, err = sql.Open("sqlite", dsn+sqliteWriter); err == nil {
		db.read, err = sql.Open("sqlite", dsn+sqliteReader)
	}
	if err == nil {
		db.read.SetMaxOpenConns(sqliteReaders)
		db.read.SetMaxIdleConns(sqliteReaders)
		// Reading the schema shows a file that is not a database; a ping would not.
		_, err = db.write.ExecContext(ctx, "select count(*) from sqlite_schema")
	}
	if err != nil {
		return nil, errors.Join(placed(Fault(err), at), db.abandon())
	}
	db.writer.init(db)
	return db, nil
}

func openPostgres(ctx context.Context, at string) (*DB, error) {
	config, err := pgx.ParseConfig(at)
	if err != nil {
		// The cause quotes the address, which may hold a password: it stays out of the message.
		return nil, fault.New(fault.Invalid, "store.bad_address").Because(err)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "trucot"
	}
	db := &DB{Engine: Postgres, read: stdlib.OpenDB(*config), write: stdlib.OpenDB(*config)}
	db.read.SetMaxOpenConns(postgresReaders)
	db.read.SetMaxIdleConns(postgresReaders)
	if err := db.write.PingContext(ctx); err != nil {
		return nil, errors.Join(Fault(err), db.abandon())
	}
	db.writer.init(db)
	return db, nil
}

// Spare closes the reading connections that nobody uses, each of which keeps the whole schema in memory. They are opened
// again as they are needed.
func (db *DB) Spare() {
	if db.Engine == SQLite {
		db.read.SetMaxIdleConns(1)
		db.read.SetMaxIdleConns(sqliteReaders)
	}
}

// abandon closes what a failed Open had opened so far.
func (db *DB) abandon() error {
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			pool.Close()
		}
	}
	unlock(db.lock)
	return nil
}

// placed names the file in a fault about the file.
func placed(err error, file string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Place.File == "" {
		return f.At(fault.Place{File: file})
	}
	return err
}

// MakeFolder creates a data folder for its owner and group alone; an existing one is left as it is.
func MakeFolder(path string) error {
	if err := os.MkdirAll(path, 0o750); err != nil {
		if errors.Is(err, syscall.ENOTDIR) {
			return fault.New(fault.Invalid, "store.not_a_folder", "path", path).Because(err)
		}
		return folderFault(path, err)
	}
	return nil
}

// folderFault explains why a file could not be created at path.
func folderFault(path string, err error) error {
	switch {
	case errors.Is(err, os.ErrPermission), isReadOnly(err):
		return fault.New(fault.Unavailable, "store.read_only", "path", filepath.Dir(path)).Because(err)
	case errors.Is(err, os.ErrNotExist):
		return fault.New(fault.NotFound, "store.no_folder", "path", filepath.Dir(path)).Because(err)
	case isFull(err):
		return fault.New(fault.Unavailable, "store.disk_full").Because(err)
	}
	return fault.New(fault.Unavailable, "store.cannot_open", "path", path).Because(err)
}
