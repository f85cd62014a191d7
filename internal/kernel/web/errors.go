package web

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

var (
	errUnknownReader = fault.New(fault.Unauthenticated, "web.unknown_reader")
	errNoPage        = fault.New(fault.NotFound, "web.no_page")
	errCrossOrigin   = &crossOrigin{}
)

// Forbidden says that the reader's roles do not reach what was asked for.
func Forbidden() error { return fault.New(fault.Forbidden, "web.forbidden") }

// crossOrigin makes a fresh fault for every refusal, since a shared one must not collect causes.
type crossOrigin struct{}

func (*crossOrigin) Because(err error) error {
	return fault.New(fault.Forbidden, "web.cross_origin").Because(err)
}

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// Status is the HTTP status of a kind of fault.
func Status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// fail renders an error, once and here only. Causes and unclassified errors go to the log; of what was refused only the keys do,
// since places and arguments may be what somebody sent.
func (s *Site) fail(r *Request, err error) {
	kind := fault.KindOf(err)
	if kind == fault.Internal {
		s.opts.Log.Error("request failed", "route", r.route(), "error", err)
	} else {
		s.opts.Log.Debug("request refused", "route", r.route(), "error", fault.Keys(err))
	}
	switch {
	case isAPI(r.Request):
		r.problem(err)
	case kind == fault.Unauthenticated && r.Method == http.MethodGet:
		http.Redirect(r.W, r.Request, "/dang-nhap?toi="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	default:
		v := r.View(r.T(errorTitle(kind)))
		v.Crumbs = []Crumb{{Title: v.Title}}
		if err := r.Render(Status(kind), errorPage(v, r.site.opts.Catalog.Error(r.Lang, err), kind)); err != nil {
			s.opts.Log.Error("error page failed", "error", err)
		}
	}
}

// route is a request for the log: the line of the route table and no more, since an address may carry a secret, as that of
// a calendar does, or a code that leads to somebody.
func (r *Request) route() string { return r.Method + " " + strings.TrimPrefix(r.Pattern, r.Method+" ") }

func errorTitle(k fault.Kind) string {
	switch k {
	case fault.NotFound:
		return "web.title_not_found"
	case fault.Forbidden, fault.Unauthenticated:
		return "web.title_forbidden"
	case fault.Conflict:
		return "web.title_conflict"
	case fault.Invalid, fault.TooLarge:
		return "web.title_invalid"
	case fault.TooMany:
		return "web.title_too_many"
	}
	return "web.title_internal"
}

// recover turns a panic of a handler into the neutral error page.
func (s *Site) recover(r *Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.opts.Log.Error("handler panicked", "route", r.route(), "panic", p, "stack", string(debug.Stack()))
	s.fail(r, fault.New(fault.Internal, "lang.internal_error"))
}

// Problem is the body of an API error (RFC 9457). Code is stable for programs; Detail is for people.
type Problem struct {
	Type   string          `json:"type"`
	Title  string          `json:"title"`
	Status int             `json:"status"`
	Detail string          `json:"detail"`
	Code   string          `json:"code"`
	Errors []ProblemDetail `json:"errors,omitempty"`
}

// ProblemDetail is one of several faults of an input.
type ProblemDetail struct {
	Location string `json:"location,omitempty"` // "body.unit", "query.limit"; empty where the fault is of the whole
	Code     string `json:"code"`
	Detail   string `json:"detail"`
}

// submitted are the arguments of faults that repeat what was sent, besides those equal to a value of the query. A person at a page needs to see it again; a program
// has it, and its log is no place for it.
var submitted = []string{"text", "value", "reason"}

// unechoed is a fault without the values that the caller sent.
func (r *Request) unechoed(e *fault.Error) *fault.Error {
	out := *e
	out.Args = maps.Clone(e.Args)
	sent := func(text string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(r.URL.Query())), func(values []string) bool { return slices.Contains(values, text) })
	}
	for name, v := range out.Args {
		if text, is := v.(string); slices.Contains(submitted, name) || is && sent(text) {
			out.Args[name] = r.T("web.your_value")
		}
	}
	if out.Place.Source = ""; out.Place.File != "" && sent(out.Place.File) { // a file that came as the body, under the name that was sent with it
		out.Place.File = "body"
	}
	return &out
}

func (r *Request) problem(err error) {
	kind := fault.KindOf(err)
	p := Problem{Type: "about:blank", Title: r.T(errorTitle(kind)), Status: Status(kind), Code: "lang.internal_error"}
	var list fault.List
	var e *fault.Error
	switch {
	case errors.As(err, &list):
		p.Code, p.Detail = list[0].Key, ""
		shown := make(fault.List, len(list))
		for i, each := range list {
			shown[i] = r.unechoed(each)
			plain := *shown[i]
			plain.Place = fault.Place{}
			p.Errors = append(p.Errors, ProblemDetail{Location: shown[i].Place.String(), Code: each.Key, Detail: r.ErrorText(&plain)})
		}
		err = shown
	case errors.As(err, &e):
		p.Code, err = e.Key, r.unechoed(e)
	}
	p.Detail = r.ErrorText(err)
	h := r.W.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(r.Lang))
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="trucot"`)
	}
	r.W.WriteHeader(p.Status)
	json.NewEncoder(r.W).Encode(p)
}

// ErrorText is the sentence for an error shown inside a page, such as beside a form.
func (r *Request) ErrorText(err error) string { return r.site.opts.Catalog.Error(r.Lang, err) }

// JSON answers with one object.
func (r *Request) JSON(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	r.W.WriteHeader(status)
	_, err = r.W.Write(append(body, '\n'))
	return err
}

// ReadJSON decodes the body strictly into v.
func (r *Request) ReadJSON(v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		var tooLarge *http.MaxBytesError
		if asError(err, &tooLarge) {
			return fault.New(fault.TooLarge, "web.body_too_large", "limit", maxBody>>10)
		}
		return fault.New(fault.Invalid, "web.bad_json", "reason", err.Error()).Because(err)
	}
	return nil
}

// Tag is the other language, for the switch.
func otherLanguage(t lang.Tag) lang.Tag {
	if t == lang.EN {
		return lang.VI
	}
	return lang.EN
}
