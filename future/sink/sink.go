package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Sink takes values one after another. It sends each in two steps: PollReady waits for room, and Put takes the value at
// once. What it has taken it may keep for a while, until PollFlush.
//
// The polls never block, and return Pending once they have seen to it that cx.Waker() is woken when another one is worth
// it. A Sink belongs to one task, and one at a time waits for it. Who owns it and gives it up before its end calls
// [future.Drop], which ends what it holds; after its end there is nothing to be dropped.
//
// An error may be that of what was sent before. Whether a sink goes on after one is for it to say.
type Sink[T any] interface {
	// PollReady is ready when there is room for a value, which is kept for Put, or until StopSending (see [Pauser]). It
	// is ready again if it is asked again. A sink that consists of no others takes one operation off the budget of the poll for each
	// value that it has room for ([waker.Context.Spend]).
	PollReady(cx *waker.Context) future.Poll[future.Unit]
	// Put takes a value, for which a PollReady must have been ready since the last one; without that a sink may panic. If it fails
	// the value is still the caller's.
	Put(v T) error
	// PollFlush is ready when all that was taken has gone where it should.
	PollFlush(cx *waker.Context) future.Poll[future.Unit]
	// PollClose flushes, and is ready when whoever is behind the sink has been told that nothing more comes. Nothing is
	// put once it was called, and it may be called again.
	PollClose(cx *waker.Context) future.Poll[future.Unit]
}

// Pauser is a sink that holds something for who waits for it: a waker, a place in a line, room. StopSending gives
// that back. What the sink has taken it keeps, and it can be polled again; before the next Put it must be. A sink that consists of
// others passes it on to them, with the function [StopSending].
//
// It is not the StopWaiting of a stream, as a value may be both, and one task wait for each.
type Pauser interface {
	StopSending()
}

// StopSending gives back what a sink that is not dropped holds for a wait that is given up. It does nothing for one that is no
// [Pauser], which may wake the waker that it was polled with once more.
func StopSending(s any) {
	if p, ok := s.(Pauser); ok {
		p.StopSending()
	}
}

// Send returns an operation that has s take v, and is ready when that is flushed. It is [Feed] and then [Flush].
//
// It borrows s, and fails with its error. Dropped or failed before v was taken, it has sent nothing, and v is still the
// caller's; [SendOp.Fed] tells. It allocates nothing.
func Send[T any](s Sink[T], v T) SendOp[T] {
	op := newOp(s, "Send")
	op.v, op.state, op.then = v, feeding, flushing
	return op
}

// Feed returns an operation that is ready when s has taken v, which goes its way with a later value, or a [Flush]. For the rest it
// is like [Send].
func Feed[T any](s Sink[T], v T) SendOp[T] {
	op := newOp(s, "Feed")
	op.v, op.state = v, feeding
	return op
}

// Flush returns an operation that is ready when all that s has taken has gone where it should. It borrows s. Dropped, it
// leaves the rest to the next one.
func Flush[T any](s Sink[T]) SendOp[T] {
	op := newOp(s, "Flush")
	op.state = flushing
	return op
}

// Close returns an operation that flushes s, and is ready when whoever is behind it has been told that nothing more comes. It
// borrows s, which has nothing to be dropped then. Dropped, it can be made again.
func Close[T any](s Sink[T]) SendOp[T] {
	op := newOp(s, "Close")
	op.state = closing
	return op
}

func newOp[T any](s Sink[T], who string) SendOp[T] {
	mustHave(s != nil, who, "Sink", aSink)
	return SendOp[T]{s: s}
}

// SendOp is what [Send], [Feed], [Flush] and [Close] return.
type SendOp[T any] struct {
	s     Sink[T]
	v     T
	state sending
	then  sending // what comes when the value has been taken
	fed   bool
}

type sending uint8

const (
	over sending = iota // or made by nobody
	asking
	feeding
	flushing
	closing
)

// Fed reports whether the value was taken; also after a Drop. Then it is the sink's.
func (o *SendOp[T]) Fed() bool { return o.fed }

// Poll implements future.Future.
func (o *SendOp[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if o == nil || o.state == over {
		panic("sink: a SendOp polled after Ready (or after Drop), or a nil or zero one: make another with Send, Feed, Flush or Close")
	}
	if o.state == feeding {
		p := o.s.PollReady(cx)
		if p.IsPending() {
			return p
		}
		err := p.Err()
		if err == nil {
			err = o.s.Put(o.v)
			o.fed = err == nil
		}
		if err != nil {
			defer StopSending(o.s) // it may hold room for the value
		}
		if err != nil || o.then == over {
			return o.end(err)
		}
		var none T
		o.v, o.state = none, o.then
	}
	p := finish(cx, o.s, o.state)
	if p.IsPending() {
		return p
	}
	return o.end(p.Err())
}

// finish is what comes after the values.
func finish[T any](cx *waker.Context, s Sink[T], how sending) future.Poll[future.Unit] {
	if how == closing {
		return s.PollClose(cx)
	}
	return s.PollFlush(cx)
}

func (o *SendOp[T]) end(err error) future.Poll[future.Unit] {
	*o = SendOp[T]{fed: o.fed}
	return future.Done(future.Unit{}, err)
}

// Drop implements future.Dropper.
func (o *SendOp[T]) Drop() {
	s := o.s
	*o = SendOp[T]{fed: o.fed}
	StopSending(s)
}

// Await waits for it, see [future.Await].
func (o SendOp[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// Name returns what the operation is called in reports.
func (o *SendOp[T]) Name() string { return origin.Name(o.s) }
