package indicator

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"trucot/internal/kernel/ledger"
)

// factReader reads the part of an event's data that indicators need. It walks the JSON once and builds nothing
// else, since reading the ledger again is mostly this: encoding/json takes several times as long. The data
// is valid JSON, which the ledger saw to; what is not is an error here all the same.
//
// The maps of a Fact are reused by the next read. It belongs to one goroutine.
type factReader struct {
	b    []byte
	at   int
	err  error
	fact Fact

	names map[string]string // texts that come again and again: states, actions, dimension values
}

func newFactReader() *factReader {
	return &factReader{
		fact:  Fact{Dims: map[string]string{}, Amounts: map[string]float64{}},
		names: map[string]string{},
	}
}

// maxNames bounds the texts kept, so that titles in a wrong place cannot fill the memory.
const maxNames = 1 << 14

var errData = errors.New("the event's data is not what this kind of event holds")

// read is the Fact of an event. Amounts are the event's own "amounts" and, where withFields says so, the numbers among its
// "fields".
func (r *factReader) read(e *ledger.Event, withFields bool) (*Fact, error) {
	dims, amounts := r.fact.Dims, r.fact.Amounts
	clear(dims)
	clear(amounts)
	r.b, r.at, r.err = e.Data, 0, nil
	r.fact = Fact{Kind: e.Kind, Stream: e.Stream, Unit: e.Unit, Dims: dims, Amounts: amounts}
	r.object(func(key []byte) { r.field(key, withFields) })
	if r.err != nil {
		return nil, r.err
	}
	return &r.fact, nil
}

// field reads one value of the event's data.
func (r *factReader) field(key []byte, withFields bool) {
	f := &r.fact
	switch string(key) {
	case "procedure":
		f.Procedure = r.text()
	case "action":
		f.Action = r.text()
	case "from":
		f.From = r.text()
	case "to":
		f.To = r.text()
	case "applicant":
		f.Applicant = r.text()
	case "received":
		f.Received = r.text()
	case "due":
		f.Due = r.text()
	case "status":
		f.Status = int(r.number())
	case "prev_status":
		f.PrevStatus = int(r.number())
	case "working_days":
		f.WorkingDays = int(r.number())
	case "late":
		f.Late = r.flag()
	case "dims":
		r.object(func(name []byte) { f.Dims[r.name(name)] = r.text() })
	case "amounts":
		r.object(func(name []byte) { f.Amounts[r.name(name)] = r.number() })
	case "fields":
		if !withFields {
			r.skip()
			return
		}
		r.object(func(name []byte) {
			if c := r.peek(); c == '-' || c >= '0' && c <= '9' {
				f.Amounts[r.name(name)] = r.number()
			} else {
				r.skip()
			}
		})
	default:
		r.skip()
	}
}

func (r *factReader) fail() { r.err, r.at = errData, len(r.b) }

// peek is the next byte that is no space, 0 at the end.
func (r *factReader) peek() byte {
	for r.at < len(r.b) {
		switch c := r.b[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

// take passes a byte that must come next.
func (r *factReader) take(c byte) {
	if r.peek() != c {
		r.fail()
		return
	}
	r.at++
}

// null passes a null and reports whether there was one.
func (r *factReader) null() bool {
	if r.peek() != 'n' {
		return false
	}
	r.word("null")
	return true
}

func (r *factReader) word(w string) {
	if !bytes.HasPrefix(r.b[r.at:], []byte(w)) {
		r.fail()
		return
	}
	r.at += len(w)
}

// object calls value for each key; value must read or skip what follows. A null is an empty object.
func (r *factReader) object(value func(key []byte)) {
	if r.null() {
		return
	}
	r.take('{')
	if r.peek() == '}' {
		r.at++
		return
	}
	for r.err == nil {
		key := r.literal()
		r.take(':')
		if r.err != nil {
			return
		}
		value(key)
		if r.peek() != ',' {
			break
		}
		r.at++
	}
	r.take('}')
}

// literal is the inside of a string, its escapes undone.
func (r *factReader) literal() []byte {
	r.take('"')
	start, escaped := r.at, false
	for ; r.at < len(r.b); r.at++ {
		switch r.b[r.at] {
		case '\\':
			escaped = true
			r.at++
		case '"':
			inside := r.b[start:r.at]
			r.at++
			if escaped {
				return r.unescaped(r.b[start-1 : r.at])
			}
			return inside
		}
	}
	r.fail()
	return nil
}

func (r *factReader) unescaped(quoted []byte) []byte {
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		r.fail()
	}
	return []byte(s)
}

func (r *factReader) text() string {
	if r.null() {
		return ""
	}
	return r.name(r.literal())
}

// name is b as a string, the same string each time it comes.
func (r *factReader) name(b []byte) string {
	if s, ok := r.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(r.names) < maxNames && len(s) <= 64 {
		r.names[s] = s
	}
	return s
}

func (r *factReader) number() float64 {
	if r.null() {
		return 0
	}
	start := r.at
	for r.at < len(r.b) && isNumberByte(r.b[r.at]) {
		r.at++
	}
	digits := r.b[start:r.at]
	if len(digits) > 0 && len(digits) < 16 && allDigits(string(digits)) {
		n := 0
		for _, c := range digits {
			n = n*10 + int(c-'0')
		}
		return float64(n)
	}
	n, err := strconv.ParseFloat(string(digits), 64)
	if err != nil {
		r.fail()
	}
	return n
}

func isNumberByte(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

func (r *factReader) flag() bool {
	switch r.peek() {
	case 't':
		r.word("true")
		return true
	case 'f':
		r.word("false")
	case 'n':
		r.word("null")
	default:
		r.fail()
	}
	return false
}

// skip passes any value.
func (r *factReader) skip() {
	depth := 0
	for r.err == nil {
		switch c := r.peek(); c {
		case 0:
			r.fail()
		case '"':
			r.skipString()
		case '{', '[':
			depth++
			r.at++
			continue
		case '}', ']':
			depth--
			r.at++
		case ',', ':':
			r.at++
			continue
		default:
			for r.at < len(r.b) && !isDelimiter(r.b[r.at]) {
				r.at++
			}
		}
		if depth <= 0 {
			if depth < 0 {
				r.fail()
			}
			return
		}
	}
}

// skipString passes a string by looking for its closing quote.
func (r *factReader) skipString() {
	for r.at++; r.at < len(r.b); {
		i := bytes.IndexByte(r.b[r.at:], '"')
		if i < 0 {
			break
		}
		r.at += i + 1
		if !r.escapedAt(r.at - 1) {
			return
		}
	}
	r.fail()
}

// escapedAt reports whether the byte stands after an odd number of backslashes.
func (r *factReader) escapedAt(at int) bool {
	n := 0
	for at--; at >= 0 && r.b[at] == '\\'; at-- {
		n++
	}
	return n%2 == 1
}

func isDelimiter(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', ',', ':', '{', '}', '[', ']', '"':
		return true
	}
	return false
}
