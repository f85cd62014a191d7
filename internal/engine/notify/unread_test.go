package notify_test

import (
	"path/filepath"
	"testing"
	"time"

	"trucot/internal/engine/notify"
	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// The number that is kept is the one that an engine reads which has kept none, after everything that changes it.
func TestTheNumberKeptFollowsWhatChangesIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		first := func() notify.Notice {
			list, err := o.List(o.ctx, "hung", "", true, 1)
			must(t, err)
			return list[0]
		}
		for _, c := range []struct {
			name string
			do   func()
			want int
		}{
			{"nothing yet", func() {}, 0},
			{"two events", func() {
				o.happen(t, "task/1", "so", "khai", "hung")
				o.happen(t, "task/2", "so", "khai", "hung", "lan")
			}, 2},
			{"one read", func() { must(t, o.MarkRead(o.ctx, "hung", first().Key)) }, 1},
			{"a due date", func() {
				o.due = []notify.Notice{{Account: "hung", Key: "due", Kind: notify.TaskDueSoon, Subject: "task/1"}}
				o.now = o.now.Add(24 * time.Hour)
			}, 2},
			{"all read", func() { must(t, o.MarkAllRead(o.ctx, "hung", "")) }, 0},
			{"one more", func() { o.happen(t, "task/3", "so", "khai", "hung") }, 1},
			{"old ones dropped", func() { o.due, o.now = nil, o.now.AddDate(1, 0, 0) }, 0},
		} {
			c.do()
			must(t, o.Step(o.ctx))
			kept, err := o.Unread(o.ctx, "hung")
			must(t, err)
			read, err := o.open().Unread(o.ctx, "hung")
			must(t, err)
			if kept != c.want || read != c.want {
				t.Errorf("%s: %d kept and %d read, want %d", c.name, kept, read, c.want)
			}
		}
	})
}

// A page must not cost a question to the database: the number stays what it was when rows change behind the engine's back.
func TestTheNumberIsNotReadAgain(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	o.happen(t, "task/1", "so", "khai", "hung")
	must(t, o.Step(o.ctx))
	for range 2 {
		if n, err := o.Unread(o.ctx, "hung"); err != nil || n != 1 {
			t.Fatalf("%d unread, %v", n, err)
		}
		must(t, o.db.Update(o.ctx, func(tx store.Tx) error {
			_, err := tx.Exec(o.ctx, store.SQL("delete from notify_notice"))
			return err
		}))
	}
}
