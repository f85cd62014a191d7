package filing

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Draft (hồ sơ đang điền) is what somebody has filled in and not sent. It stands outside the ledger, sealed under a
// secret that only who files has, until it is sent or expires.
type Draft struct {
	ID        string            `json:"-"`
	Procedure string            `json:"procedure"`
	Values    map[string]any    `json:"values"` // by field, as Field.Read gives them
	Contact   Contact           `json:"contact"`
	Papers    map[string]string `json:"papers"`            // by document: PaperHeld, PaperLater, PaperNone
	Seen      map[string]bool   `json:"seen"`              // steps answered, by key
	Expect    calendar.Date     `json:"expect,omitzero"`   // due date were it received on the day it was sent
	Dossier   string            `json:"dossier,omitempty"` // once sent
	ExpiresOn calendar.Date     `json:"-"`

	version int64
}

// How a paper comes.
const (
	PaperFile  = "file"  // as a file
	PaperHeld  = "held"  // the agency has issued what it would show
	PaperLater = "later" // brought or posted to the one-stop desk
	PaperNone  = "none"  // an optional one that does not come
)

var (
	insertDraft = store.Statement(`insert into filing_draft (id, sealed, version, expires_at) values ($1, $2, 1, $3)`)
	selectDraft = store.Statement(`select sealed, version, expires_at from filing_draft where id = $1`)
	updateDraft = store.Statement(`update filing_draft set sealed = $1, version = version + 1 where id = $2 and version = $3`)
	deleteDraft = store.Statement(`delete from filing_draft where id = $1`)
	expired     = store.Statement(`select id from filing_draft where expires_at <= $1 order by expires_at limit 100`)
	countDrafts = store.Statement(`select count(*) from filing_draft`)
)

// maxDraft bounds a draft, in bytes.
const maxDraft = 256 << 10

// The lengths of a draft's code and of its secret, in letters of alphabet: 40 and 80 bits.
const (
	codeLength   = 8
	secretLength = 16
)

// alphabet has no letter that is read as another (Crockford's base 32).
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func randomLetters(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: it ends the program instead
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	return string(b)
}

// Start makes a draft and returns it with its secret, which is kept nowhere else. from is the address it comes from.
// Errors: fault.NotFound for no such service, fault.Unavailable when too many are started.
func (r *Room) Start(ctx context.Context, procedureID, from string) (*Draft, string, error) {
	p, err := r.Service(procedureID)
	if err != nil {
		return nil, "", err
	}
	rules, err := r.opts.Rules()
	if err != nil {
		return nil, "", err
	}
	now := r.opts.Clock()
	if !r.limits.Allow("draft "+from, draftRate, now) {
		return nil, "", fault.New(fault.Unavailable, "filing.too_many_drafts")
	}
	d := &Draft{ID: randomLetters(codeLength), Procedure: p.ID, Values: map[string]any{}, Papers: map[string]string{}, Seen: map[string]bool{}, version: 1}
	expires := now.Add(time.Duration(rules.DraftDays) * 24 * time.Hour)
	d.ExpiresOn = calendar.OfTime(expires)
	secret := randomLetters(secretLength)
	sealed, err := d.seal(secret)
	if err != nil {
		return nil, "", err
	}
	if err := r.sweep(ctx, now); err != nil {
		return nil, "", err
	}
	return d, secret, r.db.Update(ctx, func(tx store.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, countDrafts).Scan(&n); err != nil {
			return err
		}
		if n >= rules.Drafts {
			return fault.New(fault.Unavailable, "filing.full")
		}
		_, err := tx.Exec(ctx, insertDraft, d.ID, sealed, expires.UnixMicro())
		return err
	})
}

