package eventlog

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"trucot/internal/kernel/fault"
)

// maxAttrs is how many XML attributes one tag may have; logs use up to six.
const maxAttrs = 64

func (s *xmlScanner) endTag(name []byte) (xmlToken, error) {
	if len(s.stack) == 0 || !bytes.Equal(s.stack[len(s.stack)-1], name) {
		open := ""
		if len(s.stack) > 0 {
			open = string(s.stack[len(s.stack)-1])
		}
		return xmlToken{}, s.fault("eventlog.xml_mismatch", "element", string(name), "open", open)
	}
	return s.pop()
}

func (s *xmlScanner) pop() (xmlToken, error) {
	name := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	return xmlToken{kind: xmlEnd, name: localName(name)}, nil
}

// startTag parses "name a='v' b='v' /" and pushes the name.
func (s *xmlScanner) startTag(tag []byte) (xmlToken, error) {
	if len(s.stack) == 0 && s.rooted {
		return xmlToken{}, s.fault("eventlog.xml_two_roots")
	}
	if len(s.stack) >= s.limit.Depth {
		return xmlToken{}, fault.New(fault.TooLarge, "eventlog.too_deep", "depth", s.limit.Depth).At(s.place())
	}
	if k := len(tag); k > 0 && tag[k-1] == '/' {
		s.pending, tag = true, tag[:k-1]
	}
	n := nameEnd(tag)
	if n == 0 {
		return xmlToken{}, s.fault("eventlog.xml_syntax")
	}
	s.attrs, s.scratch = s.attrs[:0], s.scratch[:0]
	if err := s.attributes(tag[n:]); err != nil {
		return xmlToken{}, err
	}
	s.rooted = true
	s.push(tag[:n])
	return xmlToken{kind: xmlStart, name: localName(tag[:n]), attrs: s.attrs}, nil
}

// push copies the name into the stack, reusing what an earlier element of that depth left.
func (s *xmlScanner) push(name []byte) {
	k := len(s.stack)
	if k < cap(s.stack) {
		s.stack = s.stack[:k+1]
		s.stack[k] = append(s.stack[k][:0], name...)
		return
	}
	s.stack = append(s.stack, append([]byte(nil), name...))
}

func localName(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// nameEnd is the length of the name that b begins with.
func nameEnd(b []byte) int {
	for i, c := range b {
		if isSpace(c) || c == '=' || c == '/' || c == '"' || c == '\'' {
			return i
		}
	}
	return len(b)
}

func (s *xmlScanner) attributes(b []byte) error {
	for {
		k := 0
		for k < len(b) && isSpace(b[k]) {
			k++
		}
		if k == len(b) {
			return nil
		}
		if k == 0 || len(s.attrs) == maxAttrs {
			return s.fault("eventlog.xml_syntax")
		}
		b = b[k:]
		n := nameEnd(b)
		name := b[:n]
		b = bytes.TrimLeft(b[n:], " \t\r\n")
		if n == 0 || len(b) == 0 || b[0] != '=' {
			return s.fault("eventlog.xml_syntax")
		}
		b = bytes.TrimLeft(b[1:], " \t\r\n")
		if len(b) == 0 || (b[0] != '"' && b[0] != '\'') {
			return s.fault("eventlog.xml_unquoted", "name", string(name))
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return s.fault("eventlog.xml_syntax")
		}
		value, err := s.unescape(b[1 : 1+end])
		if err != nil {
			return err
		}
		for i := range s.attrs {
			if bytes.Equal(s.attrs[i].name, name) {
				return s.fault("eventlog.xml_twice", "name", string(name))
			}
		}
		s.attrs = append(s.attrs, xmlAttr{name, value})
		b = b[end+2:]
	}
}

// unescape resolves the five predefined entities and character references; anything else is refused,
// so that no entity can ever grow. Text without '&' comes back as it is.
func (s *xmlScanner) unescape(raw []byte) ([]byte, error) {
	if err := s.checkText(raw); err != nil {
		return nil, err
	}
	i := bytes.IndexByte(raw, '&')
	if i < 0 {
		return raw, nil
	}
	from := len(s.scratch)
	for i >= 0 {
		s.scratch = append(s.scratch, raw[:i]...)
		end := bytes.IndexByte(raw[i:], ';')
		if end < 0 {
			return nil, s.fault("eventlog.xml_entity", "entity", string(raw[i:min(len(raw), i+16)]))
		}
		r, ok := entity(raw[i+1 : i+end])
		if !ok {
			return nil, s.fault("eventlog.xml_entity", "entity", string(raw[i:i+end+1]))
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
		raw = raw[i+end+1:]
		i = bytes.IndexByte(raw, '&')
	}
	s.scratch = append(s.scratch, raw...)
	return s.scratch[from:len(s.scratch):len(s.scratch)], nil
}

// checkText refuses what XML forbids: control characters and broken UTF-8.
func (s *xmlScanner) checkText(raw []byte) error {
	for _, c := range raw {
		if c < ' ' && !isSpace(c) {
			return s.fault("eventlog.control", "code", strconv.Itoa(int(c)))
		}
	}
	if !utf8.Valid(raw) {
		return s.fault("eventlog.not_utf8")
	}
	return nil
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	ok := err == nil && n <= utf8.MaxRune && utf8.ValidRune(r) && (r >= ' ' || r == '\t' || r == '\n' || r == '\r')
	return r, ok
}
