package api

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// usualRate is how many requests a minute an account may send.
const usualRate = 3000

// limiter counts the requests of each account in the running minute and forgets them with it.
type limiter struct {
	mu     sync.Mutex
	rate   int
	minute int64
	used   map[string]int
}

func (l *limiter) init(rate int) {
	if l.rate = rate; rate == 0 {
		l.rate = usualRate
	}
}

// admit counts a request, tells the caller what is left, and refuses when nothing is.
func (l *limiter) admit(r *web.Request) error {
	if l.rate < 0 || r.Reader == nil {
		return nil
	}
	now := r.Now()
	left := l.take(r.Actor(), now)
	wait := 60 - now.Unix()%60
	h := r.W.Header()
	h.Set("RateLimit-Policy", fmt.Sprintf(`"account";q=%d;w=60`, l.rate))
	h.Set("RateLimit", fmt.Sprintf(`"account";r=%d;t=%d`, max(left, 0), wait))
	if left >= 0 {
		return nil
	}
	h.Set("Retry-After", strconv.FormatInt(wait, 10))
	return fault.New(fault.TooMany, "api.too_many", "rate", l.rate, "seconds", wait)
}

// take is how many requests are left after this one, negative when it is one too many.
func (l *limiter) take(account string, now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := now.Unix() / 60; m != l.minute || l.used == nil {
		l.minute, l.used = m, map[string]int{}
	}
	l.used[account]++
	return l.rate - l.used[account]
}
