package notify

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// The marks of how far the work has come.
const (
	markEvents = "events" // position up to which events were told
	markDue    = "due"    // day for which due dates were told
	markDigest = "digest" // day whose e-mails were planned
)

// lookBack is how many events an installation that never told anybody begins with: enough for a list that is not
// empty, and work that does not grow with its age.
const lookBack = 2000

// pace bounds how often the ledger is asked for news, and rest how long until it is asked without being woken: another
// node's events, a new day, a retry.
const (
	pace = time.Second
	rest = 30 * time.Second
)

// keepFor is how long notices and finished jobs are kept.
const keepFor = 180 * 24 * time.Hour

// Run tells until ctx ends. A failed pass is told to Outside.Failed and tried again.
func (e *Engine) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := e.Step(ctx); err != nil && ctx.Err() == nil && e.out.Failed != nil {
			e.out.Failed("pass", err)
		}
		sleep(ctx, pace, nil)
		sleep(ctx, e.untilNext(ctx), e.wake)
	}
}

func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}

// untilNext is how long until a job is due, at most rest.
func (e *Engine) untilNext(ctx context.Context) time.Duration {
	var at sql.NullInt64
	if err := e.db.QueryRow(ctx, nextJob).Scan(&at); err != nil || !at.Valid {
		return rest
	}
	return min(max(time.UnixMicro(at.Int64).Sub(e.now()), 0), rest)
}

// Step does everything that is to be done now, once.
func (e *Engine) Step(ctx context.Context) error {
	return errors.Join(e.tellEvents(ctx), e.tellDue(ctx), e.planDigests(ctx), e.work(ctx))
}

func (e *Engine) mark(ctx context.Context, name string, otherwise int64) (int64, error) {
	var v int64
	err := e.db.QueryRow(ctx, getMark, name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		if err := e.exec(ctx, putMark, name, otherwise); err != nil {
			return 0, err
		}
		return e.mark(ctx, name, otherwise)
	}
	return v, store.Fault(err)
}

// errTaken says that another node did the same work first.
var errTaken = errors.New("another node was first")

// moved moves a mark and does the work that belongs to it in one transaction; nothing of it happens when another node
// has moved the mark.
func (e *Engine) moved(ctx context.Context, name string, from, to int64, do func(tx store.Tx) error) error {
	defer e.counted.forget()
	err := e.db.Update(ctx, func(tx store.Tx) error {
		res, err := tx.Exec(ctx, moveMark, to, name, from)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return errTaken
		}
		return do(tx)
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// batchSize is how many events are told in one transaction.
const batchSize = 500

var errFull = errors.New("enough for one transaction")

func (e *Engine) tellEvents(ctx context.Context) error {
	for {
		head := e.l.Head()
		from, err := e.mark(ctx, markEvents, max(0, head-lookBack))
		if err != nil || from >= head {
			return err
		}
		if err := e.tellBatch(ctx, from); err != nil {
			return err
		}
	}
}

func (e *Engine) tellBatch(ctx context.Context, from int64) error {
	hooks, err := e.Hooks(ctx)
	if err != nil {
		return err
	}
	var notices []Notice
	var calls []delivery
	var out []Letter
	to := from
	err = e.l.Scan(ctx, from, func(ev ledger.Event) error {
		if ev.Position-from > batchSize {
			return errFull
		}
		to = ev.Position
		found, err := e.opts.Of(ctx, ev)
		if err != nil {
			return err
		}
		for _, n := range found {
			n.At, n.Position = ev.RecordedAt, ev.Position
			if n.Key == "" {
				n.Key = string(n.Kind) + "/" + strconv.FormatInt(ev.Position, 10)
			}
			if n.Account != ev.Actor { // nobody needs to be told what they did
				notices = append(notices, n)
			}
		}
		if out, err = e.letters(ctx, out, ev); err != nil {
			return err
		}
		calls, err = e.deliveries(ctx, calls, hooks, ev)
		return err
	})
	if err != nil && err != errFull {
		return err
	}
	if notices, err = e.wanted(ctx, notices); err != nil {
		return err
	}
	return e.moved(ctx, markEvents, from, to, func(tx store.Tx) error {
		for _, d := range calls {
			if _, err := tx.Exec(ctx, addJob, d.id, kindHook, d.hook, d.body, e.now().UnixMicro()); err != nil {
				return err
			}
		}
		for _, l := range out {
			if err := e.queue(ctx, tx, l); err != nil {
				return err
			}
		}
		return e.put(ctx, tx, notices)
	})
}

func (e *Engine) put(ctx context.Context, tx store.Tx, notices []Notice) error {
	for _, n := range notices {
		if _, err := tx.Exec(ctx, addNotice, n.Account, n.Key, place(n.At, n.Key), string(n.Kind), n.Subject, n.Position); err != nil {
			return err
		}
	}
	return nil
}

// wanted leaves out what its person does not want to hear.
func (e *Engine) wanted(ctx context.Context, notices []Notice) ([]Notice, error) {
	choices := map[string]map[Kind]Way{}
	var out []Notice
	for _, n := range notices {
		if n.Account == "" {
			continue
		}
		c, known := choices[n.Account]
		if !known {
			var err error
			if c, err = e.Choices(ctx, n.Account); err != nil {
				return nil, err
			}
			choices[n.Account] = c
		}
		if c[n.Kind] != Silent {
			out = append(out, n)
		}
	}
	return out, nil
}

// tellDue tells once a day what comes due, and forgets what is old.
func (e *Engine) tellDue(ctx context.Context) error {
	today := e.today()
	last, err := e.mark(ctx, markDue, 0)
	if err != nil || last >= int64(today) {
		return err
	}
	found, err := e.opts.Due(ctx, today)
	if err != nil {
		return err
	}
	for i := range found {
		found[i].At = e.now()
	}
	if found, err = e.wanted(ctx, found); err != nil {
		return err
	}
	old := e.now().Add(-keepFor)
	return e.moved(ctx, markDue, last, int64(today), func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, dropOld, place(old, "")); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropJobs, old.UnixMicro()); err != nil {
			return err
		}
		return e.put(ctx, tx, found)
	})
}

// digestHour is when the daily e-mail goes out, local time: before the office opens.
const digestHour = 7

// planDigests makes the jobs of today's e-mails.
func (e *Engine) planDigests(ctx context.Context) error {
	if e.out.Mail == nil || e.now().In(calendar.Zone).Hour() < digestHour {
		return nil
	}
	today := e.today()
	last, err := e.mark(ctx, markDigest, 0)
	if err != nil || last >= int64(today) {
		return err
	}
	accounts, err := store.All(ctx, e.db, func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) }, withAddress)
	if err != nil {
		return err
	}
	return e.moved(ctx, markDigest, last, int64(today), func(tx store.Tx) error {
		for _, a := range accounts {
			body, err := json.Marshal(digest{Account: a, Since: max(last, int64(today)-7)})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, addJob, "digest/"+a+"/"+today.String(), kindDigest, a, string(body), e.now().UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
}
