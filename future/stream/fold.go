package stream

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Fold returns an operation that calls fn with the address of a state, first the one given here, and
// each value, and comes to the state at the end of s. An error, of s or of fn, ends it at once: it
// comes to the error and the state as it is. s is dropped then. It takes one allocation.
func Fold[T, R any](s future.Stream[T], state R, fn func(state *R, v T) error) future.BoxedOp[R] {
	mustHave(fn != nil, "Fold", "func", aFunc)
	return fold(s, state, fn, "Fold")
}

// errEnough is what a step returns that has seen enough.
var errEnough = errors.New("stream: enough")

func fold[T, R any](s future.Stream[T], state R, step func(*R, T) error, who string) future.BoxedOp[R] {
	return future.Of[R](&folded[T, R]{over: on(s, who), state: state, step: step, who: who})
}

// folded has ended when step is nil.
type folded[T, R any] struct {
	over[T]
	state R
	step  func(*R, T) error
	who   string
}

func (f *folded[T, R]) Poll(cx *waker.Context) future.Poll[R] {
	if f.step == nil {
		panic("stream: " + f.who + " polled after Ready (or after Drop): make a new one")
	}
	for {
		p := f.next(cx)
		if p.IsPending() {
			return future.Pending[R]()
		}
		v, err := p.Result()
		switch {
		case err == future.ErrEnd:
			f.s = nil
			return f.finish(nil)
		case err != nil:
			return f.finish(failed[T](v, err).Err())
		}
		if err := f.step(&f.state, v); err != nil {
			if err == errEnough {
				err = nil
			}
			return f.finish(err)
		}
	}
}

func (f *folded[T, R]) finish(err error) future.Poll[R] {
	state, left := f.take(), false
	defer func() {
		if !left { // the stream's Drop has panicked: nobody gets the state
			future.Discard(state)
		}
	}()
	f.leave()
	left = true
	return future.Done(state, err)
}

func (f *folded[T, R]) take() R {
	var none R
	state := f.state
	f.state, f.step = none, nil
	return state
}

func (f *folded[T, R]) Drop() {
	defer f.leave()
	future.Discard(f.take())
}

// Name returns what the operation is called in reports.
func (f *folded[T, R]) Name() string { return "stream." + f.who }

// Collect returns an operation that comes to all values of s; beside an error, to those that came before.
func Collect[T any](s future.Stream[T]) future.BoxedOp[[]T] {
	return fold(s, []T(nil), func(all *[]T, v T) error { *all = append(*all, v); return nil }, "Collect")
}

// Count returns an operation that comes to how many values s has. It discards them.
func Count[T any](s future.Stream[T]) future.BoxedOp[int] {
	return fold(s, 0, func(n *int, v T) error { *n++; future.Discard(v); return nil }, "Count")
}

// ForEach returns an operation that calls fn with each value of s, one after another. It ends with the
// first error, of s or of fn, and drops s then.
func ForEach[T any](s future.Stream[T], fn func(v T) error) future.BoxedOp[future.Unit] {
	mustHave(fn != nil, "ForEach", "func", aFunc)
	return fold(s, future.Unit{}, func(_ *future.Unit, v T) error { return fn(v) }, "ForEach")
}

// ForEachConcurrent returns an operation that waits for the futures that fn makes of the values of s, up
// to n at a time. What they come to is discarded. The first error, of s or of a future, ends it: what is
// under way is dropped then.
func ForEachConcurrent[T, U any](s future.Stream[T], n int, fn func(v T) future.Future[U]) future.BoxedOp[future.Unit] {
	atLeastOne(n, "ForEachConcurrent")
	mustHave(fn != nil, "ForEachConcurrent", "func", aFunc)
	done := BufferUnordered(Map(s, fn), n)
	return fold(done, future.Unit{}, func(_ *future.Unit, v U) error { future.Discard(v); return nil }, "ForEachConcurrent")
}

// Any returns an operation that comes to true at the first value that is is true for, and to false if
// there is none. It drops s then.
func Any[T any](s future.Stream[T], is func(v T) bool) future.BoxedOp[bool] {
	mustHave(is != nil, "Any", "func", aFunc)
	return fold(s, false, func(found *bool, v T) error {
		if *found = is(v); *found {
			return errEnough
		}
		return nil
	}, "Any")
}

// All returns an operation that comes to false at the first value that is is not true for, and to true
// if there is none. It drops s then.
func All[T any](s future.Stream[T], is func(v T) bool) future.BoxedOp[bool] {
	mustHave(is != nil, "All", "func", aFunc)
	return fold(s, true, func(all *bool, v T) error {
		if *all = is(v); !*all {
			return errEnough
		}
		return nil
	}, "All")
}
