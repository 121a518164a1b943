package stream_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
)

// gates are futures to be opened, and a stream of them.
func gates(n int) (gs []*gate, s future.Stream[future.Future[int]]) {
	var fs []future.Future[int]
	for range n {
		g := new(gate)
		gs, fs = append(gs, g), append(fs, g)
	}
	return gs, stream.Of(fs...)
}

func TestThenWaitsForEach(t *testing.T) {
	k := newTask(t)
	gs, _ := gates(2)
	n := 0
	src := new(source[int]).send(0, 1)
	s := stream.Then(src, func(i int) future.Future[int] {
		n++
		return gs[i]
	})
	pends(k, s)
	if n != 1 {
		t.Errorf("%d futures were made", n)
	}
	gs[0].open(nil)
	comes(k, s, 7)
	pends(k, s)
	gs[1].open(errTest)
	fails(k, s, errTest)
	src.end()
	ends(k, s)
	if n != 2 {
		t.Errorf("%d futures were made", n)
	}
}

// The end is told only when the last future has ended.
func TestThenEndsAfterItsFuture(t *testing.T) {
	k := newTask(t)
	g := new(gate)
	s := stream.Then(stream.Of(1), func(int) future.Future[int] { return g })
	pends(k, s)
	pends(k, s)
	g.open(nil)
	comes(k, s, 7)
	ends(k, s)
	g = new(gate)
	s = stream.Then(stream.Of(1), func(int) future.Future[int] { return g })
	pends(k, s)
	future.Drop(s)
	if g.dropped != 1 {
		t.Errorf("the future was dropped %d times", g.dropped)
	}
}

func TestBufferedKeepsTheOrder(t *testing.T) {
	k := newTask(t)
	gs, fs := gates(4)
	s := stream.Buffered(fs, 2)
	pends(k, s)
	if gs[0].polls != 1 || gs[1].polls != 1 || gs[2].polls != 0 {
		t.Errorf("polled %d, %d and %d times: two are to be under way", gs[0].polls, gs[1].polls, gs[2].polls)
	}
	gs[1].open(nil)
	pends(k, s)
	if gs[2].polls != 0 {
		t.Error("a third was begun while two wait for their turn")
	}
	gs[0].open(errTest)
	fails(k, s, errTest)
	comes(k, s, 7)
	pends(k, s)
	gs[3].open(nil)
	pends(k, s)
	gs[2].open(nil)
	comes(k, s, 7)
	comes(k, s, 7)
	ends(k, s)
}

func TestBufferUnorderedHasThemAsTheyEnd(t *testing.T) {
	k := newTask(t)
	gs, fs := gates(4)
	s := stream.BufferUnordered(fs, 2)
	pends(k, s)
	gs[1].open(nil)
	if !k.woken() {
		t.Error("not woken")
	}
	comes(k, s, 7)
	pends(k, s)
	if gs[2].polls == 0 || gs[3].polls != 0 {
		t.Error("two are to be under way")
	}
	gs[2].open(errTest)
	fails(k, s, errTest)
	gs[0].open(nil)
	comes(k, s, 7)
	pends(k, s)
	future.Drop(s)
	if gs[3].dropped != 1 || gs[0].dropped != 0 {
		t.Errorf("dropped %d and %d times", gs[3].dropped, gs[0].dropped)
	}
}

// An item that failed keeps its place in Buffered, and is told at once by BufferUnordered.
func TestBufferedHandsErrorsOn(t *testing.T) {
	k := newTask(t)
	g := new(gate)
	src := new(source[future.Future[int]]).send(g).fail(errTest).end()
	s := stream.Buffered(src, 4)
	pends(k, s)
	g.open(nil)
	comes(k, s, 7)
	fails(k, s, errTest)
	ends(k, s)
	src = new(source[future.Future[int]]).send(new(gate)).fail(errTest).end()
	s = stream.BufferUnordered(src, 4)
	fails(k, s, errTest)
	pends(k, s)
	future.Drop(s)
}

func TestFlattenHasOneAfterAnother(t *testing.T) {
	k := newTask(t)
	a, b := new(source[int]), new(source[int])
	s := stream.Flatten(stream.Of[future.Stream[int]](a, b))
	pends(k, s)
	b.send(2)
	pends(k, s)
	if b.polls != 0 {
		t.Error("the second is polled before the first has ended")
	}
	a.send(1).end()
	comes(k, s, 1)
	comes(k, s, 2)
	pends(k, s)
	future.Drop(s)
	if a.dropped != 0 || b.dropped != 1 {
		t.Errorf("dropped %d and %d times", a.dropped, b.dropped)
	}
}

func TestFlattenUnorderedHasThemAsTheyCome(t *testing.T) {
	k := newTask(t)
	srcs := make([]*source[int], 3)
	outer := new(source[future.Stream[int]])
	for i := range srcs {
		srcs[i] = new(source[int])
		outer.send(srcs[i])
	}
	outer.end()
	s := stream.FlattenUnordered(outer, 2)
	pends(k, s)
	srcs[2].send(3)
	pends(k, s)
	if srcs[2].polls != 0 {
		t.Error("a third is polled while two are under way")
	}
	srcs[1].send(2)
	comes(k, s, 2)
	srcs[0].end() // there is room for the third
	comes(k, s, 3)
	srcs[1].send(4)
	comes(k, s, 4)
	pends(k, s)
	srcs[1].end()
	srcs[2].end()
	ends(k, s)
}

// With every limit all items come, once.
func TestFlattenUnorderedLosesNothing(t *testing.T) {
	for n := 1; n < 12; n++ {
		s := stream.FlattenUnordered(stream.Map(upTo(10), func(v int) future.Stream[int] {
			return stream.Of(10*v, 10*v+1, 10*v+2)
		}), n)
		got := drain(t, s)
		slices.Sort(got)
		if len(got) != 30 || len(slices.Compact(got)) != 30 {
			t.Errorf("with a limit of %d: %v", n, got)
		}
	}
}

func TestFlattenUnorderedHandsErrorsOn(t *testing.T) {
	k := newTask(t)
	outer := new(source[future.Stream[int]]).send(new(source[int]).fail(errTest).send(1).end()).fail(errTest).end()
	s := stream.FlattenUnordered(outer, 4)
	fails(k, s, errTest) // of the outer one
	fails(k, s, errTest)
	comes(k, s, 1)
	ends(k, s)
}
