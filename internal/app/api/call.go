package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// call is one request under way: its reader, and the error that package web renders in the end.
type call struct {
	r    *web.Request
	body bytes.Buffer // as far as it was read
	err  error
}

// remembered is a body that is kept while it is read.
type remembered struct {
	io.ReadCloser
	kept *bytes.Buffer
}

func (b *remembered) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.kept.Write(p[:n])
	return n, err
}

// unechoed is the call's error without what was sent in the body: the caller knows it, and its log is no place for it. Package
// web does the same for the query.
func (c *call) unechoed() error {
	var list fault.List
	var one *fault.Error
	switch {
	case errors.As(c.err, &list):
		out := make(fault.List, len(list))
		for i, e := range list {
			out[i] = c.hide(e)
		}
		return out
	case errors.As(c.err, &one):
		return c.hide(one)
	}
	return c.err
}

func (c *call) hide(e *fault.Error) *fault.Error {
	out := *e
	out.Args = maps.Clone(e.Args)
	for name, v := range out.Args {
		if text, is := v.(string); is && c.sent(text) {
			out.Args[name] = c.r.T("web.your_value")
		}
	}
	return &out
}

// sent reports whether a text is a string of the body.
func (c *call) sent(text string) bool {
	quoted, err := json.Marshal(text)
	return err == nil && text != "" && bytes.Contains(c.body.Bytes(), quoted)
}

type callKey struct{}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// inner is the library's context under a name that does not hide its method Context.
type inner = huma.Context

// answer writes nothing once the call has failed: errors are rendered in one place, by package web.
type answer struct {
	inner
	c *call
}

func (a *answer) SetStatus(code int) {
	if a.c.err == nil {
		a.c.r.W.Header().Set("Cache-Control", "no-store")
		a.inner.SetStatus(code)
	}
}

func (a *answer) SetHeader(name, value string) {
	if a.c.err == nil {
		a.inner.SetHeader(name, value)
	}
}

func (a *answer) BodyWriter() io.Writer {
	if a.c.err != nil {
		return io.Discard
	}
	return a.inner.BodyWriter()
}

// reply is an answer with its tag and its neighbours.
type reply[T any] struct {
	Status int
	ETag   string `header:"ETag"`
	Link   string `header:"Link"`
	Body   T
}

func ok[T any](body T) (*reply[T], error) { return &reply[T]{Status: http.StatusOK, Body: body}, nil }

// tagged answers 304 to a caller who has this very version.
func tagged[T any](r *web.Request, etag string, body T) (*reply[T], error) {
	out := &reply[T]{Status: http.StatusOK, ETag: etag, Body: body}
	for _, known := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == etag || known == "*" {
			out.Status = http.StatusNotModified
		}
	}
	return out, nil
}

// Versioned is a write that may say which version it saw and may be sent twice.
type Versioned struct {
	IfMatch string `header:"If-Match" pattern:"^(\\*|\"[0-9]+\")$"`
	Key     string `header:"Idempotency-Key" maxLength:"200"`
}

// expect is the version of If-Match; 0 = whatever it is.
func (v Versioned) expect() int64 {
	n, _ := strconv.ParseInt(strings.Trim(v.IfMatch, `"`), 10, 64) // "*" is any version
	return n
}

// key is the idempotency key, of this account alone.
func (v Versioned) key(r *web.Request) string { return r.KeptKey(v.Key) }

// Paging is the part of a list that is asked for.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"400"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// list is one page: what it holds and how to get the next one.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// page answers with one page. items hold one more than asked for where there is a next page; last names an item's place.
func page[T any](r *web.Request, p Paging, items []T, last func(T) string) (*reply[list[T]], error) {
	out := &reply[list[T]]{Status: http.StatusOK, Body: list[T]{Items: items}}
	if items == nil {
		out.Body.Items = []T{}
	}
	if len(items) <= p.Limit {
		return out, nil
	}
	out.Body.Items = items[:p.Limit]
	out.Body.Next = makeCursor(filterOf(r.URL.Query()), last(items[p.Limit-1]))
	q := r.URL.Query()
	q.Set("cursor", out.Body.Next)
	out.Link = "<" + r.URL.Path + "?" + q.Encode() + `>; rel="next"`
	return out, nil
}

// after is the place that the cursor stands at, "" for the beginning. A cursor goes on with the list it came from: with
// other filters it would skip rows silently.
func (p Paging) after(r *web.Request) (string, error) {
	if p.Cursor == "" {
		return "", nil
	}
	filter, last, good := parseCursor(p.Cursor)
	if !good || filter != filterOf(r.URL.Query()) {
		return "", fault.New(fault.Invalid, "api.bad_cursor").At(fault.Place{File: "query.cursor"})
	}
	return last, nil
}

// filterOf is a short sum of what a list is filtered by.
func filterOf(q url.Values) uint32 {
	q.Del("cursor")
	q.Del("limit")
	return crc32.ChecksumIEEE([]byte(q.Encode()))
}

func makeCursor(filter uint32, last string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("1|" + strconv.FormatUint(uint64(filter), 36) + "|" + last))
}

func parseCursor(text string) (filter uint32, last string, good bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return 0, "", false
	}
	parts := strings.SplitN(string(raw), "|", 3)
	if len(parts) != 3 || parts[0] != "1" || parts[2] == "" {
		return 0, "", false
	}
	n, err := strconv.ParseUint(parts[1], 36, 32)
	return uint32(n), parts[2], err == nil && strconv.FormatUint(n, 36) == parts[1]
}

// day reads an optional date; empty is NoDate.
func day(text, location string) (calendar.Date, error) {
	if text == "" {
		return calendar.NoDate, nil
	}
	d, err := calendar.Parse(text)
	if err != nil {
		return d, fault.New(fault.Invalid, "calendar.bad_date", "text", text).At(fault.Place{File: location})
	}
	return d, nil
}

// schemaName is a type's name in the description: the type itself, and what a list or reply is of. A type of an engine or a
// room has its package's name before it: a council's file is no directive's.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if at := t.PkgPath(); t.Name() != "" && (strings.Contains(at, "/engine/") || strings.Contains(at, "/room/")) {
		owner := path.Base(at)
		name = strings.ToUpper(owner[:1]) + owner[1:] + name
	}
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}
