package future

import "github.com/magpie-go/magpie/waker"

// Then returns a future that waits for f, then for the future that fn makes of its
// value, and ends as that one does. An error of f ends it at once: fn is not called.
//
// A Then that is the last thing another one waits for takes its place: a function that
// returns Then(f, itself) goes on for ever in constant memory, at a constant cost a turn.
// So does OrElse, and the two may follow each other. See also [Loop].
func Then[A, B any](f Future[A], fn func(A) Future[B]) Future[B] {
	notNil(f != nil, "Then", "future", aFuture)
	notNil(fn != nil, "Then", "func", aFunc)
	return &thenFuture[A, B]{first: f, fn: fn}
}

// link is a future that comes to what another one comes to, once a part of its own is over.
//
// Polled inside each other, links in tail position would make a chain that each poll walks
// down, as long as the program has run. So the outermost one alone is polled: step moves
// the link that it waits for on, and once that has nothing left but to wait for the next
// it is forgotten, and next takes its place.
type link[T any] interface {
	// step moves the part of its own on. When that is over, next is the future to wait for
	// instead; or p is ready, and there is none.
	step(cx *waker.Context) (next Future[T], p Poll[T])
}

// pollTail polls the future at *at, or what has taken its place there. It clears *at when it ends.
func pollTail[T any](at *Future[T], cx *waker.Context) Poll[T] {
	for {
		l, ok := (*at).(link[T])
		if !ok {
			break
		}
		next, p := l.step(cx)
		if next == nil {
			if p.ready {
				*at = nil
			}
			return p
		}
		*at = next
	}
	p := (*at).Poll(cx)
	if p.ready {
		*at = nil
	}
	return p
}

// thenFuture waits for first, then for second; it has ended when both are nil.
type thenFuture[A, B any] struct {
	first  Future[A]
	fn     func(A) Future[B]
	second Future[B]
}

func (t *thenFuture[A, B]) Poll(cx *waker.Context) Poll[B] {
	if t.second == nil {
		second, p := t.step(cx)
		if second == nil {
			return p
		}
		t.second = second
	}
	return pollTail(&t.second, cx)
}

func (t *thenFuture[A, B]) step(cx *waker.Context) (Future[B], Poll[B]) {
	if second := t.second; second != nil { // it was polled by itself before
		t.second = nil
		return second, Pending[B]()
	}
	if t.first == nil {
		ended("Then")
	}
	p := t.first.Poll(cx)
	if !p.ready {
		return nil, Pending[B]()
	}
	fn := t.fn
	t.first, t.fn = nil, nil
	if p.err != nil {
		Discard(p.value)
		return nil, Failed[B](p.err)
	}
	second := fn(p.value)
	notNil(second != nil, "Then", "future from its func", "back "+aFuture)
	return second, Pending[B]()
}

func (t *thenFuture[A, B]) Drop() {
	first, second := t.first, t.second
	t.first, t.fn, t.second = nil, nil, nil
	defer Drop(second)
	Drop(first)
}

// OrElse returns a future that ends as f does if f succeeds, and otherwise waits for
// the future that fn makes of the error, to end as that one does. A value that came beside
// the error is discarded (see [Discard]).
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
	if o.fn != nil {
		second, p := o.step(cx)
		if second == nil {
			return p
		}
		o.f = second
	}
	return pollTail(&o.f, cx)
}

func (o *orElseFuture[T]) step(cx *waker.Context) (Future[T], Poll[T]) {
	f, fn := o.f, o.fn
	if f == nil {
		ended("OrElse")
	}
	if fn == nil { // it was polled by itself before
		o.f = nil
		return f, Pending[T]()
	}
	p := f.Poll(cx)
	if !p.ready {
		return nil, p
	}
	o.f, o.fn = nil, nil
	if p.err == nil {
		return nil, p
	}
	second := orElse(p, fn)
	notNil(second != nil, "OrElse", "future from its func", "back "+aFuture)
	return second, Pending[T]()
}

func orElse[T any](p Poll[T], fn func(error) Future[T]) Future[T] {
	defer Discard(p.value)
	return fn(p.err)
}

func (o *orElseFuture[T]) Drop() {
	if f := o.f; f != nil {
		o.f, o.fn = nil, nil
		Drop(f)
	}
}
