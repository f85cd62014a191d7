package people

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"time"
	"unicode/utf8"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Method is how a reader logged in.
type Method string

// The ways in. By a link means one-time links of the command line and of a recovery alike.
const (
	ByPassword Method = "password"
	ByTOTP     Method = "totp" // password and code
	ByPasskey  Method = "passkey"
	ByOIDC     Method = "oidc"
	ByLink     Method = "link"
)

// Visit is where a log-in comes from: the peer's address without its port, and what its browser calls itself.
type Visit struct{ Address, Device string }

// Session is one log-in as its account sees it.
type Session struct {
	ID     string
	Method Method
	Visit
	Opened, Seen, Expires time.Time
	Current               bool
}

// seenEvery is how seldom a session writes down that it is in use, so that reading pages stays reading.
const seenEvery = 5 * time.Minute

// proofLife is how long a log-in or a confirmation counts as fresh for what asks for one.
const proofLife = 15 * time.Minute

// pendingLife bounds what a log-in under way may take, and pendingTries its second factors.
const (
	pendingLife  = 5 * time.Minute
	pendingTries = 5
)

// LogIn checks a password and opens a session. Where the account has a second factor, session is empty and pending
// names the log-in under way for SecondFactor. Errors: people.too_many_attempts, people.bad_log_in (the same for an
// unknown name).
func (p *People) LogIn(ctx context.Context, id, typed string, from Visit) (session, pending string, err error) {
	if err := p.checkPassword(ctx, id, typed, from); err != nil {
		return "", "", err
	}
	_, second, err := p.seed(ctx, id)
	switch {
	case err != nil:
	case second:
		pending, err = p.begin(ctx, pendingSecond, id, "")
	default:
		session, err = p.openSession(ctx, id, ByPassword, from)
	}
	return session, pending, err
}

// SecondFactor ends a log-in under way with a code of the authenticator or a recovery code. Errors:
// people.log_in_over when it took too long or was tried too often, people.bad_code, people.too_many_attempts.
func (p *People) SecondFactor(ctx context.Context, pending, code string, from Visit) (session string, err error) {
	var id, data string
	var tries, expires int64
	hash := hashToken(pending)
	err = p.db.QueryRow(ctx, selectPending, hash, pendingSecond).Scan(&id, &data, &tries, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if err != nil || expires <= p.opts.Clock().UnixMicro() || tries >= pendingTries {
		return "", fault.New(fault.Invalid, "people.log_in_over")
	}
	if _, err := p.account(ctx, id); err != nil {
		return "", fault.New(fault.Invalid, "people.log_in_over")
	}
	if err := p.attempt(ctx, id, from); err != nil {
		return "", err
	}
	if err := p.run(ctx, tryPending, hash); err != nil {
		return "", err
	}
	if err := p.checkCode(ctx, id, code); err != nil {
		return "", err
	}
	if _, _, err := p.take(ctx, pendingSecond, pending); err != nil {
		return "", err
	}
	return p.openSession(ctx, id, ByTOTP, from)
}

func (p *People) openSession(ctx context.Context, id string, by Method, from Visit) (string, error) {
	token, now := newToken(), p.opts.Clock()
	if utf8.RuneCountInString(from.Device) > maxDevice {
		from.Device = string([]rune(from.Device)[:maxDevice])
	}
	err := p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, forgetVisit, now.UnixMicro()); err != nil {
			return err
		}
		at := now.UnixMicro()
		_, err := tx.Exec(ctx, insertVisit, hashToken(token), hashToken(token)[:12], id, string(by), from.Address, from.Device, at, at, at, now.Add(p.opts.SessionLife).UnixMicro())
		return err
	})
	if err == nil {
		p.admitted(id, from)
		p.note(ctx, id, "log_in_"+string(by), from)
	}
	return token, err
}

const maxDevice = 200

// Sessions lists an account's open log-ins, the latest used first; token is the one that asks.
func (p *People) Sessions(ctx context.Context, id, token string) ([]Session, error) {
	now := p.opts.Clock()
	return store.All(ctx, p.db, func(rows *sql.Rows) (Session, error) {
		var s Session
		var hash string
		var opened, seen, expires int64
		err := rows.Scan(&hash, &s.ID, &s.Method, &s.Address, &s.Device, &opened, &seen, &expires)
		s.Opened, s.Seen, s.Expires = time.UnixMicro(opened), time.UnixMicro(seen), time.UnixMicro(expires)
		s.Current = token != "" && hash == hashToken(token)
		return s, err
	}, listVisits, id, now.UnixMicro(), now.Add(-p.opts.SessionIdle).UnixMicro())
}

// EndSession ends one log-in of an account; it is no error when that is over already.
func (p *People) EndSession(ctx context.Context, account, id string) error {
	p.seen.clear()
	return p.run(ctx, endVisitID, account, id)
}

