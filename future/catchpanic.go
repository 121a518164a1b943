package future

import "github.com/magpie-go/magpie/waker"

// CatchPanic returns a future that ends as f does; if a poll of f panics it drops f and fails with
// a [*PanicError]. A panic of that Drop is not told of. Nothing keeps runtime.Goexit, which is no
// panic, from ending the goroutine.
func CatchPanic[T any](f Future[T]) Future[T] {
	notNil(f != nil, "CatchPanic", "future", aFuture)
	return &catchFuture[T]{f}
}

type catchFuture[T any] struct{ f Future[T] }

func (c *catchFuture[T]) Poll(cx *waker.Context) (p Poll[T]) {
	if c.f == nil {
		ended("CatchPanic")
	}
	defer c.catch(&p)
	p = c.f.Poll(cx)
	if p.ready {
		c.f = nil
	}
	return p
}

// catch is deferred by Poll.
func (c *catchFuture[T]) catch(p *Poll[T]) {
	if v := recover(); v != nil {
		*p = Failed[T](Recovered(v))
		f := c.f
		c.f = nil
		dropFailed(f)
	}
}

func (c *catchFuture[T]) Drop() {
	if f := c.f; f != nil {
		c.f = nil
		Drop(f)
	}
}

// Trace implements Traced.
func (c *catchFuture[T]) Trace(t *Tracer) { t.Child(c.f) }
