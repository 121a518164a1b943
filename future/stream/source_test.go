package stream_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func TestEmptyEndsAtOnce(t *testing.T) { ends(newTask(t), stream.Empty[int]()) }

func TestNeverHasNothing(t *testing.T) {
	k := newTask(t)
	for range 3 {
		pends(k, stream.Never[int]())
	}
}

func TestOfHasItsValuesAndTheEndAgain(t *testing.T) {
	k := newTask(t)
	s := stream.Of(1, 2)
	comes(k, s, 1)
	comes(k, s, 2)
	ends(k, s)
}

// A source that is always ready spends the budget of the poll, also with its end.
func TestSourcesSpendTheBudget(t *testing.T) {
	for name, s := range map[string]future.Stream[int]{
		"Of":      stream.Of(1, 2, 3, 4, 5),
		"Empty":   stream.Empty[int](),
		"Repeat":  stream.Repeat(1),
		"FromSeq": stream.FromSeq(slices.Values([]int{1, 2, 3, 4, 5})),
		"Async": stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
			for {
				out.Emit(co, 1)
			}
		}),
	} {
		woken := false
		budget := waker.NewBudget(3)
		cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &budget)
		n := 0
		for ; n < 10 && s.PollNext(&cx).IsReady(); n++ {
		}
		if n > 3 || n < 2 || !woken { // Async spends one when it begins
			t.Errorf("%s: ready %d times with a budget of 3, woken %v", name, n, woken)
		}
		future.Drop(s)
	}
}

func TestOfDiscardsWhatIsLeft(t *testing.T) {
	var a, b, c resource
	s := stream.Of(&a, &b, &c)
	comes(newTask(t), s, &a)
	future.Drop(s)
	if a.drops != 0 || b.drops != 1 || c.drops != 1 {
		t.Errorf("discarded %d, %d and %d times", a.drops, b.drops, c.drops)
	}
}

func TestFromFuncEndsByItsError(t *testing.T) {
	n := 0
	s := stream.FromFunc(func() (int, error) {
		if n++; n == 3 {
			return 0, future.ErrEnd
		}
		return n, nil
	})
	k := newTask(t)
	comes(k, s, 1)
	comes(k, s, 2)
	ends(k, s)
	if n != 3 {
		t.Errorf("called %d times", n)
	}
}

func TestFuncIsNotCalledAfterItsEnd(t *testing.T) {
	k := newTask(t)
	calls := 0
	s := stream.Func(func(cx *waker.Context) future.Poll[int] {
		if calls++; calls == 1 {
			return future.Pending[int]()
		}
		return future.Failed[int](future.ErrEnd)
	})
	pends(k, s)
	ends(k, s)
	if calls != 2 {
		t.Errorf("called %d times", calls)
	}
}

func TestUnfold(t *testing.T) {
	s := stream.Unfold(0, func(n int) future.Future[future.Pair[int, int]] {
		if n > 2 {
			return future.Fail[future.Pair[int, int]](future.ErrEnd)
		}
		return future.Value(future.Pair[int, int]{First: n * 2, Second: n + 1})
	})
	yields(t, s, 0, 2, 4)
	ends(newTask(t), s)
}

func TestUnfoldEndsWithItsError(t *testing.T) {
	k := newTask(t)
	s := stream.Unfold(0, func(int) future.Future[future.Pair[int, int]] {
		return future.Fail[future.Pair[int, int]](errTest)
	})
	fails(k, s, errTest)
	ends(k, s)
}

func TestUnfoldDiscardsItsState(t *testing.T) {
	var state resource
	s := stream.Unfold(&state, func(*resource) future.Future[future.Pair[int, *resource]] {
		return future.Value(future.Pair[int, *resource]{First: 1, Second: &state})
	})
	comes(newTask(t), s, 1)
	future.Drop(s)
	if state.drops != 1 {
		t.Errorf("discarded %d times", state.drops)
	}
}

func TestOnceHasOneItem(t *testing.T) {
	k := newTask(t)
	s := stream.Once(future.Value(7))
	comes(k, s, 7)
	ends(k, s)
	s = stream.Once(future.Fail[int](errTest))
	fails(k, s, errTest)
	ends(k, s)
}

func TestLaterIsTheStreamThatAFutureComesTo(t *testing.T) {
	yields(t, stream.Later(future.Value(stream.Of(17, 19))), 17, 19)
}

