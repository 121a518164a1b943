package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Map returns a sink of what fn makes the values for s of. If fn fails that is the error of its value, which is not sent. What fn has
// made of a value that s does not take is left alone, as the value is still the caller's. See [With] for what has to be waited for.
func Map[A, B any](s Sink[B], fn func(A) (B, error)) Sink[A] {
	mustHave(fn != nil, "Map", "func", aFunc)
	return &mapped[A, B]{on(s, "Map"), fn}
}

type mapped[A, B any] struct {
	above[B]
	fn func(A) (B, error)
}

func (m *mapped[A, B]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	return m.s.PollReady(cx)
}

func (m *mapped[A, B]) Put(v A) error {
	out, err := m.fn(v)
	if err != nil {
		return err
	}
	return m.s.Put(out)
}

// MapErr returns s with each error passed through fn. If that returns nil there was none: a value that s has not taken is discarded then.
func MapErr[T any](s Sink[T], fn func(error) error) Sink[T] {
	mustHave(fn != nil, "MapErr", "func", aFunc)
	return &mappedErr[T]{on(s, "MapErr"), fn}
}

type mappedErr[T any] struct {
	above[T]
	fn func(error) error
}

func (m *mappedErr[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	return m.answer(m.s.PollReady(cx))
}

func (m *mappedErr[T]) Put(v T) error {
	err := m.s.Put(v)
	if err == nil {
		return nil
	}
	if err = m.fn(err); err == nil {
		future.Discard(v)
	}
	return err
}

func (m *mappedErr[T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	return m.answer(m.s.PollFlush(cx))
}

func (m *mappedErr[T]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	return m.answer(m.s.PollClose(cx))
}

func (m *mappedErr[T]) answer(p future.Poll[future.Unit]) future.Poll[future.Unit] {
	if err := p.Err(); err != nil {
		return future.Done(future.Unit{}, m.fn(err))
	}
	return p
}
