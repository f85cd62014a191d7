package party

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// Every table here keeps a thing as JSON beside the columns that lists ask for.

// never stands for "without end" in a table, so that such rows sort last.
const never = 1<<31 - 1

// Until is a day as tables keep it: none sorts last.
func Until(d calendar.Date) int64 {
	if d == calendar.NoDate {
		return never
	}
	return int64(d)
}

// Kept reads a thing from a row of its data and its version; version says where it keeps that.
func Kept[T any](version func(*T) *int64) func(*sql.Rows) (*T, error) {
	return func(rows *sql.Rows) (*T, error) {
		var data string
		x := new(T)
		if err := rows.Scan(&data, version(x)); err != nil {
			return nil, err
		}
		return x, json.Unmarshal([]byte(data), x)
	}
}

// One is the thing of an id, or the fault of the kind fault.NotFound.
func One[T any](ctx context.Context, db store.Reader, scan func(*sql.Rows) (*T, error), q store.SQL, missing, id string) (*T, error) {
	found, err := store.All(ctx, db, scan, q, id)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, missing, "id", id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Page is one page of a list, 50 rows where limit is 0, and how many there are in all.
func Page[T any](ctx context.Context, db store.Reader, scan func(*sql.Rows) (*T, error), list, sum store.SQL, args []any, limit, offset int) ([]*T, int, error) {
	var total int
	if err := db.QueryRow(ctx, sum, args...).Scan(&total); err != nil {
		return nil, 0, store.Fault(err)
	}
	rows, err := store.All(ctx, db, scan, list, append(args, bounded(limit), int64(max(offset, 0)))...)
	return rows, total, err
}

// most is the longest list that is read at once.
const most = 100_000

func bounded(limit int) int64 {
	if limit <= 0 {
		return 50
	}
	return int64(min(limit, most))
}

// folded reads what an event says of a thing into x, and gives it as its table keeps it.
func folded(e *ledger.Event, x any) (string, error) {
	if err := json.Unmarshal(e.Data, x); err != nil {
		return "", err
	}
	data, err := json.Marshal(x)
	return string(data), err
}

// tries is how often a number taken by somebody else in the same moment is asked for anew.
const tries = 5

// Numbered makes something under its own id, or under the number after the last one with a mark.
func Numbered(ctx context.Context, db store.Reader, own string, last store.SQL, mark string, make func(id string) error) error {
	for try := 1; ; try++ {
		id := own
		if id == "" {
			if err := db.QueryRow(ctx, last, mark, mark+":").Scan(&id); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return store.Fault(err)
			}
			n, _ := strconv.Atoi(strings.TrimPrefix(id, mark)) // nothing yet = 0
			id = fmt.Sprintf("%s%05d", mark, n+1)
		}
		if err := make(id); !fault.Is(err, "ledger.version_conflict") || try == tries || own != "" {
			return err
		}
	}
}
