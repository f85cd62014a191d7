package attachment

import (
	"context"
	"os"
	"time"

	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// Report is what a verification found.
type Report struct {
	Files   int        // facts of the ledger, withdrawn ones too
	Sound   int        // contents that are what they were
	Bytes   int64      // of the sound ones
	Erased  int        // facts whose person's data was erased
	Faults  fault.List // attachment.content_missing and attachment.content_damaged, by file
	Unused  int        // contents that no fact names, and those of erased ones
	Removed int        // of the unused
}

// unusedFor is how long a content that no fact names is left alone: it may belong to a file that is just coming in.
const unusedFor = 24 * time.Hour

// Verify reads every content that the ledger names and compares it with its hash. With tidy, contents that nothing names
// and those of erased persons are removed, and small pictures, which are drawn again when asked for.
func (e *Engine) Verify(ctx context.Context, tidy bool) (Report, error) {
	var r Report
	keys := map[blob.Key]bool{} // named by a fact → sound
	if err := e.verifyNamed(ctx, &r, keys); err != nil {
		return r, err
	}
	tidy = tidy && r.Files > 0 // a ledger without files beside a folder with some is one not yet restored
	err := e.blobs.Each(ctx, func(i blob.Info) error {
		sound, named := keys[i.Key]
		switch {
		case sound:
			r.Bytes += i.Size
		case !named && time.Since(i.Put) > unusedFor:
			r.Unused++
			if tidy {
				r.Removed++
				return e.blobs.Remove(ctx, i.Key)
			}
		}
		return nil
	})
	if err == nil && tidy {
		err = os.RemoveAll(e.thumbnailFolder())
	}
	return r, err
}

// verifyNamed checks each content once and names the files of those that are not sound.
func (e *Engine) verifyNamed(ctx context.Context, r *Report, keys map[blob.Key]bool) error {
	for after := ""; ; {
		rows, err := store.All(ctx, e.db, scanFile, filesPast, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			after = row.ID
			f, err := e.opened(ctx, row)
			if err != nil {
				return err
			}
			if err := e.verifyFile(ctx, r, keys, f); err != nil {
				return err
			}
		}
	}
}

func (e *Engine) verifyFile(ctx context.Context, r *Report, keys map[blob.Key]bool, f *File) error {
	r.Files++
	if f.Erased {
		r.Erased++
		return nil
	}
	sound, done := keys[f.Key]
	if !done {
		err := blob.Check(ctx, e.blobs, f.Key)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if sound = err == nil; sound {
			r.Sound++
		}
		keys[f.Key] = sound
	}
	if !sound {
		key := "attachment.content_damaged"
		if there, err := e.blobs.Has(ctx, f.Key); err == nil && !there {
			key = "attachment.content_missing"
		}
		r.Faults = append(r.Faults, fault.New(fault.Conflict, key, "id", f.ID, "owner", f.Owner, "sha256", f.Key.String()))
	}
	return nil
}
