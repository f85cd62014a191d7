package search

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// The file is a cache of the index: deleting it costs only the time to read the records again. It is written
// beside itself, synced and renamed, so that a crash leaves the old one or the new one. Layout: magic, the body, its CRC-32C. The
// body is a fileHead, then each segment, then the words with how often they were met; what is no array is gob with its length in
// front. It is written and read piece by piece, for an index may take half of the machine's memory. What is Brief never
// reaches the disk.

var fileMagic = [8]byte{'t', 'r', 'u', 'c', 'o', 't', 'S', '3'}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errBroken says that a file is not one that Save wrote.
var errBroken = errors.New("search index file broken or of another version")

// sumBytes is the length of the checksum.
const sumBytes = 4

type fileHead struct {
	Mark     string // what the caller compares, such as the ledger's position and hash
	Sets     [][]string
	Segments int
}

// segmentSize precedes a segment's arrays.
type segmentSize struct{ Docs, Texts, Terms, Post int }

func (n segmentSize) bytes() int64 {
	return int64(n.Docs)*(1+4+4+8) + int64(n.Texts) + int64(n.Terms)*(8+4) + 4 + int64(n.Post)
}

// Save writes the index with a mark that Restore gives back.
func (x *Index) Save(path, mark string) (err error) {
	x.write.Lock()
	defer x.write.Unlock()
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if err = x.save(w, mark); err != nil {
		return err
	}
	for _, step := range []func() error{w.Flush, f.Sync, f.Close, func() error { return os.Rename(f.Name(), path) }} {
		if err = step(); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) save(file io.Writer, mark string) error {
	sum := crc32.New(castagnoli)
	w := io.MultiWriter(file, sum)
	groups := x.groups()
	if _, err := file.Write(fileMagic[:]); err != nil {
		return err
	}
	if err := writeGob(w, fileHead{Mark: mark, Sets: x.sets, Segments: len(groups)}); err != nil {
		return err
	}
	met := map[string]uint32{}
	for _, g := range groups {
		s := g[0]
		if len(g) > 1 || s.open != nil || s.gone > 0 || s.brief != nil {
			s = merge(g, false)
		}
		if err := s.save(w); err != nil {
			return err
		}
		x.vocab.metIn(s, met)
	}
	if err := writeGob(w, met); err != nil {
		return err
	}
	_, err := file.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

// groups are the segments that become one in the file: neighbours, as many as a segment may hold.
func (x *Index) groups() (out [][]*segment) {
	from, docs, post := 0, 0, 0
	for i, s := range x.segs {
		if docs, post = docs+s.size(), post+len(s.post); i > from && (docs > x.sizes.largestDocs || post > x.sizes.largestPost) {
			out = append(out, x.segs[from:i])
			from, docs, post = i, s.size(), len(s.post)
		}
	}
	return append(out, x.segs[from:])
}

// metIn adds the words of a segment with how often they were met anywhere: a word that only brief documents have stays out.
func (v *vocabulary) metIn(s *segment, met map[string]uint32) {
	for term, e := range v.words {
		if _, post := s.list(term); post == nil {
			continue
		}
		for _, f := range e.forms {
			met[f.text] = f.n.Load()
		}
	}
}

func (s *segment) save(w io.Writer) error {
	err := writeGob(w, segmentSize{len(s.norms), len(s.texts), len(s.terms), len(s.post)})
	return errors.Join(err, writeBytes(w, s.norms), writeNumbers(w, s.sets), writeNumbers(w, s.dates), writeBytes(w, s.texts),
		writeNumbers(w, s.ends), writeNumbers(w, s.terms), writeNumbers(w, s.offs), writeBytes(w, s.post))
}

// number is what the arrays hold.
type number interface{ uint32 | int32 | uint64 }

// atOnce is how many numbers are encoded at once.
const atOnce = 8192

func writeNumbers[T number](w io.Writer, list []T) error {
	buf := make([]byte, 0, atOnce*8)
	for from := 0; from < len(list); from += atOnce {
		var err error
		if buf, err = binary.Append(buf[:0], binary.LittleEndian, list[from:min(from+atOnce, len(list))]); err != nil {
			return err
		}
		if _, err = w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

func writeBytes(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}

func writeGob(w io.Writer, v any) error {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(v); err != nil {
		return err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(body.Len()))); err != nil {
		return err
	}
	_, err := body.WriteTo(w)
	return err
}

// Restore reads a file into a new index and gives its mark. A file that is absent or broken is an error and leaves
// the index empty; the caller then reads the records again.
func (x *Index) Restore(path string) (mark string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	body, err := checked(f)
	if err != nil {
		return "", err
	}
	return x.restore(&source{r: bufio.NewReaderSize(body, 1<<20), left: body.Size()})
}

// checked is the body of a file whose checksum is right.
func checked(f *os.File) (*io.SectionReader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start := int64(len(fileMagic))
	end := info.Size() - sumBytes
	if end < start {
		return nil, errBroken
	}
	var magic [len(fileMagic)]byte
	var want [sumBytes]byte
	if _, err := f.ReadAt(magic[:], 0); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(want[:], end); err != nil {
		return nil, err
	}
	sum := crc32.New(castagnoli)
	if _, err := io.Copy(sum, io.NewSectionReader(f, start, end-start)); err != nil {
		return nil, err
	}
	if magic != fileMagic || sum.Sum32() != binary.LittleEndian.Uint32(want[:]) {
		return nil, errBroken
	}
	return io.NewSectionReader(f, start, end-start), nil
}

func (x *Index) restore(in *source) (mark string, err error) {
	var head fileHead
	in.gob(&head)
	var segs []*segment
	for range head.Segments {
		s := in.segment()
		if in.err == nil && !s.sound(len(head.Sets)) {
			in.err = errBroken
		}
		if in.err != nil {
			return "", in.err
		}
		segs = append(segs, s)
	}
	var met map[string]uint32
	if in.gob(&met); in.err != nil {
		return "", in.err
	}
	x.write.Lock()
	defer x.write.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, set := range head.Sets {
		x.set(set)
	}
	for text, n := range met {
		if toks := words(text, nil); len(toks) == 1 {
			x.vocab.grow(text, toks[0], n)
		}
	}
	for _, s := range segs {
		for i := range uint32(s.size()) {
			x.where[s.id(i)] = place{s, i}
			x.words += uint64(lengths[s.norms[i]])
		}
	}
	x.segs = append(segs, x.segs...)
	return head.Mark, nil
}

// source reads a body; after the first error it reads nothing more.
type source struct {
	r    io.Reader
	left int64
	err  error
}

// take fills b.
func (in *source) take(b []byte) {
	if in.left -= int64(len(b)); in.left < 0 && in.err == nil {
		in.err = errBroken
	}
	if in.err == nil {
		_, in.err = io.ReadFull(in.r, b)
	}
}

func (in *source) gob(v any) {
	var length [8]byte
	in.take(length[:])
	n := binary.LittleEndian.Uint64(length[:])
	if in.err == nil && n > uint64(in.left) {
		in.err = errBroken
	}
	if in.err != nil {
		return
	}
	body := make([]byte, n)
	if in.take(body); in.err == nil {
		in.err = gob.NewDecoder(bytes.NewReader(body)).Decode(v)
	}
}

func (in *source) segment() *segment {
	var n segmentSize
	in.gob(&n)
	if in.err == nil && (min(n.Docs, n.Texts, n.Terms, n.Post) < 0 || int64(max(n.Docs, n.Texts, n.Terms, n.Post)) > in.left || n.bytes() > in.left) {
		in.err = errBroken
	}
	if in.err != nil {
		return nil
	}
	return &segment{norms: in.bytes(n.Docs), sets: numbers[uint32](in, n.Docs), dates: numbers[int32](in, n.Docs), texts: in.bytes(n.Texts),
		ends: numbers[uint64](in, n.Docs), terms: numbers[uint64](in, n.Terms), offs: numbers[uint32](in, n.Terms+1), post: in.bytes(n.Post)}
}

func (in *source) bytes(n int) []byte {
	b := make([]byte, n)
	in.take(b)
	return b
}

func numbers[T number](in *source, n int) []T {
	list := make([]T, n)
	size := binary.Size(T(0))
	buf := make([]byte, atOnce*size)
	for from := 0; from < n; from += atOnce {
		part := list[from:min(from+atOnce, n)]
		in.take(buf[:len(part)*size])
		if in.err != nil {
			return nil
		}
		_, in.err = binary.Decode(buf[:len(part)*size], binary.LittleEndian, part)
	}
	return list
}

// sound reports whether the numbers point at something: a checksum says only that the file is as it was written.
func (s *segment) sound(sets int) bool {
	n := s.size()
	if len(s.sets) != n || len(s.dates) != n || len(s.ends) != n || len(s.offs) != len(s.terms)+1 ||
		int(s.offs[len(s.terms)]) != len(s.post) || n > 0 && s.ends[n-1] != uint64(len(s.texts)) {
		return false
	}
	for _, set := range s.sets {
		if int(set) >= sets {
			return false
		}
	}
	for i := 1; i < n; i++ {
		if s.ends[i] < s.ends[i-1] {
			return false
		}
	}
	for i := range s.terms {
		if s.offs[i] > s.offs[i+1] {
			return false
		}
	}
	return true
}
