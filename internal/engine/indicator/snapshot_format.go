package indicator

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"

	"trucot/internal/kernel/calendar"
)

// little is the file's byte order.
var little = binary.LittleEndian

// castagnoli is CRC-32C, which processors compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotHeader is the first section.
type snapshotHeader struct {
	digest   [32]byte
	anchor   [32]byte
	position int64
	chunks   int // sealed ones; the head follows them
}

const headerSize = 32 + 32 + 8 + 8

// writeSnapshot writes the whole file.
func writeSnapshot(w io.Writer, digest [32]byte, v *view, r *recorded) error {
	s := &snapshotWriter{w: w}
	s.raw(magic[:])
	s.buf = append(append(s.buf, digest[:]...), v.anchor[:]...)
	s.number(v.position)
	s.number(int64(len(v.sealed)))
	s.end()
	s.dictionaries(v)
	s.records(r)
	for _, c := range v.sealed {
		s.chunk(c)
	}
	s.chunk(&v.head)
	return s.err
}

// snapshotWriter gathers a section in buf; the first error stays.
type snapshotWriter struct {
	w   io.Writer
	buf []byte
	err error
}

func (s *snapshotWriter) raw(b []byte) {
	if s.err == nil {
		_, s.err = s.w.Write(b)
	}
}

// end writes the gathered section.
func (s *snapshotWriter) end() {
	s.raw(little.AppendUint64(nil, uint64(len(s.buf))))
	s.raw(s.buf)
	s.raw(little.AppendUint32(nil, crc32.Checksum(s.buf, castagnoli)))
	s.buf = s.buf[:0]
}

func (s *snapshotWriter) number(n int64) { s.buf = little.AppendUint64(s.buf, uint64(n)) }

func (s *snapshotWriter) text(t string) {
	s.buf = binary.AppendUvarint(s.buf, uint64(len(t)))
	s.buf = append(s.buf, t...)
}

func (s *snapshotWriter) texts(all []string) {
	s.number(int64(len(all)))
	for _, t := range all {
		s.text(t)
	}
}

func (s *snapshotWriter) dictionaries(v *view) {
	s.texts(v.units)
	s.texts(v.keys)
	s.number(int64(len(v.patterns)))
	for _, p := range v.patterns {
		s.text(string(p.key(nil)))
	}
	s.number(int64(len(v.classes)))
	for _, c := range v.classes {
		s.number(int64(c.pattern)<<32 | int64(c.unit))
	}
	s.number(int64(len(v.combos)))
	for _, c := range v.combos {
		s.texts(c)
	}
	s.end()
}

func (s *snapshotWriter) records(r *recorded) {
	s.number(int64(len(r.records)))
	for _, rec := range r.records {
		s.number(rec.Position)
		s.number(int64(rec.On))
		s.number(int64(rec.Value))
		s.number(int64(rec.Before))
	}
	s.number(int64(len(r.last)))
	for k, units := range r.last {
		s.text(k.indicator)
		s.text(k.period)
		s.number(int64(k.role))
		s.number(int64(len(units)))
		for unit, i := range units {
			s.text(unit)
			s.number(int64(i))
		}
	}
	s.end()
}

func (s *snapshotWriter) chunk(c *chunk) {
	for _, n := range []int64{c.base, int64(c.rows()), int64(len(c.big)), int64(len(c.classes)), int64(len(c.combos)), int64(c.minDay), int64(c.maxDay)} {
		s.number(n)
	}
	s.buf = slices.Grow(s.buf, 12*c.rows())
	for _, column := range [][]uint16{c.class, c.day, c.dims, c.position} {
		for _, x := range column {
			s.buf = little.AppendUint16(s.buf, x)
		}
	}
	for _, x := range c.value {
		s.buf = little.AppendUint32(s.buf, uint32(x))
	}
	for _, b := range c.big {
		s.number(int64(b.row))
		s.number(b.value)
	}
	for _, numbers := range [][]uint32{c.classes, c.combos} {
		for _, x := range numbers {
			s.buf = little.AppendUint32(s.buf, x)
		}
	}
	s.end()
}

// snapshotReader takes sections apart. Reading past a section's end sets bad, which each section's reader checks once
// at its end; every count is held against the bytes that are left, so that a broken file cannot ask for
// more memory than it has bytes.
type snapshotReader struct {
	r    io.Reader
	left int64 // bytes of the file not read yet
	buf  []byte
	at   []byte // rest of the section
	bad  bool
}

func (s *snapshotReader) full(b []byte) error {
	n, err := io.ReadFull(s.r, b)
	s.left -= int64(n)
	return err
}

// section reads the next section into buf.
func (s *snapshotReader) section() error {
	var head [8]byte
	if err := s.full(head[:]); err != nil {
		return err
	}
	n := little.Uint64(head[:])
	if n > uint64(max(s.left-4, 0)) {
		return errBroken("section length")
	}
	s.buf = slices.Grow(s.buf[:0], int(n))[:n]
	if err := s.full(s.buf); err != nil {
		return err
	}
	if err := s.full(head[:4]); err != nil {
		return err
	}
	if little.Uint32(head[:4]) != crc32.Checksum(s.buf, castagnoli) {
		return errBroken("checksum")
	}
	s.at, s.bad = s.buf, false
	return nil
}

// done is the error of a section that was read to its end.
func (s *snapshotReader) done(what string) error {
	if s.bad || len(s.at) > 0 {
		return errBroken(what)
	}
	return nil
}

