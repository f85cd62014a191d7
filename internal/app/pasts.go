package app

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/web"
)

const (
	mostRefolded = 2000             // streams of a fold that are worked out for a day, those changed last
	mostPasts    = 4                // days that are kept, besides those in use
	pastRest     = 10 * time.Minute // after which a day that nobody looks at is given up
	pastFolder   = "qua-khu-"       // and what makes it one of its own: where a day's tables stand in the data folder
)

// pasts are the days that somebody looks at, each with its tables for as long as they hold.
type pasts struct {
	now  *App
	mu   sync.Mutex
	days map[calendar.Date]*past
	tidy sync.Once // away with what a run left that was cut off
}

// past is the agency as of the end of a day.
type past struct {
	on    calendar.Date
	users int // requests that look at it
	used  time.Time
	stale bool // to be given up

	mu     sync.Mutex // of what follows
	app    *App       // nil until it is opened
	pages  map[string]web.Handler
	folds  map[string]bool // those made, and whether they are whole
	folder string
}

func newPasts(a *App) *pasts { return &pasts{now: a, days: map[calendar.Date]*past{}} }

// Looking is a reader on a page of the past.
func (p *pasts) Looking(id web.Identity) web.Identity { return people.Looking(id) }

// Serve answers with a page as of the end of the request's day.
func (p *pasts) Serve(r *web.Request, pattern string) error {
	day := p.enter(r.AsOf())
	defer p.leave(day)
	page, whole, err := p.page(r.Context(), day, pattern)
	if err != nil {
		return err
	}
	if !whole {
		r.Bounded(mostRefolded)
	}
	return page(r)
}

// page is the handler of a page over the folds that it reads; whole = false where one of them has only the records changed last.
func (p *pasts) page(ctx context.Context, day *past, pattern string) (page web.Handler, whole bool, err error) {
	day.mu.Lock()
	defer day.mu.Unlock()
	ctx = context.WithoutCancel(ctx) // what is half made would be in the way of the next
	if day.app == nil {
		if err := p.open(ctx, day); err != nil {
			return nil, false, err
		}
	}
	names, _ := foldsOf(pattern)
	whole = true
	for _, name := range names {
		all, made := day.folds[name]
		if !made {
			if all, err = day.app.Ledger.FoldInto(ctx, day.app.DB, refolded[name](), mostRefolded); err != nil {
				return nil, false, err
			}
			day.folds[name] = all
		}
		whole = whole && all
	}
	return day.pages[pattern], whole, nil
}

// open makes the empty tables of a day.
func (p *pasts) open(ctx context.Context, day *past) error {
	p.tidy.Do(func() {
		left, _ := filepath.Glob(filepath.Join(p.now.data, pastFolder+"*")) // the pattern is a good one
		for _, folder := range left {
			os.RemoveAll(folder)
		}
	})
	day.folder = filepath.Join(p.now.data, pastFolder+day.on.String()+"-"+rand.Text())
	if err := store.MakeFolder(day.folder); err != nil {
		return err
	}
	db, err := store.Open(ctx, filepath.Join(day.folder, "ngay.db"))
	if err != nil {
		return errors.Join(err, os.RemoveAll(day.folder))
	}
	app, err := p.now.asOf(ctx, db, day.on)
	if err != nil {
		return errors.Join(err, db.Close(), os.RemoveAll(day.folder))
	}
	day.app, day.pages, day.folds = app, app.pastRoutes(), map[string]bool{}
	return nil
}

// enter takes a day into use.
func (p *pasts) enter(on calendar.Date) *past {
	p.mu.Lock()
	defer p.mu.Unlock()
	day := p.days[on]
	if day == nil {
		if len(p.days) >= mostPasts {
			p.giveUp(p.oldest())
		}
		day = &past{on: on}
		p.days[on] = day
		time.AfterFunc(pastRest+time.Second, p.rest)
	}
	day.users++
	day.used = time.Now()
	return day
}

// leave ends a use; the last one of a day that was given up takes its tables along.
func (p *pasts) leave(day *past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if day.users--; day.users == 0 && day.stale {
		_ = day.close() // its folder is swept away by the next run
	}
}

// giveUp takes a day from those that are kept. The caller holds the lock.
func (p *pasts) giveUp(day *past) {
	delete(p.days, day.on)
	if day.stale = true; day.users == 0 {
		_ = day.close() // as above
	}
}

func (p *pasts) oldest() *past {
	var found *past
	for _, day := range p.days {
		if found == nil || day.used.Before(found.used) {
			found = day
		}
	}
	return found
}

// rest gives up the days that nobody looks at any more.
func (p *pasts) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, day := range p.days {
		if time.Since(day.used) > pastRest {
			p.giveUp(day)
		} else {
			time.AfterFunc(pastRest+time.Second-time.Since(day.used), p.rest)
		}
	}
}

// outdate gives up the days that something was entered for late.
func (p *pasts) outdate(batch []ledger.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for on, day := range p.days {
		for i := range batch {
			if batch[i].EffectiveOn <= on {
				p.giveUp(day)
				break
			}
		}
	}
}

// close gives up all days, when nobody asks any more.
func (p *pasts) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, day := range p.days {
		p.giveUp(day)
	}
}

func (d *past) close() error {
	if d.app == nil {
		return nil
	}
	return errors.Join(d.app.DB.Close(), os.RemoveAll(d.folder))
}
