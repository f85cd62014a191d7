// Package verifier (kiểm chứng sổ cái) reads an exported ledger and checks everything in it that can
// be checked, without using the code that wrote it: a second opinion of some two hundred lines.
//
// An export is a gzip file of JSON lines:
//
//	{"format":"trucot ledger 1","origin":…,"events":N,"root":BASE64,"verifiers":[KEY,…],"checkpoints":M}
//	{"checkpoint":"…"}                                     M lines, in order
//	{"position":1,"stream":…,"version":1,"kind":…,"effective_on":"2021-06-14","recorded_at":"2021-06-14T03:00:00.000000Z",
//	 "actor":…,"unit":…,"data":{…},"hash":BASE64}        one line an event, in order
//	{"end":N}
//
// Keys are those of golang.org/x/mod/sumdb/note, checkpoints the text of C2SP tlog-checkpoint, the tree
// is that of RFC 6962; the bytes under an event's leaf hash are described in package ledger and written
// down here a second time. The package owns no storage and does not know what an event means.
package verifier

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/fault"
)

// Format is the first line's format.
const Format = "trucot ledger 1"

// maxLine bounds a line: data of 1 MiB and room for the rest.
const maxLine = 2 << 20

// Header is the first line.
type Header struct {
	Format      string   `json:"format"`
	Origin      string   `json:"origin"`
	Events      int64    `json:"events"`
	Root        []byte   `json:"root"`
	Verifiers   []string `json:"verifiers"`
	Checkpoints int64    `json:"checkpoints"`
}

// Event is an event as exported.
type Event struct {
	Position    int64     `json:"position"`
	Stream      string    `json:"stream"`
	Version     int64     `json:"version"`
	Kind        string    `json:"kind"`
	EffectiveOn int32     `json:"-"` // days since 1970-01-01
	RecordedAt  time.Time `json:"-"`
	Actor       string    `json:"actor"`
	Unit        string    `json:"unit"`
	Data        []byte    `json:"-"` // the bytes as they stand in the line
	Hash        []byte    `json:"hash"`
}

// Options say whom to trust.
type Options struct {
	// Keys are the public keys that the reader knows from elsewhere. Without them the keys named in
	// the export are used: then the export only proves that it was not damaged, not who made it.
	Keys []string
	// Note is a checkpoint from elsewhere, for instance printed on a report: the export must contain
	// exactly the events it vouches for.
	Note string
	// Each, when set, gets every event after it was checked.
	Each func(Event) error
}

// Result is what a sound export says.
type Result struct {
	Header
	Streams  int
	Notes    []string // the checkpoints' signed texts
	NoteSize int64    // how many events Options.Note vouches for
}

type check struct {
	opts    Options
	lines   *bufio.Reader
	number  int // of the present line
	result  Result
	streams map[[16]byte]int64
	roots   []tlog.Hash // full subtrees, the largest first
	size    int64
	wanted  map[int64]tlog.Hash // size → the root that a checkpoint vouches for
	scratch []byte
}

// Check reads an export to its end. The first thing wrong is the error, with its line; a file cut
// short is wrong.
func Check(r io.Reader, opts Options) (Result, error) {
	c := &check{opts: opts, streams: map[[16]byte]int64{}, wanted: map[int64]tlog.Hash{}}
	err := c.run(r)
	var f *fault.Error
	if errors.As(err, &f) && f.Place.Line == 0 {
		f.Place.Line = c.number
	}
	return c.result, err
}

func (c *check) run(r io.Reader) error {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return fault.New(fault.Invalid, "verifier.not_an_export").Because(err)
	}
	defer zipped.Close()
	c.lines = bufio.NewReaderSize(zipped, 1<<16)
	if err := c.header(); err != nil {
		return err
	}
	if err := c.notes(); err != nil {
		return err
	}
	if err := c.compare(); err != nil {
		return err
	}
	for range c.result.Events {
		if err := c.event(); err != nil {
			return err
		}
	}
	if root := c.root(); string(root[:]) != string(c.result.Root) {
		return fault.New(fault.Conflict, "verifier.root_differs")
	}
	c.result.Streams = len(c.streams)
	return c.end()
}

// line reads the next line without its end.
func (c *check) line() ([]byte, error) {
	c.number++
	c.scratch = c.scratch[:0]
	for {
		part, err := c.lines.ReadSlice('\n')
		c.scratch = append(c.scratch, part...)
		switch {
		case len(c.scratch) > maxLine:
			return nil, fault.New(fault.TooLarge, "verifier.long_line")
		case err == nil:
			return c.scratch[:len(c.scratch)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return nil, fault.New(fault.Invalid, "verifier.cut_short")
		default:
			return nil, fault.New(fault.Invalid, "verifier.damaged").Because(err)
		}
	}
}

func (c *check) header() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	if err := strict(line, &c.result.Header); err != nil {
		return fault.New(fault.Invalid, "verifier.not_an_export").Because(err)
	}
	if c.result.Format != Format || c.result.Events < 0 {
		return fault.New(fault.Invalid, "verifier.not_an_export")
	}
	return nil
}

