package app

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/calendar"
)

// National statuses that an imported dossier passes (Thông tư 01/2018/TT-VPCP, ten codes).
const (
	statusReceived = 2 // được tiếp nhận
	statusInWork   = 4 // đang xử lý
	statusFinished = 9 // đã có kết quả
)

// encoder writes the data of imported dossiers' events, by hand: a log has millions of them. Its objects are
// those of package dossier (the shared members, "span" for the whole, "line" for one step) with the log's
// exact times, types and life cycles beside them under "log".
type encoder struct {
	procedure string
	mapping   string
	title     string
	due       string
	state     string
	status    int
	buf       []byte
}

// stamp is a time with its offset, empty for none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(stampLayout)
}

const stampLayout = "2006-01-02T15:04:05.999999999Z07:00"

// open begins an event that moves the dossier on.
func (e *encoder) open(action, to string, status int, late bool) {
	e.buf = append(e.buf[:0], '{')
	e.text("procedure", e.procedure)
	e.text("version", "imported")
	e.text("action", action)
	e.text("from", e.state)
	e.text("to", to)
	e.number("status", status)
	e.number("prev_status", e.status)
	e.text("due", e.due)
	e.key("late")
	e.buf = strconv.AppendBool(e.buf, late)
	e.text("title", e.title)
	e.state, e.status = to, status
}

// close copies the object out, since the ledger keeps it.
func (e *encoder) close() json.RawMessage {
	e.end()
	return append(json.RawMessage(nil), e.buf...)
}

func (e *encoder) begin(key string) {
	e.key(key)
	e.buf = append(e.buf, '{')
}

func (e *encoder) end() { e.buf = append(e.buf, '}') }

func (e *encoder) key(key string) {
	if last := e.buf[len(e.buf)-1]; last != '{' {
		e.buf = append(e.buf, ',')
	}
	e.buf = append(appendString(e.buf, key), ':')
}

// text writes a member unless it is empty.
func (e *encoder) text(key, value string) {
	if value != "" {
		e.key(key)
		e.buf = appendString(e.buf, value)
	}
}

// day writes a date even where there is none: an absent member would read as 1970-01-01.
func (e *encoder) day(key, iso string) {
	e.key(key)
	e.buf = appendString(e.buf, iso)
}

func (e *encoder) time(key string, at time.Time) {
	if !at.IsZero() {
		e.key(key)
		e.buf = append(e.buf, '"')
		e.buf = at.AppendFormat(e.buf, stampLayout)
		e.buf = append(e.buf, '"')
	}
}

func (e *encoder) number(key string, n int) {
	e.key(key)
	e.buf = strconv.AppendInt(e.buf, int64(n), 10)
}

// imported is the first event of a case: what it says of itself as a whole.
func (e *encoder) imported(c *eventlog.Case, received calendar.Date, name string) json.RawMessage {
	e.title, e.due, e.state, e.status = cmp.Or(c.Title, c.ID), dayOf(c.Due), "", 0
	e.open("", "received", statusReceived, false)
	e.begin("span")
	e.day("received_on", received.String())
	e.day("due_on", e.due)
	e.day("finished_on", dayOf(c.Finished))
	e.text("name", name)
	e.number("events", len(c.Events))
	e.end()
	e.begin("log")
	e.text("case", c.ID)
	e.text("mapping", e.mapping)
	e.text("unit", c.Unit)
	e.time("received_at", c.Received)
	e.time("due_at", c.Due)
	e.time("finished_at", c.Finished)
	e.end()
	e.attributes("fields", c.Attributes)
	return e.close()
}

// stepped is one event of the log.
func (e *encoder) stepped(v *eventlog.Event) json.RawMessage {
	e.open(v.Activity, cmp.Or(v.Activity, "step"), statusInWork, false)
	e.begin("line")
	e.time("at", v.At)
	e.text("actor", v.Resource)
	e.text("unit", v.Group)
	e.end()
	if v.Lifecycle != "" || len(v.Attributes) > 0 {
		e.begin("log")
		e.text("lifecycle", v.Lifecycle)
		e.attributes("attributes", v.Attributes)
		e.end()
	}
	return e.close()
}

// finished is the recorded end of a case.
func (e *encoder) finished(c *eventlog.Case, late bool) json.RawMessage {
	e.open("finish", "finished", statusFinished, late)
	e.begin("line")
	e.time("at", c.Finished)
	e.end()
	return e.close()
}

func dayOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return dateOf(at).String()
}

// attributes writes the attributes that have no role as one object; a repeated key gets a number.
func (e *encoder) attributes(key string, attrs []eventlog.Attribute) {
	if len(attrs) > 0 {
		e.key(key)
		e.object(attrs)
	}
}

func (e *encoder) object(attrs []eventlog.Attribute) {
	e.buf = append(e.buf, '{')
	for i := range attrs {
		key, n := attrs[i].Key, 1
		for j := range i {
			if attrs[j].Key == key {
				n++
			}
		}
		if n > 1 {
			key += "#" + strconv.Itoa(n)
		}
		e.key(key)
		e.value(&attrs[i])
	}
	e.buf = append(e.buf, '}')
}

// value writes whole numbers and truth values as JSON's own, other scalars as they were written; what
// has children becomes an object with its own value under "".
func (e *encoder) value(a *eventlog.Attribute) {
	if len(a.Nested) > 0 || a.Type == eventlog.List || a.Type == eventlog.Container {
		nested := a.Nested
		if a.Value != "" {
			nested = append([]eventlog.Attribute{{Value: a.Value, Type: a.Type}}, nested...)
		}
		e.object(nested)
		return
	}
	switch a.Type {
	case eventlog.Boolean:
		if a.Value == "true" || a.Value == "false" {
			e.buf = append(e.buf, a.Value...)
			return
		}
	case eventlog.Int, eventlog.Float:
		if n, err := strconv.ParseInt(a.Value, 10, 64); err == nil && strconv.FormatInt(n, 10) == a.Value {
			e.buf = append(e.buf, a.Value...)
			return
		}
	}
	e.buf = appendString(e.buf, a.Value)
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c < ' ':
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			default:
				b = append(b, c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b = utf8.AppendRune(b, r)
		i += n
	}
	return append(b, '"')
}
