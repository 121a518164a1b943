package future

import "github.com/magpie-go/magpie/waker"

// Pair is the value of two futures joined.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Join returns an operation that waits until both a and b have ended, even if one of
// them fails. Its error is a's, or else b's; the values are those that came, also
// beside an error. [TryJoin] does not wait after an error.
//
// Both are polled at every wake-up; for more than a few use [JoinAll].
func Join[A, B any, FA Op[A], FB Op[B]](a FA, b FB) (j JoinOp[A, B, FA, FB]) {
	j.hold(a, b, "future: Join")
	return j
}

// TryJoin returns an operation that waits until both a and b have succeeded, or until
// the first of them fails: then it drops the other, or discards its value (see
// [Discard]), and fails with that error.
func TryJoin[A, B any, FA Op[A], FB Op[B]](a FA, b FB) (j JoinOp[A, B, FA, FB]) {
	j.hold(a, b, "future: TryJoin")
	j.try = true
	return j
}

// JoinOp is what [Join] and [TryJoin] return.
type JoinOp[A, B any, FA Op[A], FB Op[B]] struct {
	a          Child[A, FA]
	b          Child[B, FB]
	out        Pair[A, B]
	errA, errB error
	try        bool
	live       bool // neither ready nor dropped
	bFirst     bool // it is b's turn to be polled first
}

func (j *JoinOp[A, B, FA, FB]) hold(a FA, b FB, who string) {
	j.a.hold(a, who)
	j.b.hold(b, who)
	j.live = true
}

// Poll implements Future.
func (j *JoinOp[A, B, FA, FB]) Poll(cx *waker.Context) Poll[Pair[A, B]] {
	if !j.live {
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
			j.Drop()
			return Failed[Pair[A, B]](err)
		}
		if i == 0 && cx.Exhausted() {
			j.bFirst = !bFirst
		}
	}
	if j.a.live || j.b.live {
		return Pending[Pair[A, B]]()
	}
	out, err := j.out, j.errA
	if err == nil {
		err = j.errB
	}
	j.finish()
	return Done(out, err)
}

func (j *JoinOp[A, B, FA, FB]) pollA(cx *waker.Context) error {
	if !j.a.live {
		return nil
	}
	p := j.a.Poll(cx)
	if p.ready {
		j.out.First, j.errA = p.value, p.err
	}
	return p.err
}

func (j *JoinOp[A, B, FA, FB]) pollB(cx *waker.Context) error {
	if !j.b.live {
		return nil
	}
	p := j.b.Poll(cx)
	if p.ready {
		j.out.Second, j.errB = p.value, p.err
	}
	return p.err
}

// finish keeps nothing of what has been handed on, or is about to be discarded.
func (j *JoinOp[A, B, FA, FB]) finish() {
	j.live, j.out, j.errA, j.errB = false, Pair[A, B]{}, nil, nil
}

// Drop implements Dropper.
func (j *JoinOp[A, B, FA, FB]) Drop() {
	if !j.live {
		return
	}
	out := j.out
	j.finish()
	defer out.discardParts()
	defer j.b.Drop()
	j.a.Drop()
}

// Await waits for both, see [Await].
func (j JoinOp[A, B, FA, FB]) Await(co *Co) (Pair[A, B], error) { return AwaitOp(co, j) }
