package sink_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
)

func TestSend(t *testing.T) {
	k, to := newTask(t), open()
	for v := range 3 {
		succeeds(k, send[int](to, v))
		if to.flushes != v+1 {
			t.Errorf("flushed %d times after %d values", to.flushes, v+1)
		}
	}
	succeeds(k, feed[int](to, 3))
	to.holds(t, 0, 1, 2, 3)
	if to.flushes != 3 {
		t.Error("a Feed has flushed")
	}
}

// A send that is given up before its value was taken has sent nothing, and gives room back; afterwards the rest is the next flush's.
func TestSendGivenUp(t *testing.T) {
	k, to := newTask(t), new(target)
	to.unflushed = true
	op := sink.Send[int](to, 1)
	pends(k, &op)
	op.Drop()
	op.Drop()
	to.lets(func() { to.room = 1 })
	if op.Fed() || to.stopped == 0 || k.woken() {
		t.Errorf("fed %v, stopped %d times", op.Fed(), to.stopped)
	}
	to.holds(t)
	op = sink.Send[int](to, 2)
	pends(k, &op)
	op.Drop()
	if !op.Fed() {
		t.Error("it has not told that its value was taken")
	}
	to.holds(t, 2)
	to.lets(func() { to.unflushed = false })
	succeeds(k, flush[int](to))
	mustPanic(t, func() { op.Poll(&k.cx) }, "SendOp polled after Ready (or after Drop)")
}

// A value that was not taken is not discarded: it is still the caller's. Room that one of several sinks had for it is given back.
func TestSendThatFailed(t *testing.T) {
	k, v := newTask(t), new(resource)
	refuses := sink.Func(func(*resource) error { return errTest })
	op := sink.Send(refuses, v)
	fails(k, &op, errTest)
	if op.Fed() || v.drops != 0 {
		t.Errorf("fed %v, dropped %d times", op.Fed(), v.drops)
	}
	a, b := open(), open()
	b.ready = errTest
	fails(k, send(sink.Fanout[int](a, b), 1), errTest)
	if a.has {
		t.Error("room for a value that never comes is kept")
	}
}

func TestSendAll(t *testing.T) {
	k := newTask(t)
	var got []int
	s := sink.Append(&got)
	for i := range 3 {
		succeeds(k, box(sink.SendAll(s, stream.Of(2*i, 2*i+1))))
		if len(got) != 2*i+2 {
			t.Fatalf("got %v", got)
		}
	}
	if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("got %v", got)
	}
}

// While the stream has nothing, what came before is flushed; and the end waits for the last flush.
func TestSendAllFlushes(t *testing.T) {
	k, to := newTask(t), open()
	next := make(chan int, 1)
	next <- 1
	op := sink.SendAll[int](to, stream.FromChan(next))
	pends(k, &op)
	to.holds(t, 1)
	if to.flushes != 1 {
		t.Errorf("flushed %d times", to.flushes)
	}
	pends(k, &op)
	if to.flushes != 1 {
		t.Error("flushed again, with nothing new")
	}
	op.Drop()
	op = sink.SendAll[int](to, stream.Of(2))
	to.unflushed = true
	pends(k, &op)
	to.lets(func() { to.unflushed = false })
	succeeds(k, &op)
	to.holds(t, 1, 2)
	if to.closes+to.dropped != 0 {
		t.Error("the sink is borrowed, and was ended")
	}
}

// tracked is a stream that counts its drops.
type tracked[T any] struct {
	future.Stream[T]
	drops int
}

func (s *tracked[T]) Drop() {
	s.drops++
	future.Drop(s.Stream)
}

func TestForward(t *testing.T) {
	k, to := newTask(t), open()
	to.unended = true
	op := sink.Forward[int](stream.Of(1, 2), to)
	pends(k, &op)
	to.holds(t, 1, 2)
	to.lets(func() { to.unended = false })
	succeeds(k, &op)
	mustPanic(t, func() { op.Poll(&k.cx) }, "ForwardOp polled after Ready (or after Drop)")
}

