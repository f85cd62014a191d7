package notify

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The facts about webhooks.
const (
	prefix    = "webhook."
	kindAdded = prefix + "added"
	kindEnded = prefix + "removed"
)

// hookFact is their data; the address is not in it, since it may hold a secret of the receiver.
type hookFact struct {
	ID    string   `json:"id"`
	Owner string   `json:"owner"`
	Kinds []string `json:"kinds"`
}

// Hook (webhook) is a receiver of events. It is told what its owner may know.
type Hook struct {
	ID    string
	Owner string   // account that added it
	Kinds []string // "task.done", "task.*", "*"
	Since int64    // position; it is told of what comes after
}

// endpoint is where a hook leads and what signs its calls; sealed together.
type endpoint struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// Fold keeps the table notify_hook.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "notify", Version: 1, Tables: tables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if !strings.HasPrefix(batch[i].Kind, prefix) {
				continue
			}
			var f hookFact
			if err := json.Unmarshal(batch[i].Data, &f); err != nil {
				return err
			}
			var err error
			if batch[i].Kind == kindAdded {
				_, err = tx.Exec(ctx, upsertHook, f.ID, f.Owner, strings.Join(f.Kinds, " "), batch[i].Position)
			} else {
				_, err = tx.Exec(ctx, endHook, batch[i].Position, f.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}}
}

var hookKind = regexp.MustCompile(`^(\*|[a-z][a-z_]*\.(\*|[a-z][a-z_]*))$`)

// CheckURL refuses what a webhook may never lead to, whatever the name resolves to: it must be https, or http to a place
// that the administrator of the machine allowed by its number. Error: notify.bad_url.
func (e *Engine) CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || len(text) > 2000 || u.Fragment != "" {
		return fault.New(fault.Invalid, "notify.bad_url") // without the cause, which repeats the address
	}
	if u.Scheme == "https" || u.Scheme == "http" && e.allowed(u.Hostname()) {
		return nil
	}
	return fault.New(fault.Invalid, "notify.need_https")
}

// AddHook records a webhook of an account and gives its secret, which is not shown again. Errors: notify.bad_url,
// notify.need_https, notify.bad_kinds.
func (e *Engine) AddHook(ctx context.Context, account, address string, kinds []string) (Hook, string, error) {
	if err := e.CheckURL(address); err != nil {
		return Hook{}, "", err
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) == 0 || len(kinds) > 50 || slices.ContainsFunc(kinds, func(k string) bool { return !hookKind.MatchString(k) }) {
		return Hook{}, "", fault.New(fault.Invalid, "notify.bad_kinds")
	}
	h := Hook{ID: "wh_" + random(6), Owner: account, Kinds: kinds}
	raw, _ := hex.DecodeString(random(32))
	secret := "whsec_" + base64.StdEncoding.EncodeToString(raw)
	plain, err := json.Marshal(endpoint{address, secret})
	if err != nil {
		return h, "", err
	}
	sealed, err := e.opts.Seal(ctx, "webhook/"+h.ID, string(plain))
	if err != nil {
		return h, "", err
	}
	if err := e.exec(ctx, setEndpoint, h.ID, sealed); err != nil {
		return h, "", err
	}
	h.Since, err = e.record(ctx, account, kindAdded, h)
	return h, secret, err
}

// random is n random bytes in hex.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

func (e *Engine) record(ctx context.Context, actor, kind string, h Hook) (int64, error) {
	got, err := e.l.Append(ctx, ledger.Command{Stream: "webhook/" + h.ID, Expect: ledger.AnyVersion, Actor: actor,
		Events: []ledger.NewEvent{{Kind: kind, On: calendar.OfTime(e.now()), Data: hookFact{h.ID, h.Owner, h.Kinds}}}})
	if err != nil {
		return 0, err
	}
	return got[0].Position, nil
}

// RemoveHook ends a webhook: calls that wait are dropped, its address and secret erased. Error: notify.unknown_hook.
func (e *Engine) RemoveHook(ctx context.Context, actor, id string) error {
	h, err := e.Hook(ctx, id)
	if err != nil {
		return err
	}
	if _, err := e.record(ctx, actor, kindEnded, h); err != nil {
		return err
	}
	err = e.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, dropJobsOf, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, dropEndpoint, id)
		return err
	})
	return errors.Join(err, e.opts.Erase(ctx, "webhook/"+id))
}

// Hooks lists the webhooks that are not ended, the oldest first.
func (e *Engine) Hooks(ctx context.Context) ([]Hook, error) {
	return store.All(ctx, e.db, func(rows *sql.Rows) (Hook, error) {
		var h Hook
		var kinds string
		err := rows.Scan(&h.ID, &h.Owner, &kinds, &h.Since)
		h.Kinds = strings.Fields(kinds)
		return h, err
	}, selectHooks)
}

// Hook reads one. Error: fault.NotFound "notify.unknown_hook".
func (e *Engine) Hook(ctx context.Context, id string) (Hook, error) {
	all, err := e.Hooks(ctx)
	for _, h := range all {
		if h.ID == id {
			return h, nil
		}
	}
	if err != nil {
		return Hook{}, err
	}
	return Hook{}, fault.New(fault.NotFound, "notify.unknown_hook", "id", id)
}

// Host is the host that a webhook leads to, for lists; the rest of an address may hold a secret.
func (e *Engine) Host(ctx context.Context, id string) string {
	p, err := e.endpoint(ctx, id)
	if err != nil {
		return ""
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

func (e *Engine) endpoint(ctx context.Context, id string) (p endpoint, err error) {
	var sealed string
	if err := e.db.QueryRow(ctx, getEndpoint, id).Scan(&sealed); err != nil {
		return p, store.Fault(err)
	}
	plain, err := e.opts.Open(ctx, sealed)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(plain), &p)
}

// Deliveries are the latest calls of a webhook.
func (e *Engine) Deliveries(ctx context.Context, id string, limit int) ([]Job, error) {
	return store.All(ctx, e.db, scanJob, jobsOf, id, int64(limit))
}

// wants reports whether a hook asked for a kind of event.
func (h Hook) wants(kind string) bool {
	area, _, _ := strings.Cut(kind, ".")
	return slices.Contains(h.Kinds, "*") || slices.Contains(h.Kinds, kind) || slices.Contains(h.Kinds, area+".*")
}
