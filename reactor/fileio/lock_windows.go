package fileio

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// allBytes is as many as a file may have: it is locked whole.
const allBytes = ^uint32(0)

// lock makes one attempt, and reports whether that got the lock.
func lock(f *os.File, how how) (got bool, err error) {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if how == exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err = onHandle(f, func(h windows.Handle) error {
		return windows.LockFileEx(h, flags, 0, allBytes, allBytes, new(windows.Overlapped))
	})
	switch err {
	case nil:
		return true, nil
	case windows.ERROR_LOCK_VIOLATION, windows.ERROR_IO_PENDING:
		return false, nil
	}
	return false, os.NewSyscallError("LockFileEx", err)
}

func unlock(f *os.File) error {
	err := onHandle(f, func(h windows.Handle) error {
		return windows.UnlockFileEx(h, 0, allBytes, allBytes, new(windows.Overlapped))
	})
	if err == windows.ERROR_NOT_LOCKED {
		return nil
	}
	return os.NewSyscallError("UnlockFileEx", err)
}

func onHandle(f *os.File, call func(windows.Handle) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = call(windows.Handle(fd)) }); err != nil {
		return fs.ErrClosed
	}
	return failed
}
