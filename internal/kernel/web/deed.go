package web

import (
	"net/http"
	"net/url"
	"strconv"

	"trucot/internal/kernel/fault"
)

// Deed is what a form does, without the page around it: it checks what the reader may do, does what was filled in, and
// gives the path of the page that shows it. The page and the operation for programs share it.
type Deed func(r *Request, in url.Values) (path string, err error)

// Again shows a form again with what was filled in and what is wrong with it.
type Again func(r *Request, in url.Values, trouble error) error

// FormRoute is the route of a form: done, the reader goes on to the page of what was done. What the reader can put right
// is shown by again; nil = on a page of its own.
func FormRoute(pattern string, p Permission, do Deed, again Again) Route {
	return Route{Method: http.MethodPost, Pattern: pattern, Permission: p, Deed: do, Handler: func(r *Request) error {
		in, err := r.Form()
		if err != nil {
			return err
		}
		path, err := do(r, in)
		if err == nil {
			return r.Go(path)
		}
		if k := fault.KindOf(err); again == nil || k == fault.Internal || k == fault.Forbidden {
			return err
		}
		return again(r, in, err)
	}}
}

// Seen is the version that a form was filled in on, its field "ban". Who sends none, as a program that says it by If-Match,
// speaks of the one that stands; an unreadable one is none that anything has.
func Seen(in url.Values, stands int64) int64 {
	if !in.Has("ban") {
		return stands
	}
	n, _ := strconv.ParseInt(in.Get("ban"), 10, 64) // 0 is refused as changed
	return n
}
