//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// RecvFrom takes a datagram off a non-blocking socket, or looks at it only, and returns its length, which is more than p has room for if
// it was cut.
func RecvFrom(fd int, p []byte, peek bool) (n int, from netip.AddrPort, zone uint32, e syscall.Errno) {
	n, _, from, zone, e = recvFrom(fd, p, nil, peek)
	return n, from, zone, e
}

// recvFrom is RecvFrom, with room for control messages, of which it returns how long they are.
func recvFrom(fd int, p, oob []byte, peek bool) (n, oobn int, from netip.AddrPort, zone uint32, e syscall.Errno) {
	how := 0
	if peek {
		how = unix.MSG_PEEK
	}
	for {
		n, oobn, flags, sa, err := unix.Recvmsg(fd, p, oob, how)
		switch e := errno(err); e {
		case 0:
			received(fd, p[:min(n, len(p))]) // beside control messages package unix takes a byte into an empty one
			if flags&unix.MSG_TRUNC != 0 {
				n = len(p) + 1
			}
			switch sa := sa.(type) {
			case *unix.SockaddrInet4:
				from = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
			case *unix.SockaddrInet6:
				from, zone = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port)), sa.ZoneId
			}
			return n, oobn, from, zone, 0
		case unix.EINTR:
			continue
		default:
			return 0, 0, from, 0, e
		}
	}
}

// SendTo sends a datagram from a non-blocking socket, of IPv6 if six, to an address, or to its peer if that is not valid.
func SendTo(fd int, p []byte, to netip.AddrPort, zone uint32, six bool) (int, syscall.Errno) {
	if !to.IsValid() {
		return Send(fd, p)
	}
	var sa unix.Sockaddr = &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16(), ZoneId: zone}
	if !six {
		sa = &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().Unmap().As4()}
	}
	release()
	for {
		err := unix.Sendto(fd, p, 0, sa)
		if err == nil {
			sent(p)
			return len(p), 0
		}
		if e := errno(err); e != unix.EINTR {
			return 0, e
		}
	}
}

// Packets is several datagrams. Here each takes a call of its own.
type Packets struct {
	list []packet
	asks bool // for the address that one was sent to
}

type packet struct {
	p         []byte
	name      netip.AddrPort
	zone      uint32
	six       bool
	n         int
	truncated bool
	local     netip.Addr
}

// MostPackets is how many datagrams are moved at once.
const MostPackets = 64

// NewPackets returns one without datagrams.
func NewPackets() *Packets { return new(Packets) }

// Free gives it back.
func (b *Packets) Free() {}

// AddRoom adds room for a datagram.
func (b *Packets) AddRoom(p []byte) { b.list = append(b.list, packet{p: p}) }

// Add adds a datagram to be sent, see [SendTo].
func (b *Packets) Add(p []byte, to netip.AddrPort, zone uint32, six bool) {
	b.list = append(b.list, packet{p: p, name: to, zone: zone, six: six})
}

// Recv takes up to as many datagrams as there is room for off a non-blocking socket, up to the first call that fails. The error is
// returned beside the number of those before it: here the call that failed has taken it off the socket. To peek there must be room for
// one, which stays.
func (b *Packets) Recv(fd int, peek bool) (int, syscall.Errno) {
	var oob []byte
	if b.asks {
		oob = make([]byte, infoSpace)
	}
	for i := range b.list {
		q := &b.list[i]
		n, oobn, from, zone, e := recvFrom(fd, q.p, oob, peek)
		if e != 0 {
			if e == unix.EAGAIN && i > 0 {
				e = 0
			}
			return i, e
		}
		if b.asks {
			q.local = localOf(oob[:oobn])
		}
		q.n, q.name, q.zone, q.truncated = min(n, len(q.p)), from, zone, n > len(q.p)
	}
	return len(b.list), 0
}

// Send sends what was added, up to the first that fails; the error is that of the very first.
func (b *Packets) Send(fd int) (int, syscall.Errno) {
	for i, q := range b.list {
		if _, e := SendTo(fd, q.p, q.name, q.zone, q.six); e != 0 {
			return i, first0(i, e)
		}
	}
	return len(b.list), 0
}

// first0 is e if nothing was moved before it.
func first0(moved int, e syscall.Errno) syscall.Errno {
	if moved > 0 {
		return 0
	}
	return e
}

// Got returns the length of a datagram that was received, whose it was, and whether there was no room for all of it.
func (b *Packets) Got(i int) (n int, from netip.AddrPort, zone uint32, truncated bool) {
	q := &b.list[i]
	return q.n, q.name, q.zone, q.truncated
}