// It ends with the first error, wherever that is, and so do both that it owns.
func TestForwardFails(t *testing.T) {
	k := newTask(t)
	failing := stream.Chain(stream.Of(1), stream.Once(future.Fail[int](errTest)), stream.Of(2))
	for name, c := range map[string]struct {
		from future.Stream[int]
		to   *target
		open bool // the stream had more
	}{
		"stream":    {failing, open(), true},
		"PollReady": {stream.Of(1, 2), &target{ready: errTest}, true},
		"Put":       {stream.Of(1, 2), &target{room: 1, put: errTest}, true},
		"PollFlush": {stream.Chain(stream.Of(1), stream.Never[int]()), &target{room: 1, flush: errTest}, true},
		"PollClose": {stream.Of(1), &target{room: 1, end: errTest}, false},
	} {
		from := &tracked[int]{Stream: c.from}
		fails(k, box(sink.Forward[int](from, c.to)), errTest)
		if (from.drops == 1) != c.open || c.to.dropped != 1 {
			t.Errorf("%s: the stream was dropped %d times, the sink %d times", name, from.drops, c.to.dropped)
		}
	}
}

// What is given up ends what it owns, and discards the one value that is under way.
func TestForwardGivenUp(t *testing.T) {
	k := newTask(t)
	for _, owns := range []bool{true, false} {
		a, b := new(resource), new(resource)
		from := &tracked[*resource]{Stream: stream.Of(a, b)}
		to := new(target)
		s := sink.Map[*resource, int](to, func(*resource) (int, error) { return 0, nil })
		op := sink.SendAll(s, from)
		if owns {
			op = sink.Forward(from, s)
		}
		pends(k, &op)
		op.Drop()
		op.Drop()
		if a.drops != 1 || b.drops != 1 || from.drops != 1 || (to.dropped == 1) != owns || to.stopped == 0 {
			t.Errorf("owns %v: the values were dropped %d and %d times, the stream %d times, the sink %d times, which was stopped %d times",
				owns, a.drops, b.drops, from.drops, to.dropped, to.stopped)
		}
	}
}

// both is a stream and a sink in one.
type both struct {
	future.Stream[int]
	*target
	ended int
}

func (b *both) Drop() { b.ended++ }

// One value that is a stream and a sink sends to itself, without being taken apart before.
func TestSendAllFromTheSameValue(t *testing.T) {
	k, b := newTask(t), &both{Stream: stream.Of(10, 20, 30), target: open()}
	succeeds(k, box(sink.SendAll[int](b, b)))
	b.holds(t, 10, 20, 30)
	if b.ended != 0 {
		t.Errorf("dropped %d times", b.ended)
	}
}

// A trace goes through what is under way to what it waits for.
func TestTrace(t *testing.T) {
	k, never := newTask(t), future.Box(future.Never[int]())
	waits := sink.With[int](open(), func(int) future.Future[int] { return never })
	steps := sink.Unfold(0, func(int, int) future.Future[int] { return never })
	many := sink.WithFlatMap[int](open(), func(int) future.Stream[int] { return stream.Never[int]() })
	all := sink.Fanout(waits, sink.Buffer(steps, 1), sink.Map(many, func(v int) (int, error) { return v, nil }))
	op := sink.Forward(stream.Of(1), all)
	pends(k, &op)
	var got []string
	for _, f := range future.Trace(&op) {
		got = append(got, f.String())
	}
	name := future.Trace(never)[0].Func
	want := []string{
		"sink.Forward", "  sink.Fanout", "    " + name, "    " + name,
		"    sink.WithFlatMap", "      " + future.Trace(stream.Never[int]())[0].Func, "      " + future.Trace(open())[0].Func,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	op.Drop()
	if sent := sink.Send[int](open(), 1); sent.Name() == "" {
		t.Error("an operation has no name")
	}
}
