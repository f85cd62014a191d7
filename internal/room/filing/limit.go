package filing

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// allowance is how often something may be done: at once, and then one every so often.
type allowance struct {
	burst int
	every time.Duration
}

// What one address may do. Offices share an address, so drafts are generous; guessing is not.
var (
	draftRate = allowance{20, 30 * time.Second}
	guessRate = allowance{10, 30 * time.Second}
	fileRate  = allowance{40, 10 * time.Second}
	mailRate  = allowance{3, time.Hour}       // mails of one draft's code
	codeRate  = allowance{5, 5 * time.Minute} // guesses at one dossier, from anywhere
)

// most bounds what the limiter remembers; when full it starts anew.
const most = 20_000

// limiter counts by key. Its zero value is ready.
type limiter struct {
	mu sync.Mutex
	m  map[string]*rate.Limiter
}

func (l *limiter) allow(key string, a allowance, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.m == nil || len(l.m) >= most {
		l.m = map[string]*rate.Limiter{}
	}
	of := l.m[key]
	if of == nil {
		of = rate.NewLimiter(rate.Every(a.every), a.burst)
		l.m[key] = of
	}
	return of.AllowN(now, 1)
}
