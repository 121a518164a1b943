package stream_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func upTo(n int) future.Stream[int] {
	vs := make([]int, n)
	for i := range vs {
		vs[i] = i
	}
	return stream.Of(vs...)
}

func TestMapFilterAndTheLike(t *testing.T) {
	double := func(v int) int { return 2 * v }
	yields(t, stream.Map(upTo(3), double), 0, 2, 4)
	yields(t, stream.Filter(upTo(6), even), 0, 2, 4)
	yields(t, stream.FilterMap(upTo(6), func(v int) (int, bool) { return 10 * v, even(v) }), 0, 20, 40)
	yields(t, stream.Take(upTo(9), 2), 0, 1)
	yields(t, stream.Skip(upTo(5), 3), 3, 4)
	yields(t, stream.Skip(upTo(2), 3))
	yields(t, stream.TakeWhile(stream.Of(0, 2, 3, 4), even), 0, 2)
	yields(t, stream.SkipWhile(stream.Of(0, 2, 3, 4), even), 3, 4)
	yields(t, stream.Chain(upTo(2), stream.Empty[int](), upTo(3)), 0, 1, 0, 1, 2)
	yields(t, stream.Enumerate(stream.Of("a", "b")),
		future.Pair[int, string]{First: 0, Second: "a"}, future.Pair[int, string]{First: 1, Second: "b"})
	yields(t, stream.Zip(upTo(3), stream.Of("a", "b")),
		future.Pair[int, string]{First: 0, Second: "a"}, future.Pair[int, string]{First: 1, Second: "b"})
	yields(t, stream.FlatMap(stream.Of(1, 3, 0, 2), upTo), 0, 0, 1, 2, 0, 1)
	yields(t, stream.Take(stream.Repeat(9), 2), 9, 9)
}

// A chain of five needs no type arguments, and drops its source through all of them.
func TestChainOfFive(t *testing.T) {
	src := new(source[int]).send(1, 2, 3, 4, 5, 6, 7, 8)
	s := stream.Take(stream.Enumerate(stream.Skip(stream.Filter(stream.Map(src, func(v int) int { return v * v }), even), 1)), 2)
	yields(t, s, future.Pair[int, int]{First: 0, Second: 16}, future.Pair[int, int]{First: 1, Second: 36})
	if src.dropped != 1 {
		t.Errorf("dropped %d times", src.dropped)
	}
}

func TestScanKeepsAState(t *testing.T) {
	src := new(source[int]).send(1, 2, 3, 4, 6, 8, 2).end()
	s := stream.Scan(src, 1, func(state *int, v int) (int, bool) {
		*state++
		return v, v < *state+1
	})
	yields(t, s, 1, 2, 3, 4, 6)
	if src.dropped != 1 {
		t.Errorf("dropped %d times", src.dropped)
	}
}

func TestTakeOfNoneNeverPolls(t *testing.T) {
	src := new(source[int])
	ends(newTask(t), stream.Take(src, 0))
	if src.polls != 0 || src.dropped != 1 {
		t.Errorf("polled %d times, dropped %d times", src.polls, src.dropped)
	}
}

// Those that end before what is below does drop it, poll it no more, and stay at their end.
func TestStagesThatEndDropWhatIsBelow(t *testing.T) {
	less := func(v int) bool { return v < 2 }
	for name, stage := range map[string]func(s future.Stream[int]) future.Stream[int]{
		"Take":      func(s future.Stream[int]) future.Stream[int] { return stream.Take(s, 2) },
		"TakeWhile": func(s future.Stream[int]) future.Stream[int] { return stream.TakeWhile(s, less) },
		"MapWhile": func(s future.Stream[int]) future.Stream[int] {
			return stream.MapWhile(s, func(v int) (int, bool) { return v, less(v) })
		},
		"Scan": func(s future.Stream[int]) future.Stream[int] {
			return stream.Scan(s, 0, func(_ *int, v int) (int, bool) { return v, less(v) })
		},
		"MapErr": func(s future.Stream[int]) future.Stream[int] {
			return stream.MapErr(stream.Map(s, func(v int) int { return v }), func(error) error { return future.ErrEnd })
		},
		"UntilError": func(s future.Stream[int]) future.Stream[int] { return stream.UntilError(s) },
		"Zip": func(s future.Stream[int]) future.Stream[int] {
			return stream.Map(stream.Zip(s, stream.Of(1, 2)), func(p future.Pair[int, int]) int { return p.First })
		},
	} {
		t.Run(name, func(t *testing.T) {
			src := new(source[int]).send(0, 1)
			if name == "MapErr" || name == "UntilError" {
				src.fail(errTest)
			}
			src.send(2, 3, 4)
			s := stage(src)
			k := newTask(t)
			comes(k, s, 0)
			comes(k, s, 1)
			if name == "UntilError" {
				fails(k, s, errTest)
			}
			ends(k, s)
			polls := src.polls
			ends(k, s)
			future.Drop(s)
			if src.dropped != 1 || src.polls != polls {
				t.Errorf("dropped %d times, polled %d times after the end", src.dropped, src.polls-polls)
			}
		})
	}
}

