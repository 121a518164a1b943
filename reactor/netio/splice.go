package netio

import (
	"io"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// How one connection's bytes go to another.
//
// A flow is one direction. What is on its way is in a buffer of 16 KB or, on Linux, in a pipe, between which and the sockets
// the system moves pages without copying them. For few bytes the buffer costs less, so a flow begins with it; a read that
// fills it changes to the pipe, and a move of less than a quarter of it changes back. A flow has a buffer or a pipe only while
// there is something in it: what waits for its source holds neither.
//
// A flow reads when nothing is on its way, so a slow reader costs one buffer, or the 64 KB of a pipe, and then slows the sender.
//
// Rejected: a pipe for each flow as long as it lasts (four descriptors more for each proxied connection, most of which are idle),
// and pipes of a megabyte (the system allows a user 64 MB in all, and then makes them of one page).
const (
	flowBuffer = 16 << 10
	fewBytes   = flowBuffer / 4
	mostBytes  = 1 << 20 // asked for by one splice; a pipe holds less
)

var flowBuffers = sync.Pool{New: func() any { return new([flowBuffer]byte) }}

// flow is one direction of a transfer.
type flow struct {
	src, dst *Conn
	n        int64 // bytes that have been written
	buf      *[flowBuffer]byte
	data     []byte // of buf, to be written
	pipe     *flowPipe
	read     turn
	write    turn
	big      bool // the next read is by the pipe
	noPipe   bool // the system cannot, with these
	ended    bool // src has, and all is written
}

// poll goes on until the source has ended; it returns errPending, or what went wrong.
func (f *flow) poll(cx *waker.Context) error {
	if err := f.src.mustStream("Splice"); err != nil {
		return spent(cx, f.src.fail("read", err))
	}
	for !f.ended {
		var err error
		switch {
		case f.pipe != nil && f.pipe.n > 0:
			err = f.fromPipe(cx)
		case len(f.data) > 0:
			err = f.fromBuffer(cx)
		case f.big:
			err = f.toPipe(cx)
		default:
			err = f.toBuffer(cx)
		}
		if err == io.EOF {
			f.ended = true
			err = nil
		}
		if err == errPending {
			return err
		}
		f.release()
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *flow) toBuffer(cx *waker.Context) error {
	if f.buf == nil {
		f.buf = flowBuffers.Get().(*[flowBuffer]byte)
	}
	p := f.src.pollRead(cx, f.buf[:], &f.read)
	if p.IsPending() {
		f.src.keepTurn(reactor.Read, &f.read, false)
		f.giveBuffer()
		return errPending
	}
	n, err := p.Result()
	f.data = f.buf[:n]
	if err != nil {
		f.giveBuffer()
	}
	f.big = n == len(f.buf) && canSplice && !f.noPipe
	return err
}

func (f *flow) fromBuffer(cx *waker.Context) error {
	p := f.dst.pollWrite(cx, f.data, &f.write)
	if p.IsPending() {
		f.dst.keepTurn(reactor.Write, &f.write, false)
		return errPending
	}
	n, err := p.Result()
	f.n += int64(n)
	f.data = f.data[n:]
	if len(f.data) == 0 || err != nil {
		f.giveBuffer()
	}
	return err
}

func (f *flow) giveBuffer() {
	f.data = nil
	if f.buf != nil {
		flowBuffers.Put(f.buf)
		f.buf = nil
	}
}

// release gives the turns back, after a wait.
func (f *flow) release() {
	f.src.turns.release(reactor.Read, &f.read)
	f.dst.turns.release(reactor.Write, &f.write)
}

// drop gives up what is on its way.
func (f *flow) drop() {
	if f.read != 0 {
		f.src.giveUp(reactor.Read, &f.read)
	}
	if f.write != 0 {
		f.dst.giveUp(reactor.Write, &f.write)
	}
	f.giveBuffer()
	f.dropPipe()
}

// SpliceOp moves the bytes of one connection to another, made by [Splice]. See [future.Op].
type SpliceOp struct {
	flow  flow
	state opState
}

// Splice returns an operation that writes to dst all that src, a stream, has until its end, and comes to the number of bytes. On
// Linux large amounts go from socket to socket through a pipe, without being copied; elsewhere, and small ones, through
// a buffer of 16 KB. While it waits for src it holds neither. Neither connection is closed, nor told of the end.
//
// It reads from src and writes to dst, as one task does. In steady state it allocates nothing. A Drop loses what was read and not
// written: at most what the buffer, or the pipe, holds. [SpliceOp.Written] tells how much was written.
func Splice(dst, src *Conn) SpliceOp {
	dst.check()
	src.check()
	return SpliceOp{flow: flow{src: src, dst: dst}, state: opNew}
}

// Written returns how many bytes have been written so far, also after a Drop.
func (o *SpliceOp) Written() int64 {
	mustBe(o != nil, "SpliceOp")
	return o.flow.n
}

// Poll implements future.Future.
func (o *SpliceOp) Poll(cx *waker.Context) future.Poll[int64] {
	mustBe(o != nil, "SpliceOp")
	o.state.check("SpliceOp")
	err := o.flow.poll(cx)
	o.state.note(err != errPending)
	if err == errPending {
		return future.Pending[int64]()
	}
	n := o.flow.n
	o.flow.drop()
	o.flow = flow{n: n}
	return future.Done(n, err)
}

// Drop implements future.Dropper.
func (o *SpliceOp) Drop() {
	mustBe(o != nil, "SpliceOp")
	if o.state != opUnset {
		o.flow.drop()
	}
	*o = SpliceOp{flow: flow{n: o.flow.n}}
}

// Await waits for it, see [future.Await].
func (o SpliceOp) Await(co *future.Co) (int64, error) { return future.AwaitOp(co, o) }

// SpliceBothOp is two connections as one, made by [SpliceBoth]. See [future.Op].
type SpliceBothOp struct {
	toB, toA flow
	state    opState
	aFirst   bool // the other direction had used up the budget of the last poll
}

// SpliceBoth returns an operation that does what aio.CopyBidirectional does, as [Splice] does it: it writes to b what a has, and to a
// what b has. When one of them ends the other one's peer is told so ([Conn.CloseWrite]), and the other direction goes on.
// It is ready when both have ended, or as soon as one fails: then the other is given up. Neither connection is closed.
//
// A Drop loses what was read and not written; [SpliceBothOp.Copied] tells how much was written.
func SpliceBoth(a, b *Conn) SpliceBothOp {
	a.check()
	b.check()
	return SpliceBothOp{toB: flow{src: a, dst: b}, toA: flow{src: b, dst: a}, state: opNew}
}

// Copied returns how many bytes have been written so far, also after a Drop.
func (o *SpliceBothOp) Copied() aio.Copied {
	mustBe(o != nil, "SpliceBothOp")
	return aio.Copied{AToB: o.toB.n, BToA: o.toA.n}
}

// Poll implements future.Future.
func (o *SpliceBothOp) Poll(cx *waker.Context) future.Poll[aio.Copied] {
	mustBe(o != nil, "SpliceBothOp")
	o.state.check("SpliceBothOp")
	first, second := &o.toB, &o.toA
	if o.aFirst {
		first, second = second, first
	}
	err := first.pass(cx)
	if err == errPending && cx.Exhausted() {
		o.aFirst = !o.aFirst
	}
	if err == nil || err == errPending {
		if other := second.pass(cx); err == nil || other != nil {
			err = other
		}
	}
	if o.state.note(err != errPending); err == errPending {
		return future.Pending[aio.Copied]()
	}
	c := o.Copied()
	o.end()
	return future.Done(c, err)
}

// pass is poll, and tells the destination's peer of the end.
func (f *flow) pass(cx *waker.Context) error {
	if f.ended {
		return nil
	}
	if err := f.poll(cx); err != nil {
		return err
	}
	return f.dst.CloseWrite()
}

func (o *SpliceBothOp) end() {
	o.toB.drop()
	o.toA.drop()
	*o = SpliceBothOp{toB: flow{n: o.toB.n}, toA: flow{n: o.toA.n}}
}

// Drop implements future.Dropper.
func (o *SpliceBothOp) Drop() {
	mustBe(o != nil, "SpliceBothOp")
	if o.state != opUnset {
		o.end()
	}
}

// Await waits for it, see [future.Await].
func (o SpliceBothOp) Await(co *future.Co) (aio.Copied, error) { return future.AwaitOp(co, o) }
