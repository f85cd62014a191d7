package conference

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/base32"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

var (
	readKey = store.Statement(`select secret from conference_key where conference = $1`)
	keepKey = store.Statement(`insert into conference_key (conference, secret) values ($1, $2) on conflict (conference) do nothing`)
)

// keys are the conferences' secrets, read once: they never change.
type keys struct {
	mu sync.Mutex
	of map[string][]byte
}

func (r *Room) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	return r.db.Migrate(ctx, "conference", files)
}

// tokenLetters is how many letters of the secret part a link has: 80 bits, as hard to guess as they are to copy.
const tokenLetters = 16

var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Token is the secret of one guest's link: the conference, the guest's number, and a code that only this installation can
// make. It names nobody, and a copy of the ledger does not give it.
func (r *Room) Token(ctx context.Context, id string, n int) (string, error) {
	key, err := r.key(ctx, id, true)
	if err != nil {
		return "", err
	}
	return id + "." + itoa(n) + "." + code(key, id, n), nil
}

func code(key []byte, id string, n int) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + itoa(n))) // a hash takes everything
	return letters.EncodeToString(mac.Sum(nil))[:tokenLetters]
}

// ByToken finds the conference and the guest of a link. Error: fault.NotFound "conference.bad_link", the same for a wrong
// code, an unknown conference and a guest who was taken off the list.
func (r *Room) ByToken(ctx context.Context, token string) (*Conference, *Guest, error) {
	bad := fault.New(fault.NotFound, "conference.bad_link")
	parts := strings.Split(strings.TrimSpace(token), ".")
	if len(parts) != 3 {
		return nil, nil, bad
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return nil, nil, bad
	}
	key, err := r.key(ctx, parts[0], false)
	if err != nil {
		return nil, nil, err
	}
	if key == nil || !hmac.Equal([]byte(code(key, parts[0], n)), []byte(strings.ToLower(parts[2]))) {
		return nil, nil, bad
	}
	c, err := r.Get(ctx, parts[0])
	if err != nil {
		return nil, nil, err
	}
	g, err := r.Guest(ctx, c.ID, n)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		err = bad
	}
	return c, g, err
}

// key is the secret of a conference, drawn at first need where draw says so, else nil for none.
func (r *Room) key(ctx context.Context, id string, draw bool) ([]byte, error) {
	r.keys.mu.Lock()
	known := r.keys.of[id]
	r.keys.mu.Unlock()
	if known != nil {
		return known, nil
	}
	var secret []byte
	err := r.db.QueryRow(ctx, readKey, id).Scan(&secret)
	if errors.Is(err, sql.ErrNoRows) {
		if !draw {
			return nil, nil
		}
		if err = r.drawKey(ctx, id); err == nil {
			err = r.db.QueryRow(ctx, readKey, id).Scan(&secret) // of two who drew at once, one was kept
		}
	}
	if err != nil {
		return nil, store.Fault(err)
	}
	r.keys.mu.Lock()
	defer r.keys.mu.Unlock()
	if r.keys.of == nil {
		r.keys.of = map[string][]byte{}
	}
	r.keys.of[id] = secret
	return secret, nil
}

func (r *Room) drawKey(ctx context.Context, id string) error {
	if _, err := r.Get(ctx, id); err != nil {
		return err
	}
	secret := make([]byte, sha256.Size)
	rand.Read(secret) // never fails: it ends the program instead
	return r.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, keepKey, id, secret)
		return err
	})
}
