// Package vault (két dữ liệu cá nhân) lets personal data stand in the ledger, which never forgets, and
// still be erased: it is stored as ciphertext under a key of its person, and the keys are kept beside
// the ledger. Erasing a person's key makes the data unreadable while every hash of the ledger holds.
//
// It owns the keys of persons, wrapped by a master key that stands in a file of the data folder. It does
// not own the data or know which fields are personal: definitions mark those. Who copies the keys
// copies the data, so a backup of the keys must be erased with them (docs/operations.md).
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

const keySize = 32 // AES-256

// tokenPrefix names the form "vault1:<person>:<nonce and ciphertext>", both parts in base64url.
const tokenPrefix = "vault1:"

// maxText bounds one sealed text, in bytes.
const maxText = 1 << 18

var (
	readKey  = store.Statement(`select wrapped from person_key where person = $1`)
	keepKey  = store.Statement(`insert into person_key (person, wrapped) values ($1, $2) on conflict (person) do nothing`)
	blankKey = store.Statement(`update person_key set wrapped = $1 where person = $2`)
	dropKey  = store.Statement(`delete from person_key where person = $1`)
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Vault seals and opens personal data.
type Vault struct {
	db     *store.DB
	master cipher.AEAD
}

// Open reads the master key from its file, or draws it. On PostgreSQL all nodes need the same file.
func Open(ctx context.Context, db *store.DB, keyFile string) (*Vault, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, "vault", files); err != nil {
		return nil, err
	}
	raw, err := readMaster(keyFile)
	if err != nil {
		return nil, err
	}
	master, err := aead(raw)
	if err != nil {
		return nil, err
	}
	return &Vault{db, master}, nil
}

func readMaster(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		text = []byte(base64.StdEncoding.EncodeToString(random(keySize)) + "\n")
		err = store.WriteSecret(path, text)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "vault.key_unreadable", "path", path).Because(err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != keySize {
		return nil, fault.New(fault.Invalid, "vault.key_damaged", "path", filepath.Base(path)).Because(err)
	}
	return raw, nil
}

// Seal encrypts a text under the person's key, which is drawn at first use, and returns a token that
// may stand in an event. The person is named by a code, never by a name. Equal texts give different
// tokens.
func (v *Vault) Seal(ctx context.Context, person, plaintext string) (token string, err error) {
	if person == "" || len(plaintext) > maxText {
		return "", fault.New(fault.Invalid, "vault.not_sealable", "limit", maxText)
	}
	key, err := v.key(ctx, person)
	if errors.Is(err, sql.ErrNoRows) {
		key, err = v.draw(ctx, person)
	}
	if err != nil {
		return "", err
	}
	sealed := seal(key, []byte(plaintext), []byte(person))
	return tokenPrefix + base64.RawURLEncoding.EncodeToString([]byte(person)) + ":" + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts a token. fault.NotFound "vault.erased" when the person's key was erased,
// fault.Invalid "vault.bad_token" when the token is not ours or was changed.
func (v *Vault) Open(ctx context.Context, token string) (plaintext string, err error) {
	person, sealed, ok := parse(token)
	if !ok {
		return "", fault.New(fault.Invalid, "vault.bad_token")
	}
	key, err := v.key(ctx, person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "vault.erased")
	}
	if err != nil {
		return "", err
	}
	text, err := open(key, sealed, []byte(person))
	if err != nil {
		return "", fault.New(fault.Invalid, "vault.bad_token").Because(err)
	}
	return string(text), nil
}

// Sealed reports whether a text is a token.
func Sealed(s string) bool { return strings.HasPrefix(s, tokenPrefix) }

// SealedFor reports whether a text is a token under the person's key, as it claims; Open finds out whether it is true.
func SealedFor(person, token string) bool {
	of, _, ok := parse(token)
	return ok && of == person
}

// Erase destroys the person's key and with it all that was sealed under it. It is final. An unknown
// person is no error: nothing of theirs can be read.
func (v *Vault) Erase(ctx context.Context, person string) error {
	err := v.db.Update(ctx, func(tx store.Tx) error {
		// Overwritten in place first: a deleted row's bytes would stay in the file's free space.
		if _, err := tx.Exec(ctx, blankKey, make([]byte, wrappedSize), person); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, dropKey, person)
		return err
	})
	if err != nil {
		return err
	}
	return v.db.Scrub(ctx)
}

// wrappedSize is nonce, key and tag.
const wrappedSize = 12 + keySize + 16

// key is the person's key, sql.ErrNoRows when there is none. Keys are not cached: an erased one must
// be gone at once, on every node.
func (v *Vault) key(ctx context.Context, person string) (cipher.AEAD, error) {
	var wrapped []byte
	if err := v.db.QueryRow(ctx, readKey, person).Scan(&wrapped); err != nil {
		return nil, store.Fault(err)
	}
	raw, err := open(v.master, wrapped, []byte(person))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "vault.wrong_master").Because(err)
	}
	return aead(raw)
}

// draw makes a person's key. Where two draw at once, both use the one that was kept.
func (v *Vault) draw(ctx context.Context, person string) (cipher.AEAD, error) {
	wrapped := seal(v.master, random(keySize), []byte(person))
	err := v.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, keepKey, person, wrapped)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.key(ctx, person)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal binds the ciphertext to its person, so that a token cannot be passed off as another's.
func seal(key cipher.AEAD, text, person []byte) []byte {
	nonce := random(key.NonceSize())
	return key.Seal(nonce, nonce, text, person)
}

func open(key cipher.AEAD, sealed, person []byte) ([]byte, error) {
	if len(sealed) < key.NonceSize() {
		return nil, errors.New("vault: too short")
	}
	return key.Open(nil, sealed[:key.NonceSize()], sealed[key.NonceSize():], person)
}

func parse(token string) (person string, sealed []byte, ok bool) {
	rest, ok := strings.CutPrefix(token, tokenPrefix)
	name, text, two := strings.Cut(rest, ":")
	who, err1 := base64.RawURLEncoding.DecodeString(name)
	sealed, err2 := base64.RawURLEncoding.DecodeString(text)
	return string(who), sealed, ok && two && err1 == nil && err2 == nil && len(who) > 0
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: it ends the program instead
	return b
}