func TestMapWhileStops(t *testing.T) {
	calls := 0
	s := stream.MapWhile(stream.Of(1, 2, 3, 4), func(v int) (int, bool) {
		calls++
		return v * 10, v < 3
	})
	yields(t, s, 10, 20)
	ends(newTask(t), s)
	if calls != 3 {
		t.Errorf("called %d times", calls)
	}
}

// What is left out or comes too late is discarded, and what a function was given is not.
func TestStagesDiscardWhatIsLeftOut(t *testing.T) {
	rs := make([]resource, 4)
	three := func() future.Stream[*resource] { return stream.Of(&rs[0], &rs[1], &rs[2]) }
	first := func(r *resource) bool { return r == &rs[0] }
	for name, c := range map[string]struct {
		s    future.Stream[*resource]
		want [3]int
	}{
		"Filter":    {stream.Filter(three(), first), [3]int{0, 1, 1}},
		"Skip":      {stream.Skip(three(), 2), [3]int{1, 1, 0}},
		"SkipWhile": {stream.SkipWhile(three(), first), [3]int{1, 0, 0}},
		"TakeWhile": {stream.TakeWhile(three(), first), [3]int{0, 1, 1}},
		"Take":      {stream.Take(three(), 1), [3]int{0, 1, 1}},
		"FilterMap": {stream.FilterMap(three(), func(r *resource) (*resource, bool) { return r, first(r) }), [3]int{}},
	} {
		clear(rs)
		drain(t, c.s)
		if got := [3]int{rs[0].drops, rs[1].drops, rs[2].drops}; got != c.want {
			t.Errorf("%s discarded %v, want %v", name, got, c.want)
		}
	}
	clear(rs)
	s := stream.Zip(three(), stream.Of[*resource]())
	drain(t, s)
	z := stream.Zip(stream.Of(&rs[3]), stream.Never[int]())
	pends(newTask(t), z)
	future.Drop(z)
	if rs[0].drops != 1 || rs[2].drops != 1 || rs[3].drops != 1 {
		t.Errorf("Zip discarded %v", rs)
	}
}

func TestTakeUntil(t *testing.T) {
	k := newTask(t)
	src, stop := new(source[int]), new(gate)
	s := stream.TakeUntil(src, stop)
	pends(k, s)
	src.send(1, 2)
	comes(k, s, 1)
	stop.open(nil)
	if !k.woken() {
		t.Error("the stop woke nobody")
	}
	ends(k, s) // although there is a value
	if src.dropped != 1 || stop.dropped != 0 {
		t.Errorf("dropped %d and %d times", src.dropped, stop.dropped)
	}

	src, stop = new(source[int]).send(1).end(), new(gate)
	s = stream.TakeUntil(src, stop)
	comes(k, s, 1)
	ends(k, s)
	if stop.dropped != 1 {
		t.Errorf("the stop was dropped %d times at the end", stop.dropped)
	}

	stop = new(gate)
	stop.open(errTest)
	s = stream.TakeUntil(stream.Of(1), stop)
	fails(k, s, errTest)
	ends(k, s)

	src, stop = new(source[int]), new(gate)
	future.Drop(stream.TakeUntil(src, stop))
	if src.dropped != 1 || stop.dropped != 1 {
		t.Errorf("dropped %d and %d times", src.dropped, stop.dropped)
	}
}

func TestMergeTakesTurns(t *testing.T) {
	yields(t, stream.Merge(stream.Of(0, 2, 4, 6), stream.Of(1, 3, 5)), 0, 1, 2, 3, 4, 5, 6)
	yields(t, stream.Merge[int]())
	yields(t, stream.Merge(stream.Of(1), stream.Empty[int](), stream.Of(2, 3)), 1, 2, 3)
}

func TestMergeHasWhatComes(t *testing.T) {
	k := newTask(t)
	a, b := new(source[int]), new(source[int])
	s := stream.Merge(a, b)
	pends(k, s)
	a.send(1)
	if !k.woken() {
		t.Error("the first woke nobody")
	}
	comes(k, s, 1)
	pends(k, s)
	b.send(2)
	if !k.woken() {
		t.Error("the second woke nobody")
	}
	comes(k, s, 2)
	pends(k, s)
	a.end()
	pends(k, s)
	b.send(3)
	comes(k, s, 3)
	b.end()
	ends(k, s)
	a, b = new(source[int]), new(source[int])
	s = stream.Merge(a, b)
	pends(k, s)
	future.StopWaiting(s)
	future.Drop(s)
	if a.dropped != 1 || b.dropped != 1 || a.stopped != 1 || b.stopped != 1 {
		t.Errorf("dropped %d and %d times, stopped %d and %d times", a.dropped, b.dropped, a.stopped, b.stopped)
	}
}

