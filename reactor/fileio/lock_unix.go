//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package fileio

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// lock makes one attempt, and reports whether that got the lock.
func lock(f *os.File, how how) (got bool, err error) {
	op := unix.LOCK_EX
	if how == shared {
		op = unix.LOCK_SH
	}
	switch err := flock(f, op|unix.LOCK_NB); err {
	case nil:
		return true, nil
	case unix.EWOULDBLOCK:
		return false, nil
	default:
		return false, os.NewSyscallError("flock", err)
	}
}

func unlock(f *os.File) error { return os.NewSyscallError("flock", flock(f, unix.LOCK_UN)) }

// flock leaves the descriptor as it is, which File.Fd might not.
func flock(f *os.File, op int) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		for failed = unix.Flock(int(fd), op); failed == unix.EINTR; {
			failed = unix.Flock(int(fd), op)
		}
	}); err != nil {
		return fs.ErrClosed
	}
	return failed
}
