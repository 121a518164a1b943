package future

import "github.com/magpie-go/magpie/waker"

// Result is how a future ended, as a value.
type Result[T any] struct {
	Value T
	Err   error
}

// Settle returns a future that always succeeds, with the outcome of f, be it a value
// or an error. Under [JoinAll] it keeps every child's own error.
func Settle[T any](f Future[T]) Future[Result[T]] {
	notNil(f != nil, "Settle", "future", aFuture)
	return &settleFuture[T]{f}
}

type settleFuture[T any] struct{ f Future[T] }

func (s *settleFuture[T]) Poll(cx *waker.Context) Poll[Result[T]] {
	if s.f == nil {
		ended("Settle")
	}
	p := s.f.Poll(cx)
	if !p.ready {
		return Pending[Result[T]]()
	}
	s.f = nil
	return Ready(Result[T]{p.value, p.err})
}

func (s *settleFuture[T]) Drop() {
	if f := s.f; f != nil {
		s.f = nil
		Drop(f)
	}
}
