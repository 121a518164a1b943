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
// the first of them fails: then it drops the other and fails with that error.
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
}

func (j *joinFuture[A, B]) Poll(cx *waker.Context) Poll[Pair[A, B]] {
	if j.over {
		ended("Join or TryJoin")
	}
	if j.a != nil {
		if p := j.a.Poll(cx); p.ready {
			j.a, j.out.First, j.errA = nil, p.value, p.err
			if p.err != nil && j.try {
				return j.fail(p.err)
			}
		}
	}
	if j.b != nil {
		if p := j.b.Poll(cx); p.ready {
			j.b, j.out.Second, j.errB = nil, p.value, p.err
			if p.err != nil && j.try {
				return j.fail(p.err)
			}
		}
	}
	if j.a != nil || j.b != nil {
		return Pending[Pair[A, B]]()
	}
	out, err := j.out, j.errA
	if err == nil {
		err = j.errB
	}
	j.Drop()
	return Done(out, err)
}

func (j *joinFuture[A, B]) fail(err error) Poll[Pair[A, B]] {
	j.Drop()
	return Failed[Pair[A, B]](err)
}

func (j *joinFuture[A, B]) Drop() {
	a, b := j.a, j.b
	*j = joinFuture[A, B]{over: true}
	if a != nil {
		Drop(a)
	}
	if b != nil {
		Drop(b)
	}
}
