//go:build !portable

package netio

import (
	"os"

	"golang.org/x/sys/unix"
)

// ListenUnixgram opens a Unix socket that takes datagrams at a path, or under an abstract name. Its file stays when it is closed, and a path that is
// there cannot be bound: the caller removes it. It is Linux's; elsewhere it fails with errors.ErrUnsupported. It does not block. The socket
// must be closed.
func ListenUnixgram(path string) (*Conn, error) {
	if err := checkUnixPath(path); err != nil {
		return nil, unixgramError("listen", "", err)
	}
	c, err := openUnixgram(func(fd int) error { return os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrUnix{Name: path})) })
	if err != nil {
		return nil, unixgramError("listen", path, err)
	}
	return c, nil
}

// DialUnixgram opens a Unix socket that sends to one address, and takes datagrams from there alone, at a path of its own, which the peer needs to
// answer; or, if local is empty, without one. A write waits while the receiver is behind. It is Linux's; elsewhere it fails with
// errors.ErrUnsupported. It does not block. The socket must be closed.
func DialUnixgram(local, remote string) (*Conn, error) {
	if local != "" {
		if err := checkUnixPath(local); err != nil {
			return nil, unixgramError("dial", "", err)
		}
	}
	if err := checkUnixPath(remote); err != nil {
		return nil, unixgramError("dial", "", err)
	}
	c, err := openUnixgram(func(fd int) error {
		if local != "" {
			if err := unix.Bind(fd, &unix.SockaddrUnix{Name: local}); err != nil {
				return os.NewSyscallError("bind", err)
			}
		}
		return os.NewSyscallError("connect", unix.Connect(fd, &unix.SockaddrUnix{Name: remote}))
	})
	if err != nil {
		return nil, unixgramError("dial", remote, err)
	}
	return c, nil
}

// hasUnixgram: there are Unix sockets of datagrams.
const hasUnixgram = true

func openUnixgram(prepare func(fd int) error) (*Conn, error) {
	fd, err := socketOf(unix.AF_UNIX, unixgramKind.socketType())
	if err != nil {
		return nil, err
	}
	if err := prepare(fd); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return newConn(fd, unixgramKind), nil
}

// SetPassCredentials has [Conn.ReadMessage] tell who has sent each message, on a Unix socket: [Message.Credentials]. It is
// Linux's; elsewhere it fails with errors.ErrUnsupported.
func (c *Conn) SetPassCredentials(on bool) error {
	c.check()
	if err := c.onUnix(); err != nil {
		return c.fail("set", err)
	}
	return c.call("set", func(fd int) error { return setInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, toInt(on)) })
}
