package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"trucot/internal/kernel/fault"
)

// Disk keeps contents as files of a folder, "<first byte>/<key>" in hexadecimal.
type Disk struct{ folder string }

// NewDisk keeps contents in a folder, which is made at the first Put.
func NewDisk(folder string) *Disk { return &Disk{folder} }

// tempPrefix begins the names of files not yet whole. A crash leaves one behind; no key is called so.
const tempPrefix = ".new-"

func (d *Disk) path(k Key) string {
	name := k.String()
	return filepath.Join(d.folder, name[:2], name)
}

// Put implements Store: a temporary file, synced, renamed into place, and the folder synced, so that a content is there
// whole or not at all whenever the power goes.
func (d *Disk) Put(ctx context.Context, r io.Reader) (Key, int64, error) {
	if err := os.MkdirAll(d.folder, 0o750); err != nil {
		return Key{}, 0, d.trouble(err)
	}
	f, err := os.CreateTemp(d.folder, tempPrefix)
	if err != nil {
		return Key{}, 0, d.trouble(err)
	}
	defer os.Remove(f.Name()) // gone already when it was renamed
	h := sha256.New()
	source := &noting{r: reader{ctx, r}}
	size, err := io.Copy(io.MultiWriter(f, h), source)
	if source.err != nil { // the sender's trouble, not the disk's
		f.Close()
		return Key{}, 0, source.err
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Key{}, 0, d.trouble(err)
	}
	k := Key(h.Sum(nil))
	if err := d.place(f.Name(), d.path(k), size); err != nil {
		return Key{}, 0, d.trouble(err)
	}
	return k, size, nil
}

// place moves a whole file under its key. One that is there with its size stays and is marked as put now; one cut short
// by a broken disk is replaced.
func (d *Disk) place(from, to string, size int64) error {
	if info, err := os.Stat(to); err == nil && info.Size() == size {
		now := time.Now()
		return os.Chtimes(to, now, now)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return errors.Join(syncFolder(filepath.Dir(to)), syncFolder(d.folder))
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) || errors.Is(err, os.ErrPermission) {
		err = nil // a system whose folders cannot be synced writes them through by itself
	}
	return errors.Join(err, f.Close())
}

// Open implements Store.
func (d *Disk) Open(_ context.Context, k Key) (Content, int64, error) {
	f, err := os.Open(d.path(k))
	if err != nil {
		return nil, 0, fault.New(fault.NotFound, "blob.missing", "key", k.String()).Because(err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, d.trouble(err)
	}
	return f, info.Size(), nil
}

// Has implements Store.
func (d *Disk) Has(_ context.Context, k Key) (bool, error) {
	_, err := os.Stat(d.path(k))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Each implements Store.
func (d *Disk) Each(ctx context.Context, fn func(Info) error) error {
	return filepath.WalkDir(d.folder, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // nothing was ever kept
		}
		if err == nil {
			err = ctx.Err()
		}
		k, bad := ParseKey(filepath.Base(path))
		if err != nil || e.IsDir() || bad != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		return fn(Info{k, info.Size(), info.ModTime()})
	})
}

// Remove implements Store.
func (d *Disk) Remove(_ context.Context, k Key) error {
	if err := os.Remove(d.path(k)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return d.trouble(err)
	}
	return nil
}

// trouble is what the disk said, for the reader.
func (d *Disk) trouble(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Unavailable, "blob.disk_full").Because(err)
	}
	return fault.New(fault.Unavailable, "blob.cannot_write", "folder", d.folder).Because(err)
}

// noting remembers the reader's error, so that it is told from the disk's.
type noting struct {
	r   io.Reader
	err error
}

func (n *noting) Read(p []byte) (int, error) {
	c, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return c, err
}
