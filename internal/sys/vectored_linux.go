package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// MostBuffers is how many buffers one call takes: few enough that their addresses stand on the stack, a
// kilobyte, and by far enough to hide what a call costs.
const MostBuffers = 64

// vector is the buffers of a call as the kernel wants them. It is filled and used in one function, for its pointers may be to a
// stack.
type vector [MostBuffers]unix.Iovec

// fill takes the first buffers that are not empty, and returns how many those are.
func (v *vector) fill(bufs [][]byte) (n int) {
	for _, b := range bufs {
		if len(b) == 0 {
			continue
		}
		if n == len(v) {
			break
		}
		v[n].Base = &b[0]
		v[n].SetLen(len(b))
		n++
	}
	return n
}

// SendBuffers is [Send] of the bytes of several buffers in their order.
func SendBuffers(fd int, bufs [][]byte) (int, syscall.Errno) {
	var v vector
	var h unix.Msghdr
	h.Iov = &v[0]
	h.SetIovlen(v.fill(bufs))
	release()
	for {
		n, _, e := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&h)), unix.MSG_NOSIGNAL)
		if e == 0 {
			sentBuffers(bufs, int(n))
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// WriteBuffers is [Write] of the bytes of several buffers in their order.
func WriteBuffers(fd int, bufs [][]byte) (int, syscall.Errno) {
	return vectored(unix.SYS_WRITEV, fd, bufs)
}

// ReadBuffers is [Read] into several buffers, one after the other.
func ReadBuffers(fd int, bufs [][]byte) (int, syscall.Errno) {
	return vectored(unix.SYS_READV, fd, bufs)
}

func vectored(call uintptr, fd int, bufs [][]byte) (int, syscall.Errno) {
	var v vector
	n := v.fill(bufs)
	if call == unix.SYS_WRITEV {
		release()
	}
	for {
		moved, _, e := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&v)), uintptr(n))
		if e == 0 && call == unix.SYS_WRITEV {
			sentBuffers(bufs, int(moved))
		} else if e == 0 {
			receivedBuffers(fd, bufs, int(moved))
		}
		if e != unix.EINTR {
			return count(moved, e)
		}
	}
}
