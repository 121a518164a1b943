package netio

import (
	"net/netip"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// PeekFromOp is one look at the next datagram, made by [PacketConn.PeekFrom]. See [future.Op].
type PeekFromOp struct {
	c     *PacketConn
	b     []byte
	state opState
	turn  turn
}

// PeekFrom returns an operation that comes to the next datagram, as [PacketConn.ReadFrom], but leaves it to be read once more. With
// an empty b it tells who has sent it, and that is all that is copied; Packet.Truncated then says that it is not empty. It is one
// of those that read: one task at a time does.
func (p *PacketConn) PeekFrom(b []byte) PeekFromOp {
	p.check()
	return PeekFromOp{c: p, b: b, state: opNew}
}

// Poll implements future.Future.
func (o *PeekFromOp) Poll(cx *waker.Context) future.Poll[Packet] {
	mustBePacket(o != nil, "PeekFromOp")
	o.state.check("PeekFromOp")
	r := o.c.pollReadFrom(cx, o.b, true, &o.turn)
	o.c.keepTurn(reactor.Read, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up the wait.
func (o *PeekFromOp) Drop() {
	mustBePacket(o != nil, "PeekFromOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = PeekFromOp{}
}

// Await waits for it, see [future.Await].
func (o PeekFromOp) Await(co *future.Co) (Packet, error) { return future.AwaitOp(co, o) }

// Readable returns an operation that is ready when a read is worth trying, as [Conn.Readable]: a socket that waits with it needs
// no room for datagrams.
func (p *PacketConn) Readable() ReadyOp {
	p.check()
	return ReadyOp{e: &p.endpoint, dir: reactor.Read, state: opNew}
}

// Writable returns an operation that is ready when a write is worth trying, as [Conn.Writable].
func (p *PacketConn) Writable() ReadyOp {
	p.check()
	return ReadyOp{e: &p.endpoint, dir: reactor.Write, state: opNew}
}

// TryReadFrom takes a datagram that has arrived into b, as [PacketConn.PollReadFrom], and does not wait: it returns [ErrWouldBlock]
// when there is none. It belongs after [PacketConn.Readable], which on the portable build begins to read. It does not allocate, but
// for the zone of a link-local address. It panics while an operation of this socket waits to read.
func (p *PacketConn) TryReadFrom(b []byte) (Packet, error) {
	p.check()
	return p.tryReadFrom(b, false)
}

// TryPeekFrom is TryReadFrom of what is then read once more, see [PacketConn.PeekFrom].
func (p *PacketConn) TryPeekFrom(b []byte) (Packet, error) {
	p.check()
	return p.tryReadFrom(b, true)
}

// TryWriteTo sends a datagram, as [PacketConn.PollWriteTo], and returns its length, or ErrWouldBlock if there is no room for it at the
// moment. It is to writing what [PacketConn.TryReadFrom] is to reading.
func (p *PacketConn) TryWriteTo(b []byte, to netip.AddrPort) (int, error) {
	p.check()
	return p.tryWriteTo(b, to)
}
