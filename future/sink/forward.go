package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// SendAll returns an operation that sends the values of a stream to s, and is ready when the stream has ended and s is flushed. s is flushed
// whenever the stream has nothing, too. It fails with the first error of either.
//
// It borrows s, and owns the stream, which it drops unless that has ended. One value may be a stream and s
// both. Dropped or failed, it discards the one value that it has taken from the stream and s has not taken. It allocates nothing.
func SendAll[T any](s Sink[T], from future.Stream[T]) ForwardOp[T] {
	mustHave(s != nil, "SendAll", "Sink", aSink)
	mustHave(from != nil, "SendAll", "stream", aStream)
	return ForwardOp[T]{from: from, to: s, state: asking, last: flushing}
}

// Forward is [SendAll] that closes the sink at the end, and owns both: if it fails or is dropped it drops the sink, too. So two
// values are to be given, or a stream and a sink that are not dropped as one.
func Forward[T any](from future.Stream[T], to Sink[T]) ForwardOp[T] {
	mustHave(from != nil, "Forward", "stream", aStream)
	mustHave(to != nil, "Forward", "Sink", aSink)
	return ForwardOp[T]{from: from, to: to, state: asking, last: closing}
}

// ForwardOp is what [SendAll] and [Forward] return.
type ForwardOp[T any] struct {
	from      future.Stream[T] // nil when it has ended
	to        Sink[T]
	v         T // taken from the stream, while feeding
	state     sending
	last      sending // flushing or closing, whatever the state
	unflushed bool    // something was put that may not be flushed
}

// Poll implements future.Future.
func (o *ForwardOp[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if o == nil || o.state == over {
		panic("sink: a ForwardOp polled after Ready (or after Drop), or a nil or zero one: make another with SendAll or Forward")
	}
	for {
		switch o.state {
		case asking:
			p := o.from.PollNext(cx)
			if p.IsPending() {
				return o.idle(cx)
			}
			v, err := p.Result()
			switch {
			case err == future.ErrEnd:
				o.from, o.state = nil, o.last
			case err != nil:
				defer future.Discard(v)
				return o.fail(err)
			default:
				o.v, o.state = v, feeding
			}
		case feeding:
			p := o.to.PollReady(cx)
			if p.IsPending() {
				return p
			}
			err := p.Err()
			if err == nil {
				err = o.to.Put(o.v)
			}
			if err != nil {
				return o.fail(err) // which discards the value
			}
			var none T
			o.v, o.state, o.unflushed = none, asking, true
		default:
			p := finish(cx, o.to, o.state)
			switch {
			case p.IsPending():
				return p
			case p.Err() != nil:
				return o.fail(p.Err())
			}
			*o = ForwardOp[T]{}
			return p
		}
	}
}

// idle is what is done while the stream has nothing: what was put does not wait for the next value.
func (o *ForwardOp[T]) idle(cx *waker.Context) future.Poll[future.Unit] {
	if !o.unflushed {
		return future.Pending[future.Unit]()
	}
	p := o.to.PollFlush(cx)
	if p.IsReady() {
		o.unflushed = false
	}
	if p.Err() != nil {
		return o.fail(p.Err())
	}
	return future.Pending[future.Unit]()
}

func (o *ForwardOp[T]) fail(err error) future.Poll[future.Unit] {
	o.Drop()
	return future.Failed[future.Unit](err)
}

// Drop implements future.Dropper.
func (o *ForwardOp[T]) Drop() {
	old := *o
	*o = ForwardOp[T]{}
	if old.last == closing {
		defer drop(old.to)
	} else {
		defer StopSending(old.to)
	}
	defer future.Drop(old.from)
	if old.state == feeding {
		future.Discard(old.v)
	}
}

// Await waits for it, see [future.Await].
func (o ForwardOp[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// Trace implements future.Traced.
func (o *ForwardOp[T]) Trace(t *future.Tracer) {
	name := "sink.SendAll"
	if o.last == closing {
		name = "sink.Forward"
	}
	t.Among(name, o.from, o.to)
}
