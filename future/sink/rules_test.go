package sink_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/waker"
)

// Each stage hands on what it takes, flushes and closes.
func TestStagesPassValuesAndTheEnd(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			k, to := newTask(t), open()
			s := stage(to)
			succeeds(k, feed(s, 1))
			succeeds(k, feed(s, 2))
			succeeds(k, send(s, 3))
			to.holds(t, 1, 2, 3)
			succeeds(k, end(s))
			succeeds(k, end(s)) // it may be called again
			if to.flushes == 0 || to.closes == 0 {
				t.Errorf("flushed %d times, closed %d times", to.flushes, to.closes)
			}
		})
	}
}

// Who sends waits while there is no room below, is woken when there is, and nothing comes out of its order.
func TestStagesWaitForRoom(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			k, to := newTask(t), new(target)
			s := stage(to)
			var want []int
			v := 0
			for fed := true; fed && v < 4; { // what a stage takes by itself
				v++
				want = append(want, v)
				f := feed(s, v)
				if fed = f.Poll(&k.cx).IsReady(); fed {
					continue
				}
				k.woken()
				to.lets(func() { to.room = 2 })
				if !k.woken() {
					t.Fatal("room woke nobody")
				}
				succeeds(k, f)
			}
			if v == 4 {
				t.Fatal("it takes any number without room")
			}
			to.room = 100
			succeeds(k, flush(s))
			to.holds(t, want...)
		})
	}
}

// A flush and a close wait for what is below.
func TestStagesWaitForTheFlush(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			k, to := newTask(t), open()
			to.unflushed, to.unended = true, true
			s := stage(to)
			f := send(s, 1)
			pends(k, f)
			to.holds(t, 1)
			k.woken()
			to.lets(func() { to.unflushed = false })
			if !k.woken() {
				t.Error("the flush woke nobody")
			}
			succeeds(k, f)
			f = end(s)
			pends(k, f)
			k.woken()
			to.lets(func() { to.unended = false })
			if !k.woken() {
				t.Error("the close woke nobody")
			}
			succeeds(k, f)
		})
	}
}

// An error below reaches who sends, and when it is over the sink goes on.
func TestStagesPassErrors(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			for what, at := range map[string]func(to *target) *error{
				"PollReady": func(to *target) *error { return &to.ready },
				"Put":       func(to *target) *error { return &to.put },
				"PollFlush": func(to *target) *error { return &to.flush },
			} {
				k, to := newTask(t), open()
				s := stage(to)
				*at(to) = errTest
				if p := send(s, 1).Poll(&k.cx); p.Err() != errTest {
					t.Errorf("%s: %v, want the test's error", what, p.Err())
				}
				*at(to) = nil
				to.got = nil
				succeeds(k, send(s, 2))
				if n := len(to.got); n == 0 || to.got[n-1] != 2 {
					t.Errorf("%s: afterwards it has sent %v", what, to.got)
				}
			}
			k, to := newTask(t), open()
			to.end = errTest
			fails(k, end(stage(to)), errTest)
		})
	}
}

func TestStagesDropWhatIsBelowOnce(t *testing.T) {
	for name, stage := range stages {
		if name == "Buffer 0" {
			continue // which is the sink below
		}
		t.Run(name, func(t *testing.T) {
			k, to := newTask(t), open()
			s := stage(to)
			succeeds(k, feed(s, 1))
			future.Drop(s)
			future.Drop(s)
			if to.dropped != 1 {
				t.Errorf("dropped %d times", to.dropped)
			}
			fails(k, send(s, 1), future.ErrClosed) // and nothing below is polled any more
			fails(k, flush(s), future.ErrClosed)
			fails(k, end(s), future.ErrClosed)
		})
	}
}

// Who gives up a wait gives back the room below, and what is sent later goes its way.
func TestStagesStopSending(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			k, to := newTask(t), open()
			s := stage(to)
			if p := s.PollReady(&k.cx); p.IsPending() || p.Err() != nil {
				t.Fatal(p)
			}
			if p := s.PollReady(&k.cx); p.IsPending() || p.Err() != nil { // once more, for the same value
				t.Fatal(p)
			}
			sink.StopSending(s)
			if to.stopped == 0 || to.has {
				t.Errorf("stopped %d times, room that is kept: %v", to.stopped, to.has)
			}
			to.room = 0
			f := feed(s, 7)
			if f.Poll(&k.cx).IsPending() {
				future.Drop(f)
				k.woken()
				to.lets(func() { to.room = 10 })
				if k.woken() {
					t.Error("woken after the wait was given up")
				}
				succeeds(k, send(s, 7))
			}
			to.room = 10
			succeeds(k, flush(s))
			to.holds(t, 7)
		})
	}
}

// A stage over a sink that always has room lets others run when the budget is used up, and loses nothing.
func TestStagesKeepTheBudget(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			woken := false
			budget := waker.NewBudget(0)
			cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &budget)
			to := open()
			s := stage(to)
			var f future.Future[future.Unit]
			want := []int{1, 2, 3, 4, 5, 6, 7, 8}
			left := want
			for polls := 0; len(left) > 0; polls++ {
				if polls > 1000 {
					t.Fatalf("no progress after %v", to.got)
				}
				budget.Refill(2)
				woken = false
				for len(left) > 0 {
					if f == nil {
						f = feed(s, left[0])
					}
					p := f.Poll(&cx)
					if p.IsPending() {
						if !woken {
							t.Fatalf("pending after %v, and nobody was woken", to.got)
						}
						break
					}
					if p.Err() != nil {
						t.Fatal(p.Err())
					}
					f, left = nil, left[1:]
				}
				if fed := len(want) - len(left); fed > 2*(polls+1) {
					t.Fatalf("%d values taken in %d polls with room for two operations", fed, polls+1)
				}
			}
			budget.Refill(100)
			if p := flush(s).Poll(&cx); p.IsPending() || !slices.Equal(to.got, want) {
				t.Errorf("pending %v: %v", p.IsPending(), to.got)
			}
		})
	}
}

