package eventlog

import (
	"bufio"
	"errors"
	"io"

	"trucot/internal/kernel/fault"
)

// csvScanner reads CSV rows with their line and byte offset, and refuses a row beyond the limit: an
// unclosed quotation mark must not swallow a file.
type csvScanner struct {
	br    *bufio.Reader
	file  string
	comma byte
	limit int

	line   int   // of the next byte, from 1
	offset int64 // of the next byte
	row    csvRow
	data   []byte
	ends   []int
}

// csvRow is valid until the next call.
type csvRow struct {
	fields [][]byte
	line   int
	offset int64
}

func newCSVScanner(file string, r io.Reader, comma byte, limit int) *csvScanner {
	return &csvScanner{br: bufio.NewReaderSize(r, 64<<10), file: file, comma: comma, limit: limit, line: 1}
}

// reset continues at a known row of the same input.
func (s *csvScanner) reset(r io.Reader, line int, offset int64) {
	s.br.Reset(r)
	s.line, s.offset = line, offset
}

func (s *csvScanner) byte() (byte, error) {
	c, err := s.br.ReadByte()
	if err == nil {
		s.offset++
		if c == '\n' {
			s.line++
		}
	}
	return c, err
}

func (s *csvScanner) fault(line int, key string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, args...).At(fault.Place{File: s.file, Line: line})
}

// next returns the next row that is not blank, or io.EOF.
func (s *csvScanner) next() (*csvRow, error) {
	for {
		s.row.line, s.row.offset = s.line, s.offset
		s.data, s.ends = s.data[:0], s.ends[:0]
		more := true
		for more {
			var err error
			if more, err = s.field(); err != nil {
				return nil, err
			}
			s.ends = append(s.ends, len(s.data))
		}
		if len(s.ends) == 1 && len(s.data) == 0 {
			if _, err := s.br.Peek(1); err != nil {
				return nil, s.end(err)
			}
			continue
		}
		s.row.fields = s.row.fields[:0]
		from := 0
		for _, end := range s.ends {
			s.row.fields = append(s.row.fields, s.data[from:end:end])
			from = end
		}
		return &s.row, nil
	}
}

func (s *csvScanner) end(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return err
}

// field reads one field into data; more tells whether the row goes on behind it.
func (s *csvScanner) field() (more bool, err error) {
	c, err := s.byte()
	if err != nil {
		return false, ignoreEOF(err)
	}
	if c == '"' {
		if c, err = s.quoted(); err != nil {
			return false, ignoreEOF(err)
		}
	}
	for {
		switch {
		case c == s.comma:
			return true, nil
		case c == '\n':
			return false, nil
		case c == '\r':
			if p, _ := s.br.Peek(1); len(p) == 1 && p[0] == '\n' {
				break
			}
			s.data = append(s.data, c)
		case len(s.data) >= s.limit:
			return false, s.tooLarge()
		default:
			s.data = append(s.data, c)
		}
		if c, err = s.byte(); err != nil {
			return false, ignoreEOF(err)
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *csvScanner) tooLarge() error {
	return fault.New(fault.TooLarge, "eventlog.token_too_large", "bytes", s.limit).At(fault.Place{File: s.file, Line: s.row.line})
}

// quoted reads behind an opening quotation mark and returns the byte after the closing one.
func (s *csvScanner) quoted() (byte, error) {
	opened := s.line
	for {
		c, err := s.byte()
		if errors.Is(err, io.EOF) {
			return 0, s.fault(opened, "eventlog.csv_quote_open")
		}
		if err != nil {
			return 0, err
		}
		if c != '"' {
			if len(s.data) >= s.limit {
				return 0, s.tooLarge()
			}
			s.data = append(s.data, c)
			continue
		}
		c, err = s.byte()
		if err != nil {
			return 0, err
		}
		switch c {
		case '"':
			s.data = append(s.data, '"')
		case s.comma, '\n', '\r':
			return c, nil
		default:
			return 0, s.fault(s.line, "eventlog.csv_quote")
		}
	}
}
