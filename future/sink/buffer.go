package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Buffer returns s with room for n values more, which wait there while s has none. They go on, in their order, whenever the sink is polled;
// an error of s may so be that of a value before. A value that s has room for, and then does not take, is discarded. With 0 it
// returns s. The buffer is allocated at once.
func Buffer[T any](s Sink[T], n int) Sink[T] {
	below := on(s, "Buffer")
	if notNegative(n, "Buffer") == 0 {
		return s
	}
	return &buffer[T]{above: below, ring: make([]T, n)}
}

type buffer[T any] struct {
	above[T]
	ring    []T
	next, n int // the oldest of them, and how many
}

// drain hands on what s has room for. It is ready if that is all.
func (b *buffer[T]) drain(cx *waker.Context) future.Poll[future.Unit] {
	for b.n > 0 {
		if p := b.s.PollReady(cx); p.IsPending() || p.Err() != nil {
			return p
		}
		if p := putOwn(b.s, b.take()); p.Err() != nil {
			return p
		}
	}
	return done()
}

func (b *buffer[T]) take() T {
	var none T
	v := b.ring[b.next]
	b.ring[b.next] = none
	b.next = (b.next + 1) % len(b.ring)
	b.n--
	return v
}

func (b *buffer[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	if b.dropped() {
		return failed(cx)
	}
	before := b.n
	p := b.drain(cx)
	switch {
	case p.Err() != nil:
		return p
	case b.n == len(b.ring):
		return future.Pending[future.Unit]() // s has the waker
	case b.n == before && !cx.Spend(): // else s has spent it
		return future.Pending[future.Unit]()
	}
	return done() // a waker that was left with s does no harm
}

func (b *buffer[T]) Put(v T) error {
	mustBeReady(b.n < len(b.ring), "Buffer")
	b.ring[(b.next+b.n)%len(b.ring)] = v
	b.n++
	return nil
}

func (b *buffer[T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if p := b.drain(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return b.s.PollFlush(cx)
}

func (b *buffer[T]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	if p := b.drain(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return b.s.PollClose(cx)
}

func (b *buffer[T]) Drop() {
	defer b.above.Drop()
	left := make([]T, 0, b.n)
	for b.n > 0 {
		left = append(left, b.take())
	}
	future.Discard(left)
}
