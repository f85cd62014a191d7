package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
)

// Argon2id at the least cost that OWASP recommends, 19 MiB and two passes; turnstile keeps only two of
// them in memory at a time.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	minPassword = 12 // characters; length is what counts (NIST SP 800-63B-4), composition is not asked
	maxPassword = 256
)

// newToken is 256 random bits for a cookie, link or API header; the database keeps only its hash.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SetPassword stores an account's password. Errors: people.unknown_account, people.bad_password.
func (p *People) SetPassword(ctx context.Context, id, password string) error {
	if _, err := p.account(ctx, id); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return fault.New(fault.Invalid, "people.bad_password", "min", minPassword, "max", maxPassword)
	}
	var salt [16]byte
	rand.Read(salt[:])
	hash := encodePassword(p.stretch(password, salt[:]), salt[:])
	return p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, upsertPassword, id, hash, p.opts.Clock().UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, deleteSessions, id)
		p.seen.clear()
		return err
	})
}

func (p *People) stretch(password string, salt []byte) []byte {
	p.turns.enter()
	defer p.turns.leave()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, 32)
}

func encodePassword(key, salt []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// passwordMatches does the same work for an unknown account as for a wrong password, so that time does
// not tell which it was.
func (p *People) passwordMatches(ctx context.Context, id, password string) (bool, error) {
	var stored string
	err := p.db.QueryRow(ctx, selectPassword, id).Scan(&stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	salt, want := make([]byte, 16), make([]byte, 32)
	if parts := strings.Split(stored, "$"); len(parts) == 6 {
		salt, _ = base64.RawStdEncoding.DecodeString(parts[4])
		want, _ = base64.RawStdEncoding.DecodeString(parts[5])
	}
	got := p.stretch(password, salt)
	return stored != "" && subtle.ConstantTimeCompare(got, want) == 1, nil
}

// LogIn checks a password and opens a session; from is the reader's address, for the limit of attempts.
// Errors: people.too_many_attempts, people.bad_log_in (the same for an unknown name).
func (p *People) LogIn(ctx context.Context, id, password, from string) (token string, err error) {
	if !p.turns.allow(id+"\x00"+from, p.opts.Clock()) {
		return "", fault.New(fault.Unavailable, "people.too_many_attempts")
	}
	ok, err := p.passwordMatches(ctx, id, password)
	if err != nil {
		return "", err
	}
	if _, known := p.account(ctx, id); !ok || known != nil {
		return "", fault.New(fault.Invalid, "people.bad_log_in")
	}
	return p.openSession(ctx, id)
}

func (p *People) openSession(ctx context.Context, id string) (string, error) {
	token, now := newToken(), p.opts.Clock()
	return token, p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, forgetSessions, now.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertSession, hashToken(token), id, now.Add(p.opts.SessionLife).UnixMicro())
		return err
	})
}

// LogOut ends a session.
func (p *People) LogOut(ctx context.Context, token string) error {
	p.seen.forget(hashToken(token))
	return p.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, deleteSession, hashToken(token))
		return err
	})
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

// UseLink turns a link into a session, once. Error: people.bad_link.
func (p *People) UseLink(ctx context.Context, token string) (session string, err error) {
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
	return p.openSession(ctx, id)
}

// NewToken makes an API token of an account, limited to scopes (none = all of the account's rights) and
// to a life. The token is shown once; id names it for RevokeToken. Errors: people.unknown_account, people.unknown_scope.
func (p *People) NewToken(ctx context.Context, account, label string, scopes []web.Permission, life time.Duration) (id, token string, err error) {
	if _, err := p.account(ctx, account); err != nil {
		return "", "", err
	}
	words := make([]string, len(scopes))
	for i, s := range scopes {
		if !Known(s) {
			return "", "", fault.New(fault.Invalid, "people.unknown_scope", "scope", string(s))
		}
		words[i] = string(s)
	}
	token = "tc_" + newToken()
	id = hashToken(token)[:12]
	err = p.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, insertToken, hashToken(token), id, account, label, strings.Join(words, " "), p.opts.Clock().Add(life).UnixMicro())
		return err
	})
	return id, token, err
}

// RevokeToken ends an API token.
func (p *People) RevokeToken(ctx context.Context, id string) error {
	p.seen.clear()
	return p.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, deleteToken, id)
		return err
	})
}