// sweep destroys drafts that have expired, and the keys of their files.
func (r *Room) sweep(ctx context.Context, now time.Time) error {
	ids, err := store.All(ctx, r.db, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) }, expired, now.UnixMicro())
	for _, id := range ids {
		if err == nil {
			err = r.opts.Erase(ctx, id)
		}
	}
	if err != nil || len(ids) == 0 {
		return err
	}
	return r.db.Update(ctx, func(tx store.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec(ctx, deleteDraft, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Draft opens a draft with its code and secret as people type them. Error: fault.NotFound "filing.no_draft", the same
// for a code that is not there, a wrong secret and an expired draft.
func (r *Room) Draft(ctx context.Context, code, secret string) (*Draft, error) {
	d := &Draft{ID: Letters(code)}
	var sealed []byte
	var expires int64
	err := r.db.QueryRow(ctx, selectDraft, d.ID).Scan(&sealed, &d.version, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, store.Fault(err)
	}
	if err != nil || expires <= r.opts.Clock().UnixMicro() || d.unseal(sealed, secret) != nil {
		return nil, fault.New(fault.NotFound, "filing.no_draft")
	}
	d.ExpiresOn = calendar.OfTime(time.UnixMicro(expires))
	return d, nil
}

// Return is Draft for who types both from paper: guesses from one address are few. Error besides: fault.Unavailable.
func (r *Room) Return(ctx context.Context, code, secret, from string) (*Draft, error) {
	if !r.limits.Allow("return "+from, guessRate, r.opts.Clock()) {
		return nil, fault.New(fault.Unavailable, "filing.too_many_tries")
	}
	return r.Draft(ctx, code, secret)
}

// Letters is a code or secret as it is kept: capitals without blanks and dashes, and letters that are read as figures
// made figures.
func Letters(typed string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == 'O':
			return '0'
		case c == 'I' || c == 'L':
			return '1'
		case strings.ContainsRune(alphabet, c):
			return c
		}
		return -1
	}, strings.ToUpper(typed))
}

// Spaced writes a code or secret in groups of four, for people.
func Spaced(letters string) string {
	var groups []string
	for ; len(letters) > 4; letters = letters[4:] {
		groups = append(groups, letters[:4])
	}
	return strings.Join(append(groups, letters), "-")
}

// Change reads the draft, changes it and writes it back; when another window wrote in between, it is done again on what
// that one wrote, so that nothing is lost. A draft that was sent stays as it is.
func (r *Room) Change(ctx context.Context, code, secret string, change func(*Draft) error) (*Draft, error) {
	for {
		d, err := r.Draft(ctx, code, secret)
		if err != nil || d.Dossier != "" {
			return d, err
		}
		if err := change(d); err != nil {
			return d, err
		}
		sealed, err := d.seal(secret)
		if err != nil {
			return nil, err
		}
		var rows int64
		err = r.db.Update(ctx, func(tx store.Tx) error {
			result, err := tx.Exec(ctx, updateDraft, sealed, d.ID, d.version)
			if err != nil {
				return err
			}
			rows, err = result.RowsAffected()
			return err
		})
		if err != nil || rows == 1 {
			return d, err
		}
	}
}

// Discard destroys a draft at its owner's wish. Error as Draft.
func (r *Room) Discard(ctx context.Context, code, secret string) error {
	d, err := r.Draft(ctx, code, secret)
	if err != nil {
		return err
	}
	if err := r.opts.Erase(ctx, d.ID); err != nil { // its files with it
		return err
	}
	return r.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, deleteDraft, d.ID)
		return err
	})
}

// cipher is under a key drawn from the secret: whoever holds the database alone cannot read what was never sent.
func (d *Draft) cipher(secret string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(Letters(secret)), []byte(d.ID), "trucot filing draft", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (d *Draft) seal(secret string) ([]byte, error) {
	plain, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	if len(plain) > maxDraft {
		return nil, fault.New(fault.TooLarge, "filing.draft_large", "limit", maxDraft>>10)
	}
	box, err := d.cipher(secret)
	if err != nil {
		return nil, err
	}
	return box.Seal(nil, nil, plain, []byte(d.ID)), nil
}

func (d *Draft) unseal(sealed []byte, secret string) error {
	box, err := d.cipher(secret)
	if err != nil {
		return err
	}
	plain, err := box.Open(nil, nil, sealed, []byte(d.ID))
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, d)
}

// Definition is what the draft is filled in by: the definition in force today.
func (r *Room) Definition(d *Draft) (*procedure.Procedure, error) { return r.Service(d.Procedure) }
