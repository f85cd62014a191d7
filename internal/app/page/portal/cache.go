package portal

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/a-h/templ"

	"trucot/internal/kernel/web"
)

// cache keeps pages as they were made, with their compressed forms. A page holds as long as nothing changes that it shows
// of articles; the counts on it may be countsAge old.
type cache struct {
	mu    sync.Mutex
	pages map[string]*kept
	start string // tells the pages of this process from those of another program version
}

type kept struct {
	page  *web.Fixed
	stamp int64
	made  time.Time
}

// What the cache holds at most, and how old the counts of views and stars on a page may be.
const (
	mostPages = 256
	countsAge = 3 * time.Second
)

func newCache() cache { return cache{pages: map[string]*kept{}, start: rand.Text()[:8]} }

// get is a kept page, nil where it is to be made anew. Of readers who come while the counts are old one makes the page anew
// and the others get it as it is.
func (c *cache) get(key string, stamp int64) *web.Fixed {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.pages[key]
	if k == nil || k.stamp != stamp {
		return nil
	}
	if time.Since(k.made) > countsAge {
		k.made = time.Now()
		return nil
	}
	return k.page
}

func (c *cache) put(key string, page *web.Fixed, stamp int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pages) >= mostPages {
		clear(c.pages)
	}
	c.pages[key] = &kept{page, stamp, time.Now()}
}

// send answers with a page that is the same for every reader of a language, in their colours. Only pages with a plain
// address are kept, or the cache would fill with made-up ones.
func (s *pages) send(r *web.Request, make func() (templ.Component, error)) error {
	return s.fixed(r, func(tag string) (*web.Fixed, error) {
		c, err := make()
		if err != nil {
			return nil, err
		}
		return r.Fix(c, tag)
	})
}

func (s *pages) fixed(r *web.Request, make func(tag string) (*web.Fixed, error)) error {
	stamp, err := s.News.Stamp(r.Context())
	if err != nil {
		return err
	}
	today := r.Today().String()
	tag := fmt.Sprintf("%s-%x-%s-%s-%s", s.made.start, stamp, today, r.Lang, r.Theme)
	key := r.URL.Path + " " + today + string(r.Lang) + string(r.Theme) + r.Origin()
	if r.URL.RawQuery == "" {
		if page := s.made.get(key, stamp); page != nil {
			return r.SendFixed(page)
		}
	}
	page, err := make(tag)
	if err != nil {
		return err
	}
	if r.URL.RawQuery == "" {
		s.made.put(key, page, stamp)
	}
	return r.SendFixed(page)
}
