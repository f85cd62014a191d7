package eventlog

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
)

// ocelLog is an object-centric log, whatever file it came from. It is held in memory: an event may name
// any object, and a case gathers events from everywhere. Limits.Whole bounds the file.
type ocelLog struct {
	version string
	events  []ocelEvent
	objects map[string]*ocelObject
	eventID map[string]bool
}

type ocelEvent struct {
	id, typ string
	time    string // as written
	at      time.Time
	attrs   []Attribute
	objects []string
	line    int
}

type ocelObject struct {
	id, typ string
	attrs   []Attribute // initial values; later changes are events of their own in such logs
	line    int
}

func newOCELLog(version string) *ocelLog {
	return &ocelLog{version: version, objects: map[string]*ocelObject{}, eventID: map[string]bool{}}
}

// addEvent takes an event; key is the fault when something it needs is missing.
func (l *ocelLog) addEvent(e ocelEvent) (key string, args []any) {
	switch {
	case e.id == "" || e.typ == "":
		return "eventlog.ocel_event_incomplete", []any{"id", cut(e.id)}
	case l.eventID[e.id]:
		return "eventlog.ocel_twice", []any{"id", cut(e.id)}
	}
	l.eventID[e.id] = true
	l.events = append(l.events, e)
	return "", nil
}

func (l *ocelLog) addObject(o *ocelObject) (key string, args []any) {
	switch {
	case o.id == "" || o.typ == "":
		return "eventlog.ocel_object_incomplete", []any{"id", cut(o.id)}
	case l.objects[o.id] != nil:
		return "eventlog.ocel_twice", []any{"id", cut(o.id)}
	}
	l.objects[o.id] = o
	return "", nil
}

// initial adds an attribute value of an object unless an earlier one is there.
func (o *ocelObject) initial(key, value string) {
	if value != "" && !hasAttribute(o.attrs, key) {
		o.attrs = append(o.attrs, Attribute{Key: key, Value: value})
	}
}

// flatten makes cases of the log. A case is an object of a chosen type; an event belongs to its object of
// the best type, and if it has several of that type, to the first by name, or to each where the mapping
// says so. Without a choice every type takes part, those with the most events first, so that no event is
// lost or counted twice; an event without any object is a case of its own.
func (l *ocelLog) flatten(ctx context.Context, file string, opts *Options, sum *Summary, visit func(*Case) error) error {
	sum.Format, sum.Version = "ocel", l.version
	b := newBuilder(file, opts, sum)
	if b.m == nil {
		b.use(choose(opts.Known, nil))
	}
	if err := l.readTimes(file, b); err != nil {
		return err
	}
	slices.SortStableFunc(l.events, func(x, y ocelEvent) int { return cmp.Or(x.at.Compare(y.at), natural(x.id, y.id)) })
	f := &flattening{l: l, b: b, rank: l.ranks(b.m.CaseObjectTypes), all: len(b.m.CaseObjectTypes) == 0, cases: map[string][]int{}}
	for i := range l.events {
		f.place(i)
	}
	for n, id := range f.order {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := f.emit(id, visit); err != nil {
			return err
		}
	}
	return b.errs.OrNil()
}

// readTimes parses the events' times; an unreadable one is an error, since order depends on it.
func (l *ocelLog) readTimes(file string, b *builder) error {
	var errs fault.List
	for i := range l.events {
		e := &l.events[i]
		at, ok := b.clock.parse(e.time)
		if !ok && len(errs) < b.opts.Limits.Problems {
			errs = append(errs, fault.New(fault.Invalid, "eventlog.ocel_time", "id", cut(e.id), "value", cut(e.time)).
				At(fault.Place{File: file, Line: e.line}))
		}
		e.at = at
	}
	return errs.OrNil()
}

// ranks orders object types: as chosen, or by how many events touch them.
func (l *ocelLog) ranks(chosen []string) map[string]int {
	if len(chosen) == 0 {
		touched := map[string]int{}
		for i := range l.events {
			seen := map[string]bool{}
			for _, id := range l.events[i].objects {
				if o := l.objects[id]; o != nil && !seen[o.typ] {
					seen[o.typ] = true
					touched[o.typ]++
				}
			}
		}
		for typ := range touched {
			chosen = append(chosen, typ)
		}
		slices.SortFunc(chosen, func(a, b string) int {
			return cmp.Or(cmp.Compare(touched[b], touched[a]), strings.Compare(a, b))
		})
	}
	rank := map[string]int{}
	for i, typ := range chosen {
		rank[typ] = i
	}
	return rank
}

type flattening struct {
	l     *ocelLog
	b     *builder
	rank  map[string]int
	all   bool
	cases map[string][]int // object → events
	order []string         // objects by their first event
}

// place puts event i into its case or cases.
func (f *flattening) place(i int) {
	e := &f.l.events[i]
	best, owners := len(f.rank), []string(nil)
	for _, id := range e.objects {
		o := f.l.objects[id]
		r, ok := len(f.rank), f.all // an object the log does not describe comes after all others
		if o == nil {
			f.b.warn(e.line, "eventlog.ocel_unknown_object", "event", cut(e.id), "object", cut(id))
		} else {
			r, ok = f.rank[o.typ]
		}
		if !ok || r > best {
			continue
		}
		if r < best {
			best, owners = r, owners[:0]
		}
		owners = append(owners, id)
	}
	slices.SortFunc(owners, natural)
	owners = slices.Compact(owners)
	switch {
	case len(owners) == 0 && f.all:
		owners = []string{"event:" + e.id}
	case len(owners) == 0:
		f.b.sum.Skipped++
		f.b.warn(e.line, "eventlog.ocel_no_case", "event", cut(e.id))
	case len(owners) > 1 && !f.b.m.SharedEach:
		owners = owners[:1]
	}
	for n, id := range owners {
		if n > 0 {
			f.b.sum.Statistics.Shared++
		}
		if _, seen := f.cases[id]; !seen {
			f.order = append(f.order, id)
		}
		f.cases[id] = append(f.cases[id], i)
	}
}

// emit gives one case to the builder, under the attribute names of XES so that one mapping fits all.
func (f *flattening) emit(id string, visit func(*Case) error) error {
	line := 0
	o := f.l.objects[id]
	if o != nil {
		line = o.line
	}
	c := f.b.newCase(line)
	c.Attributes = append(c.Attributes, Attribute{Key: "concept:name", Value: id})
	if o != nil {
		c.Attributes = append(c.Attributes, Attribute{Key: "ocel:type", Value: o.typ})
		c.Attributes = append(c.Attributes, o.attrs...)
	}
	for _, i := range f.cases[id] {
		src := &f.l.events[i]
		if err := f.b.roomForEvent(func() fault.Place { return fault.Place{File: f.b.file, Line: src.line} }); err != nil {
			return err
		}
		e := f.b.newEvent(c, src.line)
		e.Attributes = append(e.Attributes, Attribute{Key: "concept:name", Value: src.typ},
			Attribute{Key: "time:timestamp", Value: src.time, Type: Date}, Attribute{Key: "ocel:id", Value: src.id})
		e.Attributes = append(e.Attributes, src.attrs...)
		if len(src.objects) > 0 {
			e.Attributes = append(e.Attributes, Attribute{Key: "ocel:objects", Value: strings.Join(sorted(src.objects), "; ")})
		}
	}
	return f.b.finish(c, visit)
}

func sorted(ids []string) []string {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, natural)
	return slices.Compact(ids)
}

// natural compares names with numbers by value: e2 before e10.
func natural(a, b string) int {
	for a != "" && b != "" {
		na, nb := digitRun(a), digitRun(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digitRun(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
