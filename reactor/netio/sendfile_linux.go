//go:build !portable

package netio

import (
	"errors"
	"io"
	"os"
	"runtime"
	"syscall"

	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// canSendFile: the system moves bytes from a file to a socket.
const canSendFile = true

// errNoSendFile is what a file comes to that the system cannot send.
var errNoSendFile = errors.New("netio: no sendfile of this file")

// inMemory reports whether n bytes of the file are likely to be there without waiting.
func (o *SendFileOp) inMemory(n int64) bool {
	fd := int(o.f.Fd())
	for _, off := range [...]int64{o.off, o.off + n - 1} {
		switch there, errno := sys.Cached(fd, off); {
		case errno == syscall.EBADF:
			return true // sendfile tells
		case errno != 0 && !sys.InMemory(fd), errno == 0 && !there:
			return false
		}
	}
	runtime.KeepAlive(o.f)
	return true
}

// pollSendFile is one call.
func (c *Conn) pollSendFile(cx *waker.Context, f *os.File, off int64, n int, t *turn) (moved int, err error) {
	c.checkTurn(reactor.Write, t)
	err = c.attempt(cx, reactor.Write, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		at := off
		moved, errno = sys.SendFile(fd, int(f.Fd()), &at, n)
		switch {
		case errno == syscall.EAGAIN:
			return blocked, nil
		case errno == syscall.EINVAL, errno == syscall.ENOSYS, errno == syscall.EOPNOTSUPP:
			return over, errNoSendFile
		case errno == syscall.EBADF:
			return over, errBadFile
		case errno != 0:
			return over, os.NewSyscallError("sendfile", errno)
		case moved == 0:
			return over, io.EOF
		}
		return over, nil
	})
	switch err {
	case nil, errPending, io.EOF, errNoSendFile, errBadFile:
		return moved, err
	}
	return moved, c.fail("sendfile", err)
}
