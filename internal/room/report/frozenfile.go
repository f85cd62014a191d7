package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/fault"
)

// FileKinds are the files that a frozen report has.
var FileKinds = []string{"docx", "xlsx"}

// write writes one of the files of FileKinds.
func (rep *Report) write(w io.Writer, kind string) error {
	if kind == "xlsx" {
		return rep.WriteXLSX(w)
	}
	return rep.WriteDOCX(w)
}

// sum is where the SHA-256 of a file stands, in hexadecimal.
func (f *Frozen) sum(kind string) *string {
	if kind == "xlsx" {
		return &f.XLSX
	}
	return &f.DOCX
}

// keep writes down the sums of a report's files and puts the files away, so that they can be had when the definitions or the
// program have moved on and they can no longer be made.
func (r *Room) keep(ctx context.Context, rep *Report) error {
	for _, kind := range FileKinds {
		var b bytes.Buffer
		if err := rep.write(&b, kind); err != nil {
			return err
		}
		*rep.Frozen.sum(kind) = sumOf(b.Bytes())
		if r.opts.Files == nil {
			continue
		}
		if _, _, err := r.opts.Files.Put(ctx, &b); err != nil {
			return err
		}
	}
	return nil
}

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// FrozenFile is a file of a frozen report with the very bytes that were frozen: the one that was put away, or where it is
// missing or damaged one that is made again. Errors: report.unknown_file, report.definitions_changed when neither can be had.
func (r *Room) FrozenFile(ctx context.Context, f *Frozen, kind string) ([]byte, error) {
	if !slices.Contains(FileKinds, kind) {
		return nil, fault.New(fault.NotFound, "report.unknown_file", "kind", kind)
	}
	kept, err := r.kept(ctx, *f.sum(kind))
	if err != nil || kept != nil {
		return kept, err
	}
	rep, err := r.Rebuild(ctx, f)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := rep.write(&b, kind); err != nil {
		return nil, err
	}
	if sumOf(b.Bytes()) != *f.sum(kind) { // the program writes files in another way than on that day
		return nil, changed(f)
	}
	return b.Bytes(), nil
}

// kept is the file with a sum among those put away, nil where it is missing or no longer has the sum.
func (r *Room) kept(ctx context.Context, sum string) ([]byte, error) {
	key, err := blob.ParseKey(sum)
	if err != nil || r.opts.Files == nil {
		return nil, nil // no such sum: a report that was frozen elsewhere
	}
	c, _, err := r.opts.Files.Open(ctx, key)
	if fault.Is(err, "blob.missing") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer c.Close()
	b, err := io.ReadAll(c)
	if err != nil || sumOf(b) != sum {
		return nil, err
	}
	return b, nil
}

// changed is why a frozen report cannot be made again.
func changed(f *Frozen) error {
	return fault.New(fault.Conflict, "report.definitions_changed", "regime", f.Regime, "period", f.Period)
}
