package eventlog

import (
	"context"
	"io"
	"strings"

	"trucot/internal/kernel/fault"
)

// xesReader walks one XES document and hands each trace over as a Case.
type xesReader struct {
	x       *xmlScanner
	opts    *Options
	b       *builder
	sum     *Summary
	visit   func(*Case) error
	strict  bool // the log claims IEEE 1849 and is held to it
	errs    fault.List
	nested  bool // nested attributes were seen
	rank    int  // of the last element directly below log
	moved   map[string]bool
	globals [2]map[string]Type
	names   intern
}

// The order of the elements directly below log (IEEE 1849-2016, 5.5 and its XML schema).
const (
	rankExtension = iota
	rankGlobal
	rankClassifier
	rankAttribute
	rankTrace
	rankEvent
)

// Scopes of globals and classifiers.
const (
	scopeTrace = iota
	scopeEvent
)

func readXES(ctx context.Context, file string, r io.Reader, opts *Options, sum *Summary, visit func(*Case) error) error {
	x := &xesReader{x: newXMLScanner(file, r, opts.Limits), opts: opts, sum: sum, visit: visit,
		b: newBuilder(file, opts, sum), globals: [2]map[string]Type{{}, {}}}
	sum.Format = "xes"
	if err := x.log(ctx); err != nil {
		return x.with(err)
	}
	return append(x.errs, x.b.errs...).OrNil()
}

// with joins a fatal error to the breaches found before it.
func (r *xesReader) with(err error) error {
	f, ok := err.(*fault.Error)
	if !ok || len(r.errs) == 0 {
		return err
	}
	return append(r.errs, f)
}

// breach reports a broken rule of the standard: an error where the log claims the standard, else a
// warning. The returned error ends the reading once there are too many.
func (r *xesReader) breach(key string, args ...any) error {
	if !r.strict {
		r.warn(key, args...)
		return nil
	}
	r.errs = append(r.errs, r.x.fault(key, args...))
	if len(r.errs) >= r.opts.Limits.Problems {
		return r.errs
	}
	return nil
}

// nuance reports what only a document that claims the standard is told about.
func (r *xesReader) nuance(key string, args ...any) {
	if r.strict {
		r.warn(key, args...)
	}
}

func (r *xesReader) warn(key string, args ...any) {
	if len(r.sum.Warnings) >= r.opts.Limits.Problems {
		r.sum.WarningN++
		return
	}
	r.sum.warn(r.opts.Limits.Problems, r.x.fault(key, args...))
}

var logAttributes = []string{"xes.version", "xes.features"}

func (r *xesReader) log(ctx context.Context) error {
	t, err := r.x.next()
	if err != nil {
		return err
	}
	if string(t.name) != "log" {
		return r.x.fault("eventlog.xes_not_log", "element", string(t.name))
	}
	version, _ := t.attr("xes.version")
	features, hasFeatures := t.attr("xes.features")
	r.sum.Version = string(version)
	r.strict = strings.HasPrefix(r.sum.Version, "1849.") && !r.opts.Lenient
	wantNested := strings.Contains(string(features), "nested-attributes")
	if !hasFeatures {
		r.nuance("eventlog.xes_no_features")
	}
	if err := r.allowed(&t, logAttributes); err != nil {
		return err
	}
	at := r.x.place()
	for {
		t, err := r.x.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case xmlEnd:
			if wantNested && !r.nested {
				r.nuanceAt(at, "eventlog.xes_feature_unused")
			}
			_, err := r.x.next()
			return err
		case xmlText:
			if err := r.breach("eventlog.xes_text"); err != nil {
				return err
			}
		case xmlStart:
			if err := r.below(ctx, t); err != nil {
				return err
			}
		}
	}
}

func (r *xesReader) nuanceAt(at fault.Place, key string) {
	if r.strict {
		r.sum.warn(r.opts.Limits.Problems, fault.New(fault.Invalid, key).At(at))
	}
}

// below reads one element directly below log.
func (r *xesReader) below(ctx context.Context, t xmlToken) error {
	rank := rankAttribute
	switch string(t.name) {
	case "extension":
		rank = rankExtension
	case "global":
		rank = rankGlobal
	case "classifier":
		rank = rankClassifier
	case "trace":
		rank = rankTrace
	case "event":
		rank = rankEvent
	}
	if rank < r.rank {
		if err := r.misplaced(string(t.name)); err != nil {
			return err
		}
	}
	r.rank = max(r.rank, rank)
	switch rank {
	case rankExtension:
		return r.header(t, "name", "prefix", "uri")
	case rankGlobal:
		return r.global(t)
	case rankClassifier:
		return r.classifier(t)
	case rankTrace:
		if err := ctx.Err(); err != nil {
			return err
		}
		return r.trace(t)
	case rankEvent:
		return r.strayEvent(t)
	}
	a, ok, err := r.attribute(t, nil)
	if ok && a.Key == "concept:name" && r.sum.LogName == "" {
		r.sum.LogName = strings.Clone(a.Value)
	}
	return err
}

