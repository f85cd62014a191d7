package dossier

import (
	"container/list"
	"strings"
	"sync"

	"trucot/internal/kernel/ledger"
)

// cacheSize is how many dossiers an engine keeps at hand.
const cacheSize = 4096

// cache keeps dossiers lately used. It follows the ledger, so that on SQLite, where this process alone writes, it
// never holds an old one. On PostgreSQL another node may just have written; the ledger's version check finds that
// out, and the engine then drops the entry and reads again.
type cache struct {
	mu    sync.Mutex
	size  int
	order *list.List
	at    map[string]*list.Element

	// The versions committed lately, in two generations of which the older goes when the younger is full: a reader
	// who was overtaken while reading must not put back what it read.
	latest, before map[string]int64
}

func newCache(size int) *cache {
	return &cache{size: size, order: list.New(), at: map[string]*list.Element{}, latest: map[string]int64{}}
}

// get gives a dossier that the caller must not change.
func (c *cache) get(code string) *Dossier {
	c.mu.Lock()
	defer c.mu.Unlock()
	el := c.at[code]
	if el == nil {
		return nil
	}
	c.order.MoveToFront(el)
	return el.Value.(*Dossier)
}

// put keeps a dossier unless a newer one is there or was committed.
func (c *cache) put(d *Dossier) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d.Stream < max(c.latest[d.Code], c.before[d.Code]) {
		return
	}
	if el := c.at[d.Code]; el != nil {
		if el.Value.(*Dossier).Stream < d.Stream {
			el.Value = d
		}
		c.order.MoveToFront(el)
		return
	}
	c.at[d.Code] = c.order.PushFront(d)
	if c.order.Len() > c.size {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.at, last.Value.(*Dossier).Code)
	}
}

func (c *cache) drop(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.at[code]; el != nil {
		c.order.Remove(el)
		delete(c.at, code)
	}
}

// outdate drops the dossiers that the committed events changed.
func (c *cache) outdate(batch []ledger.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range batch {
		code, ours := strings.CutPrefix(batch[i].Stream, streamPrefix)
		if !ours {
			continue
		}
		if len(c.latest) >= 4*c.size {
			c.before, c.latest = c.latest, map[string]int64{}
		}
		c.latest[code] = batch[i].Version
		if el := c.at[code]; el != nil && el.Value.(*Dossier).Stream < batch[i].Version {
			c.order.Remove(el)
			delete(c.at, code)
		}
	}
}
