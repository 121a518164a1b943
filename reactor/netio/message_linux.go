//go:build !portable

package netio

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// pollReadMessage is one call. What it takes is handed out by the poll that makes it, so no descriptor is ever with the
// operation alone.
func (c *Conn) pollReadMessage(cx *waker.Context, p []byte, t *turn) future.Poll[Message] {
	c.checkTurn(reactor.Read, t)
	var m Message
	if err := c.mayRecv(p); err != nil {
		return outcome(&c.endpoint, "read", m, spent(cx, err))
	}
	err := c.attempt(cx, reactor.Read, t, func(fd int) (v verdict, err error) {
		v, m, err = c.recvMessage(fd, p)
		return v, err
	})
	return outcome(&c.endpoint, "read", m, err)
}

func (c *Conn) tryReadMessage(p []byte) (m Message, err error) {
	if err = c.mayRecv(p); err == nil {
		err = c.endpoint.try(reactor.Read, func(fd int) (v verdict, err error) {
			v, m, err = c.recvMessage(fd, p)
			return v, err
		})
	}
	return m, c.tried(reactor.Read, err)
}

// mayRecv returns what is wrong with a message that is to be read into p. To get what comes with bytes package unix reads one of them
// where there is no room for any: it would be lost.
func (c *Conn) mayRecv(p []byte) error {
	if err := c.onUnix(); err != nil {
		return err
	}
	if len(p) == 0 && c.kind() != unixgramKind {
		return fmt.Errorf("a message into no room: want some for at least a byte: %w", syscall.EINVAL)
	}
	return nil
}

func (c *Conn) recvMessage(fd int, p []byte) (verdict, Message, error) {
	oob := make([]byte, unix.CmsgSpace(4*MaxFiles)+unix.CmsgSpace(unix.SizeofUcred))
	n, oobn, flags, from, err := unix.Recvmsg(fd, p, oob, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
	switch {
	case err == unix.EAGAIN:
		return blocked, Message{}, nil
	case err == unix.EINTR:
		return again, Message{}, nil
	case err != nil:
		return over, Message{}, os.NewSyscallError("recvmsg", err)
	}
	m := Message{N: n, Truncated: flags&unix.MSG_TRUNC != 0, FilesLost: flags&unix.MSG_CTRUNC != 0}
	for oob = oob[:oobn]; len(oob) >= unix.CmsgLen(0); {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			break // it was cut behind the last file
		}
		oob = rest
		if h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_CREDENTIALS {
			if u, err := unix.ParseUnixCredentials(&unix.SocketControlMessage{Header: h, Data: data}); err == nil {
				who := credentialsOf(u)
				m.Credentials = &who
			}
			continue
		}
		if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_RIGHTS {
			continue
		}
		fds, err := unix.ParseUnixRights(&unix.SocketControlMessage{Header: h, Data: data})
		if err != nil {
			break
		}
		for _, fd := range fds {
			if len(m.Files) == MaxFiles { // in the room for credentials, when there are none
				_ = unix.Close(fd)
				m.FilesLost = true
				continue
			}
			m.Files = append(m.Files, os.NewFile(uintptr(fd), "passed"))
		}
	}
	if c.kind() == unixgramKind {
		if u, ok := from.(*unix.SockaddrUnix); ok {
			m.From = u.Name
		}
		return over, m, nil
	}
	if n == 0 && len(m.Files) == 0 {
		return over, m, io.EOF
	}
	return over, m, nil
}

func (c *Conn) pollWriteMessage(cx *waker.Context, p []byte, files []*os.File, to string, t *turn) future.Poll[int] {
	c.checkTurn(reactor.Write, t)
	n := 0
	send, err := c.sending(p, files, to, &n)
	if err != nil {
		return outcome(&c.endpoint, "write", n, spent(cx, err))
	}
	err = c.attempt(cx, reactor.Write, t, send)
	runtime.KeepAlive(files)
	return outcome(&c.endpoint, "write", n, err)
}

func (c *Conn) tryWriteMessage(p []byte, files []*os.File, to string) (n int, err error) {
	send, err := c.sending(p, files, to, &n)
	if err == nil {
		err = c.endpoint.try(reactor.Write, send)
		runtime.KeepAlive(files)
	}
	if to != "" && errors.Is(err, unix.EAGAIN) {
		return 0, ErrWouldBlock
	}
	return n, c.tried(reactor.Write, err)
}

// sending returns the call that sends a message, and says in n how much that was; or what is wrong with the message.
func (c *Conn) sending(p []byte, files []*os.File, to string, n *int) (func(fd int) (verdict, error), error) {
	if err := c.onUnix(); err != nil {
		return nil, err
	}
	if len(p) == 0 || len(files) > MaxFiles {
		return nil, fmt.Errorf("a message of %d bytes and %d files: want at least a byte, and %d files at most: %w", len(p), len(files), MaxFiles, syscall.EINVAL)
	}
	var sa unix.Sockaddr
	if to != "" {
		if c.kind() != unixgramKind {
			return nil, fmt.Errorf("a message to %s on a socket of %s: want one of unixgram: %w", to, c.kind().network(), syscall.EOPNOTSUPP)
		}
		sa = &unix.SockaddrUnix{Name: to}
	}
	fds, err := descriptorsOf(files)
	if err != nil {
		return nil, err
	}
	rights := unix.UnixRights(fds...)
	if len(files) == 0 {
		rights = nil
	}
	return func(fd int) (verdict, error) {
		var err error
		switch *n, err = unix.SendmsgN(fd, p, rights, sa, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT); {
		case err == nil:
			return over, nil
		case err == unix.EAGAIN && to == "":
			return blocked, nil
		case err == unix.EINTR:
			return again, nil
		}
		return over, os.NewSyscallError("sendmsg", err)
	}, nil
}

// descriptorsOf returns the numbers of files, which their method Fd might make blocking.
func descriptorsOf(files []*os.File) ([]int, error) {
	fds := make([]int, len(files))
	for i, f := range files {
		raw, err := f.SyscallConn()
		if err == nil {
			err = raw.Control(func(fd uintptr) { fds[i] = int(fd) })
		}
		if err != nil {
			return nil, err
		}
	}
	return fds, nil
}
