package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// place sorts notices by time; the key keeps two of one moment apart.
func place(at time.Time, key string) string { return fmt.Sprintf("%016d/%s", at.UnixMicro(), key) }

func placeTime(place string) time.Time {
	digits, _, _ := strings.Cut(place, "/")
	n, _ := strconv.ParseInt(digits, 10, 64) // we wrote it
	return time.UnixMicro(n).UTC()
}

// List gives an account's notices, the latest first: those behind a place ("" = from the first), at most limit.
func (e *Engine) List(ctx context.Context, account, behind string, unread bool, limit int) ([]Notice, error) {
	only := 0
	if unread {
		only = 1
	}
	return store.All(ctx, e.db, scanNotice, listNotices, account, behind, only, int64(limit))
}

// MarkRead marks one notice of an account as read; one that is not there is no error.
func (e *Engine) MarkRead(ctx context.Context, account, key string) error {
	return e.exec(ctx, markOne, account, key)
}

// MarkAllRead marks everything up to a place as read, "" for everything there is now: what came after the page was shown
// stays unread.
func (e *Engine) MarkAllRead(ctx context.Context, account, upTo string) error {
	if upTo == "" {
		upTo = place(e.now(), "~")
	}
	return e.exec(ctx, markAll, account, upTo)
}

func (e *Engine) exec(ctx context.Context, q store.SQL, args ...any) error {
	defer e.counted.forget()
	return e.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, q, args...)
		return err
	})
}

// Choices is how an account wants to be told of each kind; in the application where it never chose.
func (e *Engine) Choices(ctx context.Context, account string) (map[Kind]Way, error) {
	out := map[Kind]Way{}
	for _, k := range Kinds() {
		out[k] = InApp
	}
	_, err := store.All(ctx, e.db, func(rows *sql.Rows) (struct{}, error) {
		var k Kind
		var w Way
		err := rows.Scan(&k, &w)
		out[k] = w
		return struct{}{}, err
	}, selectChoices, account)
	return out, err
}

// Choose sets how an account wants to be told; kinds left out stay. Errors: notify.unknown_kind, notify.unknown_way,
// notify.need_address for mail without an address.
func (e *Engine) Choose(ctx context.Context, account string, ways map[Kind]Way) error {
	for k, w := range ways {
		if !slices.Contains(Kinds(), k) {
			return fault.New(fault.Invalid, "notify.unknown_kind", "text", string(k))
		}
		if w != InApp && w != ByMail && w != Silent {
			return fault.New(fault.Invalid, "notify.unknown_way", "text", string(w))
		}
		if w == ByMail {
			address, err := e.Address(ctx, account)
			if err != nil {
				return err
			}
			if address == "" {
				return fault.New(fault.Invalid, "notify.need_address")
			}
		}
	}
	return e.db.Update(ctx, func(tx store.Tx) error {
		for _, k := range Kinds() {
			if w, given := ways[k]; given {
				if _, err := tx.Exec(ctx, setChoice, account, string(k), string(w)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Address is the account's e-mail address, "" for none.
func (e *Engine) Address(ctx context.Context, account string) (string, error) {
	var sealed string
	err := e.db.QueryRow(ctx, selectAddress, account).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", store.Fault(err)
	}
	address, err := e.opts.Open(ctx, sealed)
	if fault.KindOf(err) == fault.NotFound { // erased with its person
		return "", nil
	}
	return address, err
}

// SetAddress keeps an account's e-mail address, sealed; "" takes it away. Error: notify.bad_address.
func (e *Engine) SetAddress(ctx context.Context, account, address string) error {
	if address == "" {
		return e.exec(ctx, dropAddress, account)
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > 254 {
		return fault.New(fault.Invalid, "notify.bad_address")
	}
	sealed, err := e.opts.Seal(ctx, "account/"+account, address)
	if err != nil {
		return err
	}
	return e.exec(ctx, setAddress, account, sealed)
}
