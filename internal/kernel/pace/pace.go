// Package pace (giới hạn tần suất) bounds how often something may be done by one address or to one thing, for what works
// without an account. It owns the counting, in memory and for one node; who asks and what is refused is its caller's.
package pace

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Allowance is how often something may be done: Burst times at once, and then one every so often.
type Allowance struct {
	Burst int
	Every time.Duration
}

// most bounds what a Limiter remembers; when full it starts anew.
const most = 20_000

// Limiter counts by key. Its zero value is ready.
type Limiter struct {
	mu sync.Mutex
	m  map[string]*rate.Limiter
}

// Allow reports whether the key may do it once more now, and counts it if so.
func (l *Limiter) Allow(key string, a Allowance, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.m == nil || len(l.m) >= most {
		l.m = map[string]*rate.Limiter{}
	}
	of := l.m[key]
	if of == nil {
		of = rate.NewLimiter(rate.Every(a.Every), a.Burst)
		l.m[key] = of
	}
	return of.AllowN(now, 1)
}
