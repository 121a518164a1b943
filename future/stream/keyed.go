package stream

import (
	"iter"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Keyed is a [Set] of streams that have names: an item comes with the key of its stream, and a stream
// can be asked for and taken out by its key. The zero Keyed is empty.
//
//	var rooms stream.Keyed[string, Message]
//	rooms.Insert("lobby", lobby)
//	item, err := rooms.Next().Await(co) // item.First is the key, also beside an error
//
// It belongs to one task, must not be copied, and owns its streams. Insert allocates.
type Keyed[K comparable, T any] struct {
	_  word.NoCopy
	m  members[K, T]
	by map[K]*member[K, T]
}

// Insert adds a stream under a key, and takes it over. If there was one under it already that is taken
// out first, and is the caller's.
func (k *Keyed[K, T]) Insert(key K, s future.Stream[T]) (old future.Stream[T], replaced bool) {
	k.check()
	mustHave(s != nil, "Keyed.Insert", "stream", "a value that implements future.Stream")
	old, replaced = k.Remove(key)
	if k.by == nil {
		k.by = make(map[K]*member[K, T])
		k.m.gone = func(m *member[K, T]) {
			if k.by[m.key] == m {
				delete(k.by, m.key)
			}
		}
	}
	k.by[key] = k.m.add(key, s)
	return old, replaced
}

// Remove takes out the stream under a key, which is the caller's then.
func (k *Keyed[K, T]) Remove(key K) (s future.Stream[T], ok bool) {
	k.check()
	m := k.by[key]
	if m == nil {
		return nil, false
	}
	return k.m.remove(m), true
}

// Get returns the stream under a key, which stays in the set.
func (k *Keyed[K, T]) Get(key K) (s future.Stream[T], ok bool) {
	k.check()
	if m := k.by[key]; m != nil {
		return m.s, true
	}
	return nil, false
}

// Len returns how many streams have not ended.
func (k *Keyed[K, T]) Len() int {
	k.check()
	return k.m.n
}

// All goes through the keys and the streams that have not ended, in no order.
func (k *Keyed[K, T]) All() iter.Seq2[K, future.Stream[T]] {
	k.check()
	return func(yield func(K, future.Stream[T]) bool) {
		for key, m := range k.by {
			if !yield(key, m.s) {
				return
			}
		}
	}
}

// PollNext implements future.Stream: pairs of a key and an item of its stream.
func (k *Keyed[K, T]) PollNext(cx *waker.Context) future.Poll[future.Pair[K, T]] {
	k.check()
	m, p := k.m.poll(cx)
	v, err := p.Result()
	switch {
	case p.IsPending():
		return future.Pending[future.Pair[K, T]]()
	case m == nil:
		return future.Failed[future.Pair[K, T]](err)
	}
	return future.Done(future.Pair[K, T]{First: m.key, Second: v}, err)
}

// Next returns an operation that waits for the next item of any of the streams, see [future.Next].
func (k *Keyed[K, T]) Next() future.NextOp[future.Pair[K, T]] {
	k.check()
	return future.Next(k)
}

// StopWaiting implements future.Pauser. The streams keep their waits, which are the set's.
func (k *Keyed[K, T]) StopWaiting() {
	k.check()
	k.m.set.StopWaiting()
}

// Drop drops the streams that have not ended. It is empty then, and can be used again.
func (k *Keyed[K, T]) Drop() {
	k.check()
	k.m.drop()
}

// Trace implements future.Traced.
func (k *Keyed[K, T]) Trace(t *future.Tracer) { k.m.trace("stream.Keyed", t) }

func (k *Keyed[K, T]) check() {
	if k == nil {
		panic("stream: a nil Keyed; the zero value is empty")
	}
}
