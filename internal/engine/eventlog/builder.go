package eventlog

import (
	"strings"
	"time"

	"trucot/internal/kernel/fault"
)

// builder turns the raw attributes of a case and its events into roles, by the mapping, and keeps the
// statistics. The three kinds of readers share it. It reuses its Case: a visitor must not keep it.
type builder struct {
	file  string
	opts  *Options
	sum   *Summary
	m     *Mapping
	clock *clock
	stats collector
	c     Case
	errs  fault.List
	// strictTimes makes an unreadable event time an error: CSV has no types that could excuse one.
	strictTimes bool
}

func newBuilder(file string, opts *Options, sum *Summary) *builder {
	b := &builder{file: file, opts: opts, sum: sum, m: opts.Mapping}
	if b.m == nil {
		b.clock = newClock(nil)
	} else {
		b.use(b.m)
	}
	return b
}

func (b *builder) use(m *Mapping) {
	b.m, b.sum.Mapping, b.sum.ByDay = m, m.Name, m.ByDay
	b.clock = newClock(m)
}

func (b *builder) newCase(line int) *Case {
	events := b.c.Events[:0]
	b.c = Case{Events: events, Attributes: b.c.Attributes[:0], Line: line}
	return &b.c
}

// newEvent appends an event, reusing the attribute slice of an earlier case's event.
func (b *builder) newEvent(c *Case, line int) *Event {
	n := len(c.Events)
	if n == cap(c.Events) {
		c.Events = append(c.Events, Event{})
	} else {
		c.Events = c.Events[:n+1]
	}
	e := &c.Events[n]
	*e = Event{Attributes: e.Attributes[:0], Line: line}
	return e
}

func (b *builder) roomForEvent(at placeOf) error {
	if len(b.c.Events) < b.opts.Limits.CaseEvents {
		return nil
	}
	return fault.New(fault.TooLarge, "eventlog.case_too_long", "events", b.opts.Limits.CaseEvents).At(at())
}

// finish resolves the roles, counts the case and hands it over.
func (b *builder) finish(c *Case, visit func(*Case) error) error {
	if b.m == nil {
		b.use(choose(b.opts.Known, c.Attributes))
	}
	b.caseRoles(c)
	for i := range c.Events {
		b.eventRoles(&c.Events[i])
	}
	if c.ID == "" {
		b.warn(c.Line, "eventlog.no_case_id")
	}
	if c.Finished.IsZero() && !c.Due.IsZero() && !b.m.has(roleFinished) {
		c.Finished = c.Last()
	}
	b.stats.add(c, b.sum)
	b.sum.Lateness.add(c, b.m.ByDay)
	if visit == nil {
		return nil
	}
	return visit(c)
}

func (b *builder) warn(line int, key string, args ...any) {
	b.sum.warn(b.opts.Limits.Problems, fault.New(fault.Invalid, key, args...).At(fault.Place{File: b.file, Line: line}))
}

func (b *builder) caseRoles(c *Case) {
	var found [roles]int
	c.Attributes = take(c.Attributes, b.m.caseKeys, &found, func(r role, a *Attribute) {
		if b.m.personal[a.Key] {
			return
		}
		switch r {
		case roleCase:
			c.ID = a.Value
		case roleTitle:
			c.Title = a.Value
		case roleUnit:
			c.Unit = a.Value
		case roleReceived:
			c.Received = b.time(a, c.Line)
		case roleDue:
			c.Due = b.time(a, c.Line)
		case roleFinished:
			c.Finished = b.time(a, c.Line)
		}
	})
	c.Attributes = b.withoutPersonal(c.Attributes)
}

