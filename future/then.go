package future

import "github.com/magpie-go/magpie/waker"

// Then returns a future that waits for f, then for the future that fn makes of its
// value, and ends as that one does. An error of f ends it at once: fn is not called.
func Then[A, B any](f Future[A], fn func(A) Future[B]) Future[B] {
	notNil(f != nil, "Then", "future", aFuture)
	notNil(fn != nil, "Then", "func", aFunc)
	return &thenFuture[A, B]{first: f, fn: fn}
}

// thenFuture waits for first, then for second; it has ended when both are nil.
type thenFuture[A, B any] struct {
	first  Future[A]
	fn     func(A) Future[B]
	second Future[B]
}

func (t *thenFuture[A, B]) Poll(cx *waker.Context) Poll[B] {
	if t.second == nil {
		if t.first == nil {
			ended("Then")
		}
		p := t.first.Poll(cx)
		if !p.ready {
			return Pending[B]()
		}
		fn := t.fn
		t.first, t.fn = nil, nil
		if p.err != nil {
			return Failed[B](p.err)
		}
		second := fn(p.value)
		notNil(second != nil, "Then", "future from its func", "back "+aFuture)
		t.second = second
	}
	p := t.second.Poll(cx)
	if p.ready {
		t.second = nil
	}
	return p
}

func (t *thenFuture[A, B]) Drop() {
	first, second := t.first, t.second
	t.first, t.fn, t.second = nil, nil, nil
	if first != nil {
		Drop(first)
	}
	if second != nil {
		Drop(second)
	}
}

// OrElse returns a future that ends as f does if f succeeds, and otherwise waits for
// the future that fn makes of the error, to end as that one does.
func OrElse[T any](f Future[T], fn func(error) Future[T]) Future[T] {
	notNil(f != nil, "OrElse", "future", aFuture)
	notNil(fn != nil, "OrElse", "func", aFunc)
	return &orElseFuture[T]{f: f, fn: fn}
}

// orElseFuture waits for f, which becomes the second future once fn is used up.
type orElseFuture[T any] struct {
	f  Future[T]
	fn func(error) Future[T]
}

func (o *orElseFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if o.f == nil {
		ended("OrElse")
	}
	p := o.f.Poll(cx)
	if !p.ready {
		return p
	}
	fn := o.fn
	o.f, o.fn = nil, nil
	if p.err == nil || fn == nil {
		return p
	}
	second := fn(p.err)
	notNil(second != nil, "OrElse", "future from its func", "back "+aFuture)
	o.f = second
	p = second.Poll(cx)
	if p.ready {
		o.f = nil
	}
	return p
}

func (o *orElseFuture[T]) Drop() {
	if f := o.f; f != nil {
		o.f, o.fn = nil, nil
		Drop(f)
	}
}
