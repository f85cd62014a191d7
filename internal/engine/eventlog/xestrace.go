package eventlog

import (
	"trucot/internal/kernel/fault"
)

// trace reads one trace and gives it to the builder.
func (r *xesReader) trace(t xmlToken) error {
	if err := r.allowed(&t, nil); err != nil {
		return err
	}
	c := r.b.newCase(r.x.tokLine)
	inEvents := false
	err := r.children(func(t xmlToken) error {
		if string(t.name) == "event" {
			inEvents = true
			if err := r.b.roomForEvent(r.x.place); err != nil {
				return err
			}
			return r.event(t, c)
		}
		if inEvents {
			if err := r.misplaced(string(t.name)); err != nil {
				return err
			}
		}
		a, ok, err := r.attribute(t, r.globals[scopeTrace])
		if ok {
			c.Attributes = append(c.Attributes, a)
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.b.finish(c, r.visit)
}

func (r *xesReader) event(t xmlToken, c *Case) error {
	if err := r.allowed(&t, nil); err != nil {
		return err
	}
	e := r.b.newEvent(c, r.x.tokLine)
	err := r.children(func(t xmlToken) error {
		a, ok, err := r.attribute(t, r.globals[scopeEvent])
		if ok {
			e.Attributes = append(e.Attributes, a)
		}
		return err
	})
	return err
}

// strayEvent reads an event outside every trace: the standard allows it, a dossier cannot hold it.
func (r *xesReader) strayEvent(t xmlToken) error {
	r.sum.Skipped++
	r.warn("eventlog.xes_stray_event")
	return r.event(t, &Case{})
}

var attributeTypes = map[string]Type{"string": String, "date": Date, "int": Int, "float": Float,
	"boolean": Boolean, "id": ID, "list": List, "container": Container}

var (
	keyOnly     = []string{"key"}
	keyAndValue = []string{"key", "value"}
)

// attribute reads one attribute element with what is nested in it. ok is false when it has no key or is
// no attribute; its content is read over then.
func (r *xesReader) attribute(t xmlToken, globals map[string]Type) (a Attribute, ok bool, err error) {
	typ, known := attributeTypes[string(t.name)]
	if !known {
		if err = r.breach("eventlog.xes_element", "element", string(t.name)); err != nil {
			return a, false, err
		}
		return a, false, r.skip()
	}
	a.Type = typ
	names := keyAndValue
	if typ == List || typ == Container {
		names = keyOnly
	}
	if err = r.allowed(&t, names); err != nil {
		return a, false, err
	}
	if ok, err = r.required(&t, names...); err != nil {
		return a, false, err
	}
	key, hasKey := t.attr("key")
	value, _ := t.attr("value")
	a.Key = r.names.string(key)
	if typ == Date { // hardly ever repeats
		a.Value = string(value)
	} else {
		a.Value = r.names.string(value)
	}
	if ok {
		if err = r.checkValue(&a, globals); err != nil {
			return a, false, err
		}
	}
	err = r.nestedIn(&a)
	return a, hasKey, err
}

// checkValue checks the lexical form and the type that a global declares. A value that is not of its
// type stays as text where the log is read leniently.
func (r *xesReader) checkValue(a *Attribute, globals map[string]Type) error {
	if want, ok := globals[a.Key]; ok && want != a.Type && r.strict {
		if err := r.breach("eventlog.xes_global_type", "key", a.Key, "want", want, "found", a.Type); err != nil {
			return err
		}
	}
	switch r.b.clock.check(a.Type, a.Value) {
	case valueBad:
		typ := a.Type
		a.Type = String
		return r.breach("eventlog.bad_value", "key", a.Key, "value", cut(a.Value), "type", typ)
	case valueNoZone:
		if r.strict && !r.b.clock.zoned {
			return r.breach("eventlog.no_zone", "key", a.Key, "value", cut(a.Value))
		}
	}
	return nil
}

// nestedIn reads the children of an attribute. The members of a list stand in its element "values";
// logs written before IEEE 1849 put them directly into the list.
func (r *xesReader) nestedIn(a *Attribute) error {
	if r.x.pending && a.Type != List { // <string …/>, nearly all of a log
		_, err := r.x.next()
		return err
	}
	hasValues := false
	err := r.children(func(t xmlToken) error {
		if a.Type == List && string(t.name) == "values" {
			hasValues = true
			return r.children(func(t xmlToken) error { return r.member(t, a) })
		}
		if a.Type == List && hasValues {
			if err := r.breach("eventlog.xes_list_order", "element", string(t.name)); err != nil {
				return err
			}
		}
		r.nested = r.nested || a.Type != Container
		return r.member(t, a)
	})
	if err == nil && a.Type == List && !hasValues && r.strict {
		err = r.breach("eventlog.xes_list_values", "key", a.Key)
	}
	return err
}

func (r *xesReader) member(t xmlToken, a *Attribute) error {
	child, ok, err := r.attribute(t, nil)
	if ok {
		a.Nested = append(a.Nested, child)
	}
	return err
}

// skip reads over the rest of an element.
func (r *xesReader) skip() error {
	for depth := 1; depth > 0; {
		t, err := r.x.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case xmlStart:
			depth++
		case xmlEnd:
			depth--
		}
	}
	return nil
}

// intern keeps one copy of each short string of a log; keys and activities repeat endlessly. It stops
// taking new ones at a bound, so that a log of distinct values cannot fill the memory.
type intern struct{ known map[string]string }

const (
	internLength = 48
	internCount  = 1 << 16
)

func (n *intern) string(b []byte) string {
	if len(b) > internLength {
		return string(b)
	}
	if s, ok := n.known[string(b)]; ok {
		return s
	}
	s := string(b)
	if n.known == nil {
		n.known = map[string]string{}
	}
	if len(n.known) < internCount {
		n.known[s] = s
	}
	return s
}

// cut shortens a value for a message.
func cut(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// placeOf lets the builder ask for a place only when it has something to say.
type placeOf func() fault.Place
