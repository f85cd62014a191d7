package eventlog

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"trucot/internal/kernel/fault"
)

// Source is a log as it lies on disk, compressed or not.
type Source struct {
	Name string // as errors and results show it
	R    io.ReaderAt
	Size int64
}

// Read reads a log of any known format, found out by its content, and calls visit (nil = only check and
// count) with each case in the order of the log. The Case is reused: visit must copy what it keeps.
//
// Errors are faults with a place: fault.Invalid for what is wrong in the log, several at once as a
// fault.List; fault.TooLarge where a limit was passed; or what visit returned.
func Read(ctx context.Context, src Source, opts Options, visit func(*Case) error) (*Summary, error) {
	opts.Limits = opts.Limits.orDefault()
	sum := &Summary{}
	head, err := src.head(opts.Limits)
	if err != nil {
		return sum, err
	}
	switch format := detect(head); format {
	case "sqlite":
		return sum, readOCELSQLite(ctx, src, &opts, sum, visit)
	case "xml":
		return sum, readXML(ctx, src, &opts, sum, visit)
	case "json":
		return sum, readOCELJSON(ctx, src, &opts, sum, visit)
	case "csv":
		return sum, readCSV(ctx, src, &opts, sum, visit)
	}
	return sum, fault.New(fault.Invalid, "eventlog.unknown_format").At(fault.Place{File: src.Name})
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	return Limits{
		Bytes: cmp.Or(l.Bytes, d.Bytes), Whole: cmp.Or(l.Whole, d.Whole), Token: cmp.Or(l.Token, d.Token),
		Depth: cmp.Or(l.Depth, d.Depth), CaseEvents: cmp.Or(l.CaseEvents, d.CaseEvents), Problems: cmp.Or(l.Problems, d.Problems),
	}
}

// gzipped tells by content, never by name.
func (s Source) gzipped() bool {
	var magic [2]byte
	_, err := s.R.ReadAt(magic[:], 0)
	return err == nil && magic == [2]byte{0x1f, 0x8b}
}

// open reads the uncompressed log from its beginning, up to the limit.
func (s Source) open(limit Limits) (io.Reader, error) {
	raw := io.NewSectionReader(s.R, 0, s.Size)
	if !s.gzipped() {
		return &capped{r: raw, left: limit.Bytes, most: limit.Bytes}, nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(raw, 64<<10))
	if err != nil {
		return nil, fault.New(fault.Invalid, "eventlog.gzip").At(fault.Place{File: s.Name}).Because(err)
	}
	return &capped{r: gzipReader{z}, left: limit.Bytes, most: limit.Bytes}, nil
}

type gzipReader struct{ z *gzip.Reader }

func (g gzipReader) Read(p []byte) (int, error) {
	n, err := g.z.Read(p)
	if err != nil && err != io.EOF {
		err = fault.New(fault.Invalid, "eventlog.gzip").Because(err)
	}
	return n, err
}

// capped ends in a fault after so many bytes: a few kilobytes of gzip can hold terabytes.
type capped struct {
	r          io.Reader
	left, most int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		var one [1]byte
		if n, err := c.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, fault.New(fault.TooLarge, "eventlog.too_large", "megabytes", c.most>>20)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// headSize is what format and encoding are found out from.
const headSize = 64 << 10

func (s Source) head(limit Limits) ([]byte, error) {
	r, err := s.open(limit)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, headSize)
	n, err := io.ReadFull(r, buf)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, s.locate(err)
	}
	return buf[:n], nil
}

// whole reads a log that must be held in memory.
func (s Source) whole(limit Limits) ([]byte, error) {
	limit.Bytes = min(limit.Bytes, limit.Whole)
	r, err := s.open(limit)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, s.locate(err)
	}
	return b, nil
}

func (s Source) locate(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Place == (fault.Place{}) {
		return f.At(fault.Place{File: s.Name})
	}
	return err
}

var utf16Marks = [][]byte{{0xff, 0xfe}, {0xfe, 0xff}}

func isUTF16(head []byte) bool {
	return bytes.HasPrefix(head, utf16Marks[0]) || bytes.HasPrefix(head, utf16Marks[1])
}

// detect tells the family of a log by its first bytes; empty for none.
func detect(head []byte) string {
	if bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return "sqlite"
	}
	if isUTF16(head) {
		if text, err := io.ReadAll(utf16Reader(bytes.NewReader(head))); err == nil {
			head = text
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	switch {
	case len(text) == 0 || bytes.IndexByte(text, 0) >= 0 || bytes.HasPrefix(text, []byte("PK\x03\x04")) || bytes.HasPrefix(text, []byte("%PDF")):
		return ""
	case text[0] == '<':
		return "xml"
	case text[0] == '{' || text[0] == '[':
		return "json"
	}
	return "csv"
}

func utf16Reader(r io.Reader) io.Reader {
	return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r)
}

// openXML is open with the text brought to UTF-8, as its mark or declaration says.
func (s Source) openXML(limit Limits) (io.Reader, error) {
	head, err := s.head(limit)
	if err != nil {
		return nil, err
	}
	r, err := s.open(limit)
	if err != nil || len(head) == 0 {
		return r, err
	}
	if isUTF16(head) {
		return utf16Reader(r), nil
	}
	name := declaredEncoding(head)
	if name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "us-ascii") {
		return r, nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "eventlog.encoding", "encoding", cut(name)).At(fault.Place{File: s.Name, Line: 1})
	}
	return enc.NewDecoder().Reader(r), nil
}

// declaredEncoding is the encoding of an XML declaration, empty when it names none.
func declaredEncoding(head []byte) string {
	head = bytes.TrimPrefix(head, utf8BOM)
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	decl, _, ok := bytes.Cut(head, []byte("?>"))
	_, after, found := bytes.Cut(decl, []byte("encoding"))
	after = bytes.TrimLeft(after, " \t\r\n=")
	if !ok || !found || len(after) < 2 || !utf8.Valid(after) {
		return ""
	}
	name, _, _ := bytes.Cut(after[1:], after[:1])
	return string(name)
}

// readXML tells XES from the XML forms of OCEL by the first telling element below the root.
func readXML(ctx context.Context, src Source, opts *Options, sum *Summary, visit func(*Case) error) error {
	r, err := src.openXML(opts.Limits)
	if err != nil {
		return src.locate(err)
	}
	ocel := isOCELXML(newXMLScanner(src.Name, r, opts.Limits))
	if r, err = src.openXML(opts.Limits); err != nil {
		return src.locate(err)
	}
	if ocel {
		return readOCELXML(ctx, src, r, opts, sum, visit)
	}
	return readXES(ctx, src.Name, r, opts, sum, visit)
}

// isOCELXML leaves errors to the reader proper, which finds them again.
func isOCELXML(x *xmlScanner) bool {
	for {
		t, err := x.next()
		if err != nil || t.kind == xmlEOF {
			return false
		}
		if t.kind != xmlStart || len(x.stack) != 2 {
			continue
		}
		switch string(t.name) {
		case "object-types", "event-types", "objects", "events":
			return true
		case "global":
			if v, _ := t.attr("scope"); string(v) == "log" || string(v) == "object" {
				return true
			}
		case "trace", "event", "extension", "classifier":
			return false
		}
	}
}
