package people

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Place is where a browser meets the program: a passkey belongs to one host, and its browser must stand at the origin.
type Place struct{ Host, Origin string } // "so.example.gov.vn", "https://so.example.gov.vn"

// Passkey is one of an account's passkeys. Synced means that its keeper copies it to other devices (the backup-eligible
// flag), so that it is as safe as the account it is synced by.
type Passkey struct {
	ID, Label   string
	Synced      bool
	Added, Used time.Time // Used is zero before the first log-in
	record      webauthn.Credential
}

// maxLabel bounds the name of a passkey in characters, maxPasskeys how many an account has.
const (
	maxLabel    = 60
	maxPasskeys = 10
)

// holder is an account as the protocol sees it: the handle is random and tells nobody who it is.
type holder struct {
	account, name string
	handle        []byte
	keys          []Passkey
}

func (h *holder) WebAuthnID() []byte          { return h.handle }
func (h *holder) WebAuthnName() string        { return h.account }
func (h *holder) WebAuthnDisplayName() string { return h.name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(h.keys))
	for i, k := range h.keys {
		out[i] = k.record
	}
	return out
}

func (at Place) protocol() (*webauthn.WebAuthn, error) {
	return webauthn.New(&webauthn.Config{RPID: at.Host, RPDisplayName: "Trụ Cột", RPOrigins: []string{at.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		}})
}

// Passkeys lists an account's passkeys, the oldest first.
func (p *People) Passkeys(ctx context.Context, account string) ([]Passkey, error) {
	return store.All(ctx, p.db, func(rows *sql.Rows) (Passkey, error) {
		var k Passkey
		var record string
		var added, used int64
		if err := rows.Scan(&k.ID, &k.Label, &record, &added, &used); err != nil {
			return k, err
		}
		k.Added = time.UnixMicro(added)
		if used > 0 {
			k.Used = time.UnixMicro(used)
		}
		err := json.Unmarshal([]byte(record), &k.record)
		k.Synced = k.record.Flags.BackupEligible
		return k, err
	}, selectPasskeys, account)
}

// holder reads an account for the protocol, drawing its handle at first use.
func (p *People) holder(ctx context.Context, account string) (*holder, error) {
	a, err := p.account(ctx, account)
	if err != nil {
		return nil, err
	}
	var drawn [32]byte
	rand.Read(drawn[:])
	if err := p.run(ctx, insertHandle, account, base64.RawURLEncoding.EncodeToString(drawn[:])); err != nil {
		return nil, err
	}
	h := &holder{account: account, name: p.AccountName(ctx, a.id)}
	var handle string
	if err := p.db.QueryRow(ctx, selectHandle, account).Scan(&handle); err != nil {
		return nil, err
	}
	if h.handle, err = base64.RawURLEncoding.DecodeString(handle); err != nil {
		return nil, err
	}
	h.keys, err = p.Passkeys(ctx, account)
	return h, err
}

// BeginPasskey starts adding a passkey: options are for the browser, token for AddPasskey. Errors:
// people.no_passkeys_here for a place that the protocol does not know, people.too_many_passkeys.
func (p *People) BeginPasskey(ctx context.Context, at Place, account string) (options []byte, token string, err error) {
	h, err := p.holder(ctx, account)
	if err != nil {
		return nil, "", err
	}
	if len(h.keys) >= maxPasskeys {
		return nil, "", fault.New(fault.Invalid, "people.too_many_passkeys", "max", maxPasskeys)
	}
	w, err := at.protocol()
	if err != nil {
		return nil, "", fault.New(fault.Invalid, "people.no_passkeys_here", "host", at.Host).Because(err)
	}
	var have []protocol.CredentialDescriptor
	for _, c := range h.WebAuthnCredentials() {
		have = append(have, c.Descriptor())
	}
	create, session, err := w.BeginRegistration(h, webauthn.WithExclusions(have))
	if err != nil {
		return nil, "", err
	}
	return p.ceremony(ctx, pendingRegister, account, create, session)
}

// ceremony keeps what the server must remember and gives what the browser must know.
func (p *People) ceremony(ctx context.Context, kind, account string, options any, session *webauthn.SessionData) ([]byte, string, error) {
	kept, err := json.Marshal(session)
	if err != nil {
		return nil, "", err
	}
	token, err := p.begin(ctx, kind, account, string(kept))
	if err != nil {
		return nil, "", err
	}
	out, err := json.Marshal(options)
	return out, token, err
}

