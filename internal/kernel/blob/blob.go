// Package blob (kho tệp) keeps the bytes of files beside the ledger, each under the SHA-256 of its content: the same
// bytes are kept once, nothing is ever written over, and a name in an event is a proof of what the file held.
//
// It owns the bytes and how they reach the disk. It does not know what a file is called, whose it is or who may read
// it: package attachment does.
package blob

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// Key is the SHA-256 of the content.
type Key [sha256.Size]byte

// String is the key in lower-case hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// ParseKey reads what String writes. Error: blob.bad_key.
func ParseKey(s string) (Key, error) {
	var k Key
	if n, err := hex.Decode(k[:], []byte(s[:min(len(s), hex.EncodedLen(len(k)))])); err != nil || n != len(k) || k.String() != s {
		return Key{}, fault.New(fault.Invalid, "blob.bad_key")
	}
	return k, nil
}

// Content is an opened file, for reading whole, in ranges or at random.
type Content interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Info is what a store knows of a content without reading it.
type Info struct {
	Key  Key
	Size int64
	Put  time.Time // the last time that somebody put it
}

// Store keeps contents. It is safe for concurrent use.
type Store interface {
	// Put reads to the end and returns once the bytes are safe on the disk. Errors: blob.disk_full, blob.cannot_write,
	// and the reader's own, after which nothing is kept.
	Put(ctx context.Context, r io.Reader) (Key, int64, error)
	// Open opens a content. Error: fault.NotFound "blob.missing".
	Open(ctx context.Context, k Key) (Content, int64, error)
	// Has reports whether the content is there, without reading it.
	Has(ctx context.Context, k Key) (bool, error)
	// Each calls fn for every content in the order of keys until it returns an error.
	Each(ctx context.Context, fn func(Info) error) error
	// Remove takes a content away; one that is not there is no error.
	Remove(ctx context.Context, k Key) error
}

// Check reads a content to its end and compares it with its key. Errors: blob.missing, fault.Conflict "blob.damaged".
func Check(ctx context.Context, s Store, k Key) error {
	c, _, err := s.Open(ctx, k)
	if err != nil {
		return err
	}
	defer c.Close()
	h := sha256.New()
	if _, err := io.Copy(h, reader{ctx, c}); err != nil {
		return fault.New(fault.Conflict, "blob.damaged", "key", k.String()).Because(err)
	}
	if Key(h.Sum(nil)) != k {
		return fault.New(fault.Conflict, "blob.damaged", "key", k.String())
	}
	return nil
}

// reader ends when its context does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
