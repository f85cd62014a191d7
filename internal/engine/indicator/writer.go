package indicator

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"

	"trucot/internal/kernel/ledger"
)

// writer grows the columns. It belongs to the feeding goroutine; readers get views of it.
type writer struct {
	view // the next view to publish

	unitOf    map[string]uint32
	patternOf map[string]uint32
	classOf   map[class]uint32
	comboOf   map[string]uint32
	keyOf     map[string]uint32

	localClass map[uint32]uint16 // of the head chunk
	localCombo map[uint32]uint16

	limit int // rows of a chunk
	dims  []string
	buf   []byte
	row   []string
}

func newWriter(dims []string, limit int) *writer {
	w := &writer{
		limit:  limit,
		unitOf: map[string]uint32{}, patternOf: map[string]uint32{}, classOf: map[class]uint32{},
		comboOf: map[string]uint32{}, keyOf: map[string]uint32{}, dims: dims, row: make([]string, len(dims)),
	}
	w.newHead()
	return w
}

func (w *writer) newHead() {
	w.head = chunk{minDay: math.MaxUint16}
	w.localClass, w.localCombo = map[uint32]uint16{}, map[uint32]uint16{}
}

// publish is the view as of now. The head's slices are shared up to their present length, beyond which only
// the writer looks.
func (w *writer) publish() *view {
	v := w.view
	return &v
}

// add writes an event's contributions: those of equal amount share a row.
func (w *writer) add(e *ledger.Event, f *Fact, contributions []contribution) {
	if len(contributions) == 0 {
		return
	}
	unit := intern(w.unitOf, &w.units, e.Unit)
	combo := w.combo(f)
	day := dayNumber(e.EffectiveOn)
	for len(contributions) > 0 {
		first := contributions[0]
		if first.distinct {
			p := w.pattern([]term{{indicator: first.indicator}}, true)
			w.append(w.class(p, unit), day, combo, int64(intern(w.keyOf, &w.keys, first.key)), e.Position)
			contributions = contributions[1:]
			continue
		}
		terms := make([]term, 0, 8)
		rest := 0
		for _, c := range contributions {
			if c.distinct || c.value != first.value {
				contributions[rest] = c
				rest++
				continue
			}
			terms = append(terms, term{c.indicator, c.negative})
		}
		contributions = contributions[:rest]
		w.append(w.class(w.pattern(terms, false), unit), day, combo, int64(first.value), e.Position)
	}
}

// append writes one row, starting a new chunk when the head is full or its positions would not fit.
func (w *writer) append(class uint32, day uint16, combo uint32, value, position int64) {
	h := &w.head
	if h.rows() == w.limit || h.rows() > 0 && position-h.base >= chunkSpan {
		w.sealed = append(w.sealed, h.seal())
		w.newHead()
	}
	if h.rows() == 0 {
		h.base = position
	}
	if value < math.MinInt32 || value > math.MaxInt32 {
		h.big = append(h.big, bigValue{uint16(h.rows()), value})
		value = 0
	}
	h.class = append(h.class, internLocal(w.localClass, &h.classes, class))
	h.dims = append(h.dims, internLocal(w.localCombo, &h.combos, combo))
	h.position = append(h.position, uint16(position-h.base))
	h.value = append(h.value, int32(value))
	h.day = append(h.day, day)
	h.minDay, h.maxDay = min(h.minDay, day), max(h.maxDay, day)
}

// pattern numbers a set of terms.
func (w *writer) pattern(terms []term, distinct bool) uint32 {
	slices.SortFunc(terms, func(a, b term) int { return int(a.indicator) - int(b.indicator) })
	p := pattern{terms, distinct}
	w.buf = p.key(w.buf[:0])
	if n, ok := w.patternOf[string(w.buf)]; ok {
		return n
	}
	n := uint32(len(w.patterns))
	w.patternOf[string(w.buf)] = n
	w.patterns = append(w.patterns, pattern{slices.Clone(terms), distinct})
	return n
}

// key identifies a pattern.
func (p *pattern) key(b []byte) []byte {
	if p.distinct {
		b = append(b, 'd')
	}
	for _, t := range p.terms {
		b = append(b, byte(t.indicator), byte(t.indicator>>8), signByte(t.negative))
	}
	return b
}

func signByte(negative bool) byte {
	if negative {
		return '-'
	}
	return '+'
}

func (w *writer) class(pattern, unit uint32) uint32 {
	c := class{pattern, unit}
	n, ok := w.classOf[c]
	if !ok {
		n = uint32(len(w.classes))
		w.classOf[c] = n
		w.classes = append(w.classes, c)
	}
	return n
}

// combo numbers the event's values of the dimensions that some definition names.
func (w *writer) combo(f *Fact) uint32 {
	for i, dim := range w.dims {
		w.row[i] = f.Dims[dim]
		if w.row[i] == "" && dim == procedureDimension {
			w.row[i] = f.Procedure
		}
	}
	w.buf = comboKey(w.buf[:0], w.row)
	if n, ok := w.comboOf[string(w.buf)]; ok {
		return n
	}
	n := uint32(len(w.combos))
	w.comboOf[string(w.buf)] = n
	w.combos = append(w.combos, slices.Clone(w.row))
	return n
}

// comboKey identifies a combination: each value with its length, so that no two run together.
func comboKey(b []byte, values []string) []byte {
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	return b
}

func intern(numbers map[string]uint32, names *[]string, s string) uint32 {
	n, ok := numbers[s]
	if !ok {
		n = uint32(len(*names))
		numbers[s] = n
		*names = append(*names, s)
	}
	return n
}

// internLocal numbers a global number within the head chunk. A chunk has at most 65,536 rows, so the
// numbers fit 16 bits.
func internLocal(numbers map[uint32]uint16, globals *[]uint32, g uint32) uint16 {
	n, ok := numbers[g]
	if !ok {
		n = uint16(len(*globals))
		numbers[g] = n
		*globals = append(*globals, g)
	}
	return n
}

// anchorOf identifies an event of the ledger, so that a snapshot is used only with the ledger it was made
// from. The leaf hash covers the content where the ledger sets it.
func anchorOf(e *ledger.Event) [32]byte {
	h := sha256.New()
	for _, n := range []int64{e.Position, e.Version, int64(e.EffectiveOn), e.RecordedAt.UnixMicro()} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
	}
	for _, s := range []string{e.Stream, e.Kind, e.Actor, e.Unit, string(e.Data), string(e.Hash[:])} {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return [32]byte(h.Sum(nil))
}
