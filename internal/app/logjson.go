package app

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"trucot/internal/engine/eventlog"
)

// National statuses that an imported dossier passes (Thông tư 01/2018/TT-VPCP, ten codes).
const (
	statusInWork   = 4 // đang xử lý
	statusFinished = 9 // đã có kết quả
)

// encoder writes the data of imported dossiers' events as JSON, by hand: a log has millions of them.
type encoder struct {
	procedure string
	mapping   string
	buf       []byte
}

// stamp is a time with its offset, empty for none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format("2006-01-02T15:04:05.999999999Z07:00")
}

func (e *encoder) open() {
	e.buf = append(e.buf[:0], `{"procedure":`...)
	e.buf = appendString(e.buf, e.procedure)
	e.text("version", e.mapping)
}

// close copies the object out, since the ledger keeps it.
func (e *encoder) close() json.RawMessage {
	e.buf = append(e.buf, '}')
	return append(json.RawMessage(nil), e.buf...)
}

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

func (e *encoder) time(key string, at time.Time) {
	if !at.IsZero() {
		e.key(key)
		e.buf = append(e.buf, '"')
		e.buf = at.AppendFormat(e.buf, "2006-01-02T15:04:05.999999999Z07:00")
		e.buf = append(e.buf, '"')
	}
}

func (e *encoder) number(key string, n int) {
	e.key(key)
	e.buf = strconv.AppendInt(e.buf, int64(n), 10)
}

// dates writes what a list page needs: the day, beside the exact times of the log.
func (e *encoder) dates(c *eventlog.Case) {
	e.time("received_at", c.Received)
	e.time("due_at", c.Due)
	if !c.Due.IsZero() {
		e.text("due", dateOf(c.Due).String())
	}
}

func (e *encoder) imported(c *eventlog.Case, log string) json.RawMessage {
	e.open()
	e.text("log", log)
	e.text("case", c.ID)
	title := c.Title
	if title == "" {
		title = c.ID
	}
	e.text("title", title)
	e.text("log_unit", c.Unit)
	e.text("to", "imported")
	e.number("status", statusInWork)
	e.dates(c)
	e.number("events", len(c.Events))
	e.fields(c.Attributes)
	return e.close()
}

func (e *encoder) stepped(v *eventlog.Event) json.RawMessage {
	e.open()
	e.text("action", v.Activity)
	e.number("status", statusInWork)
	e.number("prev_status", statusInWork)
	e.time("at", v.At)
	e.text("lifecycle", v.Lifecycle)
	e.text("resource", v.Resource)
	e.text("group", v.Group)
	e.fields(v.Attributes)
	return e.close()
}

func (e *encoder) finished(c *eventlog.Case, late bool) json.RawMessage {
	e.open()
	e.text("action", "finish")
	e.text("from", "imported")
	e.text("to", "finished")
	e.number("status", statusFinished)
	e.number("prev_status", statusInWork)
	e.time("at", c.Finished)
	e.dates(c)
	e.key("late")
	e.buf = strconv.AppendBool(e.buf, late)
	return e.close()
}

// fields writes the remaining attributes as one object; a repeated key gets a number.
func (e *encoder) fields(attrs []eventlog.Attribute) {
	if len(attrs) == 0 {
		return
	}
	e.key("fields")
	e.object(attrs)
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
