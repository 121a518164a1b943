package future

import "github.com/magpie-go/magpie/waker"

// Race returns a future that ends as the first of fs to end does, with its value or
// its error, and drops the others. When several are ready at one poll, the first in
// the order of the arguments wins, unless it had used up the budget of the last one. It panics without arguments: nothing would ever
// end it. A poll polls only the futures that were woken since.
func Race[T any](fs ...Future[T]) Future[T] { return newRace(fs, false, "Race") }

// RaceOK returns a future that ends as the first of fs to succeed does, and drops the others. What
// fails meanwhile is passed over, and a value beside the error discarded; if all fail, it fails with
// the error that came last. It panics without arguments. A poll polls only the futures that were
// woken since. See [Race] for the rest.
func RaceOK[T any](fs ...Future[T]) Future[T] { return newRace(fs, true, "RaceOK") }

func newRace[T any](fs []Future[T], ok bool, who string) Future[T] {
	notNil(len(fs) > 0, who, "list of futures", "at least one: a race of none never ends")
	r := &raceFuture[T]{children: children[T]{who: who}, ok: ok}
	r.children.init(fs)
	r.pollChild = r.pollOne
	return r
}

type raceFuture[T any] struct {
	children[T]
	ok        bool                                // failures are passed over while others are left
	won       Poll[T]                             // also the last failure, if none is left
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
	p := r.poll(i, cx)
	switch {
	case !p.ready:
		return true
	case r.ok && p.err != nil && r.live > 0:
		Discard(p.value)
		return true
	}
	r.won = p
	return false
}

func (r *raceFuture[T]) Drop() { r.drop() }
