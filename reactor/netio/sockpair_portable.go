//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"errors"
	"net"
)

// SocketPair fails on this build with errors.ErrUnsupported.
func SocketPair(network string) (*Conn, *Conn, error) {
	return nil, nil, &net.OpError{Op: "socketpair", Net: network, Err: errors.ErrUnsupported}
}
