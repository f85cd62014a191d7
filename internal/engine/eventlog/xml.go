package eventlog

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"trucot/internal/kernel/fault"
)

// xmlScanner is a small pull tokenizer for the XML of logs. It exists because a log is hundreds of
// megabytes of flat tags, because every problem needs its line and column, and because it can refuse
// by construction what logs never need: document types, entities, deep nesting, endless tokens.
type xmlScanner struct {
	r     io.Reader
	file  string
	limit Limits

	buf      []byte
	pos, end int // unread part of buf
	readErr  error

	line, col int // of buf[pos]; from 1, col in bytes
	tokLine   int
	tokCol    int
	tokStart  int // of the current token in buf, for the source line

	stack   [][]byte
	pending bool // an empty-element tag owes its end
	rooted  bool // the root element was seen
	attrs   []xmlAttr
	scratch []byte
}

type xmlAttr struct{ name, value []byte }

type xmlKind uint8

const (
	xmlEOF xmlKind = iota
	xmlStart
	xmlEnd
	xmlText // character data that is more than white space
)

// xmlToken is valid until the next call of next.
type xmlToken struct {
	kind  xmlKind
	name  []byte // local name
	attrs []xmlAttr
	text  []byte
}

// attr is the value of the attribute called name; ok tells whether it is there.
func (t *xmlToken) attr(name string) (value []byte, ok bool) {
	for i := range t.attrs {
		if string(t.attrs[i].name) == name {
			return t.attrs[i].value, true
		}
	}
	return nil, false
}

func newXMLScanner(file string, r io.Reader, limit Limits) *xmlScanner {
	return &xmlScanner{r: r, file: file, limit: limit, buf: make([]byte, 64<<10), line: 1, col: 1}
}

// place is where the current token began, with its source line cut to a readable length.
func (s *xmlScanner) place() fault.Place {
	return fault.Place{File: s.file, Line: s.tokLine, Column: s.tokCol, Source: s.sourceLine()}
}

const sourceLineMax = 160

func (s *xmlScanner) sourceLine() string {
	from, to := min(s.tokStart, s.end), min(s.tokStart, s.end)
	for from > 0 && s.buf[from-1] != '\n' && to-from < sourceLineMax {
		from--
	}
	for to < s.end && s.buf[to] != '\n' && to-from < sourceLineMax {
		to++
	}
	return string(bytes.ToValidUTF8(bytes.TrimSpace(s.buf[from:to]), []byte("�")))
}

func (s *xmlScanner) fault(key string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, args...).At(s.place())
}

// fill reads more input behind the unread part, keeping the current token in the buffer.
func (s *xmlScanner) fill() error {
	if s.readErr != nil {
		return s.readErr
	}
	if keep := min(s.tokStart, s.pos); keep > 0 {
		copy(s.buf, s.buf[keep:s.end])
		s.pos, s.end, s.tokStart = s.pos-keep, s.end-keep, s.tokStart-keep
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= 2*s.limit.Token {
			return fault.New(fault.TooLarge, "eventlog.token_too_large", "bytes", s.limit.Token).At(s.place())
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.r.Read(s.buf[s.end:])
	s.end += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	s.readErr = err
	return err
}

// advance consumes n bytes and keeps line and column.
func (s *xmlScanner) advance(n int) {
	chunk := s.buf[s.pos : s.pos+n]
	if k := bytes.Count(chunk, newline); k > 0 {
		s.line += k
		s.col = n - bytes.LastIndexByte(chunk, '\n')
	} else {
		s.col += n
	}
	s.pos += n
}

var newline = []byte{'\n'}

// next returns the next start tag, end tag, text or the end of input.
func (s *xmlScanner) next() (xmlToken, error) {
	if s.pending {
		s.pending = false
		return s.pop()
	}
	for {
		s.tokStart, s.tokLine, s.tokCol = s.pos, s.line, s.col
		if s.pos == s.end {
			if err := s.fill(); err != nil {
				return s.atEnd(err)
			}
		}
		if s.buf[s.pos] != '<' {
			tok, any, err := s.text()
			if err != nil || any {
				return tok, err
			}
			continue
		}
		tok, any, err := s.markup()
		if err != nil || any {
			return tok, err
		}
	}
}

func (s *xmlScanner) atEnd(err error) (xmlToken, error) {
	switch {
	case !errors.Is(err, io.EOF):
		return xmlToken{}, s.readFault(err)
	case len(s.stack) > 0:
		return xmlToken{}, s.fault("eventlog.xml_unclosed", "element", string(s.stack[len(s.stack)-1]))
	case !s.rooted:
		return xmlToken{}, s.fault("eventlog.xml_empty")
	}
	return xmlToken{kind: xmlEOF}, nil
}

// readFault keeps a fault of a reader below (size limit, broken gzip) and gives it our place.
func (s *xmlScanner) readFault(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Place == (fault.Place{}) {
			return f.At(fault.Place{File: s.file, Line: s.line, Column: s.col})
		}
		return f
	}
	return s.fault("eventlog.unreadable").Because(err)
}

// text reads character data up to the next tag; white space is not a token.
func (s *xmlScanner) text() (xmlToken, bool, error) {
	n := 0
	for {
		if i := bytes.IndexByte(s.buf[s.pos+n:s.end], '<'); i >= 0 {
			n += i
			break
		}
		n = s.end - s.pos
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return xmlToken{}, false, s.readFault(err)
		}
	}
	raw := s.buf[s.pos : s.pos+n]
	if len(bytes.TrimSpace(bytes.TrimPrefix(raw, utf8BOM))) == 0 {
		s.advance(n)
		return xmlToken{}, false, nil
	}
	lead := n - len(bytes.TrimLeft(bytes.TrimPrefix(raw, utf8BOM), " \t\r\n"))
	s.advance(lead)
	raw, n = raw[lead:], n-lead
	s.tokStart, s.tokLine, s.tokCol = s.pos, s.line, s.col
	if len(s.stack) == 0 {
		return xmlToken{}, false, s.fault("eventlog.xml_text_outside")
	}
	s.scratch = s.scratch[:0]
	value, err := s.unescape(raw)
	s.advance(n)
	return xmlToken{kind: xmlText, text: value}, true, err
}