// EndSessions ends every log-in of an account but the one of keep ("" = none stays).
func (p *People) EndSessions(ctx context.Context, account, keep string) error {
	p.seen.clear()
	return p.run(ctx, endOthers, account, hashToken(keep))
}

// LogOut ends a session.
func (p *People) LogOut(ctx context.Context, token string) error {
	p.seen.forget(hashToken(token))
	return p.run(ctx, endVisit, hashToken(token))
}

// Proved reports whether the session's reader showed who they are within the last 15 minutes, at log-in or since.
func (p *People) Proved(ctx context.Context, session string) (bool, error) {
	var at int64
	err := p.db.QueryRow(ctx, provedVisit, hashToken(session)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && p.opts.Clock().Sub(time.UnixMicro(at)) < proofLife, err
}

// Prove renews the proof of a session by the account's password, with the code where there is a second factor.
// Errors as for LogIn, and people.bad_code.
func (p *People) Prove(ctx context.Context, account, session, typed, code string, from Visit) error {
	if err := p.checkPassword(ctx, account, typed, from); err != nil {
		return err
	}
	_, second, err := p.seed(ctx, account)
	if err == nil && second {
		err = p.checkCode(ctx, account, code)
	}
	if err != nil {
		return err
	}
	p.admitted(account, from)
	return p.run(ctx, proveVisit, p.opts.Clock().UnixMicro(), hashToken(session))
}

// NewLink makes a one-time log-in path, "/vao?t=…", for an account.
func (p *People) NewLink(ctx context.Context, id string) (path string, expires time.Time, err error) {
	if _, err := p.account(ctx, id); err != nil {
		return "", time.Time{}, err
	}
	token, now := newToken(), p.opts.Clock()
	expires = now.Add(p.opts.LinkLife)
	err = p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, forgetLinks, now.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertLink, hashToken(token), id, expires.UnixMicro())
		return err
	})
	return "/vao?t=" + url.QueryEscape(token), expires, err
}

// LinkAccount tells whose link a token is without using it up, since mail scanners and previews open
// links too. Error: people.bad_link.
func (p *People) LinkAccount(ctx context.Context, token string) (Account, error) {
	var id string
	var expires int64
	err := p.db.QueryRow(ctx, selectLink, hashToken(token)).Scan(&id, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Account{}, err
	}
	d, derr := p.directory(ctx)
	if derr != nil {
		return Account{}, derr
	}
	a := d.account[id]
	if err != nil || a == nil || a.closed || expires <= p.opts.Clock().UnixMicro() {
		return Account{}, fault.New(fault.Invalid, "people.bad_link")
	}
	return a.public(d), nil
}

// UseLink turns a link into a session, once. A link of a recovery forgets every secret of the account first. Error:
// people.bad_link.
func (p *People) UseLink(ctx context.Context, token string, from Visit) (session string, err error) {
	var id string
	var expires int64
	err = p.db.Update(ctx, func(tx store.Tx) error {
		return tx.QueryRow(ctx, useLink, hashToken(token)).Scan(&id, &expires)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if err != nil || expires <= p.opts.Clock().UnixMicro() {
		return "", fault.New(fault.Invalid, "people.bad_link")
	}
	if _, err := p.account(ctx, id); err != nil {
		return "", fault.New(fault.Invalid, "people.bad_link")
	}
	if err := p.useRecovery(ctx, id, token); err != nil {
		return "", err
	}
	return p.openSession(ctx, id, ByLink, from)
}

// The kinds of what is under way.
const (
	pendingSecond   = "second"
	pendingRegister = "register"
	pendingPasskey  = "passkey"
	pendingOIDC     = "oidc"
	pendingRecovery = "recovery"
)

// begin keeps something under way for its browser, which gets the token.
func (p *People) begin(ctx context.Context, kind, account, data string) (token string, err error) {
	token, now := newToken(), p.opts.Clock()
	return token, p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, forgetPending, now.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertPending, hashToken(token), kind, account, data, now.Add(pendingLife).UnixMicro())
		return err
	})
}

// take ends what is under way, once. Error: people.log_in_over.
func (p *People) take(ctx context.Context, kind, token string) (account, data string, err error) {
	var expires int64
	err = p.db.Update(ctx, func(tx store.Tx) error {
		return tx.QueryRow(ctx, takePending, hashToken(token), kind).Scan(&account, &data, &expires)
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && expires <= p.opts.Clock().UnixMicro() {
		err = fault.New(fault.Invalid, "people.log_in_over")
	}
	return account, data, err
}

func (p *People) run(ctx context.Context, q store.SQL, args ...any) error {
	return p.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, q, args...)
		return err
	})
}
