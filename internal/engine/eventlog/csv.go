package eventlog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
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
	key    string
	ofCase bool
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

// chooseDecoder takes the encoding that the mapping names; else UTF-8, or one of the encodings used before
// Unicode where the head of the file reads as Vietnamese in it.
func (c *csvReader) chooseDecoder(head []byte, isCut bool) error {
	name := ""
	if c.opts.Mapping != nil {
		name = c.opts.Mapping.Encoding
	}
	for isCut && name == "" && !utf8.Valid(head) && headSize-len(head) < utf8.UTFMax+len(utf8BOM) {
		head = head[:len(head)-1]
	}
	switch name {
	case "":
		_, found := lang.Decode(head)
		if found != lang.Unicode {
			c.decode = decodeLegacy(found, utf8.Valid(head))
			return nil
		}
		if !utf8.Valid(head) {
			return fault.New(fault.Invalid, "eventlog.csv_encoding", "encodings", encodings).At(c.firstBroken(head))
		}
		fallthrough
	case "utf-8", "utf8":
		c.decode = func(b []byte) string { return lang.NFC(strings.ToValidUTF8(c.names.string(b), "\uFFFD")) }
	case "windows-1258", "cp1258":
		c.decode = decodeCP1258
	case "tcvn3":
		c.decode = decodeLegacy(lang.TCVN3, false)
	case "vni":
		c.decode = decodeLegacy(lang.VNI, false)
	default:
		return fault.New(fault.Invalid, "eventlog.csv_unknown_encoding", "encoding", name, "encodings", encodings).
			At(fault.Place{File: c.src.Name})
	}
	return nil
}

// encodings are the values of csv.encoding in a mapping.
const encodings = "utf-8, tcvn3, vni, windows-1258"

// firstBroken is the first line that is not UTF-8.
func (c *csvReader) firstBroken(head []byte) fault.Place {
	for i, line := range bytes.Split(head, newline) {
		if !utf8.Valid(line) {
			return fault.Place{File: c.src.Name, Line: i + 1}
		}
	}
	return fault.Place{File: c.src.Name}
}

// decodeLegacy reads letters stored one byte each, or already widened to UTF-8 by a program that took
// them for Latin-1.
func decodeLegacy(e lang.Encoding, widened bool) func([]byte) string {
	return func(b []byte) string {
		text := string(b)
		if !widened {
			runes := make([]rune, len(b))
			for i, c := range b {
				runes[i] = rune(c)
			}
			text = string(runes)
		}
		return lang.NFC(e.ToUnicode(text))
	}
}

func decodeCP1258(b []byte) string {
	text, err := charmap.Windows1258.NewDecoder().Bytes(b)
	if err != nil {
		text = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return lang.NFC(string(text))
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
		} else if key := canonical(m.eventKeys, title); hasKey(m.eventKeys, key) {
			col = column{key, false}
		} else if key := canonical(m.caseKeys, title); hasKey(m.caseKeys, key) {
			col = column{key, true}
		}
		c.cols = append(c.cols, col)
		if s, ok := m.caseKeys[col.key]; ok && col.ofCase && s.role == roleCase && c.caseAt < 0 {
			c.caseAt = i
		}
		if s, ok := m.eventKeys[col.key]; ok && !col.ofCase && s.role == roleActivity {
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
