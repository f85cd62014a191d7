//go:build unix

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"trucot/internal/kernel/fault"
)

// lockFile takes the lock of a data file: an advisory lock of the kernel, which vanishes with its
// process, so that a crash leaves nothing to clean up. The file's content, the process id, is only
// for the message.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, folderFault(path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, folderFault(path, err)
		}
		pid, _ := io.ReadAll(io.LimitReader(f, 20))
		return nil, fault.New(fault.Conflict, "store.locked", "path", strings.TrimSuffix(path, ".lock"), "pid", strings.TrimSpace(string(pid)))
	}
	if err := f.Truncate(0); err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	}
	if err != nil {
		f.Close()
		return nil, folderFault(path, err)
	}
	return f, nil
}

// unlock frees the lock. The file stays: removing it would let two processes lock two files.
func unlock(f *os.File) error {
	if f == nil {
		return nil
	}
	return f.Close()
}

func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
func isFull(err error) bool     { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
