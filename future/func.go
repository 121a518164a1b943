package future

import "github.com/magpie-go/magpie/waker"

// Func makes a future of a poll function, for a state machine small enough to live
// in a closure. fn is called at each poll until it returns Ready, and then forgotten.
func Func[T any](fn func(cx *waker.Context) Poll[T]) Future[T] {
	notNil(fn != nil, "Func", "func", aFunc)
	return &funcFuture[T]{fn}
}

type funcFuture[T any] struct {
	fn func(cx *waker.Context) Poll[T]
}

func (f *funcFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if f.fn == nil {
		ended("Func")
	}
	p := f.fn(cx)
	if p.ready {
		f.fn = nil
	}
	return p
}

func (f *funcFuture[T]) Drop() { f.fn = nil }