func (b *builder) eventRoles(e *Event) {
	var found [roles]int
	e.Attributes = take(e.Attributes, b.m.eventKeys, &found, func(r role, a *Attribute) {
		if b.m.personal[a.Key] {
			return
		}
		switch r {
		case roleActivity:
			e.Activity = a.Value
		case roleTime:
			e.At = b.eventTime(a, e.Line)
		case roleActor:
			e.Resource = a.Value
		case roleGroup:
			e.Group = a.Value
		case roleLifecycle:
			e.Lifecycle = a.Value
		}
	})
	e.Attributes = b.withoutPersonal(e.Attributes)
	b.checkDate(e)
}

// What the ledger takes as a date: history entered late, plans entered early.
const (
	firstYear   = 1900
	yearsBeyond = 9
)

// checkDate warns of times that are most likely slips of the pen; they are kept as written. Times that no
// ledger takes are errors.
func (b *builder) checkDate(e *Event) {
	switch {
	case e.At.IsZero():
		b.sum.Statistics.Untimed++
	case e.At.Year() < firstYear || !b.opts.Today.IsZero() && e.At.Year() > b.opts.Today.Year()+yearsBeyond:
		b.fail(e.Line, "eventlog.impossible_date", "activity", cut(e.Activity), "date", e.At.Format(time.DateOnly))
	case e.At.Year() < b.m.earliest():
		b.sum.Statistics.Implausible++
		b.warn(e.Line, "eventlog.early_event", "activity", cut(e.Activity), "date", e.At.Format(time.DateOnly))
	case !b.opts.Today.IsZero() && e.At.After(b.opts.Today):
		b.sum.Statistics.Implausible++
		b.warn(e.Line, "eventlog.future_event", "activity", cut(e.Activity), "date", e.At.Format(time.DateOnly))
	}
}

// time reads a time; an empty value is none, an unreadable one is none with a warning.
func (b *builder) time(a *Attribute, line int) time.Time {
	v := strings.TrimSpace(a.Value)
	if v == "" {
		return time.Time{}
	}
	at, ok := b.clock.parse(v)
	if !ok {
		b.warn(line, "eventlog.bad_time", "key", a.Key, "value", cut(v))
	}
	return at
}

// eventTime is time, except that a format without types is held to it.
func (b *builder) eventTime(a *Attribute, line int) time.Time {
	if at, ok := b.clock.parse(strings.TrimSpace(a.Value)); ok || !b.strictTimes || a.Value == "" {
		if ok {
			return at
		}
		return b.time(a, line)
	}
	b.fail(line, "eventlog.bad_time", "key", a.Key, "value", cut(a.Value))
	return time.Time{}
}

// fail keeps an error of one line; the reader returns them together.
func (b *builder) fail(line int, key string, args ...any) {
	if len(b.errs) < b.opts.Limits.Problems {
		b.errs = append(b.errs, fault.New(fault.Invalid, key, args...).At(fault.Place{File: b.file, Line: line}))
	}
}

func (b *builder) withoutPersonal(attrs []Attribute) []Attribute {
	if len(b.m.personal) == 0 {
		return attrs
	}
	kept := attrs[:0]
	for _, a := range attrs {
		if !b.m.personal[a.Key] {
			kept = append(kept, a)
		}
	}
	return kept
}

// take gives each role its best attribute, in the mapping's order of preference, and returns the
// others. found is scratch: 1 + the index of the best so far.
func take(attrs []Attribute, keys map[string]slot, found *[roles]int, set func(role, *Attribute)) []Attribute {
	var rank [roles]int
	for i := range attrs {
		s, ok := keys[attrs[i].Key]
		if ok && (found[s.role] == 0 || s.rank < rank[s.role]) {
			found[s.role], rank[s.role] = i+1, s.rank
		}
	}
	for r := range found {
		if found[r] > 0 {
			set(role(r), &attrs[found[r]-1])
		}
	}
	kept := attrs[:0]
	for i := range attrs {
		if s, ok := keys[attrs[i].Key]; ok && found[s.role] == i+1 {
			continue
		}
		kept = append(kept, attrs[i])
	}
	return kept
}
