package codec

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

// Feed returns an operation that gathers a frame: it is written with a later one, or by a flush. It waits while as much as the
// high-water mark is gathered. It fails with the Encoder's or the Writer's error. If it is dropped, the
// frame is not sent.
func (f *FramedWrite[T]) Feed(v T) SendOp[T] {
	f.check()
	return SendOp[T]{f: f, v: v, state: feeding}
}

// Send returns an operation that gathers a frame and flushes. It is [FramedWrite.Feed] and then [FramedWrite.Flush].
func (f *FramedWrite[T]) Send(v T) SendOp[T] {
	f.check()
	return SendOp[T]{f: f, v: v, state: feeding, flush: true}
}

// Flush returns an operation that is ready when all that was gathered is written, and the Writer flushed. Dropped, it leaves what
// is not written to the next one.
func (f *FramedWrite[T]) Flush() SendOp[T] {
	f.check()
	return SendOp[T]{f: f, state: flushing}
}

// CloseWrite returns an operation that flushes, and then tells the Writer's peer that nothing more comes, if it is an
// aio.CloseWriter.
func (f *FramedWrite[T]) CloseWrite() SendOp[T] {
	f.check()
	return SendOp[T]{f: f, state: flushing, close: true}
}

// SendOp is what the operations of [FramedWrite] return.
type SendOp[T any] struct {
	f            *FramedWrite[T]
	v            T
	state        sending
	flush, close bool
	fed          bool
}

type sending uint8

const (
	sent sending = iota // or made by nobody
	feeding
	flushing
)

// Fed reports whether the frame was gathered; also after a Drop. Then it is sent with the next flush.
func (o *SendOp[T]) Fed() bool { return o.fed }

// Poll implements future.Future.
func (o *SendOp[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if o == nil || o.state == sent {
		panic("codec: a SendOp polled after Ready (or after Drop), or a nil or zero one: make another with FramedWrite.Send, Feed, Flush or CloseWrite")
	}
	if o.state == feeding {
		a := o.f.PollReady(cx)
		if a.IsPending() {
			return a
		}
		err := a.Err()
		if err == nil {
			err = o.f.Put(o.v)
			o.fed = err == nil
		}
		if err != nil || !o.flush {
			return o.end(err)
		}
		o.state = flushing
	}
	poll := o.f.PollFlush
	if o.close {
		poll = o.f.PollClose
	}
	a := poll(cx)
	if a.IsPending() {
		return a
	}
	return o.end(a.Err())
}

func (o *SendOp[T]) end(err error) future.Poll[future.Unit] {
	*o = SendOp[T]{fed: o.fed}
	return future.Done(future.Unit{}, err)
}

// Drop implements future.Dropper.
func (o *SendOp[T]) Drop() {
	if o.state != sent {
		o.f.StopSending()
	}
	*o = SendOp[T]{fed: o.fed}
}

// Await waits for it, see [future.Await].
func (o SendOp[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// Framed is frames in both directions of a stream. One task may read while another one sends: each has its half.
type Framed[In, Out any] struct {
	*FramedRead[In]
	*FramedWrite[Out]
}

// NewFramed returns the frames of c, in both directions of rw.
func NewFramed[In, Out any](rw aio.ReadWriter, c Codec[In, Out]) *Framed[In, Out] {
	notNil(rw != nil, "NewFramed", "ReadWriter")
	notNil(c != nil, "NewFramed", "Codec")
	return &Framed[In, Out]{NewFramedRead[In](rw, c), NewFramedWrite[Out](rw, c)}
}
