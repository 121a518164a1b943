//go:build (linux || darwin) && !portable

package fileio

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// mostBuffers is how many buffers the system takes at a time: IOV_MAX, which is 1024 on both.
const mostBuffers = 1024

// readVectored is one preadv or readv: 0 bytes at the end of the file.
func readVectored(f *os.File, b [][]byte, off int64) (int, error) {
	return vectored(f, syscall.RawConn.Read, f.Read, func(fd int) (int, error) {
		if off == atOffset {
			return unix.Readv(fd, b)
		}
		return unix.Preadv(fd, b, off)
	})
}

// writeVectored is one pwritev or writev.
func writeVectored(f *os.File, b [][]byte, off int64) (int, error) {
	return vectored(f, syscall.RawConn.Write, f.Write, func(fd int) (int, error) {
		if off == atOffset {
			return unix.Writev(fd, b)
		}
		return unix.Pwritev(fd, b, off)
	})
}

// vectored makes a call when ready says that the file is. plain is what package os has for the same: it knows why a file is not.
func vectored(f *os.File, ready func(syscall.RawConn, func(uintptr) bool) error, plain func([]byte) (int, error), call func(fd int) (int, error)) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	waited := ready(raw, func(fd uintptr) bool {
		n, err = again(func() (int, error) { return call(int(fd)) })
		return err != unix.EAGAIN // else a pipe of package os is waited for
	})
	if waited != nil {
		if _, err := plain(nil); err != nil {
			return 0, err // fs.ErrClosed, which a RawConn does not know
		}
		return 0, waited
	}
	return n, err
}

// again makes a call until no signal interrupts it. What it returns is a number of bytes also where the system says -1.
func again(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}
