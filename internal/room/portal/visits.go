package portal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// A visit (lượt xem) is one reader of one article on one day. A reader is the address and the browser's name under a salt
// that is drawn for the day and thrown away with it, so that nobody can be followed from one day to the next. Visits are
// gathered in memory and written each second in one transaction. The row of a visit is its own proof: however often it is
// written, also by a server that was killed and began anew, it is counted once.

var (
	readSalt   = store.Statement(`select salt from portal_salt where day = $1`)
	drawSalt   = store.Statement(`insert into portal_salt (day, salt) values ($1,$2) on conflict (day) do nothing`)
	dropSalts  = store.Statement(`delete from portal_salt where day < $1`)
	dropSeen   = store.Statement(`delete from portal_seen where day < $1`)
	seeVisit   = store.Statement(`insert into portal_seen (day, visit) values ($1,$2) on conflict (day, visit) do nothing`)
	addViews   = store.Statement(`insert into portal_view (article, n) values ($1,$2) on conflict (article) do update set n = portal_view.n + excluded.n`)
	readViews  = store.Statement(`select n from portal_view where article = $1`)
	putStars   = store.Statement(`insert into portal_rating (article, visitor, stars) values ($1,$2,$3) on conflict (article, visitor) do update set stars = excluded.stars`)
	readStars  = store.Statement(`select count(*), coalesce(sum(stars), 0) from portal_rating where article = $1`)
	ownStars   = store.Statement(`select stars from portal_rating where article = $1 and visitor = $2`)
	knownRater = store.Statement(`select 1 from portal_rating where visitor = $1 limit 1`)
)

// flushEvery is how long a visit may stand in memory alone: what a crash can lose.
const flushEvery = time.Second

// seenAtOnce bounds the visits remembered, two generations of so many: a reader's next requests come within minutes. A
// visit that is forgotten is written again, and the table knows it.
const seenAtOnce = 16_384

// Visitor is what a request says of who sends it.
type Visitor struct{ Address, Agent string }

// visit is a hash of the day's salt, the article and who reads it.
type visit int64

type visits struct {
	mu      sync.Mutex
	day     calendar.Date
	salt    []byte
	seen    map[visit]struct{}
	before  map[visit]struct{} // seen before those
	pending map[visit]string   // the article
	timer   *time.Timer

	writing sync.Mutex // one flush at a time
}

// Visit counts a reader of an article. The caller leaves out robots and the agency's own people.
func (e *Engine) Visit(ctx context.Context, article string, who Visitor) error {
	v := &e.visits
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := e.newDay(ctx); err != nil {
		return err
	}
	one := visit(binary.BigEndian.Uint64(who.under(v.salt, article)))
	if v.knows(one) {
		return nil
	}
	v.pending[one] = article
	if v.timer == nil { // nothing runs while nobody reads
		v.timer = time.AfterFunc(flushEvery, func() {
			if err := v.flush(context.Background(), e); err != nil {
				slog.Warn("visits not written", "error", err)
			}
		})
	}
	return nil
}

// knows reports whether a visit was seen of late, and remembers it.
func (v *visits) knows(one visit) bool {
	if _, known := v.seen[one]; known {
		return true
	}
	if len(v.seen) >= seenAtOnce {
		v.seen, v.before = make(map[visit]struct{}, seenAtOnce), v.seen
	}
	v.seen[one] = struct{}{}
	_, known := v.before[one]
	return known
}

// under is who a visitor is today, at an article where one is given: a hash that says nothing without the salt, and that
// does not tell whether the readers of two articles are one.
func (w Visitor) under(salt []byte, article string) []byte {
	h := sha256.New()
	for _, part := range [][]byte{salt, []byte(w.Address), {0}, []byte(w.Agent), {0}, []byte(article)} {
		h.Write(part)
	}
	return h.Sum(nil)
}

