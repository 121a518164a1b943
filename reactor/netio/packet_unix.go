//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// PacketConn is a UDP socket, made by [ListenPacket], [DialPacket] or [AdoptPacket]. One task at a time reads and one
// writes, as with a [Conn]; any thread may close it, or set a deadline or an option, meanwhile. It holds one descriptor, and no
// buffer. In steady state reading and writing allocate nothing, but for the zone of a link-local address.
//
// It must not be copied.
type PacketConn struct {
	endpoint
	info word.Bool // datagrams come with the address they were sent to
	gso  word.Bool // datagrams are joined when they are sent
	gro  word.Bool // and may be when they arrive

	// late is how a call in the middle of a batch has failed, where the system tells of that once: the next read fails so. It
	// belongs to whoever reads.
	late syscall.Errno
}

func newPacketConn(fd int, six bool) *PacketConn {
	p := new(PacketConn)
	p.src.Tag = uint8(udp4Kind)
	if six {
		p.src.Tag = uint8(udp6Kind)
	}
	p.src.Init(fd)
	return p
}

func (p *PacketConn) there() bool { return p != nil && p.src.HasFD() }

func (p *PacketConn) six() bool { return p.kind() == udp6Kind }

func (p *PacketConn) pollReadFrom(cx *waker.Context, b []byte, peek bool, t *turn) future.Poll[Packet] {
	p.checkTurn(reactor.Read, t)
	got := Packet{Data: b}
	var zone uint32
	err := p.attempt(cx, reactor.Read, t, func(fd int) (verdict, error) { return p.recv(fd, &got, &zone, peek) })
	if err == nil {
		got.Addr = withZone(got.Addr, zone)
	}
	return outcome(&p.endpoint, "read", got, err)
}

func (p *PacketConn) tryReadFrom(b []byte, peek bool) (Packet, error) {
	got := Packet{Data: b}
	var zone uint32
	if err := p.try(reactor.Read, func(fd int) (verdict, error) { return p.recv(fd, &got, &zone, peek) }); err != nil {
		return Packet{}, p.tried(reactor.Read, err)
	}
	got.Addr = withZone(got.Addr, zone)
	return got, nil
}

// recv is one system call that takes a datagram, or looks at it. What it finds says nothing about what the next one will.
func (p *PacketConn) recv(fd int, got *Packet, zone *uint32, peek bool) (verdict, error) {
	if err := p.tellLate(); err != nil {
		return over, err
	}
	if p.info.Load() || p.gro.Load() {
		return p.recvWithInfo(fd, got, zone, peek)
	}
	n, from, z, errno := sys.RecvFrom(fd, got.Data, peek)
	if errno != 0 {
		return failedCall("recvfrom", errno)
	}
	got.N, got.Addr, got.Truncated, *zone = min(n, len(got.Data)), from, n > len(got.Data), z
	return over, nil
}

func (p *PacketConn) pollWriteTo(cx *waker.Context, b []byte, to netip.AddrPort, t *turn) future.Poll[int] {
	p.checkTurn(reactor.Write, t)
	if err := p.fits(to); err != nil {
		return p.outcomeTo(0, to, spent(cx, err))
	}
	n := 0
	err := p.attempt(cx, reactor.Write, t, func(fd int) (v verdict, err error) {
		n, v, err = p.send(fd, b, to)
		return v, err
	})
	return p.outcomeTo(n, to, err)
}

func (p *PacketConn) tryWriteTo(b []byte, to netip.AddrPort) (n int, err error) {
	if err = p.fits(to); err == nil {
		err = p.try(reactor.Write, func(fd int) (v verdict, err error) {
			n, v, err = p.send(fd, b, to)
			return v, err
		})
	}
	if err != nil && err != ErrWouldBlock {
		err = p.failTo(to, err)
	}
	return n, err
}

// send is one system call that sends a datagram.
func (p *PacketConn) send(fd int, b []byte, to netip.AddrPort) (int, verdict, error) {
	zone, err := zoneID(to.Addr().Zone())
	if err != nil {
		return 0, over, err
	}
	n, errno := sys.SendTo(fd, b, to, zone, p.six())
	if errno != 0 {
		v, err := failedCall("sendto", errno)
		return 0, v, err
	}
	return n, over, nil
}

func (p *PacketConn) outcomeTo(n int, to netip.AddrPort, err error) future.Poll[int] {
	if err == nil || err == errPending {
		return outcome(&p.endpoint, "write", n, err)
	}
	return future.Failed[int](p.failTo(to, err))
}

// failTo wraps what went wrong on the way to an address, or to the peer if that is not valid.
func (p *PacketConn) failTo(to netip.AddrPort, err error) error {
	if !to.IsValid() {
		return p.fail("write", err)
	}
	return &net.OpError{Op: "write", Net: "udp", Source: p.LocalAddr(), Addr: net.UDPAddrFromAddrPort(to), Err: err}
}

