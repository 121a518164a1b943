package netio

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// errPending is what a step of an operation returns when it waits, or the budget is used up.
var errPending = errors.New("netio: pending")

// spent is what an operation comes to that fails without having tried anything: it is a
// completion too, and spends.
func spent(cx *waker.Context, err error) error {
	if !cx.Spend() {
		return errPending
	}
	return err
}

// opState is where an operation stands.
type opState uint8

const (
	opUnset   opState = iota // zero, or over
	opNew                    // not yet pending
	opWaiting                // it has been pending
)

func (s *opState) check(what string) {
	if *s == opUnset {
		panic("netio: " + what + " polled after Ready (or after Drop), or a zero one: make one for each operation")
	}
}

// note keeps the outcome of a poll.
func (s *opState) note(ready bool) {
	*s = opWaiting
	if ready {
		*s = opUnset
	}
}

// checkTurn panics if an operation other than that of t waits. On a closed connection nobody does.
func (e *endpoint) checkTurn(d reactor.Direction, t *turn) {
	if !e.isClosed() {
		e.turns.check(d, t)
	}
}

// checkTurn panics for a connection that is none, too.
func (c *Conn) checkTurn(d reactor.Direction, t *turn) {
	c.check()
	c.endpoint.checkTurn(d, t)
}

// keepTurn claims the turn for an operation that waits, and releases that of one that is over. On a closed connection
// nobody waits.
func (e *endpoint) keepTurn(d reactor.Direction, t *turn, ready bool) {
	if ready {
		e.turns.release(d, t)
	} else if !e.isClosed() {
		e.turns.claim(d, t)
	}
}

// giveUp takes back what an operation has left with the connection that waits: it has a turn then. One whose poll has
// panicked, in a call or a waker of a user's, may have that as well, whatever its state says.
func (e *endpoint) giveUp(d reactor.Direction, t *turn) {
	e.forget(d)
	e.turns.release(d, t)
}

// ReadOp is one read, made by [Conn.Read]. See [future.Op].
//
// The buffer is only written to during a poll: a dropped read leaves it alone. While it
// waits it has reading to itself: a future that holds one and is dropped has to Drop it.
type ReadOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// Read returns an operation that comes to the number of bytes read into p: at least 1, unless p is
// empty; io.EOF at the end. See [Conn.PollRead].
func (c *Conn) Read(p []byte) ReadOp {
	c.check()
	return ReadOp{c: c, p: p, state: opNew}
}

// Poll implements future.Future.
func (o *ReadOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "ReadOp")
	o.state.check("ReadOp")
	r := o.c.pollRead(cx, o.p, &o.turn)
	o.c.keepTurn(reactor.Read, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up a read that waits. Nothing is lost; what
// arrives is for the next read.
func (o *ReadOp) Drop() {
	mustBe(o != nil, "ReadOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = ReadOp{}
}

// Await waits for it, see [future.Await].
func (o ReadOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// WriteOp is one write, made by [Conn.Write]. See [future.Op]. While it waits its buffer must
// not be changed.
type WriteOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// Write returns an operation that comes to the number of bytes written: at least 1, unless p is empty,
// and possibly fewer than len(p). See [Conn.PollWrite], and [Conn.WriteAll].
func (c *Conn) Write(p []byte) WriteOp {
	c.check()
	return WriteOp{c: c, p: p, state: opNew}
}

// Poll implements future.Future.
func (o *WriteOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "WriteOp")
	o.state.check("WriteOp")
	r := o.c.pollWrite(cx, o.p, &o.turn)
	o.c.keepTurn(reactor.Write, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up a write that waits, of which nothing has
// been written.
func (o *WriteOp) Drop() {
	mustBe(o != nil, "WriteOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteOp{}
}

// Await waits for it, see [future.Await].
func (o WriteOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// WriteAllOp writes a buffer to its end, made by [Conn.WriteAll]. See [future.Op]. While it waits
// its buffer must not be changed.
type WriteAllOp struct {
	c     *Conn
	p     []byte
	n     int
	state opState
	turn  turn
}

// WriteAll returns an operation that is ready when all of p is written, with len(p); or
// with an error and the number of bytes written before it.
func (c *Conn) WriteAll(p []byte) WriteAllOp {
	c.check()
	return WriteAllOp{c: c, p: p, state: opNew}
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
			o.c.keepTurn(reactor.Write, &o.turn, false)
			o.state.note(false)
			return r
		}
		n, err := r.Result()
		o.n += n
		if err != nil || o.n == len(o.p) {
			o.c.keepTurn(reactor.Write, &o.turn, true)
			o.state.note(true)
			return future.Done(o.n, err)
		}
	}
}

// Drop implements future.Dropper: it gives up what is not yet written. [WriteAllOp.Written]
// still tells how much was.
func (o *WriteAllOp) Drop() {
	mustBe(o != nil, "WriteAllOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteAllOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o WriteAllOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// AcceptOp is the arrival of one connection, made by [Listener.Accept]. See [future.Op].
type AcceptOp struct {
	l     *Listener
	state opState
	place acceptor
}

// Accept returns an operation that comes to the next connection. Any number of tasks may wait for one:
// they are served in the order in which they began to wait. See [Listener.PollAccept].
func (l *Listener) Accept() AcceptOp {
	l.check()
	return AcceptOp{l: l, state: opNew}
}

// Poll implements future.Future.
func (o *AcceptOp) Poll(cx *waker.Context) future.Poll[*Conn] {
	mustBe(o != nil, "AcceptOp")
	o.state.check("AcceptOp")
	r := o.l.poll(cx, &o.place)
	o.state.note(r.IsReady())
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

// Await waits for it, see [future.Await].
func (o AcceptOp) Await(co *future.Co) (*Conn, error) { return future.AwaitOp(co, o) }

// DialOp is a connection being made, by [Dial].
type DialOp struct{ f future.Future[*Conn] }

// Poll implements future.Future.
func (o DialOp) Poll(cx *waker.Context) future.Poll[*Conn] {
	mustBe(o.f != nil, "DialOp")
	return o.f.Poll(cx)
}

// Drop implements future.Dropper.
func (o DialOp) Drop() { future.Drop(o.f) }

// Await waits for it, see [future.Await].
func (o DialOp) Await(co *future.Co) (*Conn, error) {
	mustBe(o.f != nil, "DialOp")
	return future.Await(co, o.f)
}
