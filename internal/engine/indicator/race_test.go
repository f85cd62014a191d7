package indicator

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
)

// Readers ask while the ledger feeds: every answer is that of some batch boundary, and a question as known at a
// position that is already there never changes its answer.
func TestReadersNeverSeeHalfABatch(t *testing.T) {
	m := longSample()
	for len(m) < 3000 {
		m.add("book.lent", "2021-03-01", "south", lent("x", "b"))
		m.add("book.returned", "2021-03-02", "south", returned(true, 5))
	}
	e := smallChunks(t)
	e.Feed(m[:100])
	fixed := halfYear()
	fixed.KnownAt = 100
	before, err := e.Figure(fixed, "lent")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	path := filepath.Join(t.TempDir(), "s")
	for reader := range 3 {
		wg.Go(func() {
			last := Value(0)
			for {
				select {
				case <-done:
					return
				default:
				}
				now, err := e.Figure(halfYear(), "lent")
				if err != nil || now.Closing < last {
					t.Errorf("closing went from %v to %v (%v)", last, now.Closing, err)
					return
				}
				last = now.Closing
				if then, err := e.Figure(fixed, "lent"); err != nil || then != before {
					t.Errorf("known at 100: %+v, then %+v (%v)", before, then, err)
					return
				}
				if _, err := e.Records(context.Background(), m, halfYear(), "readers", 5, 0); err != nil {
					t.Error(err)
				}
				if reader == 0 {
					if err := e.Save(path); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for i := 100; i < len(m); i += 7 {
		e.Feed(m[i:min(i+7, len(m))])
	}
	close(done)
	wg.Wait()
	fresh := caughtUp(t, m)
	if got, want := everyFigure(t, e), everyFigure(t, fresh); got[0] != want[0] || len(got) != len(want) {
		t.Errorf("%+v, want %+v", got[0], want[0])
	}
}