func TestLaterOfAFailure(t *testing.T) {
	k := newTask(t)
	s := stream.Later(future.Fail[future.Stream[int]](errTest))
	fails(k, s, errTest)
	ends(k, s)
}

func TestFromSeq(t *testing.T) {
	yields(t, stream.FromSeq(slices.Values([]int{1, 2, 3})), 1, 2, 3)
	k := newTask(t)
	s := stream.FromSeq2(func(yield func(int, error) bool) {
		_ = yield(1, nil) && yield(0, errTest) && yield(2, nil)
	})
	comes(k, s, 1)
	fails(k, s, errTest)
	comes(k, s, 2)
	ends(k, s)
}

// A sequence that is given up runs what it deferred.
func TestFromSeqDropped(t *testing.T) {
	over := false
	s := stream.FromSeq(func(yield func(int) bool) {
		defer func() { over = true }()
		for yield(1) {
		}
	})
	comes(newTask(t), s, 1)
	future.Drop(s)
	if !over {
		t.Error("still running")
	}
	ends(newTask(t), s)
}

func TestFromSeqThatPanicsIsOver(t *testing.T) {
	s := stream.FromSeq(func(yield func(int) bool) { panic("boom") })
	mustPanic(t, func() { s.PollNext(&newTask(t).cx) }, "boom")
	ends(newTask(t), s)
}

func TestSeqGoesThroughAll(t *testing.T) {
	var vs []int
	var errs []error
	for v, err := range stream.Seq(stream.Chain(stream.Of(1, 2), stream.Once(future.Fail[int](errTest)), stream.Of(3))) {
		vs, errs = append(vs, v), append(errs, err)
	}
	if !slices.Equal(vs, []int{1, 2, 0, 3}) || errors.Join(errs...).Error() != errTest.Error() {
		t.Error(vs, errs)
	}
}

// A loop that is left drops the stream; one that goes to the end does not.
func TestSeqAndRangeDropWhatIsLeft(t *testing.T) {
	in := func(co *future.Co) map[string]func(s future.Stream[int]) iter.Seq2[int, error] {
		return map[string]func(s future.Stream[int]) iter.Seq2[int, error]{
			"Seq":   stream.Seq[int],
			"Range": func(s future.Stream[int]) iter.Seq2[int, error] { return stream.Range(co, s) },
		}
	}
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		for name, loop := range in(co) {
			left := new(source[int]).send(1, 2).end()
			for range loop(left) {
				break
			}
			ended := new(source[int]).send(1, 2).end()
			n := 0
			for range loop(ended) {
				n++
			}
			if left.dropped != 1 || ended.dropped != 0 || n != 2 {
				t.Errorf("%s: dropped %d and %d times, %d items", name, left.dropped, ended.dropped, n)
			}
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

func TestAsyncEmits(t *testing.T) {
	k := newTask(t)
	src := &source[int]{}
	s := stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
		for range 2 {
			v, err := future.Next(src).Await(co)
			if err != nil {
				return err
			}
			out.Emit(co, v)
			out.Emit(co, 10*v)
		}
		return errTest
	})
	pends(k, s)
	src.send(1)
	comes(k, s, 1)
	comes(k, s, 10)
	pends(k, s)
	src.send(2)
	comes(k, s, 2)
	comes(k, s, 20)
	fails(k, s, errTest)
	ends(k, s)
}

// Dropped, it runs what was deferred, and discards what nobody has taken.
func TestAsyncDropped(t *testing.T) {
	var v, late resource
	over := false
	budget := waker.NewBudget(1) // for the function itself, and not for the item
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	s := stream.Async(func(co *future.Co, out *stream.Emitter[*resource]) error {
		defer func() {
			over = true
			out.Emit(co, &late)
		}()
		out.Emit(co, &v)
		return nil
	})
	if s.PollNext(&cx).IsReady() {
		t.Fatal("ready without a budget")
	}
	future.Drop(s)
	if v.drops != 1 || late.drops != 1 || !over {
		t.Errorf("discarded %d and %d times, over %v", v.drops, late.drops, over)
	}
}

func TestAsyncAllocatesNothing(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	s := stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
		for {
			out.Emit(co, 1<<30)
		}
	})
	defer future.Drop(s)
	s.PollNext(&cx)
	if n := testing.AllocsPerRun(100, func() { s.PollNext(&cx) }); n != 0 {
		t.Errorf("%v allocations an item", n)
	}
	mustPanic(t, func() { new(stream.Emitter[int]).Emit(nil, 1) }, "stream: a nil or zero Emitter")
}
