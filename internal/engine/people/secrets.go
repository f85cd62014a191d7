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
	"strings"

	"golang.org/x/crypto/argon2"

	"trucot/internal/engine/people/password"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Argon2id at the least cost that OWASP recommends, 19 MiB and two passes; turnstile keeps only two of
// them in memory at a time.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
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

// SetPassword stores an account's password and ends its sessions. Errors: people.unknown_account, and those of
// password.Check.
func (p *People) SetPassword(ctx context.Context, id, typed string) error {
	return p.setPassword(ctx, id, typed, "")
}

// ChangePassword is SetPassword by the reader, whose own session goes on.
func (p *People) ChangePassword(ctx context.Context, id, typed, session string, from Visit) error {
	err := p.setPassword(ctx, id, typed, hashToken(session))
	if err == nil {
		p.note(ctx, id, "password_set", from)
	}
	return err
}

func (p *People) setPassword(ctx context.Context, id, typed, keep string) error {
	a, err := p.account(ctx, id)
	if err != nil {
		return err
	}
	use, err := p.passwordUse(ctx, a)
	if err != nil {
		return err
	}
	if err := password.Check(typed, use); err != nil {
		return err
	}
	var salt [16]byte
	rand.Read(salt[:])
	hash := encodePassword(p.stretch(typed, salt[:]), salt[:])
	err = p.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, upsertPassword, id, hash, p.opts.Clock().UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, endOthers, id, keep)
		return err
	})
	p.seen.clear()
	return err
}

// passwordUse says whether a second factor stands beside the password, and which names it must not be.
func (p *People) passwordUse(ctx context.Context, a *account) (password.Use, error) {
	_, second, err := p.seed(ctx, a.id)
	if err != nil {
		return password.Use{}, err
	}
	d, err := p.directory(ctx)
	if err != nil {
		return password.Use{}, err
	}
	use := password.Use{SecondFactor: second, Names: []string{a.id, d.name(a.person), "trucot"}}
	for code := range d.units {
		if d.isRoot(code, p.today()) {
			u, _ := d.unitOn(code, p.today())
			use.Names = append(use.Names, code, u.NameVI, u.Name(lang.EN))
		}
	}
	return use, nil
}

func (p *People) stretch(typed string, salt []byte) []byte {
	p.turns.enter()
	defer p.turns.leave()
	return argon2.IDKey([]byte(password.Text(typed)), salt, argonTime, argonMemory, argonLanes, 32)
}

func encodePassword(key, salt []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// passwordMatches does the same work for an unknown account as for a wrong password, so that time does
// not tell which it was.
func (p *People) passwordMatches(ctx context.Context, id, typed string) (bool, error) {
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
	got := p.stretch(typed, salt)
	return stored != "" && subtle.ConstantTimeCompare(got, want) == 1, nil
}

// checkPassword is passwordMatches within the limits of attempts. Errors: people.too_many_attempts, people.bad_log_in
// (the same for an unknown or closed account).
func (p *People) checkPassword(ctx context.Context, id, typed string, from Visit) error {
	if len(typed) > 4*password.Max {
		return fault.New(fault.Invalid, "people.bad_log_in")
	}
	if err := p.attempt(ctx, id, from); err != nil {
		return err
	}
	ok, err := p.passwordMatches(ctx, id, typed)
	if err != nil {
		return err
	}
	if _, unknown := p.account(ctx, id); !ok || unknown != nil {
		return fault.New(fault.Invalid, "people.bad_log_in")
	}
	return nil
}

// Has says which ways into an account are set up.
type Has struct {
	Password bool
	TOTP     bool
	Codes    int // recovery codes not used yet
	Passkeys []Passkey
}

// Has reads the ways into an account.
func (p *People) Has(ctx context.Context, id string) (Has, error) {
	var h Has
	var stored string
	err := p.db.QueryRow(ctx, selectPassword, id).Scan(&stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, err
	}
	h.Password = err == nil
	if _, h.TOTP, err = p.seed(ctx, id); err != nil {
		return h, err
	}
	if err := p.db.QueryRow(ctx, countCodes, id).Scan(&h.Codes); err != nil {
		return h, err
	}
	h.Passkeys, err = p.Passkeys(ctx, id)
	return h, err
}

// dropWaysIn forgets every secret of an account and ends its sessions: after it only a link leads in.
func dropWaysIn(ctx context.Context, tx store.Tx, id string) error {
	for _, q := range []store.SQL{dropPassword, deleteTOTP, deleteCodes, deletePasskeys, dropSubjects, dropTokens, dropPending, endVisits} {
		if _, err := tx.Exec(ctx, q, id); err != nil {
			return err
		}
	}
	return nil
}

// Reset forgets every secret of an account, its API tokens included, and ends its sessions, and records that in the
// ledger; it is the machine's own administrator's way. In the web two administrators are needed, see AskRecovery.
func (p *People) Reset(ctx context.Context, by By, id string) error {
	if _, err := p.account(ctx, id); err != nil {
		return err
	}
	err := p.record(ctx, by, "account/"+id, "", kindAccountReset, map[string]string{"account": id})
	if err != nil {
		return err
	}
	err = p.db.Update(ctx, func(tx store.Tx) error { return dropWaysIn(ctx, tx, id) })
	p.seen.clear()
	return err
}

// LeastPassword is the least length of a password, in characters, for an account with these ways in.
func (p *People) LeastPassword(h Has) int { return password.Use{SecondFactor: h.TOTP}.Least() }
