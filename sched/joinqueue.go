package sched

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// JoinQueue is tasks that are waited for in the order in which they were spawned: they run at once, on all
// workers, and [JoinQueue.Next] comes to the outcome of the oldest, however many of the later ones have
// ended before. The zero JoinQueue is empty.
//
//	var pages sched.JoinQueue[Page]
//	defer pages.Drop()
//	for _, u := range urls {
//		pages.Spawn(co, fetch(u))
//	}
//	for range urls {
//		page, err := pages.Next().Await(co) // in the order of urls
//		...
//	}
//
// It belongs to one task, or one goroutine, and must not be copied. A queue that is let go lets its tasks
// run on; Drop, deferred, ends them. A spawn allocates nothing beside the task itself in the long run, and
// who waits is woken by the end of the oldest task alone.
type JoinQueue[T any] struct {
	_      word.NoCopy
	tasks  []JoinHandle[T]
	first  int       // of tasks: those before it were joined
	oldest JoinOp[T] // the wait for the first task, if there is one
}

// Spawn makes a task of f, as the function Spawn does, at the end of the queue.
func (q *JoinQueue[T]) Spawn(by Spawner, f future.Future[T]) JoinHandle[T] {
	q.check()
	h := Spawn(by, f)
	q.Add(h)
	return h
}

// Add adds a task that has been spawned, also one that has ended.
func (q *JoinQueue[T]) Add(h JoinHandle[T]) {
	q.check()
	h.mustBe()
	if len(q.tasks) == cap(q.tasks) && q.first > len(q.tasks)/2 { // make room instead of growing
		n := copy(q.tasks, q.tasks[q.first:])
		clear(q.tasks[n:])
		q.tasks, q.first = q.tasks[:n], 0
	}
	q.tasks = append(q.tasks, h)
}

// Len returns how many tasks have not been joined by Next.
func (q *JoinQueue[T]) Len() int {
	q.check()
	return len(q.tasks) - q.first
}

// Next returns an operation that waits for the end of the oldest task, and comes to its outcome: what the
// task came to, or the errors that a [JoinHandle] has. It comes to [future.ErrEnd] if no task is left.
// Dropped, it loses nothing.
func (q *JoinQueue[T]) Next() future.NextOp[T] {
	q.check()
	return future.Next(q)
}

// PollNext implements future.Stream: it is what Next waits for.
func (q *JoinQueue[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if q.Len() == 0 {
		if !cx.Spend() {
			return future.Pending[T]()
		}
		return future.Failed[T](future.ErrEnd)
	}
	if q.oldest.t == nil {
		q.oldest.t = q.tasks[q.first].t
	}
	p := q.oldest.Poll(cx)
	if p.IsReady() {
		q.forget()
	}
	return p
}

// NextWithID is Next that also tells which task it was: its key is the task's ID, as [JoinHandle.ID]
// returns it.
func (q *JoinQueue[T]) NextWithID() future.NextOp[Joined[TaskID, T]] {
	q.check()
	return future.Next(queueWithID[T]{q})
}

// queueWithID is a JoinQueue as a stream of outcomes with the IDs of their tasks. It is one pointer.
type queueWithID[T any] struct{ *JoinQueue[T] }

// PollNext implements future.Stream.
func (q queueWithID[T]) PollNext(cx *waker.Context) future.Poll[Joined[TaskID, T]] {
	j := Joined[TaskID, T]{}
	if q.Len() > 0 {
		j.Key = q.tasks[q.first].ID()
	}
	p := q.JoinQueue.PollNext(cx)
	if p.IsPending() {
		return future.Pending[Joined[TaskID, T]]()
	}
	v, err := p.Result()
	j.Value = v
	return future.Done(j, err)
}

// forget takes the oldest task off the queue.
func (q *JoinQueue[T]) forget() {
	q.StopWaiting()
	q.tasks[q.first] = JoinHandle[T]{}
	if q.first++; q.first == len(q.tasks) {
		q.tasks, q.first = q.tasks[:0], 0
	}
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (q *JoinQueue[T]) StopWaiting() {
	q.check()
	q.oldest.Drop()
	q.oldest.t = nil
}

// TryNext returns the outcome of the oldest task, if it has ended, and does not wait: ok is false if it has
// not, and err is [future.ErrEnd] if no task is left. It costs no budget, and a Next that waits is woken all
// the same.
func (q *JoinQueue[T]) TryNext() (v T, err error, ok bool) {
	j, err, ok := q.TryNextWithID()
	return j.Value, err, ok
}

// TryNextWithID is TryNext that also tells which task it was.
func (q *JoinQueue[T]) TryNextWithID() (j Joined[TaskID, T], err error, ok bool) {
	if q.Len() == 0 {
		return j, future.ErrEnd, true
	}
	h := q.tasks[q.first]
	if !h.Done() {
		return j, nil, false
	}
	j.Key = h.ID()
	j.Value, err = h.t.result()
	q.forget()
	return j, err, true
}

// AbortAll asks for all tasks to be dropped. They stay in the queue, and Next tells of each, with
// [ErrAborted] if it had not ended.
func (q *JoinQueue[T]) AbortAll() {
	q.check()
	for _, h := range q.tasks[q.first:] {
		h.Abort()
	}
}

// Detach lets all tasks run on without the queue, which is empty then.
func (q *JoinQueue[T]) Detach() {
	q.StopWaiting()
	clear(q.tasks)
	q.tasks, q.first = q.tasks[:0], 0
}

// Drop implements future.Dropper: it aborts all tasks, and waits for none. The queue is empty then, and can
// be used again.
func (q *JoinQueue[T]) Drop() {
	q.AbortAll()
	q.Detach()
}

// Shutdown aborts all tasks, and returns an operation that waits until all have ended, whose outcomes are
// lost. Given up, it leaves in the queue those that have not been waited for.
func (q *JoinQueue[T]) Shutdown() EmptyOp[T] {
	q.AbortAll()
	return EmptyOp[T]{q}
}

func (q *JoinQueue[T]) check() {
	if q == nil {
		panic("sched: a nil JoinQueue; the zero value is an empty queue")
	}
}
