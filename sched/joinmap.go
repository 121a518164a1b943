package sched

import (
	"fmt"
	"iter"
	"maps"
	"unsafe"

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
// run on; Drop, deferred, ends them. A spawn allocates the task, once, as the function Spawn does, and what the
// map needs to grow.
type JoinMap[K comparable, T any] struct {
	_     word.NoCopy
	tasks map[K]*keyed[K]
	set   waits
}

// keyed is a wait for a task of a map.
type keyed[K comparable] struct {
	wait // first, to be found by its address
	key  K
}

// Spawn makes a task of f, as the function Spawn does, under a key. Another task under that key is aborted,
// and the map tells no more of it. It panics for a key that is not equal to itself, as NaN.
func (m *JoinMap[K, T]) Spawn(spawner Spawner, key K, f future.Future[T]) JoinHandle[T] {
	m.check()
	rt, w := by(spawner, "Spawn")
	t := new(spawned[T, keyed[K]])
	t.init(rt, f)
	m.add(key, &t.wait, &t.header)
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// Add is Spawn for a task that has been spawned, also one that has ended. It allocates.
func (m *JoinMap[K, T]) Add(key K, h JoinHandle[T]) {
	m.check()
	h.mustBe()
	m.add(key, new(keyed[K]), &h.t.header)
}

func (m *JoinMap[K, T]) add(key K, e *keyed[K], task *header) {
	if key != key {
		panic(fmt.Sprintf("sched: a JoinMap with the key %v, which is not equal to itself: nobody would find it again", key))
	}
	if m.tasks == nil {
		m.tasks = map[K]*keyed[K]{}
	}
	if before := m.tasks[key]; before != nil {
		before.task.abort()
		m.set.giveUp(&before.wait)
	}
	e.key = key
	m.tasks[key] = e
	m.set.add(&e.wait, task)
}

// Len returns how many tasks have not been joined by Next: no two have the same key.
func (m *JoinMap[K, T]) Len() int {
	m.check()
	return m.set.n
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
	if m.set.n == 0 {
		return end[Joined[K, T]](cx)
	}
	w, task := m.set.next(cx)
	if w == nil {
		return future.Pending[Joined[K, T]]()
	}
	return future.Done(m.joined(w, task))
}

// joined takes the key off the map whose wait was handed out, and returns what the task has come to.
func (m *JoinMap[K, T]) joined(w *wait, task *header) (Joined[K, T], error) {
	// Sound: add adds waits that are the first field of a keyed[K].
	key := (*keyed[K])(unsafe.Pointer(w)).key
	delete(m.tasks, key)
	v, err := outcomeOf[T](task).result()
	return Joined[K, T]{key, v}, err
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (m *JoinMap[K, T]) StopWaiting() {
	m.check()
	m.set.stopWaiting()
}

// TryNext returns the outcome of a task that has ended, if there is one, and does not wait: ok is false if
// none has, and err is [future.ErrEnd] if none is left. It must not be called while a Next waits. A task is told of a
// moment after its own handle has told of its end.
func (m *JoinMap[K, T]) TryNext() (j Joined[K, T], err error, ok bool) {
	m.check()
	if m.set.n == 0 {
		return j, future.ErrEnd, true
	}
	w, task := m.set.tryNext()
	if w == nil {
		return j, nil, false
	}
	j, err = m.joined(w, task)
	return j, err, true
}

// Abort asks for the task under a key to be dropped, and reports whether there is one. It stays in the
// map, and Next tells of it, with [ErrAborted] if it had not ended.
func (m *JoinMap[K, T]) Abort(key K) bool {
	m.check()
	e := m.tasks[key]
	if e != nil {
		e.task.abort()
	}
	return e != nil
}

// AbortFunc is Abort for each key that is asks about and returns true for.
func (m *JoinMap[K, T]) AbortFunc(is func(key K) bool) {
	m.check()
	for key, e := range m.tasks {
		if is(key) {
			e.task.abort()
		}
	}
}

// AbortAll is Abort for all keys.
func (m *JoinMap[K, T]) AbortAll() {
	m.check()
	m.set.abortAll()
}

// Detach lets all tasks run on without the map, which is empty then.
func (m *JoinMap[K, T]) Detach() {
	m.check()
	m.tasks = nil
	m.set.giveUpAll()
}

// Drop implements future.Dropper: it aborts all tasks, and waits for none. The map is empty then, and can
// be used again.
func (m *JoinMap[K, T]) Drop() {
	m.AbortAll()
	m.Detach()
}

// Shutdown aborts all tasks, and returns an operation that waits until all have ended, whose outcomes are
// lost. One that another one has taken the place of is none of the map's any more, and not waited for. Given up, it leaves
// in the map those that have not ended.
func (m *JoinMap[K, T]) Shutdown() EmptyOp[Joined[K, T]] {
	m.AbortAll()
	return EmptyOp[Joined[K, T]]{m}
}

func (m *JoinMap[K, T]) check() {
	if m == nil {
		panic("sched: a nil JoinMap; the zero value is an empty map")
	}
}
