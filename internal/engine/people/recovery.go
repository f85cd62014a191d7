package people

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// RecoveryState is how far a recovery got.
type RecoveryState string

// The states of a recovery. Who approves one gets its link; each new link counts, the one before it no longer.
const (
	RecoveryAsked    RecoveryState = "asked"
	RecoveryApproved RecoveryState = "approved"
	RecoveryRefused  RecoveryState = "refused"
	RecoveryUsed     RecoveryState = "used"
)

// Recovery gives an account back to a person who lost the ways into it. One administrator asks, another one approves.
type Recovery struct {
	ID, Account, Reason string
	State               RecoveryState
	AskedBy             string
	Asked               time.Time
	DecidedBy           string
}

// recoveryLife is how long the link of an approved recovery works; recoveryOpen how long an asked one may wait.
const (
	recoveryLife = 24 * time.Hour
	recoveryOpen = 7 * 24 * time.Hour
)

// AskRecovery records that an administrator asks to give an account back, and why. Errors: people.unknown_account,
// people.no_reason.
func (p *People) AskRecovery(ctx context.Context, by By, account, reason string) (id string, err error) {
	if _, err := p.account(ctx, account); err != nil {
		return "", err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", fault.New(fault.Invalid, "people.no_reason")
	}
	id = strings.ToLower(rand.Text()[:10])
	return id, p.record(ctx, by, "account/"+account, "", kindRecoveryAsked, map[string]string{"id": id, "account": account, "reason": reason})
}

// DecideRecovery records that a second administrator approves or refuses. An approval gives a one-time link, which
// forgets every secret of the account when it is used. Errors: people.unknown_recovery, people.same_eyes for the one
// who asked and for the account itself, people.recovery_over.
func (p *People) DecideRecovery(ctx context.Context, by By, id string, approve bool) (path string, expires time.Time, err error) {
	r, err := p.Recovery(ctx, id)
	if err != nil {
		return "", time.Time{}, err
	}
	asker, _ := Acting(r.AskedBy)
	decider, _ := Acting(by.Actor)
	now := p.opts.Clock()
	switch {
	case decider == asker || decider == r.Account:
		return "", time.Time{}, fault.New(fault.Forbidden, "people.same_eyes")
	case r.State != RecoveryAsked || now.Sub(r.Asked) > recoveryOpen:
		return "", time.Time{}, fault.New(fault.Conflict, "people.recovery_over")
	}
	kind := kindRecoveryRefused
	if approve {
		kind = kindRecoveryApproved
	}
	if err := p.record(ctx, by, "account/"+r.Account, "", kind, map[string]string{"id": id, "account": r.Account}); err != nil || !approve {
		return "", time.Time{}, err
	}
	token := newToken()
	expires = now.Add(recoveryLife)
	err = p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, insertLink, hashToken(token), r.Account, expires.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertPending, hashToken(token), pendingRecovery, r.Account, id, expires.UnixMicro())
		return err
	})
	return "/vao?t=" + url.QueryEscape(token), expires, err
}

// useRecovery forgets the secrets of an account whose link came from a recovery.
func (p *People) useRecovery(ctx context.Context, account, token string) error {
	_, id, err := p.take(ctx, pendingRecovery, token)
	if fault.Is(err, "people.log_in_over") {
		return nil // an ordinary link
	}
	if err != nil {
		return err
	}
	err = p.record(ctx, By{Actor: account}, "account/"+account, "", kindRecoveryUsed, map[string]string{"id": id, "account": account})
	if err != nil {
		return err
	}
	err = p.db.Update(ctx, func(tx store.Tx) error { return dropWaysIn(ctx, tx, account) })
	p.seen.clear()
	return err
}

// Recovery reads one recovery. Error: people.unknown_recovery.
func (p *People) Recovery(ctx context.Context, id string) (Recovery, error) {
	r, err := scanRecovery(p.db.QueryRow(ctx, selectRecovery, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = missing("people.unknown_recovery", "id", id)
	}
	return r, err
}

// Recoveries lists the latest recoveries, the last asked first; two hundred at most.
func (p *People) Recoveries(ctx context.Context) ([]Recovery, error) {
	return store.All(ctx, p.db, func(rows *sql.Rows) (Recovery, error) { return scanRecovery(rows) }, selectRecoveries)
}

func scanRecovery(row interface{ Scan(...any) error }) (Recovery, error) {
	var r Recovery
	var at int64
	err := row.Scan(&r.ID, &r.Account, &r.Reason, &r.State, &r.AskedBy, &at, &r.DecidedBy)
	r.Asked = time.UnixMicro(at)
	return r, err
}
