package notify

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"trucot/internal/kernel/store"
)

// The kinds of jobs.
const (
	kindHook   = "webhook"
	kindDigest = "digest"
	kindLetter = "letter"
)

// The states of a job.
const (
	waiting = "waiting"
	done    = "done"
	failed  = "failed"
)

// backoff is how long after each failed attempt the next one comes: about two days in all, as Standard Webhooks
// recommends, so that a receiver may be down over a night or a Sunday.
var backoff = []time.Duration{5 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}

const (
	lease    = 2 * time.Minute  // a job taken by a node that died is free again after
	patience = 15 * time.Second // with one receiver
	atOnce   = 4                // jobs under way
	perTake  = 16               // jobs taken together; patience × perTake / atOnce stays below lease
)

// work takes the jobs that are due until there are none. A job is done at least once: a node that dies between sending and
// noting it leaves it to be sent again under the same id.
func (e *Engine) work(ctx context.Context) error {
	for ctx.Err() == nil {
		jobs, err := e.take(ctx)
		if err != nil || len(jobs) == 0 {
			return err
		}
		var group errgroup.Group
		group.SetLimit(atOnce)
		for _, j := range jobs {
			group.Go(func() error { return e.finish(ctx, j, e.do(ctx, j)) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) take(ctx context.Context) ([]Job, error) {
	var jobs []Job
	now := e.now()
	err := e.db.Update(ctx, func(tx store.Tx) (err error) {
		jobs, err = store.All(ctx, tx, scanJob, takeJobs, now.Add(lease).UnixMicro(), now.UnixMicro(), perTake)
		return err
	})
	return jobs, err
}

// trouble is a failed attempt in one word, for the page of deliveries and the log. Causes are left out: those of mail
// name persons, those of webhooks addresses that may hold a secret. Final says that trying again is useless.
type trouble struct {
	word  string
	final bool
}

func (t *trouble) Error() string { return t.word }

func (e *Engine) do(ctx context.Context, j Job) *trouble {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch j.Kind {
	case kindDigest:
		return e.sendDigest(limited, j)
	case kindLetter:
		return e.sendLetter(limited, j)
	}
	return e.deliver(limited, j)
}

// finish notes how a job ended, or when it is tried again.
func (e *Engine) finish(ctx context.Context, j Job, t *trouble) error {
	ctx = context.WithoutCancel(ctx) // what was sent must be noted even when the program is told to stop
	if t == nil {
		return e.exec(ctx, endJob, done, "ok", j.Due.UnixMicro(), j.ID)
	}
	if e.out.Failed != nil {
		e.out.Failed(j.ID, t)
	}
	if t.final || j.Attempt > len(backoff) {
		return e.exec(ctx, endJob, failed, t.word, j.Due.UnixMicro(), j.ID)
	}
	return e.exec(ctx, endJob, waiting, t.word, e.now().Add(backoff[j.Attempt-1]).UnixMicro(), j.ID)
}