// AddPasskey keeps the passkey that a browser made. Errors: people.log_in_over, people.bad_passkey.
func (p *People) AddPasskey(ctx context.Context, at Place, account, token, label string, answer []byte, from Visit) error {
	var session webauthn.SessionData
	whose, err := p.recall(ctx, pendingRegister, token, &session)
	if err != nil {
		return err
	}
	h, err := p.holder(ctx, account)
	if err != nil {
		return err
	}
	w, err := at.protocol()
	if err != nil {
		return fault.New(fault.Invalid, "people.no_passkeys_here", "host", at.Host).Because(err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil || whose != account {
		return fault.New(fault.Invalid, "people.bad_passkey").Because(err)
	}
	made, err := w.CreateCredential(h, session, parsed)
	if err != nil {
		return fault.New(fault.Invalid, "people.bad_passkey").Because(err)
	}
	record, err := json.Marshal(made)
	if err != nil {
		return err
	}
	id := base64.RawURLEncoding.EncodeToString(made.ID)
	if err := p.run(ctx, insertPasskey, id, account, passkeyLabel(label, len(h.keys)), string(record), p.opts.Clock().UnixMicro()); err != nil {
		return err
	}
	p.note(ctx, account, "passkey_added", from)
	return nil
}

func passkeyLabel(typed string, have int) string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "Passkey " + string(rune('1'+have%maxPasskeys))
	}
	if utf8.RuneCountInString(typed) > maxLabel {
		typed = string([]rune(typed)[:maxLabel])
	}
	return typed
}

func (p *People) recall(ctx context.Context, kind, token string, session *webauthn.SessionData) (account string, err error) {
	account, data, err := p.take(ctx, kind, token)
	if err != nil {
		return "", err
	}
	return account, json.Unmarshal([]byte(data), session)
}

// RenamePasskey gives a passkey of the account another name.
func (p *People) RenamePasskey(ctx context.Context, account, id, label string) error {
	return p.run(ctx, renamePasskey, passkeyLabel(label, 0), account, id)
}

// RemovePasskey forgets a passkey of the account.
func (p *People) RemovePasskey(ctx context.Context, account, id string, from Visit) error {
	if err := p.run(ctx, deletePasskey, account, id); err != nil {
		return err
	}
	p.note(ctx, account, "passkey_removed", from)
	return nil
}

// AskPasskey starts a log-in or a proof by passkey. It names no account: the browser offers those that it has here.
func (p *People) AskPasskey(ctx context.Context, at Place) (options []byte, token string, err error) {
	w, err := at.protocol()
	if err != nil {
		return nil, "", fault.New(fault.Invalid, "people.no_passkeys_here", "host", at.Host).Because(err)
	}
	ask, session, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	return p.ceremony(ctx, pendingPasskey, "", ask, session)
}

// LogInByPasskey opens a session. Errors: people.log_in_over, people.bad_passkey.
func (p *People) LogInByPasskey(ctx context.Context, at Place, token string, answer []byte, from Visit) (session string, err error) {
	account, err := p.answered(ctx, at, token, answer)
	if err != nil {
		return "", err
	}
	return p.openSession(ctx, account, ByPasskey, from)
}

// ProveByPasskey renews the proof of a session of the account. Errors as for LogInByPasskey.
func (p *People) ProveByPasskey(ctx context.Context, at Place, account, session, token string, answer []byte) error {
	who, err := p.answered(ctx, at, token, answer)
	if err == nil && who != account {
		err = fault.New(fault.Invalid, "people.bad_passkey")
	}
	if err != nil {
		return err
	}
	return p.run(ctx, proveVisit, p.opts.Clock().UnixMicro(), hashToken(session))
}

// answered checks a browser's answer and tells whose passkey it was. A passkey whose counter ran backwards was copied,
// and is refused.
func (p *People) answered(ctx context.Context, at Place, token string, answer []byte) (account string, err error) {
	var session webauthn.SessionData
	if _, err := p.recall(ctx, pendingPasskey, token, &session); err != nil {
		return "", err
	}
	w, err := at.protocol()
	if err != nil {
		return "", fault.New(fault.Invalid, "people.no_passkeys_here", "host", at.Host).Because(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", fault.New(fault.Invalid, "people.bad_passkey").Because(err)
	}
	who, used, err := w.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) { return p.owner(ctx, handle) }, session, parsed)
	if err != nil || used.Authenticator.CloneWarning {
		return "", fault.New(fault.Invalid, "people.bad_passkey").Because(err)
	}
	record, err := json.Marshal(used)
	if err != nil {
		return "", err
	}
	return who.(*holder).account, p.run(ctx, usedPasskey, string(record), p.opts.Clock().UnixMicro(), base64.RawURLEncoding.EncodeToString(used.ID))
}

func (p *People) owner(ctx context.Context, handle []byte) (webauthn.User, error) {
	var account string
	err := p.db.QueryRow(ctx, handleOwner, base64.RawURLEncoding.EncodeToString(handle)).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Invalid, "people.bad_passkey")
	}
	if err != nil {
		return nil, err
	}
	return p.holder(ctx, account)
}
