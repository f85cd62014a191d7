package web

import (
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever came first is served first, only so many at once as there are turns, and a turn is over when the answer begins.
func TestTurnsGoInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := &turns{slots: make(chan struct{}, 1)}
		first := all.take(httptest.NewRecorder())
		var served []int
		for i := range 4 {
			go func() {
				mine := all.take(httptest.NewRecorder())
				served = append(served, i)
				time.Sleep(time.Millisecond)
				if _, err := mine.Write([]byte("page")); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Hour) // a slow line
				mine.end()
			}()
			synctest.Wait()
		}
		if len(served) != 0 {
			t.Fatalf("served %v beside the one who has the turn", served)
		}
		first.end()
		time.Sleep(10 * time.Millisecond)
		if want := []int{0, 1, 2, 3}; !slices.Equal(served, want) {
			t.Errorf("served in the order %v, want %v", served, want)
		}
		if len(all.slots) != 0 {
			t.Errorf("%d turns are held by readers whose answer has begun", len(all.slots))
		}
		time.Sleep(2 * time.Hour)
	})
}

// Turns that go on through the relay are neither lost nor given twice.
func TestTurnsGoOnThroughTheRelay(t *testing.T) {
	all := newTurns()
	if all.relay == nil {
		t.Fatal("no relay")
	}
	var now, most atomic.Int32
	var group sync.WaitGroup
	for range 8 * cap(all.slots) {
		group.Go(func() {
			for range 20 {
				mine := all.take(httptest.NewRecorder())
				if mine.held {
					most.Store(max(most.Load(), now.Add(1)))
					runtime.Gosched()
					now.Add(-1)
				}
				mine.end()
			}
		})
	}
	group.Wait()
	for range cap(all.slots) { // all of them come back
		all.slots <- struct{}{}
	}
	if n := int(most.Load()); n > cap(all.slots) {
		t.Errorf("%d worked at once, want at most %d", n, cap(all.slots))
	}
}

// Nobody waits long for those who wait themselves.
func TestTurnIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := &turns{slots: make(chan struct{}, 1)}
		stuck := all.take(httptest.NewRecorder())
		began := time.Now()
		late := all.take(httptest.NewRecorder())
		if took := time.Since(began); took != longestWait {
			t.Errorf("waited %v, want %v", took, longestWait)
		}
		late.end() // gives back nothing, since it has nothing
		if len(all.slots) != 1 {
			t.Error("the turn of another was given back")
		}
		stuck.end()
	})
}