// newDay draws the day's salt, or takes the one that another node or an earlier start drew.
func (e *Engine) newDay(ctx context.Context) error {
	v, today := &e.visits, e.today()
	if v.salt != nil && v.day == today {
		return nil
	}
	fresh := make([]byte, 16)
	rand.Read(fresh)
	var salt []byte
	err := e.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, drawSalt, int64(today), fresh); err != nil {
			return err
		}
		return tx.QueryRow(ctx, readSalt, int64(today)).Scan(&salt)
	})
	if err != nil {
		return err
	}
	v.day, v.salt, v.seen, v.before = today, salt, map[visit]struct{}{}, nil
	if v.pending == nil {
		v.pending = map[visit]string{}
	}
	return nil
}

// flush writes what is pending. What cannot be written stays pending for the next time.
func (v *visits) flush(ctx context.Context, e *Engine) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	v.mu.Lock()
	day, batch := v.day, v.pending
	v.pending, v.timer = map[visit]string{}, nil
	v.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	err := e.db.Update(ctx, func(tx store.Tx) error { return writeVisits(ctx, tx, day, batch) })
	if err != nil {
		v.mu.Lock()
		maps.Copy(v.pending, batch)
		v.mu.Unlock()
	}
	return err
}

func writeVisits(ctx context.Context, tx store.Tx, day calendar.Date, batch map[visit]string) error {
	fresh := map[string]int64{}
	for one, article := range batch {
		done, err := tx.Exec(ctx, seeVisit, int64(day), int64(one))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		fresh[article] += n
	}
	for article, n := range fresh {
		if _, err := tx.Exec(ctx, addViews, article, n); err != nil {
			return err
		}
	}
	for _, q := range []store.SQL{dropSalts, dropSeen} {
		if _, err := tx.Exec(ctx, q, int64(day)); err != nil {
			return err
		}
	}
	return nil
}

// Views is how often an article was read, as written: a second behind at most.
func (e *Engine) Views(ctx context.Context, article string) (n int64, err error) {
	err = e.db.QueryRow(ctx, readViews, article).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, store.Fault(err)
}

// Stars are the marks that readers gave an article.
type Stars struct {
	Count, Sum int64
	Own        int64 // what the asking reader gave, 0 for nothing
}

// Mean is the average in tenths.
func (s Stars) Mean() int64 {
	if s.Count == 0 {
		return 0
	}
	return (s.Sum*20 + s.Count) / (2 * s.Count)
}

// Stars reads the marks; rater is what Rate gave the reader, "" for none.
func (e *Engine) Stars(ctx context.Context, article, rater string) (s Stars, err error) {
	if err = e.db.QueryRow(ctx, readStars, article).Scan(&s.Count, &s.Sum); err != nil {
		return s, store.Fault(err)
	}
	if rater != "" {
		err = e.db.QueryRow(ctx, ownStars, article, rater).Scan(&s.Own)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
	}
	return s, store.Fault(err)
}

// Rate records a reader's mark, in place of an earlier one, and gives the key by which the reader is known next time. A key
// counts only if it rated before: made-up ones fall back to what the request says, which is the same for the whole day.
// Error: portal.bad_stars.
func (e *Engine) Rate(ctx context.Context, article, rater string, who Visitor, stars int) (string, error) {
	if stars < 1 || stars > 5 {
		return "", fault.New(fault.Invalid, "portal.bad_stars")
	}
	known := 0
	if rater != "" {
		err := e.db.QueryRow(ctx, knownRater, rater).Scan(&known)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", store.Fault(err)
		}
	}
	if known == 0 {
		e.visits.mu.Lock()
		err := e.newDay(ctx)
		salt := e.visits.salt
		e.visits.mu.Unlock()
		if err != nil {
			return "", err
		}
		rater = hex.EncodeToString(who.under(salt, "")[8:24])
	}
	return rater, e.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, putStars, article, rater, int64(stars))
		return err
	})
}
