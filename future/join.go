package future

import "github.com/magpie-go/magpie/waker"

// Pair is the value of two futures joined.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Join returns a future that waits until both a and b have ended, even if one of
// them fails. Its error is a's, or else b's; the values are those that came, also
// beside an error. [TryJoin] does not wait after an error.
//
// Both are polled at every wake-up; for more than a few use [JoinAll].
func Join[A, B any](a Future[A], b Future[B]) Future[Pair[A, B]] {
	return newJoin(a, b, false, "Join")
}

// TryJoin returns a future that waits until both a and b have succeeded, or until
// the first of them fails: then it drops the other, or discards its value (see
// [Discard]), and fails with that error.
func TryJoin[A, B any](a Future[A], b Future[B]) Future[Pair[A, B]] {
	return newJoin(a, b, true, "TryJoin")
}

func newJoin[A, B any](a Future[A], b Future[B], try bool, who string) Future[Pair[A, B]] {
	notNil(a != nil, who, "first future", aFuture)
	notNil(b != nil, who, "second future", aFuture)
	return &joinFuture[A, B]{a: a, b: b, try: try}
}

// joinFuture forgets a child when it has ended.
type joinFuture[A, B any] struct {
	a          Future[A]
	b          Future[B]
	out        Pair[A, B]
	errA, errB error
	try        bool
	over       bool
	bFirst     bool // it is b's turn to be polled first
}

func (j *joinFuture[A, B]) Poll(cx *waker.Context) Poll[Pair[A, B]] {
	if j.over {
		ended("Join or TryJoin")
	}
	bFirst := j.bFirst
	for i := range 2 {
		var err error
		if bFirst == (i == 0) {
			err = j.pollB(cx)
		} else {
			err = j.pollA(cx)
		}
		if err != nil && j.try {
			return j.fail(err)
		}
		if i == 0 && cx.Exhausted() {
			j.bFirst = !bFirst
		}
	}
	if j.a != nil || j.b != nil {
		return Pending[Pair[A, B]]()
	}
	out, err := j.out, j.errA
	if err == nil {
		err = j.errB
	}
	*j = joinFuture[A, B]{over: true}
	return Done(out, err)
}

func (j *joinFuture[A, B]) pollA(cx *waker.Context) error {
	if j.a == nil {
		return nil
	}
	p := j.a.Poll(cx)
	if p.ready {
		j.a, j.out.First, j.errA = nil, p.value, p.err
	}
	return p.err
}

func (j *joinFuture[A, B]) pollB(cx *waker.Context) error {
	if j.b == nil {
		return nil
	}
	p := j.b.Poll(cx)
	if p.ready {
		j.b, j.out.Second, j.errB = nil, p.value, p.err
	}
	return p.err
}

func (j *joinFuture[A, B]) fail(err error) Poll[Pair[A, B]] {
	j.Drop()
	return Failed[Pair[A, B]](err)
}

func (j *joinFuture[A, B]) Drop() {
	if j.over {
		return
	}
	a, b, out := j.a, j.b, j.out
	*j = joinFuture[A, B]{over: true}
	defer out.discardParts()
	defer Drop(b)
	Drop(a)
}
