package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Of returns a stream of these values. It takes them over, and the slice that they are in: dropped, it
// discards those that have not been taken.
func Of[T any](vs ...T) future.Stream[T] { return &slice[T]{vs} }

type slice[T any] struct{ left []T }

func (s *slice[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if !cx.Spend() {
		return future.Pending[T]()
	}
	if len(s.left) == 0 {
		return future.Failed[T](future.ErrEnd)
	}
	var none T
	v := s.left[0]
	s.left[0] = none
	s.left = s.left[1:]
	return future.Ready(v)
}

func (s *slice[T]) Drop() {
	left := s.left
	s.left = nil
	future.Discard(left)
}

// Empty returns a stream that ends at once.
func Empty[T any]() future.Stream[T] { return Of[T]() }

// Never returns a stream that has no value and no end.
func Never[T any]() future.Stream[T] { return never[T]{} }

type never[T any] struct{}

func (never[T]) PollNext(*waker.Context) future.Poll[T] { return future.Pending[T]() }

// Repeat returns a stream of v, again and again, without end. All get the same v: one that must be
// closed has no owner.
func Repeat[T any](v T) future.Stream[T] {
	return FromFunc(func() (T, error) { return v, nil })
}

// FromFunc returns a stream of what fn returns, until that is [future.ErrEnd].
func FromFunc[T any](fn func() (T, error)) future.Stream[T] {
	mustHave(fn != nil, "FromFunc", "func", aFunc)
	return &called[T]{fn}
}

type called[T any] struct{ fn func() (T, error) } // nil after the end

func (c *called[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if !cx.Spend() {
		return future.Pending[T]()
	}
	if c.fn == nil {
		return future.Failed[T](future.ErrEnd)
	}
	v, err := c.fn()
	if err == future.ErrEnd {
		c.fn = nil
	}
	return future.Done(v, err)
}

func (c *called[T]) Drop() { c.fn = nil }

// Func returns a stream of a PollNext function, for a source small enough to live in a closure. fn
// follows the rules of [future.Stream]; it is not called after its end.
func Func[T any](fn func(cx *waker.Context) future.Poll[T]) future.Stream[T] {
	mustHave(fn != nil, "Func", "func", aFunc)
	return &polled[T]{fn}
}

type polled[T any] struct {
	fn func(*waker.Context) future.Poll[T] // nil after the end
}

func (p *polled[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if p.fn == nil {
		return end[T](cx)
	}
	out := p.fn(cx)
	if out.Err() == future.ErrEnd {
		p.fn = nil
	}
	return out
}

func (p *polled[T]) Drop() { p.fn = nil }

// Unfold returns a stream that keeps a state. For each item it waits for the future that fn makes of the
// state, which comes to the item and the next state. It ends when that fails, with the error as its last
// item unless that is [future.ErrEnd]. A state that is left over is discarded.
func Unfold[S, T any](state S, fn func(state S) future.Future[future.Pair[T, S]]) future.Stream[T] {
	mustHave(fn != nil, "Unfold", "func", aFunc)
	return &unfolded[S, T]{fn: fn, state: state}
}

// unfolded is over when fn is nil.
type unfolded[S, T any] struct {
	fn    func(S) future.Future[future.Pair[T, S]]
	state S
	step  future.Future[future.Pair[T, S]] // nil between two items
}

func (u *unfolded[S, T]) PollNext(cx *waker.Context) future.Poll[T] {
	if u.fn == nil {
		return end[T](cx)
	}
	if u.step == nil {
		var none S
		state := u.state
		u.state = none
		f := u.fn(state)
		mustHave(f != nil, "Unfold", "future from its func", "back a value that implements future.Future")
		u.step = f
	}
	p := u.step.Poll(cx)
	if p.IsPending() {
		return future.Pending[T]()
	}
	u.step = nil
	pair, err := p.Result()
	if err != nil {
		u.fn = nil
		return failed[T](pair, err)
	}
	u.state = pair.Second
	return future.Ready(pair.First)
}

func (u *unfolded[S, T]) Drop() {
	old := *u
	*u = unfolded[S, T]{}
	defer future.Discard(old.state)
	future.Drop(old.step)
}

func (u *unfolded[S, T]) Trace(t *future.Tracer) { t.Child(u.step) }

// Once returns a stream of one item: what f comes to.
func Once[T any](f future.Future[T]) future.Stream[T] {
	mustHave(f != nil, "Once", "future", "a value that implements future.Future")
	return &once[T]{f}
}

type once[T any] struct{ f future.Future[T] }

func (o *once[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if o.f == nil {
		return end[T](cx)
	}
	p := o.f.Poll(cx)
	if p.IsReady() {
		o.f = nil
	}
	return p
}

func (o *once[T]) Drop() {
	f := o.f
	o.f = nil
	future.Drop(f)
}

func (o *once[T]) Trace(t *future.Tracer) { t.Child(o.f) }

// Later returns the stream that f comes to. If f fails, its error is the only item.
func Later[T any](f future.Future[future.Stream[T]]) future.Stream[T] {
	mustHave(f != nil, "Later", "future", "a value that implements future.Future")
	return Flatten(Once(f))
}
