package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"trucot/internal/kernel/fault"
)

// sqliteFaults maps primary result codes to what a reader can do about them.
var sqliteFaults = map[int]string{
	sqlite3.SQLITE_FULL:     "store.disk_full",
	sqlite3.SQLITE_READONLY: "store.file_read_only",
	sqlite3.SQLITE_PERM:     "store.file_read_only",
	sqlite3.SQLITE_CANTOPEN: "store.file_unreadable",
	sqlite3.SQLITE_IOERR:    "store.disk_error",
	sqlite3.SQLITE_CORRUPT:  "store.corrupt",
	sqlite3.SQLITE_NOTADB:   "store.not_a_database",
	sqlite3.SQLITE_BUSY:     "store.busy",
	sqlite3.SQLITE_LOCKED:   "store.busy",
}

// postgresFaults maps SQLSTATE codes, and classes by their first two characters.
var postgresFaults = map[string]string{
	"53100": "store.disk_full",
	"53":    "store.busy", // too many connections, out of memory
	"55P03": "store.busy",
	"25006": "store.server_read_only",
	"57P":   "store.unreachable", // shutting down
	"08":    "store.unreachable",
	"28":    "store.no_access",
	"3D":    "store.no_database",
	"42501": "store.no_access",
	"58":    "store.disk_error",
	"XX001": "store.corrupt",
	"XX002": "store.corrupt",
}

// Fault turns an engine's error into a fault with a remedy where there is one; other errors, and nil,
// come back as they are.
func Fault(err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if key := faultKey(err); key != "" {
		return fault.New(fault.Unavailable, key).Because(err)
	}
	return err
}

func faultKey(err error) string {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return sqliteFaults[lite.Code()&0xff]
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		for _, n := range []int{5, 3, 2} {
			if key := postgresFaults[pg.Code[:min(n, len(pg.Code))]]; key != "" {
				return key
			}
		}
		return ""
	}
	if IsLost(err) {
		return "store.unreachable"
	}
	return ""
}

// IsLost reports whether the connection to the server broke, so that nobody knows whether the last
// statement was carried out. Statements after the one that noticed it get sql.ErrConnDone.
func IsLost(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err) {
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code[:3] == "57P" || pg.Code[:2] == "08"
	}
	return errors.Is(err, net.ErrClosed) || isEOF(err)
}

// IsUnique reports whether a row was refused because its key exists.
func IsUnique(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}
