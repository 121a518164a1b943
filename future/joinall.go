package future

import "github.com/magpie-go/magpie/waker"

// JoinAll returns a future that waits until every one of fs has ended, even if some
// fail. Its value holds theirs in the order of the arguments, also beside an error;
// its error is that of the first in that order that failed. To have every child's
// own error, wrap them with [Settle]; to stop at the first, use [TryJoinAll].
//
// A poll polls only the children that were woken since, and allocates nothing.
// Without arguments it is ready at once.
func JoinAll[T any](fs ...Future[T]) Future[[]T] { return newJoinAll(fs, false, "JoinAll") }

// TryJoinAll returns a future that waits until every one of fs has succeeded, with
// their values in order, or until the first of them fails: then it drops the others,
// discards the values that have come (see [Discard]), and fails with that error. A
// poll polls only the children that were woken since.
func TryJoinAll[T any](fs ...Future[T]) Future[[]T] { return newJoinAll(fs, true, "TryJoinAll") }

func newJoinAll[T any](fs []Future[T], try bool, who string) Future[[]T] {
	j := &joinAllFuture[T]{
		children: children[T]{who: who},
		values:   make([]T, len(fs)),
		failed:   len(fs),
		try:      try,
	}
	j.children.init(fs)
	j.pollChild = j.pollOne
	return j
}

type joinAllFuture[T any] struct {
	children[T]
	values    []T
	err       error
	failed    int // index of the child that err came from, or their number
	try       bool
	pollChild func(i int, cx *waker.Context) bool // pollOne, bound once
}

func (j *joinAllFuture[T]) Poll(cx *waker.Context) Poll[[]T] {
	j.check()
	j.set.each(cx, j.pollChild)
	if j.try && j.err != nil {
		err := j.err
		j.Drop()
		return Failed[[]T](err)
	}
	if j.live > 0 || len(j.values) == 0 && !cx.Spend() {
		return Pending[[]T]()
	}
	values, err := j.values, j.err
	j.values, j.err = nil, nil
	j.drop()
	return Done(values, err)
}

func (j *joinAllFuture[T]) pollOne(i int, cx *waker.Context) bool {
	p := j.poll(i, cx)
	if !p.ready {
		return true
	}
	j.values[i] = p.value
	if p.err != nil && i < j.failed {
		j.err, j.failed = p.err, i
	}
	return !j.try || p.err == nil
}

func (j *joinAllFuture[T]) Drop() {
	values := j.values
	j.values, j.err = nil, nil
	defer Discard(values)
	j.drop()
}
