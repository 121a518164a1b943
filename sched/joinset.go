package sched

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// JoinSet is a set of tasks that are waited for together: [JoinSet.Next] comes to the outcome of
// the next one that ends. The tasks run at once, on all workers, whether or not somebody waits.
// The zero JoinSet is an empty set.
//
//	var set sched.JoinSet[Page]
//	defer set.AbortAll()
//	for _, u := range urls {
//		set.Spawn(co, fetch(u))
//	}
//	for set.Len() > 0 {
//		page, err := set.Next().Await(co)
//		...
//	}
//
// It belongs to one task, or one goroutine, and must not be copied. A set that is let go lets its
// tasks run on, as a [JoinHandle] does; AbortAll, deferred, or Drop ends them. A spawn allocates the task, once, as
// the function Spawn does.
//
// A [JoinMap] has a key for each task, and a [JoinQueue] tells of tasks in the order of their spawns.
type JoinSet[T any] struct {
	_    word.NoCopy
	set  waits
	last TaskID // of the task whose outcome came last
}

// Spawn makes a task of f, as the function Spawn does, and adds it to the set.
func (s *JoinSet[T]) Spawn(spawner Spawner, f future.Future[T]) JoinHandle[T] {
	s.check()
	rt, w := by(spawner, "Spawn")
	t := new(spawned[T, wait])
	t.init(rt, f)
	s.set.add(&t.wait, &t.header)
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// Add adds a task that has been spawned, also one that has ended. It allocates.
func (s *JoinSet[T]) Add(h JoinHandle[T]) {
	s.check()
	h.mustBe()
	s.set.add(new(wait), &h.t.header)
}

// Len returns how many tasks have not been joined by Next.
func (s *JoinSet[T]) Len() int {
	s.check()
	return s.set.n
}

// Next returns an operation that waits for the next task that ends, and comes to its outcome:
// what the task came to, or the errors that a [JoinHandle] has. It comes to [future.ErrEnd] if no
// task is left. Dropped, it loses nothing.
func (s *JoinSet[T]) Next() future.NextOp[T] {
	s.check()
	return future.Next(s)
}

// PollNext implements future.Stream: it is what Next waits for.
func (s *JoinSet[T]) PollNext(cx *waker.Context) future.Poll[T] {
	s.check()
	if s.set.n == 0 {
		return end[T](cx)
	}
	_, task := s.set.next(cx)
	if task == nil {
		return future.Pending[T]()
	}
	return future.Done(s.outcome(task))
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (s *JoinSet[T]) StopWaiting() {
	s.check()
	s.set.stopWaiting()
}

// TryNext returns the outcome of a task that has ended, if there is one, and does not wait: ok is
// false if none has, and err is [future.ErrEnd] if none is left. It must not be called while a
// Next waits. A task is told of a moment after its own handle has told of its end.
func (s *JoinSet[T]) TryNext() (v T, err error, ok bool) {
	s.check()
	if s.set.n == 0 {
		return v, future.ErrEnd, true
	}
	_, task := s.set.tryNext()
	if task == nil {
		return v, nil, false
	}
	v, err = s.outcome(task)
	return v, err, true
}

// outcome returns what a task has come to whose wait was handed out.
func (s *JoinSet[T]) outcome(task *header) (T, error) {
	s.last = task.id()
	return outcomeOf[T](task).result()
}

// NextWithID is Next that also tells which task it was: its key is the task's ID, as [JoinHandle.ID]
// returns it.
func (s *JoinSet[T]) NextWithID() future.NextOp[Joined[TaskID, T]] {
	s.check()
	return future.Next(withID[T]{s})
}

// TryNextWithID is TryNext that also tells which task it was.
func (s *JoinSet[T]) TryNextWithID() (j Joined[TaskID, T], err error, ok bool) {
	some := s.Len() > 0
	v, err, ok := s.TryNext()
	if ok && some {
		j.Key, j.Value = s.last, v
	}
	return j, err, ok
}

// withID is a JoinSet as a stream of outcomes with the IDs of their tasks. It is one pointer.
type withID[T any] struct{ *JoinSet[T] }

// PollNext implements future.Stream.
func (s withID[T]) PollNext(cx *waker.Context) future.Poll[Joined[TaskID, T]] {
	some := s.Len() > 0
	p := s.JoinSet.PollNext(cx)
	if p.IsPending() {
		return future.Pending[Joined[TaskID, T]]()
	}
	v, err := p.Result()
	if !some {
		return future.Failed[Joined[TaskID, T]](err)
	}
	return future.Done(Joined[TaskID, T]{s.last, v}, err)
}

// AbortAll asks for all tasks to be dropped. They stay in the set, and Next tells of each,
// with [ErrAborted] if it had not ended.
func (s *JoinSet[T]) AbortAll() {
	s.check()
	s.set.abortAll()
}

// Detach lets all tasks run on without the set, which is empty then.
func (s *JoinSet[T]) Detach() {
	s.check()
	s.set.giveUpAll()
}

// Drop implements future.Dropper: it aborts all tasks, and waits for none. The set is empty then, and
// can be used again.
func (s *JoinSet[T]) Drop() {
	s.AbortAll()
	s.Detach()
}

// Shutdown aborts all tasks, and returns an operation that waits until all have ended, whose outcomes
// are lost. Given up, it leaves in the set those that have not ended.
func (s *JoinSet[T]) Shutdown() EmptyOp[T] {
	s.AbortAll()
	return EmptyOp[T]{s}
}

func (s *JoinSet[T]) check() {
	if s == nil {
		panic("sched: a nil JoinSet; the zero value is an empty set")
	}
}