// fits returns an error for an address that the socket's family cannot reach.
func (p *PacketConn) fits(to netip.AddrPort) error {
	if ip := to.Addr(); ip.IsValid() && !p.six() && !ip.Unmap().Is4() {
		return &net.AddrError{Err: "an IPv6 address for a socket of IPv4", Addr: to.String()}
	}
	return nil
}

func (p *PacketConn) pollReadBatch(cx *waker.Context, ps []Packet, t *turn) future.Poll[int] {
	p.checkTurn(reactor.Read, t)
	if len(ps) == 0 {
		return outcome(&p.endpoint, "read", 0, spent(cx, nil))
	}
	n := 0
	err := p.attempt(cx, reactor.Read, t, func(fd int) (verdict, error) {
		if err := p.tellLate(); err != nil {
			return over, err
		}
		b := sys.NewPackets()
		defer b.Free()
		asked := min(len(ps), sys.MostPackets)
		for i := range ps[:asked] {
			b.AddRoom(ps[i].Data)
		}
		info := p.info.Load() || p.gro.Load()
		if info {
			b.AskInfo()
		}
		var errno syscall.Errno
		if n, errno = b.Recv(fd, false); errno != 0 {
			if n == 0 {
				return failedCall("recvmmsg", errno)
			}
			p.late = errno
		}
		for i := range ps[:n] {
			q := &ps[i]
			var zone uint32
			q.N, q.Addr, zone, q.Truncated = b.Got(i)
			q.Addr, q.Local, q.Segment = withZone(q.Addr, zone), netip.Addr{}, 0
			if info {
				q.tell(b, i)
			}
		}
		if n < asked && p.late == 0 {
			return drained, nil
		}
		return over, nil
	})
	return outcome(&p.endpoint, "read", n, err)
}

func (p *PacketConn) pollWriteBatch(cx *waker.Context, ps []Packet, t *turn) future.Poll[int] {
	p.checkTurn(reactor.Write, t)
	if len(ps) == 0 {
		return outcome(&p.endpoint, "write", 0, spent(cx, nil))
	}
	asked := min(len(ps), sys.MostPackets)
	for i := range ps[:asked] {
		err := p.fits(ps[i].Addr)
		if err == nil && ps[i].Local.IsValid() {
			err = p.fits(netip.AddrPortFrom(ps[i].Local, 0))
		}
		if err != nil {
			if asked = i; i == 0 {
				return p.outcomeTo(0, ps[0].Addr, spent(cx, err))
			}
			break
		}
	}
	n := 0
	err := p.attempt(cx, reactor.Write, t, func(fd int) (v verdict, err error) {
		n, v, err = p.sendBatch(fd, ps[:asked], p.gso.Load())
		return v, err
	})
	return p.outcomeTo(n, ps[0].Addr, err)
}

// tellLate returns how a call in the middle of the last batch has failed, once.
func (p *PacketConn) tellLate() error {
	errno := p.late
	p.late = 0
	if errno == 0 {
		return nil
	}
	return os.NewSyscallError("recvmsg", errno)
}

// recvWithInfo is recv of a datagram that comes with more than its sender.
func (p *PacketConn) recvWithInfo(fd int, got *Packet, zone *uint32, peek bool) (verdict, error) {
	b := sys.NewPackets()
	defer b.Free()
	b.AddRoom(got.Data)
	b.AskInfo()
	if _, errno := b.Recv(fd, peek); errno != 0 {
		return failedCall("recvmsg", errno)
	}
	got.N, got.Addr, *zone, got.Truncated = b.Got(0)
	got.N = min(got.N, len(got.Data))
	got.tell(b, 0)
	return over, nil
}

func (p *PacketConn) setPacketInfo(on bool) error {
	err := p.call("set", func(fd int) error { return os.NewSyscallError("setsockopt", sys.SetPacketInfo(fd, p.six(), on)) })
	if err == nil {
		p.info.Store(on)
	}
	return err
}

func withZone(a netip.AddrPort, zone uint32) netip.AddrPort {
	if zone == 0 || a.Addr().Is4() {
		return a
	}
	return netip.AddrPortFrom(a.Addr().WithZone(zoneName(zone)), a.Port())
}

// LocalAddr returns the address of the socket.
func (p *PacketConn) LocalAddr() *net.UDPAddr {
	p.check()
	local, _ := p.lookUpNames()
	return udpAddr(local)
}

// RemoteAddr returns the address of the peer of a connected socket; nil for others.
func (p *PacketConn) RemoteAddr() *net.UDPAddr {
	p.check()
	_, remote := p.lookUpNames()
	return udpAddr(remote)
}

func udpAddr(a net.Addr) *net.UDPAddr {
	u, _ := a.(*net.UDPAddr)
	return u
}

// toUDP makes an address of TCP one of UDP.
func toUDP(a net.Addr) net.Addr {
	if t, ok := a.(*net.TCPAddr); ok {
		return (*net.UDPAddr)(t)
	}
	return a
}
