package dossier

import (
	"container/list"
	"sync"
)

// cacheSize is how many dossiers an engine keeps at hand.
const cacheSize = 4096

// cache keeps dossiers lately used. An entry may be stale; the ledger's version check finds that out, and the
// engine then drops it and reads again.
type cache struct {
	mu    sync.Mutex
	size  int
	order *list.List
	at    map[string]*list.Element
}

func newCache(size int) *cache {
	return &cache{size: size, order: list.New(), at: make(map[string]*list.Element, size)}
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

// put keeps a dossier unless a newer one is there.
func (c *cache) put(d *Dossier) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
