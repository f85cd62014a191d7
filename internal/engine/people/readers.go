package people

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"trucot/internal/kernel/web"
)

// Session resolves a session cookie (web.Authenticator).
func (p *People) Session(ctx context.Context, token string) (web.Identity, error) {
	hash := hashToken(token)
	return p.resolve(ctx, hash, func(e *seenToken) error {
		var seen int64
		err := p.db.QueryRow(ctx, selectVisit, hash).Scan(&e.account, &seen, &e.expires, &e.acting)
		if err != nil {
			return err
		}
		now, idle := p.opts.Clock(), p.opts.SessionIdle.Microseconds()
		if now.UnixMicro()-seen > seenEvery.Microseconds() && now.UnixMicro()-seen < idle {
			seen = now.UnixMicro()
			err = p.run(ctx, seeVisit, seen, hash)
		}
		e.expires = min(e.expires, seen+idle)
		return err
	})
}

// Bearer resolves an API token (web.Authenticator).
func (p *People) Bearer(ctx context.Context, token string) (web.Identity, error) {
	hash := hashToken(token)
	return p.resolve(ctx, "api:"+hash, func(e *seenToken) error {
		var scopes string
		err := p.db.QueryRow(ctx, selectToken, hash).Scan(&e.account, &scopes, &e.expires)
		if scopes != "" {
			e.scopes = map[web.Permission]bool{}
			for _, s := range strings.Fields(scopes) {
				e.scopes[web.Permission(s)] = true
			}
		}
		return err
	})
}

// seenToken is a token that was looked up. A session's key in the cache differs from an API token's, so
// that neither can be used as the other.
type seenToken struct {
	account string
	acting  string // the delegation that the session works under, "" for none
	scopes  map[web.Permission]bool
	expires int64
	seen    time.Time
	id      atomic.Pointer[identity]
}

// resolve looks a token up, remembering it for a short while.
func (p *People) resolve(ctx context.Context, key string, read func(*seenToken) error) (web.Identity, error) {
	now := p.opts.Clock()
	e := p.seen.get(key, now)
	if e == nil {
		e = &seenToken{seen: now}
		err := read(e)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		p.seen.put(key, e)
	}
	if e.expires <= now.UnixMicro() {
		return nil, nil
	}
	return p.remembered(ctx, e)
}

// remembered gives the identity of a looked-up token, made once a directory and day.
func (p *People) remembered(ctx context.Context, e *seenToken) (web.Identity, error) {
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	if id := e.id.Load(); id != nil && id.dir == d && id.on == p.today() {
		return id, nil
	}
	id, err := p.identify(ctx, e.account, e.acting)
	if err != nil || id == nil {
		return nil, err // a plain nil: an interface holding a nil pointer would look like a reader
	}
	id.scopes = e.scopes
	e.id.Store(id)
	return id, nil
}

// rememberFor is how long a token is trusted without asking the database, hence how long a log-out on
// another node may take to be seen here.
const rememberFor = 30 * time.Second

// rememberMost bounds the cache; when full it starts anew.
const rememberMost = 20_000

type tokenCache struct {
	mu sync.RWMutex
	m  map[string]*seenToken
}

func (c *tokenCache) init() { c.m = map[string]*seenToken{} }

func (c *tokenCache) get(hash string, now time.Time) *seenToken {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if e := c.m[hash]; e != nil && now.Sub(e.seen) < rememberFor && !now.Before(e.seen) {
		return e
	}
	return nil
}

func (c *tokenCache) put(hash string, e *seenToken) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.m) >= rememberMost {
		clear(c.m)
	}
	c.m[hash] = e
}

func (c *tokenCache) forget(hash string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.m, hash) }

func (c *tokenCache) clear() { c.mu.Lock(); defer c.mu.Unlock(); clear(c.m) }
