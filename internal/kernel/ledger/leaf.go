package ledger

import (
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/mod/sumdb/tlog"
)

// leafPrefix names the encoding; another encoding would have another number.
const leafPrefix = "trucot event 1\n"

// encode appends the bytes of the package comment to b.
func (e *Event) encode(b []byte) []byte {
	b = append(b, leafPrefix...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Position))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Version))
	b = binary.BigEndian.AppendUint32(b, uint32(e.EffectiveOn))
	b = binary.BigEndian.AppendUint64(b, uint64(e.RecordedAt.UnixMicro()))
	for _, s := range [...]string{e.Stream, e.Kind, e.Actor, e.Unit} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(e.Data))), e.Data...)
}

// Record is the event's record in the tree: the SHA-256 of its encoding.
func (e *Event) Record() [32]byte { return sha256.Sum256(e.encode(nil)) }

// leaf is the leaf hash; scratch is reused between calls.
func (e *Event) leaf(scratch *[]byte) tlog.Hash {
	*scratch = e.encode((*scratch)[:0])
	record := sha256.Sum256(*scratch)
	return tlog.RecordHash(record[:])
}
