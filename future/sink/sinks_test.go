package sink_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
)

func TestAppend(t *testing.T) {
	k := newTask(t)
	var got []int
	s := sink.Append(&got)
	succeeds(k, send(s, 2))
	succeeds(k, feed(s, 3))
	if fmt.Sprint(got) != "[2 3]" {
		t.Errorf("got %v", got)
	}
	got = got[1:] // as a queue that is read from its front
	succeeds(k, feed(s, 4))
	if fmt.Sprint(got) != "[3 4]" {
		t.Errorf("got %v", got)
	}
	succeeds(k, end(s))
}

func TestDiscard(t *testing.T) {
	k, v := newTask(t), new(resource)
	if succeeds(k, send(sink.Discard[*resource](), v)); v.drops != 1 {
		t.Errorf("dropped %d times", v.drops)
	}
}

func TestMap(t *testing.T) {
	k, to := newTask(t), open()
	s := sink.Map[string, int](to, func(v string) (int, error) {
		if v == "" {
			return 0, errTest
		}
		return len(v), nil
	})
	succeeds(k, feed(s, "abc"))
	fails(k, send(s, ""), errTest)
	succeeds(k, send(s, "de"))
	to.holds(t, 3, 2)
}

// Each error is passed through the function, and nothing else is. One that it takes for none takes its value along.
func TestMapErr(t *testing.T) {
	k := newTask(t)
	other := errors.New("another error")
	with := func(to *target) sink.Sink[int] {
		return sink.MapErr[int](to, func(err error) error {
			if err != errTest {
				t.Errorf("called with %v", err)
			}
			return other
		})
	}
	ok := with(open())
	succeeds(k, send(ok, 1))
	succeeds(k, end(ok))
	fails(k, send(with(&target{ready: errTest}), 1), other)
	fails(k, send(with(&target{room: 1, put: errTest}), 1), other)
	fails(k, send(with(&target{room: 1, flush: errTest}), 1), other)
	fails(k, end(with(&target{end: errTest})), other)

	v := new(resource)
	quiet := sink.MapErr(sink.Func(func(*resource) error { return errTest }), func(error) error { return nil })
	if succeeds(k, send(quiet, v)); v.drops != 1 {
		t.Errorf("a value that nobody has was dropped %d times", v.drops)
	}
}

// A flush waits for the future of the value before.
func TestWithFlush(t *testing.T) {
	k, to := newTask(t), open()
	done, wait := coord.Oneshot[future.Unit]()
	block := future.Map(future.Box(wait.Recv()), func(future.Unit) int { return 1 })
	s := sink.With[int, int](to, func(v int) future.Future[int] {
		if f := block; f != nil {
			block = nil
			return f
		}
		return one(v + 1)
	})
	succeeds(k, feed(s, 0))
	f := flush(s)
	pends(k, f)
	k.woken()
	if err := done.Send(future.Unit{}); err != nil || !k.woken() {
		t.Error("the end of the future woke nobody")
	}
	succeeds(k, f)
	succeeds(k, send(s, 1))
	to.holds(t, 1, 2)
}

func TestWithAsMap(t *testing.T) {
	k, to := newTask(t), open()
	s := sink.With[int, int](to, func(v int) future.Future[int] { return one(2 * v) })
	for v := range 3 {
		succeeds(k, send(s, v))
	}
	to.holds(t, 0, 2, 4)
}

// It has room for the first value when the channel has, and for the second one when the first was received.
func TestWithWaitsForRoom(t *testing.T) {
	k := newTask(t)
	tx, rx := coord.MPSC[int](1)
	defer rx.Drop()
	s := sink.With[int](tx.Sink(), func(v int) future.Future[int] { return one(v + 10) })
	succeeds(k, feed(s, 0))
	f := feed(s, 1)
	pends(k, f)
	k.woken()
	if v, err := rx.TryRecv(); v != 10 || err != nil || !k.woken() {
		t.Errorf("received %d, %v", v, err)
	}
	succeeds(k, f)
	future.Drop(s)
}

