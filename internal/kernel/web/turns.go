package web

import (
	"io"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

// Pages are made in the order in which they were asked for, only as many at once as the processors can work on: with
// fifty made at once each takes as long as all of them, and the last to come may be the first to be done. A turn ends when
// the answer begins, so a slow line holds none (ADR 0112, 0140).
const (
	turnsPerCPU = 2
	// longestWait is for how long a reader waits for a turn. Then those who hold them wait for something else themselves,
	// such as an index that is being built, and there is no need to wait for them.
	longestWait = 100 * time.Millisecond
)

// turns are slots for those who work and the order of those who wait.
type turns struct {
	slots   chan struct{}
	waiting atomic.Int32
	relay   *os.File // takes a byte for each turn that is to go on; nil = turns go on at once
}

// newTurns begins a relay. The runtime asks for what came over the network only when nothing else can run, or every ten
// milliseconds: where each turn went on at once, those who have just been served would ask again and be served before those
// who have waited unseen. A turn that goes through a pipe goes on when the network is asked next, with all who came.
func newTurns() *turns {
	t := &turns{slots: make(chan struct{}, turnsPerCPU*runtime.GOMAXPROCS(0))}
	out, in, err := os.Pipe()
	if err != nil { // no files left: turns still go on
		return t
	}
	t.relay = in // closed when nobody has the turns any more, which ends the other side
	go pass(out, t.slots)
	return t
}

// pass frees a slot for each byte.
func pass(out *os.File, slots <-chan struct{}) {
	defer out.Close()
	var some [64]byte
	for {
		n, err := out.Read(some[:])
		for range n {
			<-slots
		}
		if err != nil {
			return
		}
	}
}

// free lets the next in.
func (t *turns) free() {
	if t.relay != nil && t.waiting.Load() > 0 {
		if _, err := t.relay.Write([]byte{0}); err == nil {
			return
		}
	}
	<-t.slots
}

// take waits for a turn and gives the writer that ends it. The caller must call end when the request is over.
func (t *turns) take(w http.ResponseWriter) *turn {
	out := &turn{ResponseWriter: w, of: t}
	select {
	case t.slots <- struct{}{}:
		out.held = true
		return out
	default:
	}
	t.waiting.Add(1)
	defer t.waiting.Add(-1)
	late := time.NewTimer(longestWait)
	defer late.Stop()
	select {
	case t.slots <- struct{}{}:
		out.held = true
	case <-late.C:
	}
	return out
}

// turn is one reader's, until the answer begins.
type turn struct {
	http.ResponseWriter
	of   *turns
	held bool
}

func (t *turn) end() {
	if t.held {
		t.held = false
		t.of.free()
	}
}

func (t *turn) WriteHeader(status int) {
	t.end()
	t.ResponseWriter.WriteHeader(status)
}

func (t *turn) Write(b []byte) (int, error) {
	t.end()
	return t.ResponseWriter.Write(b)
}

// ReadFrom leaves it to the connection to send a file.
func (t *turn) ReadFrom(src io.Reader) (int64, error) {
	t.end()
	return io.Copy(t.ResponseWriter, src)
}

// Unwrap is for http.ResponseController.
func (t *turn) Unwrap() http.ResponseWriter { return t.ResponseWriter }
