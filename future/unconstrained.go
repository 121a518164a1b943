package future

import (
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Unconstrained returns a future that ends as f does, and whose polls no budget limits (see [waker.Context.Spend]): for a
// short loop that must not be interrupted. While there is always something ready for f its worker polls nothing else, so
// f itself has to come to an end.
func Unconstrained[T any](f Future[T]) Future[T] {
	notNil(f != nil, "Unconstrained", "future", aFuture)
	return &unconstrained[T]{f: f}
}

type unconstrained[T any] struct {
	f  Future[T]     // nil when it has ended
	cx waker.Context // during a poll; here and not on the stack, from which it would escape
}

func (u *unconstrained[T]) Poll(cx *waker.Context) Poll[T] {
	if u.f == nil {
		ended("Unconstrained")
	}
	u.cx = cx.WithoutBudget()
	p := u.f.Poll(&u.cx)
	u.cx = waker.Context{}
	if p.ready {
		u.f = nil
	}
	return p
}

func (u *unconstrained[T]) Drop() {
	if f := u.f; f != nil {
		u.f = nil
		Drop(f)
	}
}

// Name returns what f is called in reports, until f has ended.
func (u *unconstrained[T]) Name() string {
	if u.f == nil {
		return ""
	}
	return origin.Name(u.f)
}

// Trace implements Traced.
func (u *unconstrained[T]) Trace(t *Tracer) { t.Child(u.f) }
