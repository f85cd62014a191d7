package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
)

// worthwhile is from how many bytes on a page is compressed: below, it fits one packet anyway.
const worthwhile = 1400

// squeezers are compressors at rest, at the fastest level: a page is a twentieth larger than at the third, in two thirds of its
// time (ADR 0111).
var squeezers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a constant in range
	return w
}}

// send writes the body in the form the browser takes, with its length. What a page repeats of its address cannot be
// used to guess at its secrets by their compressed length: pages carry none, sessions stand in cookies alone.
func (r *Request) send(status int, body *bytes.Buffer) error {
	h := r.W.Header()
	h.Add("Vary", "Accept-Encoding")
	if body.Len() < worthwhile || !strings.Contains(r.Request.Header.Get("Accept-Encoding"), "gzip") || r.Method == http.MethodHead {
		h.Set("Content-Length", strconv.Itoa(body.Len()))
		r.W.WriteHeader(status)
		_, err := body.WriteTo(r.W)
		return err
	}
	out := templ.GetBuffer()
	defer templ.ReleaseBuffer(out)
	w := squeezers.Get().(*gzip.Writer)
	defer squeezers.Put(w)
	w.Reset(out)
	if _, err := body.WriteTo(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	r.W.WriteHeader(status)
	_, err := out.WriteTo(r.W)
	return err
}
