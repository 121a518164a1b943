package netio

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// ListenConfig is how to listen. The zero value is what [Listen] uses.
type ListenConfig struct {
	// ReusePort lets several listeners share one TCP address, among which the system
	// spreads the connections. All of them must set it. On Windows, and under the
	// build tag portable, it is an error.
	ReusePort bool
	// Backlog is how many connections may wait to be accepted; 0 stands for as many
	// as the system allows (on Linux /proc/sys/net/core/somaxconn, elsewhere 4096).
	Backlog int
	// DeferAccept is how long a TCP connection that has sent nothing yet is kept from those who accept, in whole
	// seconds; 0: not at all. It is Linux's; elsewhere it is an error.
	DeferAccept time.Duration
	// FastOpen is how many TCP connections may be under way whose first packet brings data already; 0: none. It is
	// Linux's, where the system must allow it; elsewhere it is an error.
	FastOpen int
	// SteerByCPU has [ListenConfig.ListenEach] and [ListenConfig.ListenPackets] deal what arrives by the core that it arrives on.
	// Elsewhere than on Linux it does nothing.
	SteerByCPU bool
	// Control, unless nil, is called with the descriptor before it is bound, for options that must be set then.
	Control func(network, address string, fd uintptr) error
}

// Listen listens on an address of this machine. The network is tcp, tcp4, tcp6, unix or unixpacket.
//
// A TCP address is host:port. Without a host it is every address of the machine, IPv4
// and IPv6 alike for tcp, and so it is with 0.0.0.0 or [::], as in package net: for one
// family use tcp4 or tcp6. Port 0 is any that is free, see [Listener.Addr]. A Unix
// address is a path, whose file [Listener.Close] removes; on Linux one that begins with
// @ is abstract and has no file.
//
// Listen blocks only to look up a host name. Its errors are *net.OpError, and say what to
// do about a port that is taken.
func Listen(network, address string) (*Listener, error) {
	return ListenConfig{}.Listen(network, address)
}

// Listen is [Listen] with options.
func (lc ListenConfig) Listen(network, address string) (*Listener, error) {
	if err := checkNetwork(network); err != nil {
		return nil, err
	}
	if lc.DeferAccept < 0 || lc.FastOpen < 0 {
		return nil, fmt.Errorf("netio: DeferAccept of %v, FastOpen of %d: want 0, for not at all, or more", lc.DeferAccept, lc.FastOpen)
	}
	if lc.Backlog < 0 {
		return nil, fmt.Errorf("netio: a backlog of %d: want 0, for what the system allows, or more", lc.Backlog)
	}
	if ofUnix(network) {
		if err := checkUnixPath(address); err != nil {
			return nil, err
		}
		l, err := lc.listenUnix(kindOfUnix(network), address)
		if err != nil {
			return nil, &net.OpError{Op: "listen", Net: network, Addr: &net.UnixAddr{Name: address, Net: network},
				Err: advise(err, "remove the file if no server uses it any more, or choose another path")}
		}
		return l, nil
	}
	if _, err := splitAddress(network, address); err != nil {
		return nil, err
	}
	addr, err := net.ResolveTCPAddr(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	l, err := lc.listenTCP(network, addr)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: addr,
			Err: advise(err, "stop the server that listens there, choose another port, or take port 0 for any that is free")}
	}
	return l, nil
}

func kindOfUnix(network string) kind {
	if network == "unixpacket" {
		return unixpacketKind
	}
	return unixKind
}

// advise adds to an error of bind or listen what can be done about it.
func advise(err error, taken string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: %s", err, taken)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w: no interface of this machine has that address", err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w: this user may not listen there; ports below 1024 take a privilege on most systems", err)
	}
	return err
}
