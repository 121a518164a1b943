package sched

import (
	"iter"
	"maps"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// JoinMap is tasks by key that are waited for together: one for each connection, user or file, say.
// A task that is spawned under the key of another one takes its place: the other is aborted, and nobody
// is told of it. The zero JoinMap is empty.
//
//	var fetches sched.JoinMap[string, Page]
//	defer fetches.Drop()
//	fetches.Spawn(co, url, fetch(url)) // and ends an earlier fetch of the same
//	...
//	page, err := fetches.Next().Await(co) // page.Key says which; also beside an error
//
// It belongs to one task, or one goroutine, and must not be copied. A map that is let go lets its tasks
// run on; Drop, deferred, ends them. A spawn takes one allocation beside the task's own, and what the
// map needs to grow.
type JoinMap[K comparable, T any] struct {
	_     word.NoCopy
	tasks map[K]*keyed[K, T]

	// The waits for all tasks, also for those whose key belongs to another one by now: such a wait comes
	// to its end as others do, and PollNext passes over it.
	set  future.Unordered[T]
	last *keyed[K, T] // whose wait has come to its end last
}

// keyed is a wait for a task of a map.
type keyed[K comparable, T any] struct {
	JoinOp[T]
	of  *JoinMap[K, T]
	key K
}

// Poll implements future.Future.
func (e *keyed[K, T]) Poll(cx *waker.Context) future.Poll[T] {
	p := e.JoinOp.Poll(cx)
	if p.IsReady() {
		e.of.last = e
	}
	return p
}

// Name returns what the wait is called in reports.
func (e *keyed[K, T]) Name() string { return "sched.JoinMap" }

func (e *keyed[K, T]) handle() JoinHandle[T] { return JoinHandle[T]{e.t} }

// Spawn makes a task of f, as the function Spawn does, under a key. Another task under that key is aborted,
// and the map tells no more of it.
func (m *JoinMap[K, T]) Spawn(by Spawner, key K, f future.Future[T]) JoinHandle[T] {
	m.check()
	h := Spawn(by, f)
	m.Add(key, h)
	return h
}

// Add is Spawn for a task that has been spawned, also one that has ended.
func (m *JoinMap[K, T]) Add(key K, h JoinHandle[T]) {
	m.check()
	h.mustBe()
	if m.tasks == nil {
		m.tasks = map[K]*keyed[K, T]{}
	}
	if before := m.tasks[key]; before != nil {
		before.handle().Abort()
	}
	e := &keyed[K, T]{of: m, key: key, JoinOp: JoinOp[T]{t: h.t}}
	m.tasks[key] = e
	m.set.Push(e)
}

// Len returns how many tasks have not been joined by Next: no two have the same key.
func (m *JoinMap[K, T]) Len() int {
	m.check()
	return len(m.tasks)
}

// Has reports whether a task under the key has not been joined by Next.
func (m *JoinMap[K, T]) Has(key K) bool {
	m.check()
	return m.tasks[key] != nil
}

// Keys goes through the keys of the tasks that have not been joined by Next, in no order.
func (m *JoinMap[K, T]) Keys() iter.Seq[K] {
	m.check()
	return maps.Keys(m.tasks)
}

// Next returns an operation that waits for the next task that ends, and comes to its key and its outcome:
// what the task came to, or the errors that a [JoinHandle] has, beside which the key is told too. It comes
// to [future.ErrEnd] if no task is left. Dropped, it loses nothing.
func (m *JoinMap[K, T]) Next() future.NextOp[Joined[K, T]] {
	m.check()
	return future.Next(m)
}

// PollNext implements future.Stream: it is what Next waits for.
func (m *JoinMap[K, T]) PollNext(cx *waker.Context) future.Poll[Joined[K, T]] {
	m.check()
	for len(m.tasks) > 0 {
		p := m.set.PollNext(cx)
		if p.IsPending() {
			return future.Pending[Joined[K, T]]()
		}
		v, err := p.Result()
		if j, ok := m.take(v); ok {
			return future.Done(j, err)
		}
	}
	if !cx.Spend() {
		return future.Pending[Joined[K, T]]()
	}
	return future.Failed[Joined[K, T]](future.ErrEnd)
}

// take takes the task whose wait has come to its end off the map. It reports false if another one has its place.
func (m *JoinMap[K, T]) take(v T) (j Joined[K, T], ok bool) {
	e := m.last
	m.last = nil
	if m.tasks[e.key] != e {
		return j, false
	}
	delete(m.tasks, e.key)
	if len(m.tasks) == 0 {
		m.set.StopWaiting()
	}
	return Joined[K, T]{e.key, v}, true
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (m *JoinMap[K, T]) StopWaiting() {
	m.check()
	m.set.StopWaiting()
}

// TryNext returns the outcome of a task that has ended, if there is one, and does not wait: ok is false if
// none has, and err is [future.ErrEnd] if none is left. It must not be called while a Next waits.
func (m *JoinMap[K, T]) TryNext() (j Joined[K, T], err error, ok bool) {
	m.check()
	for len(m.tasks) > 0 {
		v, err, ok := m.set.TryNext()
		if !ok {
			return j, nil, false
		}
		if j, ok := m.take(v); ok {
			return j, err, true
		}
	}
	return j, future.ErrEnd, true
}

// Abort asks for the task under a key to be dropped, and reports whether there is one. It stays in the
// map, and Next tells of it, with [ErrAborted] if it had not ended.
func (m *JoinMap[K, T]) Abort(key K) bool {
	m.check()
	e := m.tasks[key]
	if e != nil {
		e.handle().Abort()
	}
	return e != nil
}

// AbortFunc is Abort for each key that is asks about and returns true for.
func (m *JoinMap[K, T]) AbortFunc(is func(key K) bool) {
	m.check()
	for key, e := range m.tasks {
		if is(key) {
			e.handle().Abort()
		}
	}
}

// AbortAll is Abort for all keys.
func (m *JoinMap[K, T]) AbortAll() { m.AbortFunc(func(K) bool { return true }) }

// Detach lets all tasks run on without the map, which is empty then.
func (m *JoinMap[K, T]) Detach() {
	m.check()
	m.tasks, m.last = nil, nil
	m.set.Drop()
}

// Drop implements future.Dropper: it aborts all tasks, and waits for none. The map is empty then, and can
// be used again.
func (m *JoinMap[K, T]) Drop() {
	m.AbortAll()
	m.Detach()
}

// Shutdown aborts all tasks, and returns an operation that waits until all have ended, whose outcomes are
// lost. Given up, it leaves in the map those that have not ended.
func (m *JoinMap[K, T]) Shutdown() EmptyOp[Joined[K, T]] {
	m.AbortAll()
	return EmptyOp[Joined[K, T]]{m}
}

func (m *JoinMap[K, T]) check() {
	if m == nil {
		panic("sched: a nil JoinMap; the zero value is an empty map")
	}
}
