package campaign

import (
	"encoding/binary"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/fault"
)

// linesFormat opens a row of campaign_line. Adding up a campaign reads hundreds of rows of hundreds of figures, which
// as JSON took most of its time. After it stand the records, how many shares the lines have together, and the lines.
const linesFormat = 1

// The marks of a line.
const (
	hasWhy = 1 << iota
	hasUnlisted
)

// packLines is a part's figures as their table holds them.
func packLines(lines []Line, records []string) []byte {
	b := binary.AppendUvarint([]byte{linesFormat}, uint64(len(records)))
	for _, r := range records {
		b = packText(b, r)
	}
	shares := 0
	for i := range lines {
		shares += len(lines[i].Of)
	}
	b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(shares)), uint64(len(lines)))
	for i := range lines {
		b = lines[i].pack(b)
	}
	return b
}

func (l *Line) pack(b []byte) []byte {
	b = packText(b, l.Indicator)
	for _, v := range []indicator.Value{l.Actual, l.Previous, l.Estimate} {
		b = binary.AppendVarint(b, int64(v))
	}
	var marks byte
	if l.Why != "" {
		marks |= hasWhy
	}
	if l.Unlisted {
		marks |= hasUnlisted
	}
	if b = append(b, marks); l.Why != "" {
		b = packText(b, l.Why)
	}
	b = binary.AppendUvarint(b, uint64(len(l.Of)))
	for _, s := range l.Of {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(s[0])), s[1])
	}
	return b
}

func packText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// fill takes the figures out of a row. Error: fault.Internal "campaign.bad_lines".
func (p *Part) fill(row []byte) error {
	u := unpacker{raw: row, text: string(row)}
	if u.byte() != linesFormat {
		u.bad = true
	}
	records := some[string](u.count())
	for i := range records {
		records[i] = u.string()
	}
	shares := make([]Share, 0, u.count())
	lines := some[Line](u.count())
	for i := range lines {
		shares = u.line(&lines[i], shares, len(records))
	}
	if u.bad || len(u.raw) != 0 {
		return fault.New(fault.Internal, "campaign.bad_lines", "unit", p.Unit)
	}
	p.Lines, p.Records = lines, records
	return nil
}

// some is room for n things, nil for none.
func some[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

// unpacker reads what packLines wrote. Its texts are pieces of one.
type unpacker struct {
	raw  []byte // what is left
	text string // the whole row
	bad  bool
}

func (u *unpacker) line(l *Line, shares []Share, records int) []Share {
	l.Indicator = u.string()
	l.Actual, l.Previous, l.Estimate = indicator.Value(u.number()), indicator.Value(u.number()), indicator.Value(u.number())
	marks := u.byte()
	if l.Unlisted = marks&hasUnlisted != 0; marks&hasWhy != 0 {
		l.Why = u.string()
	}
	from := len(shares)
	for range u.count() {
		s := Share{int64(u.size()), u.number()}
		if s[0] >= int64(records) {
			u.bad = true
			return shares
		}
		shares = append(shares, s)
	}
	if len(shares) > from {
		l.Of = shares[from:len(shares):len(shares)]
	}
	return shares
}

func (u *unpacker) byte() byte {
	if len(u.raw) == 0 {
		u.bad = true
		return 0
	}
	c := u.raw[0]
	u.raw = u.raw[1:]
	return c
}

func (u *unpacker) number() int64 {
	v, n := binary.Varint(u.raw)
	u.skip(n)
	return v
}

func (u *unpacker) size() uint64 {
	v, n := binary.Uvarint(u.raw)
	u.skip(n)
	return v
}

func (u *unpacker) skip(n int) {
	if n <= 0 {
		u.bad, n = true, len(u.raw)
	}
	u.raw = u.raw[n:]
}

// count is a number of things to come, each of which takes a byte at least.
func (u *unpacker) count() int {
	n := u.size()
	if n > uint64(len(u.raw)) {
		u.bad = true
		return 0
	}
	return int(n)
}

func (u *unpacker) string() string {
	n := u.count()
	from := len(u.text) - len(u.raw)
	u.raw = u.raw[n:]
	return u.text[from : from+n]
}
