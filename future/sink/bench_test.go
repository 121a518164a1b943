package sink_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/waker"
)

// BenchmarkSend sends a value through each stage, to a sink that does nothing with it. The operation is a field, as in
// a state machine.
func BenchmarkSend(b *testing.B) {
	cx := waker.FromWaker(waker.Noop())
	each := func(name string, s sink.Sink[int], op func(sink.Sink[int], int) sink.SendOp[int]) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var o sink.SendOp[int]
			for b.Loop() {
				o = op(s, 1)
				if o.Poll(&cx).IsPending() {
					b.Fatal("it waits")
				}
			}
		})
	}
	each("none", sink.Discard[int](), sink.Send[int])
	for name, stage := range stages {
		each(name, stage(sink.Discard[int]()), sink.Send[int])
	}
	tx, rx := coord.MPSC[int](1)
	each("MPSC and back", sink.Map(tx.Sink(), func(v int) (int, error) { return v, nil }), func(s sink.Sink[int], v int) sink.SendOp[int] {
		_, _ = rx.TryRecv()
		return sink.Send(s, v)
	})
}

// BenchmarkForward is a value of a stream of a hundred that goes through a buffer.
func BenchmarkForward(b *testing.B) {
	b.ReportAllocs()
	cx := waker.FromWaker(waker.Noop())
	s := sink.Buffer(sink.Discard[int](), 8)
	const values = 100
	left := 0
	from := future.Stream[int](counted{&left})
	var o sink.ForwardOp[int]
	for n := 0; n < b.N; n += values {
		left = values
		o = sink.SendAll(s, from)
		if o.Poll(&cx).IsPending() {
			b.Fatal("it waits")
		}
	}
}

// counted is a stream of as many values as are left.
type counted struct{ left *int }

func (c counted) PollNext(*waker.Context) future.Poll[int] {
	if *c.left == 0 {
		return future.Failed[int](future.ErrEnd)
	}
	*c.left--
	return future.Ready(*c.left)
}
