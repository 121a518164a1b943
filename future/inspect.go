package future

import "github.com/magpie-go/magpie/waker"

// Inspect returns a future that ends as f does, and shows its outcome to fn first. fn runs inside
// the poll: it must not block, and owns nothing.
func Inspect[T any](f Future[T], fn func(v T, err error)) Future[T] {
	notNil(f != nil, "Inspect", "future", aFuture)
	notNil(fn != nil, "Inspect", "func", aFunc)
	return &inspectFuture[T]{f, fn}
}

type inspectFuture[T any] struct {
	f  Future[T]
	fn func(T, error)
}

func (i *inspectFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if i.f == nil {
		ended("Inspect")
	}
	p := i.f.Poll(cx)
	if p.ready {
		fn := i.fn
		i.f, i.fn = nil, nil
		shown := false
		defer func() {
			if !shown { // nobody gets what it came to
				Discard(p.value)
			}
		}()
		fn(p.value, p.err)
		shown = true
	}
	return p
}

func (i *inspectFuture[T]) Drop() {
	if f := i.f; f != nil {
		i.f, i.fn = nil, nil
		Drop(f)
	}
}

// Trace implements Traced.
func (i *inspectFuture[T]) Trace(t *Tracer) { t.Child(i.f) }
