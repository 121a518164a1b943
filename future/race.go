package future

import "github.com/magpie-go/magpie/waker"

// Race returns a future that ends as the first of fs to end does, with its value or
// its error, and drops the others. When several are ready at one poll, the first in
// the order of the arguments wins, unless it had used up the budget of the last one. It panics without arguments: nothing would ever
// end it. A poll polls only the futures that were woken since.
func Race[T any](fs ...Future[T]) Future[T] {
	notNil(len(fs) > 0, "Race", "list of futures", "at least one: a race of none never ends")
	r := &raceFuture[T]{children: children[T]{who: "Race"}}
	r.children.init(fs)
	r.pollChild = r.pollOne
	return r
}

type raceFuture[T any] struct {
	children[T]
	won       Poll[T]
	pollChild func(i int, cx *waker.Context) bool // pollOne, bound once
}

func (r *raceFuture[T]) Poll(cx *waker.Context) Poll[T] {
	r.check()
	r.set.each(cx, r.pollChild)
	won := r.won
	if won.ready {
		r.won = Poll[T]{}
		dropBeside(r, won.value)
	}
	return won
}

func (r *raceFuture[T]) pollOne(i int, cx *waker.Context) bool {
	r.won = r.poll(i, cx)
	return !r.won.ready
}

func (r *raceFuture[T]) Drop() { r.drop() }