// event reads, checks and hands on one event.
func (c *check) event() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	e, err := parseEvent(line)
	if err != nil {
		return fault.New(fault.Invalid, "verifier.bad_line").Because(err)
	}
	if e.Position != c.size+1 {
		return fault.New(fault.Conflict, "verifier.position", "expected", c.size+1, "found", e.Position)
	}
	sum := sha256.Sum256([]byte(e.Stream))
	stream := [16]byte(sum[:16])
	if c.streams[stream]++; e.Version != c.streams[stream] {
		return fault.New(fault.Conflict, "verifier.version", "position", e.Position, "stream", e.Stream, "expected", c.streams[stream], "found", e.Version)
	}
	leaf := leafHash(e)
	if string(leaf[:]) != string(e.Hash) {
		return fault.New(fault.Conflict, "verifier.changed", "position", e.Position)
	}
	c.push(leaf)
	if err := c.compare(); err != nil {
		return err
	}
	if c.opts.Each != nil {
		return c.opts.Each(e)
	}
	return nil
}

// leafHash is the RFC 6962 leaf hash of the SHA-256 of the event's bytes.
func leafHash(e Event) tlog.Hash {
	b := []byte("trucot event 1\n")
	b = binary.BigEndian.AppendUint64(b, uint64(e.Position))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Version))
	b = binary.BigEndian.AppendUint32(b, uint32(e.EffectiveOn))
	b = binary.BigEndian.AppendUint64(b, uint64(e.RecordedAt.UnixMicro()))
	for _, s := range []string{e.Stream, e.Kind, e.Actor, e.Unit, string(e.Data)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	record := sha256.Sum256(b)
	return tlog.RecordHash(record[:])
}

// push adds a leaf: two full subtrees of one size become one of the next.
func (c *check) push(h tlog.Hash) {
	for n := c.size; n%2 == 1; n /= 2 {
		last := len(c.roots) - 1
		h, c.roots = tlog.NodeHash(c.roots[last], h), c.roots[:last]
	}
	c.roots = append(c.roots, h)
	c.size++
}

func (c *check) root() tlog.Hash {
	if c.size == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	h := c.roots[len(c.roots)-1]
	for i := len(c.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(c.roots[i], h)
	}
	return h
}

// compare holds the tree so far against the checkpoint of its size, where there is one.
func (c *check) compare() error {
	if want, there := c.wanted[c.size]; there && want != c.root() {
		return fault.New(fault.Conflict, "verifier.note_differs", "position", c.size)
	}
	return nil
}

// notes reads the checkpoints of the export and adds the one from elsewhere.
func (c *check) notes() error {
	for range c.result.Checkpoints {
		line, err := c.line()
		if err != nil {
			return err
		}
		var t struct {
			Checkpoint string `json:"checkpoint"`
		}
		if err := strict(line, &t); err != nil {
			return fault.New(fault.Invalid, "verifier.bad_line").Because(err)
		}
		if _, err := c.want(t.Checkpoint); err != nil {
			return err
		}
		c.result.Notes = append(c.result.Notes, t.Checkpoint)
	}
	if c.opts.Note == "" {
		return nil
	}
	size, err := c.want(c.opts.Note)
	c.result.NoteSize = size
	return err
}

// want remembers what a checkpoint vouches for.
func (c *check) want(text string) (int64, error) {
	size, root, err := c.open(text)
	if err != nil {
		return 0, err
	}
	if size > c.result.Events {
		return 0, fault.New(fault.Conflict, "verifier.note_ahead", "size", size, "events", c.result.Events)
	}
	if other, there := c.wanted[size]; there && other != root {
		return 0, fault.New(fault.Conflict, "verifier.note_differs", "position", size)
	}
	c.wanted[size] = root
	return size, nil
}

// open checks a checkpoint's signature and reads it.
func (c *check) open(text string) (size int64, root tlog.Hash, err error) {
	keys := c.opts.Keys
	if len(keys) == 0 {
		keys = c.result.Verifiers
	}
	var known []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return 0, root, fault.New(fault.Invalid, "verifier.bad_key", "key", k).Because(err)
		}
		known = append(known, v)
	}
	n, err := note.Open([]byte(text), note.VerifierList(known...))
	if err != nil {
		return 0, root, fault.New(fault.Conflict, "verifier.bad_signature").Because(err)
	}
	size, raw, ok := parseCheckpoint(n.Text, c.result.Origin)
	if !ok {
		return 0, root, fault.New(fault.Invalid, "verifier.bad_checkpoint")
	}
	return size, tlog.Hash(raw), nil
}

// end reads the last line and makes sure that nothing follows.
func (c *check) end() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	var t struct {
		End int64 `json:"end"`
	}
	if err := strict(line, &t); err != nil || t.End != c.size {
		return fault.New(fault.Invalid, "verifier.bad_line").Because(err)
	}
	if rest, err := io.ReadAll(io.LimitReader(c.lines, 1)); err != nil || len(rest) > 0 {
		return fault.New(fault.Invalid, "verifier.damaged").Because(err)
	}
	return nil
}
