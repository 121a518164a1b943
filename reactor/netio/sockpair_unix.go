//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// SocketPair makes two Unix sockets that are connected with one another, of "unix", of "unixpacket" or, on Linux, of "unixgram": for two
// tasks or, by [Conn.Release] or [Conn.WriteMessage], for two processes. Both are the caller's to close.
func SocketPair(network string) (*Conn, *Conn, error) {
	fail := func(call string, err error) (*Conn, *Conn, error) {
		return nil, nil, &net.OpError{Op: "socketpair", Net: network, Err: os.NewSyscallError(call, err)}
	}
	k := unixgramKind
	if ofUnix(network) {
		k = kindOfUnix(network)
	} else if network != k.network() || !hasUnixgram {
		return fail("", net.UnknownNetworkError(network))
	}
	// No child may be forked between the calls, or it would inherit the descriptors.
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(unix.AF_UNIX, k.socketType(), 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return fail("socketpair", err)
	}
	for _, fd := range fds {
		if err := unix.SetNonblock(fd, true); err != nil {
			_, _ = unix.Close(fds[0]), unix.Close(fds[1])
			return fail("fcntl", err)
		}
	}
	return newConn(fds[0], k), newConn(fds[1], k), nil
}
