//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// Read reads from a non-blocking descriptor.
func Read(fd int, p []byte) (int, syscall.Errno) {
	for {
		n, err := unix.Read(fd, p)
		if err == nil {
			received(fd, p[:n])
		}
		if e := errno(err); e != unix.EINTR {
			return max(n, 0), e
		}
	}
}

// Recv reads from a non-blocking socket.
func Recv(fd int, p []byte) (int, syscall.Errno) { return Read(fd, p) }

// Peek is Recv of what is then read once more.
func Peek(fd int, p []byte) (int, syscall.Errno) {
	for {
		n, _, err := unix.Recvfrom(fd, p, unix.MSG_PEEK)
		if err == nil {
			received(fd, p[:n])
		}
		if e := errno(err); e != unix.EINTR {
			return max(n, 0), e
		}
	}
}

// Send writes to a non-blocking socket.
func Send(fd int, p []byte) (int, syscall.Errno) { return Write(fd, p) }

// Write writes to a non-blocking descriptor. The Go runtime turns a peer that is gone into
// an error and not a signal.
func Write(fd int, p []byte) (int, syscall.Errno) {
	release()
	for {
		n, err := unix.Write(fd, p)
		if err == nil {
			sent(p[:n])
		}
		if e := errno(err); e != unix.EINTR {
			return max(n, 0), e
		}
	}
}

// Accept takes a connection off a non-blocking listening socket. Its descriptor is
// non-blocking and closed by exec.
func Accept(fd int) (int, syscall.Errno) {
	for {
		conn, err := accept(fd)
		if err == nil {
			if err = unix.SetNonblock(conn, true); err == nil {
				return conn, 0
			}
			_ = unix.Close(conn)
		}
		if e := errno(err); e != unix.EINTR {
			return 0, e
		}
	}
}

// accept lets no child be forked before the descriptor is marked.
func accept(fd int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	conn, _, err := unix.Accept(fd)
	if err == nil {
		unix.CloseOnExec(conn)
	}
	return conn, err
}

func errno(err error) syscall.Errno {
	var e syscall.Errno
	if err != nil && !errors.As(err, &e) {
		e = unix.EIO
	}
	return e
}