// A future that fails is one error; one that is under way when the sink is dropped is dropped, and a value that waits for room is discarded.
func TestWithFailsAndIsDropped(t *testing.T) {
	k, to := newTask(t), open()
	failing := true
	s := sink.With[int, int](to, func(v int) future.Future[int] {
		if failing {
			return future.Fail[int](errTest)
		}
		return one(v)
	})
	succeeds(k, feed(s, 1))
	failing = false
	fails(k, feed(s, 2), errTest)
	succeeds(k, send(s, 3))
	to.holds(t, 3)

	v := new(resource)
	tx, rx := coord.MPSC[*resource](1)
	defer rx.Drop()
	full := sink.With[*resource](tx.Clone().Sink(), func(v *resource) future.Future[*resource] { return future.Value(v) })
	succeeds(k, feed(full, v))
	sink.StopSending(full) // gives up the room that it had for it
	if err := tx.TrySend(nil); err != nil {
		t.Fatal(err)
	}
	pends(k, flush(full))
	if future.Drop(full); v.drops != 1 {
		t.Errorf("dropped %d times", v.drops)
	}
}

func TestWithFlatMap(t *testing.T) {
	k, to := newTask(t), open()
	s := sink.WithFlatMap[int, int](to, func(n int) future.Stream[int] { return stream.Take(stream.Repeat(n), n) })
	for v := range 4 {
		succeeds(k, send(s, v))
	}
	to.holds(t, 1, 2, 2, 3, 3, 3)
}

// An error of a stream stands between its values; what is left of one when the sink is dropped is dropped.
func TestWithFlatMapFailsAndIsDropped(t *testing.T) {
	k, to := newTask(t), open()
	s := sink.WithFlatMap[int, int](to, func(v int) future.Stream[int] {
		return stream.Chain(stream.Of(v), stream.Once(future.Fail[int](errTest)), stream.Of(v+1))
	})
	fails(k, send(s, 1), errTest)
	succeeds(k, flush(s))
	to.holds(t, 1, 2)

	a, b := new(resource), new(resource)
	none := sink.Map[*resource, int](new(target), func(*resource) (int, error) { return 0, nil })
	full := sink.WithFlatMap(none, func(int) future.Stream[*resource] { return stream.Of(a, b) })
	succeeds(k, feed(full, 1))
	pends(k, flush(full))
	if future.Drop(full); a.drops != 1 || b.drops != 1 {
		t.Errorf("dropped %d and %d times", a.drops, b.drops)
	}
}

// A buffer changes nothing for a sink that always has room.
func TestBufferOverRoom(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		k, to := newTask(t), open()
		s := sink.Buffer[int](to, n)
		succeeds(k, send(s, 0))
		succeeds(k, send(s, 1))
		to.holds(t, 0, 1)
	}
}

// It takes as many values as it has room for, and hands them on, in their order, when there is room below.
func TestBuffer(t *testing.T) {
	k, to := newTask(t), new(target)
	s := sink.Buffer[int](to, 2)
	succeeds(k, feed(s, 0))
	succeeds(k, feed(s, 1))
	f := send(s, 2)
	pends(k, f)
	k.woken()
	to.lets(func() { to.room = 10 })
	if !k.woken() {
		t.Error("room woke nobody")
	}
	succeeds(k, f)
	to.holds(t, 0, 1, 2)
	for v := 3; v < 8; v++ { // around its end
		succeeds(k, feed(s, v))
	}
	succeeds(k, end(s))
	to.holds(t, 0, 1, 2, 3, 4, 5, 6, 7)
}

func TestBufferDropped(t *testing.T) {
	k, vs := newTask(t), []*resource{{}, {}}
	none := sink.Map[*resource, int](new(target), func(*resource) (int, error) { return 0, nil })
	s := sink.Buffer(none, 2)
	for _, v := range vs {
		succeeds(k, feed(s, v))
	}
	future.Drop(s)
	if vs[0].drops != 1 || vs[1].drops != 1 {
		t.Errorf("dropped %d and %d times", vs[0].drops, vs[1].drops)
	}
	refused := new(resource)
	s = sink.Buffer(sink.Func(func(*resource) error { return errTest }), 1)
	fails(k, send(s, refused), errTest)
	if succeeds(k, flush(s)); refused.drops != 1 {
		t.Errorf("a value that was taken, and then refused, was dropped %d times", refused.drops)
	}
}

func TestFanout(t *testing.T) {
	k, a, b := newTask(t), open(), open()
	succeeds(k, box(sink.SendAll(sink.Fanout[int](a, b), stream.Of(1, 2, 3))))
	a.holds(t, 1, 2, 3)
	b.holds(t, 1, 2, 3)
}