// A value takes no allocation, in any stage; nor do the operations.
func TestStagesAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector allocates")
	}
	cx := waker.FromWaker(waker.Noop())
	values := []int{1 << 30}
	many := &repeated{values: values}
	with := func(s sink.Sink[int]) sink.Sink[int] {
		f := future.Future[int](one(1 << 30))
		return sink.With(s, func(int) future.Future[int] { return f })
	}
	flat := func(s sink.Sink[int]) sink.Sink[int] {
		return sink.WithFlatMap(s, func(int) future.Stream[int] { many.told = false; return many })
	}
	unfold := func(s sink.Sink[int]) sink.Sink[int] {
		f := future.Future[int](one(1 << 30))
		return sink.Unfold(0, func(int, int) future.Future[int] { return f })
	}
	all := map[string]func(sink.Sink[int]) sink.Sink[int]{"With": with, "WithFlatMap": flat, "Unfold": unfold}
	for name, stage := range stages {
		if all[name] == nil {
			all[name] = stage
		}
	}
	for name, stage := range all {
		s := stage(sink.Func(func(int) error { return nil }))
		var op sink.SendOp[int] // a field of a state machine, say
		if n := testing.AllocsPerRun(200, func() {
			for _, make := range []func(sink.Sink[int], int) sink.SendOp[int]{sink.Feed[int], sink.Send[int]} {
				op = make(s, 1<<30)
				if p := op.Poll(&cx); p.IsPending() || p.Err() != nil {
					t.Fatal(name, p)
				}
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations for two values", name, n)
		}
	}
	var op sink.ForwardOp[int]
	s := sink.Discard[int]()
	if n := testing.AllocsPerRun(200, func() {
		many.told = false
		op = sink.SendAll(s, future.Stream[int](many))
		if p := op.Poll(&cx); p.IsPending() || p.Err() != nil {
			t.Fatal(p)
		}
	}); n != 0 {
		t.Errorf("SendAll: %v allocations", n)
	}
}

// repeated is a stream of a value that can begin again.
type repeated struct {
	values []int
	told   bool
}

func (r *repeated) PollNext(cx *waker.Context) future.Poll[int] {
	if r.told {
		return future.Failed[int](future.ErrEnd)
	}
	r.told = true
	return future.Ready(r.values[0])
}

func TestMisuse(t *testing.T) {
	var none sink.Sink[int]
	s := sink.Discard[int]()
	k := newTask(t)
	full := sink.Buffer[int](new(target), 1)
	succeeds(k, feed(full, 1))
	for what, fn := range map[string]func(){
		"Send: nil Sink":          func() { sink.Send(none, 1) },
		"Feed: nil Sink":          func() { sink.Feed(none, 1) },
		"Flush: nil Sink":         func() { sink.Flush(none) },
		"Close: nil Sink":         func() { sink.Close(none) },
		"SendAll: nil Sink":       func() { sink.SendAll(none, future.Stream[int](&single{})) },
		"SendAll: nil stream":     func() { sink.SendAll(s, nil) },
		"Forward: nil Sink":       func() { sink.Forward(future.Stream[int](&single{}), none) },
		"Forward: nil stream":     func() { sink.Forward(nil, s) },
		"Map: nil Sink":           func() { sink.Map(none, func(v int) (int, error) { return v, nil }) },
		"Map: nil func":           func() { sink.Map[int](s, nil) },
		"MapErr: nil func":        func() { sink.MapErr(s, nil) },
		"With: nil func":          func() { sink.With[int](s, nil) },
		"With: nil future":        func() { put(sink.With(s, func(int) future.Future[int] { return nil }), 1) },
		"With that has no room":   func() { put(sink.With(s, func(int) future.Future[int] { return one(1) }), 2) },
		"WithFlatMap: nil func":   func() { sink.WithFlatMap[int](s, nil) },
		"WithFlatMap: nil stream": func() { put(sink.WithFlatMap(s, func(int) future.Stream[int] { return nil }), 1) },
		"WithFlatMap that has no": func() { put(sink.WithFlatMap(s, func(int) future.Stream[int] { return &single{} }), 2) },
		"Buffer of -1":            func() { sink.Buffer(s, -1) },
		"Buffer: nil Sink":        func() { sink.Buffer(none, 0) },
		"Buffer that has no room": func() { put(full, 1) },
		"Fanout of no Sinks":      func() { sink.Fanout[int]() },
		"Fanout: nil Sink":        func() { sink.Fanout(s, none) },
		"Fanout that has no room": func() { put(sink.Fanout(s), 1) },
		"Func: nil func":          func() { sink.Func[int](nil) },
		"Append: nil pointer":     func() { sink.Append[int](nil) },
		"Unfold: nil func":        func() { sink.Unfold[int, int](0, nil) },
		"Unfold: nil future":      func() { put(sink.Unfold(0, func(int, int) future.Future[int] { return nil }), 1) },
		"Unfold that has no room": func() { put(sink.Unfold(0, func(int, int) future.Future[int] { return one(1) }), 2) },
		"SendOp polled after":     func() { new(sink.SendOp[int]).Poll(nil) },
		"ForwardOp polled after":  func() { new(sink.ForwardOp[int]).Poll(nil) },
	} {
		mustPanic(t, fn, "sink: ", what)
	}
}

// put puts n values without asking for room in between.
func put(s sink.Sink[int], n int) {
	for range n {
		_ = s.Put(1)
	}
}
