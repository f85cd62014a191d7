package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// forms are the compressed forms of one body, each made at the first request that can use it.
type forms struct {
	gzipOnce, brotliOnce sync.Once
	gzip, brotli         []byte
}

// brotliLevel is where brotli is smaller than the best gzip at its cost.
const brotliLevel = 5

// take gives the best form that a browser accepts and the name of its encoding, "" for the plain one.
func (f *forms) take(accept string, body func() []byte) (encoding string, out []byte) {
	switch {
	case strings.Contains(accept, "br"):
		f.brotliOnce.Do(func() {
			var b bytes.Buffer
			w := brotli.NewWriterLevel(&b, brotliLevel)
			w.Write(body())
			w.Close()
			f.brotli = b.Bytes()
		})
		return "br", f.brotli
	case strings.Contains(accept, "gzip"):
		f.gzipOnce.Do(func() {
			var b bytes.Buffer
			w, _ := gzip.NewWriterLevel(&b, gzip.DefaultCompression) // the level is a constant in range
			w.Write(body())
			w.Close()
			f.gzip = b.Bytes()
		})
		return "gzip", f.gzip
	}
	return "", body()
}

// Fixed is an answer made once for many readers: a public page or a feed. It carries a weak tag, which its maker changes
// with what readers come for; counters may differ under one tag.
type Fixed struct {
	forms
	body           []byte
	typ, lang, tag string
}

// Fix renders a page to be sent many times.
func (r *Request) Fix(c templ.Component, tag string) (*Fixed, error) {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return nil, err
	}
	return &Fixed{body: b.Bytes(), typ: "text/html; charset=utf-8", lang: string(r.Lang), tag: `W/"` + tag + `"`}, nil
}

// NewFixed is a body of another type, such as a feed.
func NewFixed(body []byte, contentType, tag string) *Fixed {
	return &Fixed{body: body, typ: contentType, tag: `W/"` + tag + `"`}
}

// SendFixed answers with it, or says that the browser's copy still holds. A browser keeps a copy and asks each time, so that
// no reader goes unnoticed.
func (r *Request) SendFixed(f *Fixed) error {
	h := r.W.Header()
	h.Set("Etag", f.tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding, Cookie")
	if r.Request.Header.Get("If-None-Match") == f.tag {
		r.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", f.typ)
	if f.lang != "" {
		h.Set("Content-Language", f.lang)
	}
	encoding, body := f.take(r.Request.Header.Get("Accept-Encoding"), func() []byte { return f.body })
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	r.W.WriteHeader(http.StatusOK)
	_, err := r.W.Write(body)
	return err
}
