package notify

import (
	"context"
	"sync"
	"time"

	"trucot/internal/kernel/store"
)

// otherNodes is how long what another node told may stay uncounted on PostgreSQL, where this process hears only of its own.
const otherNodes = 5 * time.Second

// counted keeps the numbers beside the bell, which every page of everybody shows: to ask the database for them was the one
// question that most pages asked it.
type counted struct {
	mu    sync.Mutex
	of    map[string]int // by account
	since time.Time      // the oldest of them
	turn  uint64         // goes up with each forgetting: a count read before it is not kept
}

// Unread is the number beside the bell.
func (e *Engine) Unread(ctx context.Context, account string) (int, error) {
	n, turn, known := e.counted.get(account, e.db.Engine)
	if known {
		return n, nil
	}
	if err := e.db.QueryRow(ctx, countUnseen, account).Scan(&n); err != nil {
		return 0, store.Fault(err)
	}
	e.counted.put(account, n, turn)
	return n, nil
}

func (c *counted) get(account string, engine store.Engine) (n int, turn uint64, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil || engine != store.SQLite && time.Since(c.since) >= otherNodes {
		c.of, c.since = map[string]int{}, time.Now()
	}
	n, known = c.of[account]
	return n, c.turn, known
}

func (c *counted) put(account string, n int, turn uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if turn == c.turn && c.of != nil {
		c.of[account] = n
	}
}

// forget drops all counts; called after notices were written, also where it is not known whether they were.
func (c *counted) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = nil
	c.turn++
}