var utf8BOM = []byte("\xef\xbb\xbf")

// markup reads what begins with '<'. Comments and processing instructions are no tokens.
func (s *xmlScanner) markup() (xmlToken, bool, error) {
	if err := s.atLeast(4); err != nil {
		return xmlToken{}, false, err
	}
	head := s.buf[s.pos:min(s.pos+9, s.end)]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		_, err := s.until("-->", 4)
		return xmlToken{}, false, err
	case bytes.HasPrefix(head, []byte("<?")):
		_, err := s.until("?>", 2)
		return xmlToken{}, false, err
	case bytes.HasPrefix(head, []byte("<![C")):
		body, err := s.until("]]>", 9)
		if err == nil && len(s.stack) == 0 {
			err = s.fault("eventlog.xml_text_outside")
		}
		if err == nil {
			err = s.checkText(body)
		}
		return xmlToken{kind: xmlText, text: body}, len(bytes.TrimSpace(body)) > 0, err
	case bytes.HasPrefix(head, []byte("<!")):
		return xmlToken{}, false, s.fault("eventlog.xml_doctype")
	}
	n, err := s.tagEnd()
	if err != nil {
		return xmlToken{}, false, err
	}
	tag := s.buf[s.pos+1 : s.pos+n-1]
	if !utf8.Valid(tag) {
		return xmlToken{}, false, s.fault("eventlog.not_utf8")
	}
	if len(tag) > 0 && tag[0] == '/' {
		tok, err := s.endTag(bytes.TrimSpace(tag[1:]))
		s.advance(n)
		return tok, true, err
	}
	tok, err := s.startTag(tag)
	s.advance(n)
	return tok, true, err
}

// atLeast makes n bytes of the token available, fewer only at the end of input.
func (s *xmlScanner) atLeast(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return s.readFault(err)
		}
	}
	return nil
}

// until consumes through the terminator and returns what stood between. skip is the opener's length.
func (s *xmlScanner) until(terminator string, skip int) ([]byte, error) {
	from := skip
	for {
		if s.end-s.pos > from {
			if i := bytes.Index(s.buf[s.pos+from:s.end], []byte(terminator)); i >= 0 {
				body := s.buf[s.pos+skip : s.pos+from+i]
				s.advance(from + i + len(terminator))
				return body, nil
			}
			from = max(skip, s.end-s.pos-len(terminator))
		}
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil, s.fault("eventlog.xml_truncated")
			}
			return nil, s.readFault(err)
		}
	}
}

// tagEnd is the length of the tag at pos through its '>', minding quotes.
func (s *xmlScanner) tagEnd() (int, error) {
	n, quote := 1, byte(0)
	for {
		for ; s.pos+n < s.end; n++ {
			switch c := s.buf[s.pos+n]; {
			case quote != 0:
				if c == quote {
					quote = 0
				} else if c == '<' {
					return 0, s.fault("eventlog.xml_syntax")
				}
			case c == '>':
				return n + 1, nil
			case c == '"' || c == '\'':
				quote = c
			case c == '<':
				return 0, s.fault("eventlog.xml_syntax")
			}
		}
		if n > s.limit.Token {
			return 0, fault.New(fault.TooLarge, "eventlog.token_too_large", "bytes", s.limit.Token).At(s.place())
		}
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				return 0, s.fault("eventlog.xml_truncated")
			}
			return 0, s.readFault(err)
		}
	}
}
