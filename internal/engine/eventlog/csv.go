package eventlog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// csvReader reads a CSV log: one row an event. Rows of a case that stand together are streamed. Where
// they do not, it keeps 16 bytes a row (offset, line, case) and fetches the rows case by case.
type csvReader struct {
	src    Source
	r      io.ReaderAt // uncompressed
	start  int64       // past the mark and the header
	first  int         // line of the first row
	opts   *Options
	sum    *Summary
	b      *builder
	comma  byte
	decode func([]byte) string
	cols   []column
	caseAt int
	names  intern
	errs   fault.List
}

type column struct {
	key  string
	case_ bool
}

func readCSV(ctx context.Context, src Source, opts *Options, sum *Summary, visit func(*Case) error) error {
	c := &csvReader{src: src, opts: opts, sum: sum}
	sum.Format = "csv"
	plain, done, err := src.random(opts.Limits)
	if err != nil {
		return err
	}
	defer done()
	c.r = plain
	if err := c.header(); err != nil {
		return err
	}
	index, err := c.index(ctx)
	if err != nil {
		return err
	}
	if len(c.errs) > 0 {
		return c.errs
	}
	if index.together {
		err = c.stream(ctx, visit)
	} else {
		err = c.gather(ctx, index, visit)
	}
	if err != nil {
		return err
	}
	return c.b.errs.OrNil()
}

// random gives random access to the uncompressed UTF-8 or single-byte text: the file itself, or a
// temporary copy of what is inside a gzip or UTF-16 file.
func (s Source) random(limit Limits) (io.ReaderAt, func(), error) {
	head, err := s.head(limit)
	if err != nil {
		return nil, nil, err
	}
	if !s.gzipped() && !isUTF16(head) {
		return s.R, func() {}, nil
	}
	r, err := s.open(limit)
	if err != nil {
		return nil, nil, err
	}
	if isUTF16(head) {
		r = utf16Reader(r)
	}
	tmp, err := os.CreateTemp("", "trucot-log-*")
	if err != nil {
		return nil, nil, err
	}
	done := func() { tmp.Close(); os.Remove(tmp.Name()) }
	if _, err := io.Copy(tmp, r); err != nil {
		done()
		return nil, nil, s.locate(err)
	}
	return tmp, done, nil
}

func (c *csvReader) from(offset int64) io.Reader {
	return io.NewSectionReader(c.r, offset, 1<<62-offset)
}

// header finds out delimiter, encoding, mapping and the meaning of each column.
func (c *csvReader) header() error {
	head := make([]byte, headSize)
	n, err := c.r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	if bytes.HasPrefix(head, utf8BOM) {
		c.start, head = int64(len(utf8BOM)), head[len(utf8BOM):]
	}
	c.comma = sniff(head)
	if m := c.opts.Mapping; m != nil && m.Delimiter != 0 {
		c.comma = byte(m.Delimiter)
	}
	if err := c.chooseDecoder(head, n == headSize); err != nil {
		return err
	}
	s := newCSVScanner(c.src.Name, c.from(c.start), c.comma, c.opts.Limits.Token)
	row, err := s.next()
	if err != nil {
		return err
	}
	var titles []string
	for _, f := range row.fields {
		titles = append(titles, strings.TrimSpace(c.decode(f)))
	}
	c.first = s.line
	c.start += s.offset
	return c.assign(titles)
}

// sniff takes the delimiter that the first line has most of.
func sniff(head []byte) byte {
	line, _, _ := bytes.Cut(head, newline)
	best := byte(',')
	for _, d := range []byte{',', ';', '\t', '|'} {
		if bytes.Count(line, []byte{d}) > bytes.Count(line, []byte{best}) {
			best = d
		}
	}
	return best
}

