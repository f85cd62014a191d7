package app

import (
	"runtime"
	"testing"
)

func TestGarbage(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, littleGarbage}, {smallHeap, littleGarbage}, {(smallHeap + largeHeap) / 2, (littleGarbage + muchGarbage) / 2}, {largeHeap, muchGarbage},
		{mostGarbage / 2, muchGarbage}, {mostGarbage, 100}, {2 * mostGarbage, 50}, {1 << 40, leastShare}} {
		if got := garbage(c.live); got != c.want {
			t.Errorf("%d bytes in use: %d %%, want %d", c.live, got, c.want)
		}
	}
}

func TestAfterCollections(t *testing.T) {
	called := make(chan bool, 1)
	afterCollections(func() {
		select {
		case called <- true:
		default: // the test is over
		}
	})
	for range 3 {
		<-called
		runtime.GC()
	}
	<-called
}