func TestChainWaitsForTheFirst(t *testing.T) {
	k := newTask(t)
	a, b := new(source[int]), new(source[int]).send(3)
	s := stream.Chain(a, b)
	pends(k, s)
	if b.polls != 0 {
		t.Error("the second is polled before the first has ended")
	}
	a.send(1)
	comes(k, s, 1)
	pends(k, s)
	a.end()
	comes(k, s, 3)
	pends(k, s)
	b.end()
	ends(k, s)
}

// Both sides of a Zip are asked at once, and neither runs ahead.
func TestZipAsksBoth(t *testing.T) {
	k := newTask(t)
	a, b := new(source[int]), new(source[int])
	s := stream.Zip(a, b)
	pends(k, s)
	if a.polls != 1 || b.polls != 1 {
		t.Errorf("asked %d and %d times", a.polls, b.polls)
	}
	b.send(1, 2)
	pends(k, s)
	pends(k, s)
	if len(b.items) != 1 {
		t.Errorf("%d values are left; one was to be taken", len(b.items))
	}
	a.send(7)
	comes(k, s, future.Pair[int, int]{First: 7, Second: 1})
	a.fail(errTest) // which has no partner
	fails(k, s, errTest)
	a.send(8)
	comes(k, s, future.Pair[int, int]{First: 8, Second: 2})
	b.end()
	ends(k, s)
	if a.dropped != 1 {
		t.Errorf("dropped %d times", a.dropped)
	}
}

func TestFuseStaysAtItsEnd(t *testing.T) {
	k := newTask(t)
	var set future.Unordered[int]
	s := stream.Fuse(&set)
	ends(k, s)
	set.Push(future.Value(1))
	ends(k, s)
	comes(k, &set, 1)
}

// Over a set that goes on a stage goes on too.
func TestStagesGoOnOverASet(t *testing.T) {
	k := newTask(t)
	var set future.Unordered[int]
	s := stream.Map(&set, func(v int) int { return v })
	ends(k, s)
	set.Push(future.Value(1))
	comes(k, s, 1)
}

func TestErrorsAreMappedAndKept(t *testing.T) {
	k := newTask(t)
	other := errors.New("other")
	s := stream.MapErr(new(source[int]).fail(errTest).send(1).end(), func(err error) error {
		if err != errTest {
			t.Errorf("told of %v", err)
		}
		return other
	})
	fails(k, s, other)
	comes(k, s, 1)
	ends(k, s)
	s = stream.MapErr(new(source[int]).fail(errTest).send(1).end(), func(error) error { return nil })
	comes(k, s, 0)
	got := drain(t, stream.Results(new(source[int]).send(1).fail(errTest).send(2).end()))
	if want := []future.Result[int]{{Value: 1}, {Err: errTest}, {Value: 2}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestInspectSeesWhatPasses(t *testing.T) {
	var saw []int
	failures := 0
	s := stream.Inspect(new(source[int]).send(1).fail(errTest).send(2).end(), func(v int, err error) {
		if err != nil {
			failures++
			return
		}
		saw = append(saw, v)
	})
	k := newTask(t)
	comes(k, s, 1)
	fails(k, s, errTest)
	comes(k, s, 2)
	ends(k, s)
	if !slices.Equal(saw, []int{1, 2}) || failures != 1 {
		t.Errorf("%v and %d failures", saw, failures)
	}
}

func TestCatchPanicInTheMiddle(t *testing.T) {
	k := newTask(t)
	src := new(source[int]).send(1, 2, 3).end()
	s := stream.CatchPanic(stream.Map(src, func(v int) int {
		if v == 2 {
			panic("boom")
		}
		return v
	}))
	comes(k, s, 1)
	_, err := s.PollNext(&k.cx).Result()
	var p *future.PanicError
	if !errors.As(err, &p) || p.Value != "boom" {
		t.Errorf("%v", err)
	}
	ends(k, s)
	if src.dropped != 1 {
		t.Errorf("dropped %d times", src.dropped)
	}
}

func TestCatchPanicOfNone(t *testing.T) {
	yields(t, stream.CatchPanic(stream.Of(1, 2, 3)), 1, 2, 3)
}

// gate is a future that is ready when it was opened.
type gate struct{ source[int] }

func (g *gate) Poll(cx *waker.Context) future.Poll[int] { return g.PollNext(cx) }

func (g *gate) open(err error) {
	g.items = append(g.items, future.Done(7, err))
	g.wake()
}
