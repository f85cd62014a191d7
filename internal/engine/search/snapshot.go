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
// beside itself, synced and renamed, so that a crash leaves the old one or the new one. Layout: magic, then the
// length of the body (8 bytes, little-endian), the body, its CRC-32C. What is Brief never reaches the disk.

var fileMagic = [8]byte{'t', 'r', 'u', 'c', 'o', 't', 'S', '2'}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errBroken says that a file is not one that Save wrote.
var errBroken = errors.New("search index file broken or of another version")

// saved is the body of the file.
type saved struct {
	Mark  string // what the caller compares, such as the ledger's position and hash
	Sets  [][]string
	Words map[string]uint32 // spelling → how often met

	Norms   []byte
	DocSets []uint32
	Dates   []int32
	Texts   []byte
	Ends    []uint64
	Terms   []uint64
	Offs    []uint64
	Post    []byte
}

// Save writes the index with a mark that Restore gives back.
func (x *Index) Save(path, mark string) (err error) {
	x.write.Lock()
	defer x.write.Unlock()
	s := merge(x.segs, false)
	out := saved{Mark: mark, Sets: x.sets, Words: map[string]uint32{}, Norms: s.norms, DocSets: s.sets, Dates: s.dates,
		Texts: s.texts, Ends: s.ends, Terms: s.terms, Offs: s.offs, Post: s.post}
	for term, e := range x.vocab.words {
		if _, post := s.list(term); post == nil {
			continue // only in what is brief
		}
		for _, f := range e.forms {
			out.Words[f.text] = f.n.Load()
		}
	}
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(&out); err != nil {
		return err
	}
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
	head := binary.LittleEndian.AppendUint64(fileMagic[:], uint64(body.Len()))
	sum := binary.LittleEndian.AppendUint32(nil, crc32.Checksum(body.Bytes(), castagnoli))
	for _, part := range [][]byte{head, body.Bytes(), sum} {
		if _, err = w.Write(part); err != nil {
			return err
		}
	}
	for _, step := range []func() error{w.Flush, f.Sync, f.Close, func() error { return os.Rename(f.Name(), path) }} {
		if err = step(); err != nil {
			return err
		}
	}
	return nil
}

// Restore reads a file into a new index and gives its mark. A file that is absent or broken is an error and leaves
// the index empty; the caller then reads the records again.
func (x *Index) Restore(path string) (mark string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return x.restore(data)
}

func (x *Index) restore(data []byte) (mark string, err error) {
	const head = len(fileMagic) + 8
	if len(data) < head+4 || !bytes.Equal(data[:len(fileMagic)], fileMagic[:]) ||
		binary.LittleEndian.Uint64(data[len(fileMagic):]) != uint64(len(data)-head-4) {
		return "", errBroken
	}
	body := data[head : len(data)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[len(data)-4:]) {
		return "", errBroken
	}
	var in saved
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&in); err != nil && err != io.EOF {
		return "", err
	}
	s := &segment{norms: in.Norms, sets: in.DocSets, dates: in.Dates, texts: in.Texts, ends: in.Ends, terms: in.Terms, offs: in.Offs, post: in.Post}
	if !s.sound(len(in.Sets)) {
		return "", errBroken
	}
	x.write.Lock()
	defer x.write.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, set := range in.Sets {
		x.set(set)
	}
	for text, n := range in.Words {
		if toks := words(text, nil); len(toks) == 1 {
			x.vocab.grow(text, toks[0], n)
		}
	}
	for i := range uint32(s.size()) {
		x.where[s.id(i)] = place{s, i}
		x.words += uint64(lengths[s.norms[i]])
	}
	x.segs = []*segment{s, newHead()}
	return in.Mark, nil
}

// sound reports whether the numbers point at something: a checksum says only that the file is as it was written.
func (s *segment) sound(sets int) bool {
	n := s.size()
	if len(s.sets) != n || len(s.dates) != n || len(s.ends) != n || len(s.offs) != len(s.terms)+1 ||
		s.offs[len(s.terms)] != uint64(len(s.post)) || n > 0 && s.ends[n-1] != uint64(len(s.texts)) {
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
