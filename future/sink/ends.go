package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Func returns a sink that calls fn with each value, which is fn's then unless it fails. It always has room, and nothing to be flushed
// or closed.
func Func[T any](fn func(v T) error) Sink[T] {
	mustHave(fn != nil, "Func", "func", aFunc)
	return &called[T]{fn}
}

type called[T any] struct{ fn func(T) error }

func (c *called[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	return done()
}

func (c *called[T]) Put(v T) error                                     { return c.fn(v) }
func (c *called[T]) PollFlush(*waker.Context) future.Poll[future.Unit] { return done() }
func (c *called[T]) PollClose(*waker.Context) future.Poll[future.Unit] { return done() }

// Append returns a sink that appends each value to the slice that to points to, which the caller may read and change between two
// polls. It always has room, and nothing to be flushed or closed; only a slice that grows allocates.
func Append[T any](to *[]T) Sink[T] {
	mustHave(to != nil, "Append", "pointer to a slice", "that of a variable")
	return Func(func(v T) error { *to = append(*to, v); return nil })
}

// Discard returns a sink that discards each value, see [future.Discard].
func Discard[T any]() Sink[T] {
	return Func(func(v T) error { future.Discard(v); return nil })
}

// Unfold returns a sink that keeps a state. For each value it waits for the future that fn makes of the state and the value, which comes to the
// next state; PollReady, PollFlush and PollClose wait for it. If it fails the sink has ended, and everything fails with that error.
// The state that is left over when the sink is closed or dropped is discarded.
func Unfold[S, T any](state S, fn func(state S, v T) future.Future[S]) Sink[T] {
	mustHave(fn != nil, "Unfold", "func", aFunc)
	return &unfolded[S, T]{fn: fn, state: state}
}

// unfolded is over when err is not nil.
type unfolded[S, T any] struct {
	fn    func(S, T) future.Future[S]
	state S
	step  future.Future[S] // nil between two values
	err   error
}

// settle waits for the future of the last value.
func (u *unfolded[S, T]) settle(cx *waker.Context) future.Poll[future.Unit] {
	if u.err != nil || u.step == nil {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
		return future.Done(future.Unit{}, u.err)
	}
	p := u.step.Poll(cx)
	if p.IsPending() {
		return future.Pending[future.Unit]()
	}
	u.step = nil
	state, err := p.Result()
	if err != nil {
		u.err = err
		future.Discard(state)
		return future.Failed[future.Unit](err)
	}
	u.state = state
	return done()
}

func (u *unfolded[S, T]) PollReady(cx *waker.Context) future.Poll[future.Unit] { return u.settle(cx) }

func (u *unfolded[S, T]) Put(v T) error {
	if u.err != nil {
		return u.err
	}
	mustBeReady(u.step == nil, "Unfold")
	step := u.fn(u.take(), v)
	mustHave(step != nil, "Unfold", "future from its func", "back a value that implements future.Future")
	u.step = step
	return nil
}

func (u *unfolded[S, T]) take() S {
	var none S
	state := u.state
	u.state = none
	return state
}

func (u *unfolded[S, T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] { return u.settle(cx) }

func (u *unfolded[S, T]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	if u.err == future.ErrClosed {
		return done()
	}
	p := u.settle(cx)
	if p.IsReady() && p.Err() == nil {
		u.err = future.ErrClosed
		future.Discard(u.take())
	}
	return p
}

func (u *unfolded[S, T]) Drop() {
	step := u.step
	u.step = nil
	if u.err == nil {
		u.err = future.ErrClosed
	}
	defer future.Discard(u.take())
	future.Drop(step)
}

func (u *unfolded[S, T]) Trace(t *future.Tracer) { t.Child(u.step) }
