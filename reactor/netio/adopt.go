package netio

import (
	"fmt"
	"io/fs"
	"net"
	"os"
)

// Adopt makes a Conn of a connection of package net, a *net.TCPConn or *net.UnixConn of a stream, and takes it
// over: c is closed, and what stands for it from then on is the Conn, also after an error. Nobody may
// be reading from c or writing to it. Of other connections, such as a *tls.Conn, there is nothing that could be taken over.
func Adopt(c net.Conn) (*Conn, error) {
	var k kind
	switch c := c.(type) {
	case *net.TCPConn:
		k = tcpKind
	case *net.UnixConn:
		k = unixKind
		if a := c.LocalAddr(); a != nil && a.Network() == "unixpacket" && hasUnixpacket {
			k = unixpacketKind
		} else if a != nil && a.Network() != "unix" {
			c.Close()
			return nil, fmt.Errorf("netio: Adopt of a %s connection: want one that is a stream: %w", a.Network(), fs.ErrInvalid)
		}
	case nil:
		return nil, fmt.Errorf("netio: Adopt of nil: want a *net.TCPConn or *net.UnixConn: %w", fs.ErrInvalid)
	default:
		c.Close()
		return nil, fmt.Errorf("netio: Adopt of a %T: want a *net.TCPConn or *net.UnixConn: %w", c, fs.ErrInvalid)
	}
	return adoptConn(c, k)
}

// AdoptFile makes a Conn of a socket that is open as a file, such as one that was inherited, and takes f over: it is
// closed, also after an error.
func AdoptFile(f *os.File) (*Conn, error) {
	c, err := net.FileConn(f)
	f.Close()
	if err != nil {
		return nil, err
	}
	return Adopt(c)
}

// AdoptListener makes a Listener of one of package net, a *net.TCPListener or *net.UnixListener of streams, and takes it
// over: l is closed, also after an error. Nobody may be accepting from l. The file of a Unix socket stays, also when the
// Listener is closed, unless [Listener.SetUnlinkOnClose] says otherwise.
func AdoptListener(l net.Listener) (*Listener, error) {
	switch l := l.(type) {
	case *net.TCPListener:
	case *net.UnixListener:
		l.SetUnlinkOnClose(false)
	case nil:
		return nil, fmt.Errorf("netio: AdoptListener of nil: want a *net.TCPListener or *net.UnixListener: %w", fs.ErrInvalid)
	default:
		l.Close()
		return nil, fmt.Errorf("netio: AdoptListener of a %T: want a *net.TCPListener or *net.UnixListener: %w", l, fs.ErrInvalid)
	}
	return adoptListener(l)
}
