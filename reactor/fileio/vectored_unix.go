//go:build (linux || darwin) && !portable

package fileio

import (
	"os"

	"golang.org/x/sys/unix"
)

// mostBuffers is how many buffers the system takes at a time: IOV_MAX, which is 1024 on both.
const mostBuffers = 1024

// readVectored is one preadv or readv: 0 bytes at the end of the file.
func readVectored(f *os.File, b [][]byte, off int64) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	waited := raw.Read(func(fd uintptr) bool {
		n, err = again(func() (int, error) {
			if off == atOffset {
				return unix.Readv(int(fd), b)
			}
			return unix.Preadv(int(fd), b, off)
		})
		return err != unix.EAGAIN // else a pipe of package os is waited for
	})
	if waited != nil {
		if _, err := f.Read(nil); err != nil {
			return 0, err // fs.ErrClosed, which a RawConn does not know
		}
		return 0, waited
	}
	return n, err
}

// writeVectored is one pwritev or writev.
func writeVectored(f *os.File, b [][]byte, off int64) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	waited := raw.Write(func(fd uintptr) bool {
		n, err = again(func() (int, error) {
			if off == atOffset {
				return unix.Writev(int(fd), b)
			}
			return unix.Pwritev(int(fd), b, off)
		})
		return err != unix.EAGAIN
	})
	if waited != nil {
		if _, err := f.Write(nil); err != nil {
			return 0, err
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
