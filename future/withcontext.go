package future

import (
	"context"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// WithContext returns a future that ends as f does, unless ctx is done first: then it
// drops f and fails with context.Cause(ctx). A ctx that is done already keeps f from being
// polled at all. While it waits it costs what context.AfterFunc costs, and no
// goroutine until ctx is done.
func WithContext[T any](ctx context.Context, f Future[T]) Future[T] {
	notNil(ctx != nil, "WithContext", "context", "context.Background() for one that is never done")
	notNil(f != nil, "WithContext", "future", aFuture)
	return &contextFuture[T]{ctx: ctx, f: f}
}

type contextFuture[T any] struct {
	ctx   context.Context
	f     Future[T] // nil when the future has ended
	stop  func() bool
	waker waker.AtomicWaker // for ctx; f keeps its own
}

func (c *contextFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if c.f == nil {
		ended("WithContext")
	}
	if c.ctx.Done() != nil {
		c.waker.Register(cx.Waker())
		if c.stop == nil {
			c.stop = context.AfterFunc(c.ctx, c.wake)
		}
		// After Register: a ctx that is done later finds the waker.
		if c.ctx.Err() != nil {
			if !cx.Spend() {
				return Pending[T]()
			}
			c.Drop()
			return Failed[T](context.Cause(c.ctx))
		}
	}
	p := c.f.Poll(cx)
	if p.ready {
		c.f = nil
		c.release()
	}
	return p
}

func (c *contextFuture[T]) Drop() {
	if f := c.f; f != nil {
		c.f = nil
		c.release()
		Drop(f)
	}
}

// Name returns what f is called in reports, until f has ended.
func (c *contextFuture[T]) Name() string {
	if c.f == nil {
		return ""
	}
	return origin.Name(c.f)
}

// wake is called by a goroutine of ctx, which nobody waits for.
func (c *contextFuture[T]) wake() { wake.Cell(&c.waker, nil) }

func (c *contextFuture[T]) release() {
	if c.stop != nil {
		c.stop()
	}
	wake.Forget(&c.waker)
}
