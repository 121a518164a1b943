package stream_test

import (
	"math"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

// What a stage costs an item, and a chain of five.
func BenchmarkStages(b *testing.B) {
	one := func(v int) int { return v + 1 }
	yes := func(int) bool { return true }
	for _, c := range []struct {
		name string
		make func(s future.Stream[int]) future.Stream[int]
	}{
		{"source", func(s future.Stream[int]) future.Stream[int] { return s }},
		{"Map", func(s future.Stream[int]) future.Stream[int] { return stream.Map(s, one) }},
		{"five", func(s future.Stream[int]) future.Stream[int] {
			return stream.Take(stream.Map(stream.Filter(stream.Skip(stream.Map(s, one), 1), yes), one), math.MaxInt)
		}},
		{"Merge", func(s future.Stream[int]) future.Stream[int] { return stream.Merge(s, stream.Repeat(1)) }},
		{"Set", stages["Set"]},
		{"Buffered", func(s future.Stream[int]) future.Stream[int] {
			f := always{}
			return stream.Buffered(stream.Map(s, func(int) future.Future[int] { return f }), 4)
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			cx := waker.FromWaker(waker.Noop())
			s := c.make(stream.Repeat(1))
			defer future.Drop(s)
			b.ReportAllocs()
			for b.Loop() {
				s.PollNext(&cx)
			}
		})
	}
}

type always struct{}

func (always) Poll(*waker.Context) future.Poll[int] { return future.Ready(1) }

func BenchmarkMakeChainOfFive(b *testing.B) {
	one := func(v int) int { return v + 1 }
	yes := func(int) bool { return true }
	src := stream.Repeat(1)
	b.ReportAllocs()
	for b.Loop() {
		stream.Take(stream.Map(stream.Filter(stream.Skip(stream.Map(src, one), 1), yes), one), 1<<30)
	}
}
