package future

import (
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Ref returns f by reference: a future that is polled as f and ends as f, but whose Drop does
// nothing. A combinator owns what it is given; what it is given under a Ref it only borrows. So
// one future can take part in several waits, one after another, until it is ready:
//
//	stop := reactor.Sleep(time.Minute)
//	defer stop.Drop()
//	for {
//		which, err := future.Await(co, future.Select2(recv(), future.Ref(stop)))
//		...
//
// f stays with the caller, who drops it if it does not become ready. Its value is the
// borrower's, once it has come. Only the last waker that f was polled with is woken: one task
// at a time waits for it. A [Borrowable], as a [sched.JoinHandle] is, has no such limit.
//
// [sched.JoinHandle]: https://pkg.go.dev/github.com/magpie-go/magpie/sched#JoinHandle
func Ref[T any](f Future[T]) Future[T] {
	notNil(f != nil, "Ref", "future", aFuture)
	if b, ok := f.(Borrowable[T]); ok {
		return b.Borrow()
	}
	return &refFuture[T]{f}
}

// Borrowable is a future that many may wait for. Borrow returns one wait for it, which is what
// [Ref] returns: its Drop ends this wait, and leaves nothing of it behind, where a Ref of another
// future leaves the waker of the wait that was given up with it.
type Borrowable[T any] interface {
	Future[T]
	Borrow() Future[T]
}

type refFuture[T any] struct{ f Future[T] }

func (r *refFuture[T]) Poll(cx *waker.Context) Poll[T] { return r.f.Poll(cx) }

// Name returns what f is called in reports.
func (r *refFuture[T]) Name() string { return origin.Name(r.f) }
