package indicator

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// The snapshot file is a cache of the columns: deleting it costs only the time to read the ledger again. It
// is written beside itself, synced and renamed, so that a crash leaves the old one or the new one.
//
// Layout, little-endian: magic, then sections. A section is its length (8 bytes), its bytes, and their
// CRC-32C. The first section is the header (definitions digest, position, anchor and counts), then the dictionaries,
// the recorded figures, and one section a chunk.

var magic = [8]byte{'t', 'r', 'u', 'c', 'o', 't', 'F', '1'}

// errStale says that a snapshot is sound but not of these definitions or this ledger.
var errStale = errors.New("snapshot of other definitions or another ledger")

// Save writes the snapshot file. Error: fault.Unavailable "indicator.snapshot_failed"; the old file, if any, stays.
func (e *Engine) Save(path string) error {
	e.mu.Lock()
	v := e.w.publish()
	records := e.rec.copy()
	e.mu.Unlock()
	if err := replaceFile(path, func(w io.Writer) error { return writeSnapshot(w, e.defs.Digest(), v, records) }); err != nil {
		return fault.New(fault.Unavailable, "indicator.snapshot_failed", "file", filepath.Base(path)).Because(err)
	}
	return nil
}

// replaceFile writes a temporary file, syncs it and renames it over path.
func replaceFile(path string, write func(io.Writer) error) (err error) {
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
	for _, step := range []func() error{
		func() error { return write(w) }, w.Flush, f.Sync, f.Close,
		func() error { return os.Rename(f.Name(), path) },
	} {
		if err = step(); err != nil {
			return err
		}
	}
	return nil
}

// Restore loads the snapshot file into a new engine, before Feed or CatchUp. It reports whether the file was used: a
// file that is absent, broken, of other definitions or of another ledger is passed over, and CatchUp then
// reads the ledger from the start. The error, for the log, says why it was passed over; it never needs handling.
func (e *Engine) Restore(ctx context.Context, path string, l Log) (used bool, why error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.load(ctx, bufio.NewReaderSize(f, 1<<20), info.Size(), l); err != nil {
		e.reset()
		return false, err
	}
	e.w.index()
	e.view.Store(e.w.publish())
	return true, nil
}

func (e *Engine) load(ctx context.Context, r io.Reader, size int64, l Log) error {
	s := &snapshotReader{r: r, left: size}
	h, err := s.header()
	if err != nil {
		return err
	}
	if h.digest != e.defs.Digest() {
		return errStale
	}
	if err := sameLedger(ctx, l, h); err != nil {
		return err
	}
	e.reset()
	if err := s.dictionaries(e.w); err != nil {
		return err
	}
	if err := s.records(e.rec); err != nil {
		return err
	}
	if err := s.chunks(e.w, h); err != nil {
		return err
	}
	e.w.position, e.w.anchor = h.position, h.anchor
	return e.w.check(len(e.defs.list), len(e.x.dims))
}

// sameLedger compares the snapshot's last event with the ledger's event at that position.
func sameLedger(ctx context.Context, l Log, h snapshotHeader) error {
	if h.position > l.Head() {
		return errStale
	}
	if h.position == 0 {
		return nil
	}
	ev, err := l.Event(ctx, h.position)
	if err != nil {
		return err
	}
	if anchorOf(&ev) != h.anchor {
		return errStale
	}
	return nil
}

// check makes sure that every number in the columns points at something, since a checksum says only that the file is
// as it was written.
func (w *writer) check(indicators, dims int) error {
	for _, p := range w.patterns {
		if len(p.terms) == 0 {
			return errBroken("pattern")
		}
		for _, t := range p.terms {
			if int(t.indicator) >= indicators {
				return errBroken("pattern")
			}
		}
	}
	for _, c := range w.classes {
		if int(c.pattern) >= len(w.patterns) || int(c.unit) >= len(w.units) {
			return errBroken("class")
		}
	}
	for _, combo := range w.combos {
		if len(combo) != dims {
			return errBroken("dimensions")
		}
	}
	for _, c := range append(w.sealed[:len(w.sealed):len(w.sealed)], &w.head) {
		if err := w.checkChunk(c); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) checkChunk(c *chunk) error {
	distinct := make([]bool, len(c.classes))
	for l, g := range c.classes {
		if int(g) >= len(w.classes) {
			return errBroken("class")
		}
		distinct[l] = w.patterns[w.classes[g].pattern].distinct
	}
	for _, g := range c.combos {
		if int(g) >= len(w.combos) {
			return errBroken("dimensions")
		}
	}
	for row, l := range c.class {
		if key := c.value[row]; distinct[l] && (key < 0 || int(key) >= len(w.keys)) {
			return errBroken("key")
		}
	}
	return nil
}

// sound reports whether the chunk's own numbers are in range.
func (c *chunk) sound() bool {
	for row, l := range c.class {
		if int(l) >= len(c.classes) || int(c.dims[row]) >= len(c.combos) {
			return false
		}
	}
	for _, b := range c.big {
		if int(b.row) >= c.rows() {
			return false
		}
	}
	return true
}

func errBroken(what string) error { return fmt.Errorf("snapshot: broken %s", what) }

// index rebuilds the maps that the writer numbers new names with.
func (w *writer) index() {
	for i, u := range w.units {
		w.unitOf[u] = uint32(i)
	}
	for i, k := range w.keys {
		w.keyOf[k] = uint32(i)
	}
	for i, c := range w.classes {
		w.classOf[c] = uint32(i)
	}
	for i, p := range w.patterns {
		w.patternOf[string(p.key(nil))] = uint32(i)
	}
	for i, c := range w.combos {
		w.comboOf[string(comboKey(nil, c))] = uint32(i)
	}
	for i, g := range w.head.classes {
		w.localClass[g] = uint16(i)
	}
	for i, g := range w.head.combos {
		w.localCombo[g] = uint16(i)
	}
}

// copy is the records as they are now.
func (r *recorded) copy() *recorded {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := newRecorded()
	out.records = r.records[:len(r.records):len(r.records)]
	for s, units := range r.last {
		m := make(map[string]int32, len(units))
		for u, i := range units {
			m[u] = i
		}
		out.last[s] = m
	}
	return out
}

var _ Log = (*ledger.Ledger)(nil)
