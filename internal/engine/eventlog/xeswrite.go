package eventlog

import (
	"bufio"
	"encoding/xml"
	"io"
	"strconv"
	"time"
)

// Writer writes a log as XES by IEEE 1849-2016, with the standard extensions concept, lifecycle, org and
// time, one trace at a time. It never nests attributes: what is nested comes out under joined keys.
type Writer struct {
	w     *bufio.Writer
	clock *clock // checks values before they are written under a type
	err   error
}

const xesHeader = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
	<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
	<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
	<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
	<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
	<global scope="trace">
		<string key="concept:name" value=""/>
	</global>
	<global scope="event">
		<string key="concept:name" value=""/>
		<string key="lifecycle:transition" value="complete"/>
	</global>
	<classifier name="Activity" scope="event" keys="concept:name"/>
`

// NewWriter writes the head of a log called name.
func NewWriter(w io.Writer, name string) *Writer {
	x := &Writer{w: bufio.NewWriterSize(w, 64<<10), clock: newClock(nil)}
	x.raw(xesHeader)
	x.attribute("\t", Attribute{Key: "concept:name", Value: name})
	return x
}

// Case writes one trace.
func (x *Writer) Case(c *Case) error {
	x.raw("\t<trace>\n")
	x.attribute("\t\t", Attribute{Key: "concept:name", Value: c.ID})
	x.time("\t\t", "received", c.Received)
	x.time("\t\t", "due", c.Due)
	x.time("\t\t", "finished", c.Finished)
	x.attributes("\t\t", "", c.Attributes, "concept:name", "received", "due", "finished")
	for i := range c.Events {
		x.event(&c.Events[i])
	}
	x.raw("\t</trace>\n")
	return x.err
}

func (x *Writer) event(e *Event) {
	x.raw("\t\t<event>\n")
	const in = "\t\t\t"
	x.attribute(in, Attribute{Key: "concept:name", Value: e.Activity})
	lifecycle := e.Lifecycle
	if lifecycle == "" {
		lifecycle = "complete"
	}
	x.attribute(in, Attribute{Key: "lifecycle:transition", Value: lifecycle})
	x.time(in, "time:timestamp", e.At)
	if e.Resource != "" {
		x.attribute(in, Attribute{Key: "org:resource", Value: e.Resource})
	}
	if e.Group != "" {
		x.attribute(in, Attribute{Key: "org:group", Value: e.Group})
	}
	x.attributes(in, "", e.Attributes, "concept:name", "lifecycle:transition", "time:timestamp", "org:resource", "org:group")
	x.raw("\t\t</event>\n")
}

// attributes writes the attributes whose keys are not taken.
func (x *Writer) attributes(indent, prefix string, attrs []Attribute, taken ...string) {
next:
	for _, a := range attrs {
		for _, k := range taken {
			if prefix+a.Key == k {
				continue next
			}
		}
		flat := a
		flat.Key = prefix + a.Key
		if a.Type != List && a.Type != Container {
			x.attribute(indent, flat)
		}
		x.attributes(indent, flat.Key+"/", a.Nested)
	}
}

func (x *Writer) time(indent, key string, at time.Time) {
	if !at.IsZero() {
		x.attribute(indent, Attribute{Key: key, Type: Date, Value: at.Format("2006-01-02T15:04:05.000Z07:00")})
	}
}

func (x *Writer) attribute(indent string, a Attribute) {
	if a.Type == List || a.Type == Container || x.clock.check(a.Type, a.Value) != valueOK {
		a.Type = String
	}
	x.raw(indent + "<" + a.Type.String() + ` key="`)
	x.escape(a.Key)
	x.raw(`" value="`)
	x.escape(a.Value)
	x.raw("\"/>\n")
}

func (x *Writer) raw(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

func (x *Writer) escape(s string) {
	if x.err == nil {
		x.err = xml.EscapeText(x.w, []byte(s))
	}
}

// Close writes the end of the log and flushes; it does not close the writer below.
func (x *Writer) Close() error {
	x.raw("</log>\n")
	if x.err != nil {
		return x.err
	}
	return x.w.Flush()
}

// Pseudonyms gives names the same stand-in within one log: who did what with whom stays countable, who
// it was does not leave the house.
type Pseudonyms struct{ known map[string]string }

// Of is the stand-in of a name; empty stays empty.
func (p *Pseudonyms) Of(name string) string {
	if name == "" {
		return ""
	}
	if p.known == nil {
		p.known = map[string]string{}
	}
	alias, ok := p.known[name]
	if !ok {
		alias = "R" + strconv.Itoa(len(p.known)+1)
		p.known[name] = alias
	}
	return alias
}
