// Package fault (lỗi) is the one kind of error a reader ever sees: what kind of trouble it is, a key
// that the language catalogue turns into a sentence with a remedy, and the place in the input.
//
// It owns the shape of errors, not their words: texts live in each package's texts.vi.yaml and
// texts.en.yaml under the same key. The cause is for the log only and is never shown.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what a caller can do about an error; package web maps it to an HTTP status and package
// cli to an exit code.
type Kind uint8

// The kinds. Internal is the zero value: an error nobody classified is ours, not the reader's.
const (
	Internal        Kind = iota // a defect or broken machine; logged, shown as one neutral sentence
	Invalid                     // the input is wrong: says where and what to write instead
	NotFound                    // the thing named does not exist, or not for this reader
	Conflict                    // someone changed it first: read again and retry
	Forbidden                   // known reader, no right
	Unauthenticated             // unknown reader
	TooLarge                    // a size, count or time limit was passed
	Unavailable                 // a needed service or file is not there just now
	TooMany                     // asked too often: wait and ask again
)

// Place points into the input that was wrong. Line and Column count from 1; zero means unknown.
type Place struct {
	File   string
	Line   int
	Column int
	Source string // the source line itself, where there is one
}

// String is "file:line:column" with the unknown parts left out.
func (p Place) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
		if p.Column > 0 {
			s += fmt.Sprintf(":%d", p.Column)
		}
	}
	return s
}

// Error is an error with a translatable key. Args are the values that the text names in braces.
type Error struct {
	Kind  Kind
	Key   string // "<package>.<snake_case>", present in texts.vi.yaml and texts.en.yaml
	Args  map[string]any
	Place Place
	Cause error // for the log
}

// New makes an error. args are name, value pairs: New(Invalid, "calendar.bad_date", "text", s).
func New(kind Kind, key string, args ...any) *Error {
	e := &Error{Kind: kind, Key: key}
	if len(args) > 0 {
		e.Args = make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			e.Args[args[i].(string)] = args[i+1]
		}
	}
	return e
}

// At returns e with its place set.
func (e *Error) At(p Place) *Error { e.Place = p; return e }

// Because returns e with its cause set, for the log.
func (e *Error) Because(cause error) *Error { e.Cause = cause; return e }

// Error is the developer's line: place, key, arguments, cause. Readers get lang.Catalog.Error.
func (e *Error) Error() string {
	var b strings.Builder
	if p := e.Place.String(); p != "" {
		b.WriteString(p + ": ")
	}
	b.WriteString(e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf is the kind of the first *Error in err's chain, Internal when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err carries the key.
func Is(err error, key string) bool {
	var e *Error
	return errors.As(err, &e) && e.Key == key
}

// Keys are the keys of the errors that err carries, each once, without places, arguments and causes: what may stand in a log
// although somebody else chose the input. "" for an error of another kind.
func Keys(err error) string {
	var list List
	var one *Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = List{one}
	}
	var keys []string
	for _, e := range list {
		if !slices.Contains(keys, e.Key) {
			keys = append(keys, e.Key)
		}
	}
	return strings.Join(keys, " ")
}

// List is several errors of one input, such as all the faults of one definition folder.
type List []*Error

// Error joins the lines.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find the first.
func (l List) Unwrap() []error {
	out := make([]error, len(l))
	for i, e := range l {
		out[i] = e
	}
	return out
}

// OrNil is nil for an empty list; use it to return a List as an error.
func (l List) OrNil() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
