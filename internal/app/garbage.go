package app

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// A server lets garbage pile up in percent of what is in use. Up to smallHeap, which is little more than the definitions,
// it keeps little, so that the server of a small agency stays small; from largeHeap on it lets twice as much pile up as
// is in use, which is small beside any machine's memory and halves the collector's time. Between them it is a slope. What
// fills more than half of mostGarbage are large arrays, such as an index or columns, which hold no pointers and cost the collector
// little: no more than mostGarbage piles up on them, or a quarter of what is in use.
const (
	smallHeap, littleGarbage = 12 << 20, 25
	largeHeap, muchGarbage   = 18 << 20, 200
	mostGarbage, leastShare  = 192 << 20, 25
	startGarbage             = 400
)

// garbage is the percentage for what is in use, in bytes.
func garbage(live uint64) int {
	if live > largeHeap {
		return int(min(max(mostGarbage*100/live, leastShare), muchGarbage))
	}
	over := max(live, smallHeap) - smallHeap
	return littleGarbage + int(over*(muchGarbage-littleGarbage)/(largeHeap-smallHeap))
}

// LetGarbagePile puts the collector off while a server starts: what a start makes, it mostly keeps, and what it leaves is
// given back once it is over. A start over a large ledger still collects, at five times what is in use.
func LetGarbagePile() { debug.SetGCPercent(startGarbage) }

// followHeap keeps the collector's setting in step with what is in use for the rest of the process.
var followHeap = sync.OnceFunc(func() {
	now := muchGarbage
	debug.SetGCPercent(now)
	afterCollections(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if p := garbage(live[0].Value.Uint64()); p != now { // to set it stops everything for a moment
			now = p
			debug.SetGCPercent(p)
		}
	})
})

// afterCollections calls f now and after each collection, one call at a time. An object that nothing holds tells of one.
func afterCollections(f func()) {
	f()
	runtime.AddCleanup(&struct{ f func() }{}, afterCollections, f)
}