// misplaced reports an element in the wrong place, once a name: where one extension stands below the
// attributes, they all do.
func (r *xesReader) misplaced(element string) error {
	if r.moved[element] {
		return nil
	}
	if r.moved == nil {
		r.moved = map[string]bool{}
	}
	r.moved[element] = true
	return r.breach("eventlog.xes_order", "element", element)
}

// allowed reports XML attributes that the standard does not give the element. Namespace declarations
// and schema hints belong to XML, and openxes.version is what the reference library always writes.
func (r *xesReader) allowed(t *xmlToken, names []string) error {
next:
	for i := range t.attrs {
		for _, n := range names {
			if n == string(t.attrs[i].name) {
				continue next
			}
		}
		name := string(t.attrs[i].name)
		if strings.HasPrefix(name, "xml") || strings.HasPrefix(name, "xsi:") || !r.strict && name == "openxes.version" {
			continue
		}
		if err := r.breach("eventlog.xes_attribute", "element", string(t.name), "name", name); err != nil {
			return err
		}
	}
	return nil
}

// required reports XML attributes that are missing.
func (r *xesReader) required(t *xmlToken, names ...string) (bool, error) {
	all := true
	for _, n := range names {
		if _, ok := t.attr(n); !ok {
			all = false
			if err := r.breach("eventlog.xes_missing", "element", string(t.name), "name", n); err != nil {
				return false, err
			}
		}
	}
	return all, nil
}

// header reads an empty element with exactly the given attributes.
func (r *xesReader) header(t xmlToken, names ...string) error {
	if err := r.allowed(&t, names); err != nil {
		return err
	}
	if _, err := r.required(&t, names...); err != nil {
		return err
	}
	return r.empty()
}

// empty reads to the end of an element that should hold nothing.
func (r *xesReader) empty() error {
	for depth := 1; depth > 0; {
		t, err := r.x.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case xmlEnd:
			depth--
			continue
		case xmlStart:
			depth++
		}
		if err := r.breach("eventlog.xes_content"); err != nil {
			return err
		}
	}
	return nil
}

func scopeOf(t *xmlToken) (int, bool) {
	switch v, ok := t.attr("scope"); {
	case !ok || string(v) == "event":
		return scopeEvent, true
	case string(v) == "trace":
		return scopeTrace, true
	}
	return scopeEvent, false
}

// global notes which attributes every trace or event carries, and their type.
func (r *xesReader) global(t xmlToken) error {
	if err := r.allowed(&t, []string{"scope"}); err != nil {
		return err
	}
	if _, err := r.required(&t, "scope"); err != nil {
		return err
	}
	scope, known := scopeOf(&t)
	if !known {
		if err := r.breach("eventlog.xes_scope"); err != nil {
			return err
		}
	}
	return r.children(func(t xmlToken) error {
		a, ok, err := r.attribute(t, nil)
		if ok && len(r.globals[scope]) < 4096 {
			r.globals[scope][a.Key] = a.Type
		}
		return err
	})
}

// classifier checks that its keys are global attributes of its scope.
func (r *xesReader) classifier(t xmlToken) error {
	scope, known := scopeOf(&t)
	if !known {
		if err := r.breach("eventlog.xes_scope"); err != nil {
			return err
		}
	}
	if r.strict {
		keys, _ := t.attr("keys")
		for _, k := range strings.Fields(string(keys)) {
			if _, ok := r.globals[scope][strings.Trim(k, "'")]; !ok && !strings.Contains(string(keys), "'") {
				if err := r.breach("eventlog.xes_classifier_key", "key", k); err != nil {
					return err
				}
			}
		}
	}
	if err := r.allowed(&t, []string{"name", "scope", "keys"}); err != nil {
		return err
	}
	if _, err := r.required(&t, "name", "keys"); err != nil {
		return err
	}
	return r.empty()
}

// children calls each for every child element and reports text between them.
func (r *xesReader) children(each func(xmlToken) error) error {
	for {
		t, err := r.x.next()
		if err != nil || t.kind == xmlEnd {
			return err
		}
		if t.kind == xmlText {
			err = r.breach("eventlog.xes_text")
		} else {
			err = each(t)
		}
		if err != nil {
			return err
		}
	}
}
