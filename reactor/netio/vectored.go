package netio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// WriteBuffersOp writes several buffers to their end, made by [Conn.WriteBuffers]. See [future.Op]. While it waits they
// must not be changed.
type WriteBuffersOp struct {
	c     *Conn
	bufs  [][]byte
	n     int
	state opState
	turn  turn
}

// WriteBuffers returns an operation that writes the bytes of all of bufs in their order, and comes to their number;
// or fails with the number of those written before. It hands them to the system together, as a header and a body that need not be
// copied into one buffer. It takes bufs over, and what is written off it, as net.Buffers does; the bytes are
// only read.
//
// On a socket of "unixpacket" or "unixgram" they are one message, of at most 64 buffers that are not empty, and elsewhere than on Linux
// of one: with more it fails with syscall.EMSGSIZE, as reading into more does.
func (c *Conn) WriteBuffers(bufs [][]byte) WriteBuffersOp {
	c.check()
	return WriteBuffersOp{c: c, bufs: bufs, state: opNew}
}

// Written returns how many bytes have been written so far, also after a Drop.
func (o *WriteBuffersOp) Written() int {
	mustBe(o != nil, "WriteBuffersOp")
	return o.n
}

// Poll implements future.Future.
func (o *WriteBuffersOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "WriteBuffersOp")
	o.state.check("WriteBuffersOp")
	for {
		r := o.c.pollWriteVectored(cx, o.bufs, &o.turn)
		if r.IsPending() {
			o.c.keepTurn(reactor.Write, &o.turn, false)
			o.state.note(false)
			return r
		}
		n, err := r.Result()
		o.n += n
		o.bufs = cutFront(o.bufs, n)
		if err != nil || len(o.bufs) == 0 {
			o.c.keepTurn(reactor.Write, &o.turn, true)
			o.state.note(true)
			o.bufs = nil
			return future.Done(o.n, err)
		}
	}
}

// Drop implements future.Dropper: it gives up what is not yet written. [WriteBuffersOp.Written] still tells how much
// was.
func (o *WriteBuffersOp) Drop() {
	mustBe(o != nil, "WriteBuffersOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteBuffersOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o WriteBuffersOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// cutFront takes n bytes off, and buffers that are empty.
func cutFront(bufs [][]byte, n int) [][]byte {
	for len(bufs) > 0 && n >= len(bufs[0]) {
		n -= len(bufs[0])
		bufs[0] = nil
		bufs = bufs[1:]
	}
	if n > 0 {
		bufs[0] = bufs[0][n:]
	}
	return bufs
}

// empty reports whether there is no byte, and no room for one.
func empty(bufs [][]byte) bool {
	for _, b := range bufs {
		if len(b) > 0 {
			return false
		}
	}
	return true
}

// PollWriteVectored is [Conn.PollWrite] for the bytes of all of bufs in their order. It keeps neither bufs nor the
// bytes, and hands at most 64 buffers to the system at a time. So a Conn is an aio.VectoredWriter.
func (c *Conn) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	return c.pollWriteVectored(cx, bufs, nil)
}

// PollReadVectored is [Conn.PollRead] into several buffers, one after the other: at most 64 of them.
func (c *Conn) PollReadVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	return c.pollReadVectored(cx, bufs, nil)
}

// ReadBuffersOp is one read into several buffers, made by [Conn.ReadBuffers]. See [future.Op]. It touches them during a poll
// only.
type ReadBuffersOp struct {
	c     *Conn
	bufs  [][]byte
	state opState
	turn  turn
}

// ReadBuffers returns an operation that comes to the number of bytes read into bufs, one after the other: at least 1,
// unless there is no room; io.EOF at the end. bufs is left as it is.
func (c *Conn) ReadBuffers(bufs [][]byte) ReadBuffersOp {
	c.check()
	return ReadBuffersOp{c: c, bufs: bufs, state: opNew}
}

// Poll implements future.Future.
func (o *ReadBuffersOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "ReadBuffersOp")
	o.state.check("ReadBuffersOp")
	r := o.c.pollReadVectored(cx, o.bufs, &o.turn)
	o.c.keepTurn(reactor.Read, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up a read that waits, and loses nothing.
func (o *ReadBuffersOp) Drop() {
	mustBe(o != nil, "ReadBuffersOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = ReadBuffersOp{}
}

// Await waits for it, see [future.Await].
func (o ReadBuffersOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// PollWriteVectored is [Conn.PollWriteVectored].
func (w *Writer) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	return w.Conn().PollWriteVectored(cx, bufs)
}

// WriteBuffers is [Conn.WriteBuffers].
func (w *Writer) WriteBuffers(bufs [][]byte) WriteBuffersOp { return w.Conn().WriteBuffers(bufs) }
