package future

import "github.com/magpie-go/magpie/waker"

// RaceOK returns a future that ends as the first of fs to succeed does, and drops the others. What
// fails meanwhile is passed over, and a value beside the error discarded; if all fail, it fails with
// the error that came last. It panics without arguments. A poll polls only the futures that were
// woken since. See [Race] for the rest.
func RaceOK[T any](fs ...Future[T]) Future[T] {
	notNil(len(fs) > 0, "RaceOK", "list of futures", "at least one: a race of none never ends")
	r := &raceOKFuture[T]{children: children[T]{who: "RaceOK"}}
	r.children.init(fs)
	r.pollChild = r.pollOne
	return r
}

type raceOKFuture[T any] struct {
	children[T]
	won       Poll[T]                             // also the last failure, if none is left
	pollChild func(i int, cx *waker.Context) bool // pollOne, bound once
}

func (r *raceOKFuture[T]) Poll(cx *waker.Context) Poll[T] {
	r.check()
	r.set.each(cx, r.pollChild)
	won := r.won
	if won.ready {
		r.won = Poll[T]{}
		dropBeside(r, won.value)
	}
	return won
}

func (r *raceOKFuture[T]) pollOne(i int, cx *waker.Context) bool {
	p := r.poll(i, cx)
	switch {
	case !p.ready:
		return true
	case p.err == nil || r.live == 0:
		r.won = p
		return false
	}
	Discard(p.value)
	return true
}

func (r *raceOKFuture[T]) Drop() { r.drop() }