func (s *snapshotReader) take(n int) []byte {
	if n < 0 || n > len(s.at) {
		s.bad, s.at = true, nil
		return make([]byte, min(max(n, 0), 64)) // enough for a number; lists are asked for by count first
	}
	b := s.at[:n]
	s.at = s.at[n:]
	return b
}

func (s *snapshotReader) number() int64 { return int64(little.Uint64(s.take(8))) }

// count reads how many items of at least size bytes follow.
func (s *snapshotReader) count(size int) int {
	return s.fits(s.number(), size)
}

// fits is n where that many items can still follow, otherwise 0 and bad.
func (s *snapshotReader) fits(n int64, size int) int {
	if n < 0 || n > int64(len(s.at)/size) {
		s.bad, s.at = true, nil
		return 0
	}
	return int(n)
}

func (s *snapshotReader) text() string {
	n, used := binary.Uvarint(s.at)
	if used <= 0 || n > uint64(len(s.at)-used) {
		s.bad, s.at = true, nil
		return ""
	}
	s.at = s.at[used:]
	return string(s.take(int(n)))
}

func (s *snapshotReader) texts() []string {
	out := make([]string, s.count(1))
	for i := range out {
		out[i] = s.text()
	}
	return out
}

func (s *snapshotReader) header() (h snapshotHeader, err error) {
	var m [8]byte
	if err := s.full(m[:]); err != nil {
		return h, err
	}
	if m != magic {
		return h, errBroken("magic")
	}
	if err := s.section(); err != nil {
		return h, err
	}
	if len(s.buf) != headerSize {
		return h, errBroken("header")
	}
	copy(h.digest[:], s.take(32))
	copy(h.anchor[:], s.take(32))
	h.position = s.number()
	h.chunks = int(s.number())
	return h, s.done("header")
}

func (s *snapshotReader) dictionaries(w *writer) error {
	if err := s.section(); err != nil {
		return err
	}
	w.units, w.keys = s.texts(), s.texts()
	for range s.count(1) {
		w.patterns = append(w.patterns, parsePattern(s.text()))
	}
	for range s.count(8) {
		n := uint64(s.number())
		w.classes = append(w.classes, class{uint32(n >> 32), uint32(n)})
	}
	for range s.count(8) {
		w.combos = append(w.combos, s.texts())
	}
	return s.done("dictionaries")
}

// parsePattern is the inverse of pattern.key.
func parsePattern(key string) pattern {
	var p pattern
	if len(key)%3 == 1 {
		p.distinct, key = true, key[1:]
	}
	for ; len(key) >= 3; key = key[3:] {
		p.terms = append(p.terms, term{uint16(key[0]) | uint16(key[1])<<8, key[2] == '-'})
	}
	return p
}

func (s *snapshotReader) records(r *recorded) error {
	if err := s.section(); err != nil {
		return err
	}
	r.records = make([]record, s.count(32))
	for i := range r.records {
		r.records[i] = record{Position: s.number(), On: calendar.Date(s.number()), Value: Value(s.number()), Before: int32(s.number())}
		if b := r.records[i].Before; b < -1 || int(b) >= i {
			return errBroken("record")
		}
	}
	for range s.count(1) {
		k := slot{s.text(), s.text(), role(s.number())}
		units := map[string]int32{}
		for range s.count(1) {
			unit := s.text()
			units[unit] = int32(s.number())
			if i := units[unit]; i < 0 || int(i) >= len(r.records) {
				return errBroken("record")
			}
		}
		r.last[k] = units
	}
	return s.done("records")
}

// chunks reads the sealed chunks and the head.
func (s *snapshotReader) chunks(w *writer, h snapshotHeader) error {
	for range h.chunks {
		c, err := s.chunk()
		if err != nil {
			return err
		}
		w.sealed = append(w.sealed, c.seal())
	}
	head, err := s.chunk()
	if err != nil {
		return err
	}
	w.head = *head
	return nil
}

func (s *snapshotReader) chunk() (*chunk, error) {
	if err := s.section(); err != nil {
		return nil, err
	}
	c := &chunk{base: s.number()}
	rows, big, classes, combos := s.number(), s.number(), s.number(), s.number()
	c.minDay, c.maxDay = uint16(s.number()), uint16(s.number())
	if rows > chunkRows || int64(s.fits(rows, 12)) != rows {
		return nil, errBroken("chunk")
	}
	c.class, c.day, c.dims, c.position = s.shorts(rows), s.shorts(rows), s.shorts(rows), s.shorts(rows)
	c.value = make([]int32, rows)
	for i, raw := 0, s.take(int(rows)*4); i < len(c.value); i++ {
		c.value[i] = int32(little.Uint32(raw[4*i:]))
	}
	for range s.fits(big, 16) {
		c.big = append(c.big, bigValue{uint16(s.number()), s.number()})
	}
	c.classes, c.combos = s.words(classes), s.words(combos)
	if err := s.done("chunk"); err != nil {
		return nil, err
	}
	if !c.sound() {
		return nil, errBroken("chunk")
	}
	return c, nil
}

func (s *snapshotReader) shorts(n int64) []uint16 {
	out := make([]uint16, n)
	raw := s.take(int(n) * 2)
	for i := range out {
		out[i] = little.Uint16(raw[2*i:])
	}
	return out
}

func (s *snapshotReader) words(n int64) []uint32 {
	out := make([]uint32, s.fits(n, 4))
	raw := s.take(len(out) * 4)
	for i := range out {
		out[i] = little.Uint32(raw[4*i:])
	}
	return out
}
