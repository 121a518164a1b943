package netio

import (
	"errors"
	"fmt"
)

// Several sockets on one address: each worker has one of its own, and the system deals to them, so that none of them wakes a worker
// for what another one takes.

// ListenEach listens with n sockets on one TCP address, among which the system spreads the connections: one for
// each worker, say, that accepts from its own. Port 0 is one for all. Where the system cannot do that (ReusePort of [ListenConfig]) it is one
// socket, from which all may accept. They are the caller's to close: each for itself.
//
// With SteerByCPU a connection goes to the socket whose number is that of the core, modulo n, that its packets arrive on.
func (lc ListenConfig) ListenEach(network, address string, n int) ([]*Listener, error) {
	if ofUnix(network) {
		return nil, fmt.Errorf("netio: ListenEach on a Unix socket: want tcp, tcp4 or tcp6")
	}
	return each(lc, n, func(lc ListenConfig, l *Listener) (*Listener, error) {
		if l != nil {
			address = l.Addr().String()
		}
		return lc.Listen(network, address)
	}, (*Listener).Control, (*Listener).Close)
}

// ListenPackets is [ListenConfig.ListenEach] for UDP. A sender's datagrams all go to one socket, as long as the sockets stay.
func (lc ListenConfig) ListenPackets(network, address string, n int) ([]*PacketConn, error) {
	return each(lc, n, func(lc ListenConfig, p *PacketConn) (*PacketConn, error) {
		if p != nil {
			address = p.LocalAddr().String()
		}
		return lc.ListenPacket(network, address)
	}, (*PacketConn).Control, (*PacketConn).Close)
}

func each[T any](lc ListenConfig, n int, open func(ListenConfig, *T) (*T, error), control func(*T, func(fd uintptr)) error, end func(*T) error) (all []*T, err error) {
	if n < 1 {
		return nil, fmt.Errorf("netio: %d sockets: want 1 or more", n)
	}
	if !canShare {
		n = 1
	}
	lc.ReusePort = canShare && (n > 1 || lc.ReusePort)
	done := false
	defer func() {
		if !done { // also when Control, which is a user's, panics
			for _, s := range all {
				_ = end(s)
			}
			all = nil
		}
	}()
	var first *T
	for range n {
		s, err := open(lc, first)
		if err != nil {
			return all, err
		}
		if first == nil {
			first = s
		}
		all = append(all, s)
	}
	if lc.SteerByCPU && n > 1 {
		var failed error
		if err := control(first, func(fd uintptr) { failed = steer(int(fd), n) }); err != nil {
			return all, err
		}
		if failed != nil && !errors.Is(failed, errors.ErrUnsupported) {
			return all, fmt.Errorf("netio: steering by core: %w", failed)
		}
	}
	done = true
	return all, nil
}