// No sink gets a value before all have room for it, and the flush waits for each.
func TestFanoutWaitsForAll(t *testing.T) {
	k, a, b := newTask(t), new(target), new(target)
	a.unflushed, b.unflushed = true, true
	f := send(sink.Fanout[int](a, b), 0)
	pends(k, f)
	for _, change := range []func(){
		func() { a.lets(func() { a.room = 1 }) },
		func() { b.lets(func() { b.room = 1 }) },
		func() { b.lets(func() { b.unflushed = false }) },
	} {
		if len(a.got) != len(b.got) {
			t.Fatalf("%v and %v", a.got, b.got)
		}
		k.woken()
		if change(); !k.woken() {
			t.Fatal("nobody was woken")
		}
		pends(k, f)
	}
	flushed := b.flushes
	a.lets(func() { a.unflushed = false })
	succeeds(k, f)
	if b.flushes != flushed {
		t.Error("one that was flushed was asked again")
	}
	a.holds(t, 0)
	b.holds(t, 0)
}

// One that refuses a value keeps it from nobody, and a drop reaches all.
func TestFanoutFails(t *testing.T) {
	k, a, b, c := newTask(t), open(), &target{room: 9, put: errTest}, open()
	s := sink.Fanout[int](a, b, c)
	fails(k, send(s, 1), errTest)
	a.holds(t, 1)
	c.holds(t, 1)
	if future.Drop(s); a.dropped != 1 || b.dropped != 1 || c.dropped != 1 {
		t.Errorf("dropped %d, %d and %d times", a.dropped, b.dropped, c.dropped)
	}
}

// Two channels get what a stream has, each receiver at its own pace.
func TestFanoutToChannels(t *testing.T) {
	a, fromA := coord.MPSC[int](1)
	b, fromB := coord.MPSC[int](2)
	all, err := future.BlockOn(future.Box(future.Join3(
		future.Of(future.Box(sink.Forward(stream.FromSeq(count), sink.Fanout[int](a.Sink(), b.Sink())))),
		stream.Collect[int](fromA), stream.Collect[int](fromB))))
	if err != nil || fmt.Sprint(all.Second) != "[0 1 2 3 4 5 6 7 8 9]" || fmt.Sprint(all.Third) != fmt.Sprint(all.Second) {
		t.Errorf("%v and %v, %v", all.Second, all.Third, err)
	}
}

func count(yield func(int) bool) {
	for i := 0; i < 10 && yield(i); i++ {
	}
}

func TestUnfold(t *testing.T) {
	k := newTask(t)
	tx, rx := coord.MPSC[int](1)
	defer rx.Drop()
	received := func(want int) {
		t.Helper()
		if v, err := rx.TryRecv(); v != want || err != nil {
			t.Fatalf("received %d, %v; want %d", v, err, want)
		}
	}
	s := sink.Unfold(10, func(sum, v int) future.Future[int] {
		return future.Map(future.Box(tx.Send(sum+v)), func(future.Unit) int { return sum + v })
	})
	succeeds(k, send(s, 1))
	received(11)
	succeeds(k, feed(s, 2))
	succeeds(k, feed(s, 3))
	received(13)
	if _, err := rx.TryRecv(); err != coord.ErrEmpty {
		t.Errorf("a value went its way before the next one, or a flush, asked for it: %v", err)
	}
	f := send(s, 4)
	pends(k, f) // the channel is full
	received(16)
	succeeds(k, f)
	received(20)
}

// A future that fails ends the sink; a state that is left over is discarded.
func TestUnfoldEnds(t *testing.T) {
	k := newTask(t)
	s := sink.Unfold(0, func(int, int) future.Future[int] { return future.Fail[int](errTest) })
	fails(k, send(s, 1), errTest)
	fails(k, feed(s, 1), errTest)
	fails(k, flush(s), errTest)
	if err := s.Put(1); err != errTest {
		t.Error(err)
	}
	keep := func(state *resource, v int) future.Future[*resource] { return future.Value(state) }
	for name, ends := range map[string]func(sink.Sink[int]){
		"closed":  func(s sink.Sink[int]) { succeeds(k, end(s)); succeeds(k, end(s)) },
		"dropped": func(s sink.Sink[int]) { future.Drop(s); future.Drop(s) },
	} {
		state := new(resource)
		s := sink.Unfold(state, keep)
		succeeds(k, send(s, 1))
		ends(s)
		if state.drops != 1 {
			t.Errorf("%s: the state was dropped %d times", name, state.drops)
		}
		fails(k, feed(s, 1), future.ErrClosed)
	}
}
