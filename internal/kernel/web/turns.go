package web

import (
	"io"
	"net/http"
	"runtime"
	"time"
)

// Pages are made in the order in which they were asked for, only as many at once as the processors can work on: with
// fifty made at once each takes as long as all of them, and the last to come may be the first to be done. A turn ends when
// the answer begins, so a slow line holds none (ADR 0112).
const (
	turnsPerCPU = 2
	// longestWait is for how long a reader waits for a turn. Then those who hold them wait for something else themselves,
	// such as an index that is being built, and there is no need to wait for them.
	longestWait = 100 * time.Millisecond
)

type turns chan struct{}

func newTurns() turns { return make(turns, turnsPerCPU*runtime.GOMAXPROCS(0)) }

// take waits for a turn and gives the writer that ends it. The caller must call end when the request is over.
func (t turns) take(w http.ResponseWriter) *turn {
	out := &turn{ResponseWriter: w, of: t}
	select {
	case t <- struct{}{}:
		out.held = true
		return out
	default:
	}
	late := time.NewTimer(longestWait)
	defer late.Stop()
	select {
	case t <- struct{}{}:
		out.held = true
	case <-late.C:
	}
	return out
}

// turn is one reader's, until the answer begins.
type turn struct {
	http.ResponseWriter
	of   turns
	held bool
}

func (t *turn) end() {
	if t.held {
		t.held = false
		<-t.of
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
