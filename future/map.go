package future

import "github.com/magpie-go/magpie/waker"

// Map returns a future that ends when f does, with its value passed through fn. An
// error of f passes by fn untouched. fn runs inside the poll: it must not block.
func Map[A, B any](f Future[A], fn func(A) B) Future[B] {
	notNil(f != nil, "Map", "future", aFuture)
	notNil(fn != nil, "Map", "func", aFunc)
	return &mapFuture[A, B]{f, fn}
}

type mapFuture[A, B any] struct {
	f  Future[A]
	fn func(A) B
}

func (m *mapFuture[A, B]) Poll(cx *waker.Context) Poll[B] {
	if m.f == nil {
		ended("Map")
	}
	p := m.f.Poll(cx)
	if !p.ready {
		return Pending[B]()
	}
	fn := m.fn
	m.f, m.fn = nil, nil
	if p.err != nil {
		Discard(p.value)
		return Failed[B](p.err)
	}
	return Ready(fn(p.value))
}

func (m *mapFuture[A, B]) Drop() {
	if f := m.f; f != nil {
		m.f, m.fn = nil, nil
		Drop(f)
	}
}

// MapErr returns a future that ends when f does, with its error, if it has one,
// passed through fn; the value stays what it is. If fn returns nil, the future
// succeeds with the value that came beside the error, usually the zero value.
func MapErr[T any](f Future[T], fn func(error) error) Future[T] {
	notNil(f != nil, "MapErr", "future", aFuture)
	notNil(fn != nil, "MapErr", "func", aFunc)
	return &mapErrFuture[T]{f, fn}
}

type mapErrFuture[T any] struct {
	f  Future[T]
	fn func(error) error
}

func (m *mapErrFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if m.f == nil {
		ended("MapErr")
	}
	p := m.f.Poll(cx)
	if !p.ready {
		return p
	}
	fn := m.fn
	m.f, m.fn = nil, nil
	if p.err != nil {
		p.err = fn(p.err)
	}
	return p
}

func (m *mapErrFuture[T]) Drop() {
	if f := m.f; f != nil {
		m.f, m.fn = nil, nil
		Drop(f)
	}
}
