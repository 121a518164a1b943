package netio

import (
	"net/netip"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Packet is a datagram: one that is to be sent, or room for one that arrives.
type Packet struct {
	// Data is what is sent. What arrives is written into it, from its beginning on.
	Data []byte
	// N is how many bytes of Data arrived.
	N int
	// Addr is who sent it, or is to get it. One that is not valid stands for the peer of a connected socket.
	Addr netip.AddrPort
	// Local is the address of this machine, or the group, that it was sent to, after [PacketConn.SetPacketInfo]. For [PacketConn.WriteBatch] it
	// is the address of this machine that it comes from, where the system does not choose, which is Linux's alone: elsewhere it fails
	// with errors.ErrUnsupported.
	Local netip.Addr
	// Segment, if it is not 0, is the length of each of several datagrams that have arrived in Data, of which the last may be shorter:
	// see [Packet.Datagrams]. It is set only after [PacketConn.SetGRO].
	Segment int
	// Truncated reports that Data had no room for the rest of what arrived, which is lost.
	Truncated bool
}

// Bytes returns what has arrived, in Data.
func (p *Packet) Bytes() []byte { return p.Data[:p.N] }

// PollReadFrom takes a datagram that has arrived into b; what it has no room for is lost, and Packet.Truncated says so. It
// returns Pending, with the waker of cx left to be woken, when there is none yet; net.ErrClosed after Close;
// os.ErrDeadlineExceeded; and, of a connected socket, what became of a datagram sent before, such as
// syscall.ECONNREFUSED, once. b is not kept. It panics while an operation of this socket waits to read.
func (p *PacketConn) PollReadFrom(cx *waker.Context, b []byte) future.Poll[Packet] {
	p.check()
	return p.pollReadFrom(cx, b, false, nil)
}

// PollWriteTo sends a datagram to an address, or, if that is not valid, to the peer of a connected socket, and returns its
// length. It returns Pending when there is no room for it; syscall.EMSGSIZE if it is too long. b is not kept. It panics while an
// operation of this socket waits to write.
func (p *PacketConn) PollWriteTo(cx *waker.Context, b []byte, to netip.AddrPort) future.Poll[int] {
	p.check()
	return p.pollWriteTo(cx, b, to, nil)
}

// PollReadBatch takes datagrams that have arrived into the first of ps, and returns how many: at least 1, unless ps is empty. It is
// PollReadFrom for several; on Linux up to 64 take one system call. It does not allocate.
func (p *PacketConn) PollReadBatch(cx *waker.Context, ps []Packet) future.Poll[int] {
	p.check()
	return p.pollReadBatch(cx, ps, nil)
}

// PollWriteBatch sends the first of ps, and returns how many: at least 1, unless ps is empty. Which is the next one then, and if
// that fails the next call tells why. It is PollWriteTo for several; on Linux up to 64 take one system call.
func (p *PacketConn) PollWriteBatch(cx *waker.Context, ps []Packet) future.Poll[int] {
	p.check()
	return p.pollWriteBatch(cx, ps, nil)
}

// ReadFromOp is the arrival of a datagram, made by [PacketConn.ReadFrom]. See [future.Op].
type ReadFromOp struct {
	c     *PacketConn
	b     []byte
	state opState
	turn  turn
}

// ReadFrom returns an operation that comes to the next datagram, in b. See [PacketConn.PollReadFrom]. A Drop loses nothing.
func (p *PacketConn) ReadFrom(b []byte) ReadFromOp {
	p.check()
	return ReadFromOp{c: p, b: b, state: opNew}
}

// Poll implements future.Future.
func (o *ReadFromOp) Poll(cx *waker.Context) future.Poll[Packet] {
	mustBePacket(o != nil, "ReadFromOp")
	o.state.check("ReadFromOp")
	r := o.c.pollReadFrom(cx, o.b, false, &o.turn)
	o.c.keepTurn(reactor.Read, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper.
func (o *ReadFromOp) Drop() {
	mustBePacket(o != nil, "ReadFromOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = ReadFromOp{}
}

// Await waits for it, see [future.Await].
func (o ReadFromOp) Await(co *future.Co) (Packet, error) { return future.AwaitOp(co, o) }

// WriteToOp is a datagram being sent, made by [PacketConn.WriteTo]. See [future.Op].
type WriteToOp struct {
	c     *PacketConn
	b     []byte
	to    netip.AddrPort
	state opState
	turn  turn
}

// WriteTo returns an operation that sends a datagram. See [PacketConn.PollWriteTo]. Dropped while it waits it has sent nothing.
func (p *PacketConn) WriteTo(b []byte, to netip.AddrPort) WriteToOp {
	p.check()
	return WriteToOp{c: p, b: b, to: to, state: opNew}
}

// Poll implements future.Future.
func (o *WriteToOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBePacket(o != nil, "WriteToOp")
	o.state.check("WriteToOp")
	r := o.c.pollWriteTo(cx, o.b, o.to, &o.turn)
	o.c.keepTurn(reactor.Write, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper.
func (o *WriteToOp) Drop() {
	mustBePacket(o != nil, "WriteToOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteToOp{}
}

// Await waits for it, see [future.Await].
func (o WriteToOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// BatchOp is several datagrams, made by [PacketConn.ReadBatch] and [PacketConn.WriteBatch]. See [future.Op].
type BatchOp struct {
	c     *PacketConn
	ps    []Packet
	n     int
	dir   reactor.Direction
	state opState
	turn  turn
}

// ReadBatch returns an operation that comes to the number of datagrams taken into the first of ps: those there are, and at
// least 1 unless ps is empty. A Drop loses nothing.
func (p *PacketConn) ReadBatch(ps []Packet) BatchOp {
	p.check()
	return BatchOp{c: p, ps: ps, dir: reactor.Read, state: opNew}
}

// WriteBatch returns an operation that sends all of ps, and comes to their number; or fails at one, with the number of those before
// it. After a Drop [BatchOp.Moved] tells how many were sent.
func (p *PacketConn) WriteBatch(ps []Packet) BatchOp {
	p.check()
	return BatchOp{c: p, ps: ps, dir: reactor.Write, state: opNew}
}

// Moved returns how many datagrams have been sent so far, also after a Drop; or received.
func (o *BatchOp) Moved() int {
	mustBePacket(o != nil, "BatchOp")
	return o.n
}

// Poll implements future.Future.
func (o *BatchOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBePacket(o != nil, "BatchOp")
	o.state.check("BatchOp")
	for {
		r := o.move(cx)
		if r.IsPending() {
			o.c.keepTurn(o.dir, &o.turn, false)
			o.state.note(false)
			return r
		}
		n, err := r.Result()
		o.n += n
		if err != nil || o.dir == reactor.Read || o.n == len(o.ps) {
			o.c.keepTurn(o.dir, &o.turn, true)
			o.state.note(true)
			return future.Done(o.n, err)
		}
	}
}

func (o *BatchOp) move(cx *waker.Context) future.Poll[int] {
	if o.dir == reactor.Read {
		return o.c.pollReadBatch(cx, o.ps, &o.turn)
	}
	return o.c.pollWriteBatch(cx, o.ps[o.n:], &o.turn)
}

// Drop implements future.Dropper.
func (o *BatchOp) Drop() {
	mustBePacket(o != nil, "BatchOp")
	if o.turn != 0 {
		o.c.giveUp(o.dir, &o.turn)
	}
	*o = BatchOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o BatchOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

func mustBePacket(there bool, what string) {
	if !there {
		panic("netio: a nil " + what + ": PacketConn makes them")
	}
}

// check panics for a socket that is none.
func (p *PacketConn) check() {
	if !p.there() {
		panic("netio: a nil or zero PacketConn: ListenPacket, DialPacket and AdoptPacket make them")
	}
}

// Close gives the socket up: what waits fails with net.ErrClosed, and the descriptor is closed as soon as no system call is under way
// on it. Any thread may call it; a second call fails with net.ErrClosed. It does not block.
func (p *PacketConn) Close() error {
	p.check()
	return p.close()
}

// Control is [Conn.Control].
func (p *PacketConn) Control(f func(fd uintptr)) error {
	p.check()
	return p.control(f)
}

// SetDeadline is [Conn.SetDeadline].
func (p *PacketConn) SetDeadline(t time.Time) error {
	p.check()
	return p.setDeadline(t, bothDirections)
}

// SetReadDeadline is [Conn.SetReadDeadline].
func (p *PacketConn) SetReadDeadline(t time.Time) error {
	p.check()
	return p.setDeadline(t, bothDirections[:1])
}

// SetWriteDeadline is [Conn.SetWriteDeadline].
func (p *PacketConn) SetWriteDeadline(t time.Time) error {
	p.check()
	return p.setDeadline(t, bothDirections[1:])
}

// ForgetRead is [Conn.ForgetRead].
func (p *PacketConn) ForgetRead() {
	p.check()
	p.forgetPoll(reactor.Read)
}

// ForgetWrite is [Conn.ForgetWrite].
func (p *PacketConn) ForgetWrite() {
	p.check()
	p.forgetPoll(reactor.Write)
}
