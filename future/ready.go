package future

import "github.com/magpie-go/magpie/waker"

// Value returns a future that is ready with v at its first poll. It takes v over: dropped
// before that, it discards v (see [Discard]).
func Value[T any](v T) Future[T] { return &readyFuture[T]{answer: Ready(v), who: "Value"} }

// Fail returns a future that fails with err at its first poll. The type of the value
// it will never have is given explicitly: Fail[int](err).
func Fail[T any](err error) Future[T] {
	notNil(err != nil, "Fail", "error", "the error to fail with, or use Value for success")
	return &readyFuture[T]{answer: Failed[T](err), who: "Fail"}
}

type readyFuture[T any] struct {
	answer Poll[T]
	who    string // empty once it has answered
}

func (r *readyFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if r.who == "" {
		ended("Value or Fail")
	}
	if !cx.Spend() {
		return Pending[T]()
	}
	answer := r.answer
	*r = readyFuture[T]{}
	return answer
}

func (r *readyFuture[T]) Drop() {
	v := r.answer.value
	*r = readyFuture[T]{}
	Discard(v)
}

// Never returns an operation that is never ready: it waits until it is dropped.
func Never[T any]() NeverOp[T] { return NeverOp[T]{} }

// NeverOp is what [Never] returns.
type NeverOp[T any] struct{}

// Poll implements Future.
func (NeverOp[T]) Poll(*waker.Context) Poll[T] { return Pending[T]() }

// Await waits until the async function is dropped.
func (o NeverOp[T]) Await(co *Co) (T, error) { return AwaitOp(co, o) }
