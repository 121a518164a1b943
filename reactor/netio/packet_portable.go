//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// PacketConn is a UDP socket, made by [ListenPacket], [DialPacket] or [AdoptPacket], on this build over package net, with a goroutine
// for each wait: see [Conn]. A datagram that is written is on its way when it is in the socket's buffer here; an error of sending
// it is told by a later call. It must not be copied.
type PacketConn struct {
	endpoint
	from netip.AddrPort // of the datagram in dir[Read].data; under its lock
}

// longestPacket is more than any datagram of UDP has.
const longestPacket = 64 << 10

func newPacketConn(c *net.UDPConn) *PacketConn {
	p := new(PacketConn)
	p.conn = c
	p.receive = p.receivePacket
	return p
}

func (p *PacketConn) there() bool { return p != nil && p.conn != nil }

func (p *PacketConn) udp() *net.UDPConn { return p.conn.(*net.UDPConn) }

// receivePacket is what the goroutine that reads does. A byte more than the longest tells an empty datagram from none.
func (p *PacketConn) receivePacket() {
	h := &p.dir[reactor.Read]
	if h.buf == nil {
		h.buf = make([]byte, longestPacket+1)
	}
	n, from, err := p.udp().ReadFromUDPAddrPort(h.buf[1:])
	h.lock.Lock()
	h.err, h.busy = err, false
	if err == nil {
		h.data, p.from = h.buf[:n+1], netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	}
	owner := h.owner
	h.lock.Unlock()
	wake.Cell(&h.waker, owner.WakerPanicked)
}

// poll waits in a direction, and then makes a step.
func (p *PacketConn) poll(cx *waker.Context, d reactor.Direction, t *turn, f func(h *half) error) error {
	p.checkTurn(d, t)
	ready, err := p.wait(cx, d, t)
	if err == nil && !ready || !cx.Spend() {
		return errPending
	}
	if err != nil {
		return p.fail(opName(d), err)
	}
	return p.step(d, f)
}

// try makes a step without waiting.
func (p *PacketConn) try(d reactor.Direction, f func(h *half) error) error {
	if err := p.mayTry(d); err != nil {
		return err
	}
	return p.step(d, f)
}

// step calls f, with the lock held, if there is a datagram to be read, or room to write.
func (p *PacketConn) step(d reactor.Direction, f func(h *half) error) error {
	h := &p.dir[d]
	h.lock.Lock()
	defer h.lock.Unlock()
	switch err := h.err; {
	case err != nil && len(h.data) == 0:
		h.err = nil // one of a datagram is not one of the socket
		return err
	case d == reactor.Read && len(h.data) == 0 || d == reactor.Write && h.busy:
		return ErrWouldBlock
	}
	return f(h)
}

func (p *PacketConn) pollReadFrom(cx *waker.Context, b []byte, peek bool, t *turn) future.Poll[Packet] {
	got := Packet{Data: b}
	switch err := p.poll(cx, reactor.Read, t, p.taking(&got, peek)); err {
	case nil:
		return future.Ready(got)
	case errPending:
		return future.Pending[Packet]()
	default:
		return future.Failed[Packet](err)
	}
}

func (p *PacketConn) tryReadFrom(b []byte, peek bool) (Packet, error) {
	got := Packet{Data: b}
	if err := p.try(reactor.Read, p.taking(&got, peek)); err != nil {
		return Packet{}, err
	}
	return got, nil
}

// taking returns the step that hands out the datagram that the goroutine has read.
func (p *PacketConn) taking(got *Packet, peek bool) func(h *half) error {
	return func(h *half) error {
		data := h.data[1:]
		got.N, got.Addr, got.Truncated = copy(got.Data, data), p.from, len(data) > len(got.Data)
		if !peek {
			h.data = nil
		}
		return nil
	}
}

func (p *PacketConn) pollWriteTo(cx *waker.Context, b []byte, to netip.AddrPort, t *turn) future.Poll[int] {
	switch err := p.poll(cx, reactor.Write, t, p.giving(b, to)); err {
	case nil:
		return future.Ready(len(b))
	case errPending:
		return future.Pending[int]()
	default:
		return future.Failed[int](err)
	}
}

