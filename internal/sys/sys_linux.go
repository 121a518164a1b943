package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// zero stands in for the address of an empty buffer.
var zero byte

func base(p []byte) unsafe.Pointer {
	if len(p) == 0 {
		return unsafe.Pointer(&zero)
	}
	return unsafe.Pointer(&p[0])
}

// Read reads from a non-blocking descriptor.
func Read(fd int, p []byte) (int, syscall.Errno) {
	for {
		n, _, e := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(base(p)), uintptr(len(p)))
		if e == 0 {
			received(fd, p[:n])
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// Write writes to a non-blocking descriptor. The Go runtime turns a pipe that nobody reads into an error and not
// a signal.
func Write(fd int, p []byte) (int, syscall.Errno) {
	release()
	for {
		n, _, e := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(base(p)), uintptr(len(p)))
		if e == 0 {
			sent(p[:n])
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// Recv reads from a non-blocking socket.
func Recv(fd int, p []byte) (int, syscall.Errno) { return recv(fd, p, 0) }

// Peek is Recv of what is then read once more.
func Peek(fd int, p []byte) (int, syscall.Errno) { return recv(fd, p, unix.MSG_PEEK) }

func recv(fd int, p []byte, flags uintptr) (int, syscall.Errno) {
	for {
		n, _, e := socketCall(sysRecv, fd, base(p), len(p), flags)
		if e == 0 {
			received(fd, p[:n])
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// Send writes to a non-blocking socket; a peer that is gone is an error and never a
// signal.
func Send(fd int, p []byte) (int, syscall.Errno) {
	release()
	for {
		n, _, e := socketCall(sysSend, fd, base(p), len(p), unix.MSG_NOSIGNAL)
		if e == 0 {
			sent(p[:n])
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// Accept takes a connection off a non-blocking listening socket. Its descriptor is
// non-blocking and closed by exec.
func Accept(fd int) (int, syscall.Errno) {
	for {
		n, _, e := socketCall(sysAccept4, fd, nil, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// count is a system call's result without what the kernel leaves in it on failure.
func count(n uintptr, e syscall.Errno) (int, syscall.Errno) {
	if e != 0 {
		return 0, e
	}
	return int(n), 0
}
