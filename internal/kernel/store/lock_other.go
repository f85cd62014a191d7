//go:build !unix

package store

import (
	"errors"
	"os"
	"syscall"

	"trucot/internal/kernel/fault"
)

// lockFile takes the lock of a data file by holding a file that the system refuses to remove while
// a process has it open: what can be removed was left by a crash.
func lockFile(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.Conflict, "store.locked", "path", path, "pid", "?").Because(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, os.ErrExist) {
		return nil, fault.New(fault.Conflict, "store.locked", "path", path, "pid", "?").Because(err)
	}
	if err != nil {
		return nil, folderFault(path, err)
	}
	return f, nil
}

func unlock(f *os.File) error {
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func isReadOnly(err error) bool { return false }
func isFull(err error) bool     { return errors.Is(err, syscall.ENOSPC) }
