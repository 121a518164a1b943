package netio

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// ErrWouldBlock is what [Conn.TryRead], [PacketConn.TryWriteTo] and the other tries return when there is nothing to read,
// or no room to write, at the moment. It is returned bare.
var ErrWouldBlock = errors.New("netio: would block: there is nothing to read, or no room to write, at the moment")

// ReadyOp is a wait until a connection may be read from, or written to, made by [Conn.Readable]
// and [Conn.Writable]. See [future.Op]. It has no buffer, so a task that waits with it needs none.
type ReadyOp struct {
	e     *endpoint
	turn  turn
	dir   reactor.Direction
	state opState
}

// Readable returns an operation that is ready when a read is worth trying: there are bytes, the
// peer has closed its side, or something is wrong that the read will tell. It may be ready without
// cause: then TryRead says [ErrWouldBlock], and it is waited once more.
//
//	for {
//		if _, err := c.Readable().Await(co); err != nil {
//			return err
//		}
//		buf := sched.Scratch(co.Context()) // until the next await
//		n, err := c.TryRead(buf)
//		...
//	}
//
// It fails with net.ErrClosed, and with os.ErrDeadlineExceeded after the read deadline. While it
// waits it has reading to itself, as a [ReadOp].
func (c *Conn) Readable() ReadyOp {
	c.check()
	return ReadyOp{e: &c.endpoint, dir: reactor.Read, state: opNew}
}

// Writable returns an operation that is ready when a write is worth trying. It is to writing what
// [Conn.Readable] is to reading.
func (c *Conn) Writable() ReadyOp {
	c.check()
	return ReadyOp{e: &c.endpoint, dir: reactor.Write, state: opNew}
}

// Poll implements future.Future.
func (o *ReadyOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	mustBe(o != nil, "ReadyOp")
	o.state.check("ReadyOp")
	r := o.e.pollReady(cx, o.dir, &o.turn)
	o.e.keepTurn(o.dir, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up the wait.
func (o *ReadyOp) Drop() {
	mustBe(o != nil, "ReadyOp")
	if o.turn != 0 {
		o.e.giveUp(o.dir, &o.turn)
	}
	*o = ReadyOp{}
}

// Await waits for it, see [future.Await].
func (o ReadyOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// Readable is [Conn.Readable].
func (r *Reader) Readable() ReadyOp { return r.Conn().Readable() }

// TryRead is [Conn.TryRead].
func (r *Reader) TryRead(p []byte) (int, error) { return r.Conn().TryRead(p) }

// Writable is [Conn.Writable].
func (w *Writer) Writable() ReadyOp { return w.Conn().Writable() }

// TryWrite is [Conn.TryWrite].
func (w *Writer) TryWrite(p []byte) (int, error) { return w.Conn().TryWrite(p) }

// opName is what errors call a direction.
func opName(d reactor.Direction) string {
	if d == reactor.Read {
		return "read"
	}
	return "write"
}