// chooseDecoder takes the encoding that the mapping names, or UTF-8 if the text is UTF-8.
func (c *csvReader) chooseDecoder(head []byte, isCut bool) error {
	name := ""
	if c.opts.Mapping != nil {
		name = c.opts.Mapping.Encoding
	}
	at := fault.Place{File: c.src.Name, Line: 1}
	switch name {
	case "", "utf-8", "utf8":
		for isCut && len(head) > 0 && !utf8.Valid(head) && headSize-len(head) < utf8.UTFMax+len(utf8BOM) {
			head = head[:len(head)-1]
		}
		if !utf8.Valid(head) {
			for i, line := range bytes.Split(head, newline) {
				if !utf8.Valid(line) {
					at.Line = i + 1
					break
				}
			}
			return fault.New(fault.Invalid, "eventlog.csv_encoding", "encodings", c.encodings()).At(at)
		}
		c.decode = func(b []byte) string { return lang.NFC(c.names.string(b)) }
		return nil
	case "windows-1258", "cp1258":
		c.decode = decodeCP1258
		return nil
	}
	f, ok := c.opts.Decode[name]
	if !ok {
		return fault.New(fault.Invalid, "eventlog.csv_unknown_encoding", "encoding", name, "encodings", c.encodings()).At(at)
	}
	c.decode = f
	return nil
}

func decodeCP1258(b []byte) string {
	text, err := charmap.Windows1258.NewDecoder().Bytes(b)
	if err != nil {
		text = bytes.ToValidUTF8(b, []byte("�"))
	}
	return lang.NFC(string(text))
}

func (c *csvReader) encodings() string {
	all := []string{"utf-8", "windows-1258"}
	for name := range c.opts.Decode {
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// assign decides for each column whether it belongs to the case or the event, and under which key.
func (c *csvReader) assign(titles []string) error {
	m := c.opts.Mapping
	if m == nil {
		m = chooseForColumns(c.opts.Known, titles)
	}
	c.b = newBuilder(c.src.Name, c.opts, c.sum)
	c.b.use(m)
	c.b.strictTimes = !c.opts.Lenient
	c.caseAt = -1
	activity := false
	for i, title := range titles {
		col := column{key: title}
		if key, ok := strings.CutPrefix(title, m.CasePrefix); ok && m.CasePrefix != "" {
			col = column{canonical(m.caseKeys, key), true}
		} else if key := canonical(m.eventKeys, title); m.eventKeys[key] != (slot{}) {
			col = column{key, false}
		} else if key := canonical(m.caseKeys, title); key != title || hasKey(m.caseKeys, key) {
			col = column{key, true}
		}
		c.cols = append(c.cols, col)
		if s, ok := m.caseKeys[col.key]; ok && col.case_ && s.role == roleCase && c.caseAt < 0 {
			c.caseAt = i
		}
		if s, ok := m.eventKeys[col.key]; ok && !col.case_ && s.role == roleActivity {
			activity = true
		}
	}
	at := fault.Place{File: c.src.Name, Line: 1, Source: cut(strings.Join(titles, string(c.comma)))}
	if c.caseAt < 0 {
		return fault.New(fault.Invalid, "eventlog.csv_no_case", "known", strings.Join(m.roleNames[roleCase], ", ")).At(at)
	}
	if !activity {
		return fault.New(fault.Invalid, "eventlog.csv_no_activity", "known", strings.Join(m.roleNames[roleActivity], ", ")).At(at)
	}
	return nil
}

func hasKey(keys map[string]slot, key string) bool { _, ok := keys[key]; return ok }

// canonical is the mapping's own spelling of a title, whatever its case; the title itself if it has none.
func canonical(keys map[string]slot, title string) string {
	if hasKey(keys, title) {
		return title
	}
	for k := range keys {
		if strings.EqualFold(k, title) {
			return k
		}
	}
	return title
}

func chooseForColumns(known []*Mapping, titles []string) *Mapping {
	prefix := ""
	if len(known) > 0 {
		prefix = known[0].CasePrefix
	}
	var attrs []Attribute
	for _, t := range titles {
		attrs = append(attrs, Attribute{Key: strings.TrimPrefix(t, prefix)})
	}
	return choose(known, attrs)
}
