package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"trucot/internal/engine/people/password"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Codes of an authenticator (RFC 6238): six digits every 30 seconds; one step early or late is taken, since the clocks
// of phones are not exact.
const (
	totpStep  = 30
	totpSkew  = 1
	codeCount = 10
)

// seed is an account's secret and whether it is in use; "" when there is none.
func (p *People) seed(ctx context.Context, id string) (secret string, inUse bool, err error) {
	var sealed string
	var confirmed int64
	err = p.db.QueryRow(ctx, selectTOTP, id).Scan(&sealed, &confirmed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	secret, err = p.opts.Vault.Open(ctx, sealed)
	return secret, confirmed == 1, err
}

// BeginTOTP draws a secret for an authenticator and gives it with its otpauth address for a QR picture. It counts only
// after ConfirmTOTP. Error: people.totp_in_use.
func (p *People) BeginTOTP(ctx context.Context, id, issuer string) (secret, address string, err error) {
	if _, err := p.account(ctx, id); err != nil {
		return "", "", err
	}
	if _, inUse, err := p.seed(ctx, id); err != nil || inUse {
		return "", "", errors.Join(err, fault.New(fault.Conflict, "people.totp_in_use"))
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: id})
	if err != nil {
		return "", "", err
	}
	sealed, err := p.opts.Vault.Seal(ctx, "totp/"+id, key.Secret())
	if err != nil {
		return "", "", err
	}
	return key.Secret(), key.URL(), p.run(ctx, upsertTOTP, id, sealed)
}

// TOTPAddress is the otpauth address of a secret that waits for its confirmation; "" when none waits.
func (p *People) TOTPAddress(ctx context.Context, id, issuer string) (secret, address string, err error) {
	secret, inUse, err := p.seed(ctx, id)
	if err != nil || inUse || secret == "" {
		return "", "", err
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", "", err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: id, Secret: raw})
	if err != nil {
		return "", "", err
	}
	return secret, key.URL(), nil
}

// ConfirmTOTP begins to ask for codes once the account has shown one, ends its other log-ins and gives its recovery
// codes, which are shown once. Errors: people.bad_code, people.too_many_attempts.
func (p *People) ConfirmTOTP(ctx context.Context, id, code, session string, from Visit) (codes []string, err error) {
	if err := p.attempt(ctx, id, from); err != nil {
		return nil, err
	}
	if err := p.checkTOTP(ctx, id, code); err != nil {
		return nil, err
	}
	codes = make([]string, codeCount)
	err = p.db.Update(ctx, func(tx store.Tx) error {
		for _, q := range []store.SQL{confirmTOTP, deleteCodes} {
			if _, err := tx.Exec(ctx, q, id); err != nil {
				return err
			}
		}
		for i := range codes {
			codes[i] = newRecoveryCode()
			if _, err := tx.Exec(ctx, insertCode, hashToken(id+plainCode(codes[i])), id); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, endOthers, id, hashToken(session))
		return err
	})
	p.seen.clear()
	if err == nil {
		p.admitted(id, from)
		p.note(ctx, id, "totp_on", from)
	}
	return codes, err
}

// RemoveTOTP ends the second factor. The password must be long enough to stand alone then: errors as for Prove, and
// password.bad_length.
func (p *People) RemoveTOTP(ctx context.Context, id, typed, code string, from Visit) error {
	if err := p.checkPassword(ctx, id, typed, from); err != nil {
		return err
	}
	if err := p.checkCode(ctx, id, code); err != nil {
		return err
	}
	if err := password.Check(typed, password.Use{}); err != nil {
		return err
	}
	if err := p.dropTOTP(ctx, id); err != nil {
		return err
	}
	p.note(ctx, id, "totp_off", from)
	return nil
}

// DropTOTP ends an account's second factor from the machine's own command line, with the password, which may be too
// short to stand alone, and the log-ins.
func (p *People) DropTOTP(ctx context.Context, by By, id string) error {
	if _, err := p.account(ctx, id); err != nil {
		return err
	}
	if err := p.record(ctx, by, "account/"+id, "", kindTOTPDropped, map[string]string{"account": id}); err != nil {
		return err
	}
	if err := p.dropTOTP(ctx, id); err != nil {
		return err
	}
	p.seen.clear()
	return errors.Join(p.run(ctx, dropPassword, id), p.run(ctx, endVisits, id))
}

func (p *People) dropTOTP(ctx context.Context, id string) error {
	return errors.Join(p.run(ctx, deleteTOTP, id), p.run(ctx, deleteCodes, id))
}

// checkCode takes a code of the authenticator or a recovery code, each once.
func (p *People) checkCode(ctx context.Context, id, code string) error {
	if len(plainCode(code)) == codeLength {
		return p.spend(ctx, spendCode, hashToken(id+plainCode(code)), id)
	}
	return p.checkTOTP(ctx, id, code)
}

// checkTOTP takes a code and remembers its step: one that was used, or an earlier one, is refused from then on.
func (p *People) checkTOTP(ctx context.Context, id, code string) error {
	secret, _, err := p.seed(ctx, id)
	if err != nil {
		return err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := p.opts.Clock().Unix() / totpStep
	for step := now - totpSkew; secret != "" && step <= now+totpSkew; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*totpStep, 0), totp.ValidateOpts{Period: totpStep, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return p.spend(ctx, spendStep, step, id)
		}
	}
	return fault.New(fault.Invalid, "people.bad_code")
}

// spend runs a statement that touches one row the first time and none after.
func (p *People) spend(ctx context.Context, q store.SQL, args ...any) error {
	return p.db.Update(ctx, func(tx store.Tx) error {
		done, err := tx.Exec(ctx, q, args...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return fault.New(fault.Invalid, "people.bad_code")
	})
}

// codeLength is the letters of a recovery code: 80 random bits.
const codeLength = 16

func newRecoveryCode() string {
	var b [10]byte
	rand.Read(b[:])
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

func plainCode(s string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}