func (p *PacketConn) tryWriteTo(b []byte, to netip.AddrPort) (int, error) {
	if err := p.try(reactor.Write, p.giving(b, to)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// giving returns the step that has a goroutine send a datagram.
func (p *PacketConn) giving(b []byte, to netip.AddrPort) func(h *half) error {
	return func(h *half) error {
		if len(b) > longestPacket || to.IsValid() && p.LocalAddr().IP.To4() != nil && !to.Addr().Unmap().Is4() {
			return p.fail("write", &net.AddrError{Err: "an address, or a length, that the socket cannot send to", Addr: to.String()})
		}
		h.buf = append(h.buf[:0], b...)
		h.busy = true
		go p.send(h.buf, to)
		return nil
	}
}

func (p *PacketConn) send(b []byte, to netip.AddrPort) {
	var err error
	if to.IsValid() {
		_, err = p.udp().WriteToUDPAddrPort(b, to)
	} else {
		_, err = p.udp().Write(b)
	}
	p.sent(err)
}

func (p *PacketConn) pollReadBatch(cx *waker.Context, ps []Packet, t *turn) future.Poll[int] {
	if len(ps) == 0 {
		return p.refused(cx, "read", nil)
	}
	r := p.pollReadFrom(cx, ps[0].Data, false, t)
	if r.IsPending() {
		return future.Pending[int]()
	}
	got, err := r.Result()
	if err != nil {
		return future.Failed[int](err)
	}
	ps[0] = got
	return future.Ready(1)
}

func (p *PacketConn) pollWriteBatch(cx *waker.Context, ps []Packet, t *turn) future.Poll[int] {
	if len(ps) == 0 {
		return p.refused(cx, "write", nil)
	}
	if ps[0].Local.IsValid() {
		return p.refused(cx, "write", fmt.Errorf("Packet.Local: this build does not choose where a datagram comes from: %w", errors.ErrUnsupported))
	}
	r := p.pollWriteTo(cx, ps[0].Data, ps[0].Addr, t)
	if r.IsPending() || r.Err() != nil {
		return r
	}
	return future.Ready(1)
}

func (p *PacketConn) setPacketInfo(bool) error {
	return p.fail("set", fmt.Errorf("SetPacketInfo: this build does not tell which address a datagram was sent to: %w", errors.ErrUnsupported))
}

func (p *PacketConn) setGSO(bool) error { return p.noOffload("SetGSO") }

func (p *PacketConn) setGRO(bool) error { return p.noOffload("SetGRO") }

func (p *PacketConn) noOffload(what string) error {
	return p.fail("set", fmt.Errorf("%s: this build moves each datagram by itself: %w", what, errors.ErrUnsupported))
}

// LocalAddr returns the address of the socket.
func (p *PacketConn) LocalAddr() *net.UDPAddr {
	p.check()
	a, _ := p.conn.LocalAddr().(*net.UDPAddr)
	return a
}

// RemoteAddr returns the address of the peer of a connected socket; nil for others.
func (p *PacketConn) RemoteAddr() *net.UDPAddr {
	p.check()
	a, _ := p.conn.RemoteAddr().(*net.UDPAddr)
	return a
}

func (lc ListenConfig) listenPacket(network string, a *net.UDPAddr) (*PacketConn, error) {
	if lc.ReusePort {
		return nil, errors.New("this build has no ReusePort")
	}
	c, err := lc.std().ListenPacket(context.Background(), network, a.String())
	return wrapPacket(c, err)
}

func (dc DialConfig) dialPacket(network string, a *net.UDPAddr) (*PacketConn, error) {
	d := net.Dialer{Control: onRaw(dc.Control)}
	if dc.LocalAddr != (netip.AddrPort{}) {
		d.LocalAddr = net.UDPAddrFromAddrPort(dc.LocalAddr)
	}
	c, err := d.Dial(network, a.String())
	return wrapPacket(c, err)
}

func wrapPacket(c any, err error) (*PacketConn, error) {
	var op *net.OpError
	if errors.As(err, &op) {
		return nil, op.Err // wrapped anew by the caller
	}
	if err != nil {
		return nil, err
	}
	return newPacketConn(c.(*net.UDPConn)), nil
}

// AdoptPacket makes a PacketConn of a UDP socket of package net, and takes it over.
func AdoptPacket(c *net.UDPConn) (*PacketConn, error) {
	if c == nil {
		return nil, packetError("dup", "udp", nil, os.ErrInvalid)
	}
	return newPacketConn(c), nil
}
