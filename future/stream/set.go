package stream

import (
	"iter"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// How Set and Keyed work.
//
// Each stream is a member of a future.Unordered, which polls those that were woken. A member is ready
// with itself when its stream has an item; that is handed out, and the member goes back in at the next
// poll. So one that always has an item stands behind the others each time.
//
// A stream that is taken out leaves its member behind, empty. It is woken, with the waker of its last
// poll, so that the next poll of the set finds it and forgets it.

// member is a stream of a set.
type member[K, T any] struct {
	key  K
	s    future.Stream[T] // nil when it has ended, or is no more in the set
	item future.Poll[T]   // that has come, until it is handed out
	w    waker.Waker      // of its last poll
	of   *members[K, T]
}

// Poll implements future.Future.
func (m *member[K, T]) Poll(cx *waker.Context) future.Poll[*member[K, T]] {
	if m.s == nil {
		return future.Ready(m)
	}
	if w := cx.Waker(); !m.w.WillWake(w) {
		m.w.Drop()
		m.w = w.Clone()
	}
	p := m.s.PollNext(cx)
	if p.IsPending() {
		return future.Pending[*member[K, T]]()
	}
	m.item = p
	return future.Ready(m)
}

// Drop implements future.Dropper: for the set that is dropped, or after a panic of the stream.
func (m *member[K, T]) Drop() {
	if s := m.s; s != nil {
		m.of.forget(m)
		future.Drop(s)
	}
}

// Trace implements future.Traced.
func (m *member[K, T]) Trace(t *future.Tracer) { t.Child(m.s) }

// members is what Set and Keyed have in common.
type members[K, T any] struct {
	set  future.Unordered[*member[K, T]]
	out  *member[K, T]       // whose item was handed out last
	gone func(*member[K, T]) // unless nil: told of each that is no more in the set
	n    int
}

func (ms *members[K, T]) add(key K, s future.Stream[T]) *member[K, T] {
	m := &member[K, T]{key: key, s: s, of: ms}
	ms.n++
	ms.set.Push(m)
	return m
}

// forget ends the membership of a stream.
func (ms *members[K, T]) forget(m *member[K, T]) {
	m.s = nil
	ms.n--
	w := m.w
	m.w = waker.Waker{}
	w.Drop()
	if ms.gone != nil {
		ms.gone(m)
	}
}

// remove takes a stream out.
func (ms *members[K, T]) remove(m *member[K, T]) future.Stream[T] {
	s, w := m.s, m.w
	m.w = waker.Waker{}
	ms.forget(m)
	if ms.out == m {
		ms.out = nil
	} else {
		w.WakeByRef()
	}
	w.Drop()
	future.StopWaiting(s)
	return s
}

// poll returns the member that has an item next, or ErrEnd.
func (ms *members[K, T]) poll(cx *waker.Context) (*member[K, T], future.Poll[T]) {
	if m := ms.out; m != nil {
		ms.out = nil
		ms.set.StopWaiting() // the push would wake the task that asks
		ms.set.Push(m)
	}
	for {
		p := ms.set.PollNext(cx)
		m, err := p.Result()
		switch {
		case p.IsPending():
			return nil, future.Pending[T]()
		case err != nil:
			return nil, future.Failed[T](err)
		case m.s == nil: // taken out
			continue
		}
		item := m.item
		m.item = future.Poll[T]{}
		if item.Err() == future.ErrEnd {
			ms.forget(m)
			continue
		}
		ms.out = m
		return m, item
	}
}

func (ms *members[K, T]) drop() {
	defer ms.set.Drop()
	if m := ms.out; m != nil {
		ms.out = nil
		m.Drop()
	}
}

func (ms *members[K, T]) streams() iter.Seq[*member[K, T]] {
	return func(yield func(*member[K, T]) bool) {
		if ms.out != nil && !yield(ms.out) {
			return
		}
		for f := range ms.set.All() {
			if m := f.(*member[K, T]); m.s != nil && !yield(m) {
				return
			}
		}
	}
}

// Set is streams that make one: it has their items as they come. They are polled when they have been
// woken, and those that have items get their turns. Streams can be added at any time; the set has an end
// whenever it is empty. The zero Set is an empty set.
//
// It belongs to one task, must not be copied, and owns its streams. Push allocates.
type Set[T any] struct {
	_ word.NoCopy
	m members[future.Unit, T]
}

// Push adds a stream, which the next poll of the set polls. It takes s over.
func (st *Set[T]) Push(s future.Stream[T]) {
	st.check()
	mustHave(s != nil, "Set.Push", "stream", "a value that implements future.Stream")
	st.m.add(future.Unit{}, s)
}

// Len returns how many streams have not ended.
func (st *Set[T]) Len() int {
	st.check()
	return st.m.n
}

// All goes through the streams that have not ended, in no order.
func (st *Set[T]) All() iter.Seq[future.Stream[T]] {
	st.check()
	return func(yield func(future.Stream[T]) bool) {
		for m := range st.m.streams() {
			if !yield(m.s) {
				return
			}
		}
	}
}

// PollNext implements future.Stream.
func (st *Set[T]) PollNext(cx *waker.Context) future.Poll[T] {
	st.check()
	_, p := st.m.poll(cx)
	return p
}

// Next returns an operation that waits for the next item of any of the streams, see [future.Next].
func (st *Set[T]) Next() future.NextOp[T] {
	st.check()
	return future.Next(st)
}

// StopWaiting implements future.Pauser. The streams keep their waits, which are the set's.
func (st *Set[T]) StopWaiting() {
	st.check()
	st.m.set.StopWaiting()
}

// Drop drops the streams that have not ended. The set is empty then, and can be used again.
func (st *Set[T]) Drop() {
	st.check()
	st.m.drop()
}

// Trace implements future.Traced.
func (st *Set[T]) Trace(t *future.Tracer) { st.m.trace("stream.Set", t) }

func (ms *members[K, T]) trace(who string, t *future.Tracer) {
	var live []any
	for m := range ms.streams() {
		live = append(live, m.s)
	}
	t.Among(who, live...)
}

func (st *Set[T]) check() {
	if st == nil {
		panic("stream: a nil Set; the zero value is an empty set")
	}
}
