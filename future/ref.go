package future

import (
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Ref returns f by reference: a future that is polled as f and ends as f, but whose Drop does
// nothing. A combinator owns what it is given; what it is given under a Ref it only borrows. So
// one future can take part in several waits, one after another, until it is ready:
//
//	stop := clock.Sleep(time.Minute)
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
func Ref[T any](f Future[T]) RefOp[T] {
	notNil(f != nil, "Ref", "future", aFuture)
	if b, ok := f.(Borrowable[T]); ok {
		return RefOp[T]{f: b.Borrow(), own: true}
	}
	return RefOp[T]{f: f}
}

// Borrowable is a future that many may wait for. Borrow returns one wait for it, which is what
// [Ref] polls: to drop it ends this wait, and leaves nothing of it behind, where a Ref of another
// future leaves the waker of the wait that was given up with it.
type Borrowable[T any] interface {
	Future[T]
	Borrow() Future[T]
}

// RefOp is what [Ref] returns.
type RefOp[T any] struct {
	f   Future[T]
	own bool // f is a wait of its own
}

// Poll implements Future.
func (r RefOp[T]) Poll(cx *waker.Context) Poll[T] { return r.future().Poll(cx) }

// Drop ends the wait, and leaves the future that is lent alone.
func (r RefOp[T]) Drop() {
	if r.own {
		Drop(r.f)
	}
}

// Await waits for the future that is lent. Dropped meanwhile, it leaves it alone.
func (r RefOp[T]) Await(co *Co) (T, error) { return Await[T](co, r) }

// Name returns what the future is called in reports.
func (r RefOp[T]) Name() string { return origin.Name(r.future()) }

func (r RefOp[T]) future() Future[T] {
	if r.f == nil {
		zero("RefOp", "Ref makes them")
	}
	return r.f
}
