package future

import "github.com/magpie-go/magpie/waker"

// Lazy returns a future that calls fn at its first poll, and ends as the future that fn returns.
// One that is dropped before has never called it. fn runs inside the poll: it must not block.
//
// Like a [Then], a Lazy that is the last thing another one waits for takes its place.
func Lazy[T any](fn func() Future[T]) Future[T] {
	notNil(fn != nil, "Lazy", "func", aFunc)
	return &lazyFuture[T]{fn: fn}
}

// lazyFuture has not begun while fn is there, and has ended when both are nil.
type lazyFuture[T any] struct {
	fn func() Future[T]
	f  Future[T]
}

func (l *lazyFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if l.fn != nil {
		l.f, _ = l.step(cx)
	}
	if l.f == nil {
		ended("Lazy")
	}
	return pollTail(&l.f, cx)
}

func (l *lazyFuture[T]) step(*waker.Context) (Future[T], Poll[T]) {
	f := l.f
	if l.fn != nil {
		f = l.begin()
	} else if f == nil {
		ended("Lazy")
	}
	l.f = nil
	return f, Pending[T]()
}

func (l *lazyFuture[T]) begin() Future[T] {
	fn := l.fn
	l.fn = nil
	f := fn()
	notNil(f != nil, "Lazy", "future from its func", "back "+aFuture)
	return f
}

func (l *lazyFuture[T]) Drop() {
	f := l.f
	l.fn, l.f = nil, nil
	Drop(f)
}

// Trace implements Traced.
func (l *lazyFuture[T]) Trace(t *Tracer) { t.Child(l.f) }
