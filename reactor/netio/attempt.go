//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"io"
	"net"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// verdict is what one system call came to.
type verdict uint8

const (
	over    verdict = iota // the operation is done, or has failed
	drained                // it is done, and the next call would block
	blocked                // the call would have blocked
	again                  // nothing came of it, and the next call may bring more
)

// failedCall is what a system call comes to that has failed.
func failedCall(name string, errno syscall.Errno) (verdict, error) {
	if errno == syscall.EAGAIN {
		return blocked, nil
	}
	return over, os.NewSyscallError(name, errno)
}

// readCall is what one comes to that has read n bytes, and says nothing of what the next one will.
func (c *Conn) readCall(name string, n int, errno syscall.Errno) (verdict, error) {
	switch {
	case errno != 0:
		return failedCall(name, errno)
	case n == 0 && c.kind() != unixgramKind: // there it is an empty datagram
		return over, io.EOF
	}
	return over, nil
}

// attempt brings an operation in a direction of a source forward, by the calls that are worth
// trying, until one of them is over: the loop of every operation of every socket (see
// reactor/source.go). It returns the error of that call; net.ErrClosed; that of park; or
// errPending, with the waker of cx left to be woken. Whatever is returned but errPending
// was spent for.
//
// park leaves the waker with whatever may end the wait, the source among it. Not parked and no
// error: try again.
func attempt(src *reactor.Source, cx *waker.Context, d reactor.Direction, call func(fd int) (verdict, error), park func() (parked bool, err error)) error {
	for {
		mark, ready := src.Ready(d)
		if ready {
			if !cx.Spend() {
				return errPending
			}
			if !src.Enter() {
				return net.ErrClosed
			}
			v, err := call(src.FD())
			src.Leave()
			switch v {
			case over:
				return err
			case drained:
				src.Drained(d, mark)
				return nil
			case again:
				continue
			}
			src.WouldBlock(d, mark)
		}
		if src.Closed() {
			return spent(cx, net.ErrClosed)
		}
		if parked, err := park(); err != nil {
			return spent(cx, err)
		} else if parked {
			return errPending
		}
	}
}
