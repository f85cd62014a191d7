package people

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"trucot/internal/kernel/fault"
)

// allowance is how many attempts are free at once, and how often one comes back.
type allowance struct {
	free  int
	every time.Duration
}

// An address may try many accounts (a whole office stands behind one), an account little from one address, and more
// from all addresses together that it never logged in from: guessing by many machines is slowed, and the account's own
// person is not locked out by it.
var (
	perAddress = allowance{40, 10 * time.Second}
	perPair    = allowance{5, time.Minute}
	perAccount = allowance{50, 15 * time.Minute}
)

// limitMost bounds each table of limits; when full, what is nearest to free is forgotten.
const limitMost = 10_000

// limits counts by the time at which a key will be free again (the generic cell rate algorithm): eight bytes a key.
type limits struct {
	allowance
	mu sync.Mutex
	at map[string]time.Time
}

// wait takes one attempt, or says how long until there is one.
func (l *limits) wait(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, known := l.at[key]
	if !known || at.Before(now) {
		at = now
	}
	next := at.Add(l.every)
	if late := next.Sub(now) - time.Duration(l.free)*l.every; late > 0 {
		return late
	}
	if !known && len(l.at) >= limitMost {
		l.forget(now)
	}
	l.at[key] = next
	return 0
}

func (l *limits) forget(now time.Time) {
	first := ""
	for key, at := range l.at {
		if !at.After(now) {
			delete(l.at, key)
		} else if first == "" || at.Before(l.at[first]) {
			first = key
		}
	}
	if len(l.at) >= limitMost {
		delete(l.at, first)
	}
}

// turnstile limits guessing, and how many argon2 run at a time.
type turnstile struct {
	slots                    chan struct{}
	address, pair, strangers limits
}

func (t *turnstile) init() {
	t.slots = make(chan struct{}, 2)
	for l, a := range map[*limits]allowance{&t.address: perAddress, &t.pair: perPair, &t.strangers: perAccount} {
		l.allowance, l.at = a, map[string]time.Time{}
	}
}

func (t *turnstile) enter() { t.slots <- struct{}{} }
func (t *turnstile) leave() { <-t.slots }

// attempt takes one attempt at an account. Error: people.too_many_attempts, with the minutes to wait.
func (p *People) attempt(ctx context.Context, account string, from Visit) error {
	now, address := p.opts.Clock(), network(from.Address)
	wait := p.turns.address.wait(address, now)
	if wait == 0 {
		wait = p.turns.pair.wait(account+"\x00"+address, now)
	}
	if wait == 0 {
		var known int
		if err := p.db.QueryRow(ctx, knowsFrom, account, from.Address).Scan(&known); err != nil {
			return err
		}
		if known == 0 {
			wait = p.turns.strangers.wait(account, now)
		}
	}
	if wait > 0 {
		return fault.New(fault.Unavailable, "people.too_many_attempts", "minutes", int(wait/time.Minute)+1)
	}
	return nil
}

// admitted gives back the attempts of a place at an account once it is fully logged in: only failures add up.
func (p *People) admitted(account string, from Visit) {
	l := &p.turns.pair
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.at, account+"\x00"+network(from.Address))
}

// network is what one customer of a provider has: an address, or 64 bits of one in IPv6.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is6() {
		if net, err := a.Prefix(64); err == nil {
			return net.String()
		}
	}
	return a.String()
}
