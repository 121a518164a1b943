package netio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// opState is where an operation stands.
type opState uint8

const (
	opUnset   opState = iota // never Reset, or over
	opNew                    // Reset, not yet pending
	opWaiting                // its waker is with the connection
)

// begin checks that an operation may be set up anew.
func (s *opState) begin(what string, target bool) {
	if *s == opWaiting {
		panic("netio: " + what + " Reset while it waits; Drop it first")
	}
	if !target {
		panic("netio: " + what + " Reset with nil; pass an open Conn or Listener")
	}
	*s = opNew
}

func (s *opState) check(what string) {
	if *s == opUnset {
		panic("netio: " + what + " polled after Ready, or before Reset; Reset it for each operation")
	}
}

// settle notes the outcome of a poll.
func (s *opState) settle(ready bool) {
	*s = opWaiting
	if ready {
		*s = opUnset
	}
}

// settle claims or releases the turn, as the outcome of a poll is. On a closed connection
// nobody waits.
func (c *Conn) settle(d reactor.Direction, t *turn, ready bool) {
	if ready {
		c.turns.release(d, t)
	} else if !c.isClosed() {
		c.turns.claim(d, t)
	}
}

// giveUp takes back what an operation that waited has left with the connection.
func (c *Conn) giveUp(d reactor.Direction, t *turn) {
	c.forget(d)
	c.turns.release(d, t)
}

// ReadOp is one read as a future, made by [Conn.Read]. As a field of a state machine it
// is used again and again with Reset, and then costs no allocation. While it waits it
// must not be copied.
//
// The buffer is only written to during a poll: a dropped read leaves it alone. While it
// waits it has reading to itself: a future that holds one and is dropped has to Drop it.
type ReadOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// Read returns a future of the number of bytes read into p: at least 1, unless p is
// empty; io.EOF at the end. See [Conn.PollRead].
func (c *Conn) Read(p []byte) *ReadOp { return new(ReadOp).Reset(c, p) }

// Reset makes o a read from c into p, and returns o.
func (o *ReadOp) Reset(c *Conn, p []byte) *ReadOp {
	mustBe(o != nil, "ReadOp")
	o.state.begin("ReadOp", c != nil)
	o.c, o.p = c, p
	return o
}

// Poll implements future.Future.
func (o *ReadOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "ReadOp")
	o.state.check("ReadOp")
	r := o.c.pollRead(cx, o.p, &o.turn)
	o.c.settle(reactor.Read, &o.turn, r.IsReady())
	o.state.settle(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up a read that waits. Nothing is lost; what
// arrives is for the next read.
func (o *ReadOp) Drop() {
	mustBe(o != nil, "ReadOp")
	if o.state == opWaiting {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = ReadOp{}
}

// WriteOp is one write as a future, made by [Conn.Write]. As a field of a state machine
// it is used again and again with Reset, and then costs no allocation. While it waits it
// must not be copied, nor its buffer be changed.
type WriteOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// Write returns a future of the number of bytes written: at least 1, unless p is empty,
// and possibly fewer than len(p). See [Conn.PollWrite], and [Conn.WriteAll].
func (c *Conn) Write(p []byte) *WriteOp { return new(WriteOp).Reset(c, p) }

// Reset makes o a write of p to c, and returns o.
func (o *WriteOp) Reset(c *Conn, p []byte) *WriteOp {
	mustBe(o != nil, "WriteOp")
	o.state.begin("WriteOp", c != nil)
	o.c, o.p = c, p
	return o
}

// Poll implements future.Future.
func (o *WriteOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "WriteOp")
	o.state.check("WriteOp")
	r := o.c.pollWrite(cx, o.p, &o.turn)
	o.c.settle(reactor.Write, &o.turn, r.IsReady())
	o.state.settle(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up a write that waits, of which nothing has
// been written.
func (o *WriteOp) Drop() {
	mustBe(o != nil, "WriteOp")
	if o.state == opWaiting {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteOp{}
}

// WriteAllOp writes a buffer to its end, as a future made by [Conn.WriteAll]. As a field
// of a state machine it is used again and again with Reset, and then costs no
// allocation. While it waits it must not be copied, nor its buffer be changed.
type WriteAllOp struct {
	c     *Conn
	p     []byte
	n     int
	state opState
	turn  turn
}

// WriteAll returns a future that is ready when all of p is written, with len(p); or
// with an error and the number of bytes written before it.
func (c *Conn) WriteAll(p []byte) *WriteAllOp { return new(WriteAllOp).Reset(c, p) }

// Reset makes o a write of all of p to c, and returns o.
func (o *WriteAllOp) Reset(c *Conn, p []byte) *WriteAllOp {
	mustBe(o != nil, "WriteAllOp")
	o.state.begin("WriteAllOp", c != nil)
	o.c, o.p, o.n = c, p, 0
	return o
}

// Written returns how many bytes have been written so far.
func (o *WriteAllOp) Written() int {
	mustBe(o != nil, "WriteAllOp")
	return o.n
}

// Poll implements future.Future.
func (o *WriteAllOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "WriteAllOp")
	o.state.check("WriteAllOp")
	for {
		r := o.c.pollWrite(cx, o.p[o.n:], &o.turn)
		if r.IsPending() {
			o.c.settle(reactor.Write, &o.turn, false)
			o.state.settle(false)
			return r
		}
		n, err := r.Result()
		o.n += n
		if err != nil || o.n == len(o.p) {
			o.c.settle(reactor.Write, &o.turn, true)
			o.state.settle(true)
			return future.Done(o.n, err)
		}
	}
}

// Drop implements future.Dropper: it gives up what is not yet written. [WriteAllOp.Written]
// still tells how much was.
func (o *WriteAllOp) Drop() {
	mustBe(o != nil, "WriteAllOp")
	if o.state == opWaiting {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteAllOp{n: o.n}
}

// AcceptOp is the arrival of one connection as a future, made by [Listener.Accept]. It
// may be used again with Reset. While it waits it must not be copied.
type AcceptOp struct {
	l     *Listener
	state opState
	place acceptor
}

// Accept returns a future of the next connection. Any number of tasks may wait for one:
// they are served in the order in which they began to wait. See [Listener.PollAccept].
func (l *Listener) Accept() *AcceptOp { return new(AcceptOp).Reset(l) }

// Reset makes o wait for a connection of l, and returns o.
func (o *AcceptOp) Reset(l *Listener) *AcceptOp {
	mustBe(o != nil, "AcceptOp")
	o.state.begin("AcceptOp", l != nil)
	o.l = l
	return o
}

// Poll implements future.Future.
func (o *AcceptOp) Poll(cx *waker.Context) future.Poll[*Conn] {
	mustBe(o != nil, "AcceptOp")
	o.state.check("AcceptOp")
	r := o.l.poll(cx, &o.place)
	o.state.settle(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up waiting. A connection that arrives is for
// the next one who accepts.
func (o *AcceptOp) Drop() {
	mustBe(o != nil, "AcceptOp")
	if o.state == opWaiting {
		o.l.queue.leave(&o.place)
	}
	o.l, o.state = nil, opUnset
}
