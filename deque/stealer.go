package deque

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
)

// Empty tells whether there is nothing to steal at this moment.
func (s Stealer[T]) Empty() bool { return s.Len() == 0 }

// Len returns how many elements are there to steal at this moment.
func (s Stealer[T]) Len() int {
	t, b := s.q.top.Load(), s.q.bottom.Load()
	return max(int(int64(b-t)), 0)
}

// Steal takes the oldest element.
func (s Stealer[T]) Steal() (v T, got Steal) {
	t, b := s.q.top.Load(), s.q.bottom.Load()
	if int64(b-t) <= 0 {
		return v, Empty
	}
	r := s.q.ring.Load()
	if !s.q.top.CompareAndSwap(t, t+1) {
		return v, Retry
	}
	slot := r.at(t)
	word.Read(unsafe.Pointer(slot))
	v = *slot
	s.q.done.Add(1)
	return v, Stolen
}

// StealHalf takes half of the elements, oldest first, 256 at most: it returns the
// oldest and pushes the others to dst, a deque that the caller owns. n counts them
// all. From an oldest-first deque they are claimed at once; from a newest-first one
// they are claimed one by one, for its owner takes from the other end unannounced.
func (s Stealer[T]) StealHalf(dst *Deque[T]) (v T, n int, got Steal) {
	if &dst.q == s.q {
		panic("deque: StealHalf into the deque that is stolen from")
	}
	t, b := s.q.top.Load(), s.q.bottom.Load()
	size := int64(b - t)
	if size <= 0 {
		return v, 0, Empty
	}
	want := min(uint64(size+1)/2, maxBatch)
	if !s.fifo {
		return s.stealSingly(dst, int(want))
	}
	r := s.q.ring.Load()
	if !s.q.top.CompareAndSwap(t, t+want) {
		return v, 0, Retry
	}
	first := r.at(t)
	word.Read(unsafe.Pointer(first))
	v = *first
	dst.pushFrom(r, t+1, want-1)
	s.q.done.Add(want)
	return v, int(want), Stolen
}

func (s Stealer[T]) stealSingly(dst *Deque[T], want int) (v T, n int, got Steal) {
	if v, got = s.Steal(); got != Stolen {
		return v, 0, got
	}
	for n = 1; n < want; n++ {
		more, got := s.Steal()
		if got != Stolen {
			break
		}
		dst.Push(more)
	}
	return v, n, Stolen
}

// pushFrom pushes the n elements from index i on of another deque's ring, which the
// caller has claimed, and publishes them at once.
func (d *Deque[T]) pushFrom(r *ring[T], i, n uint64) {
	if n == 0 {
		return
	}
	if d.bottom-d.safe+n > d.ring.mask+1 {
		d.makeRoom(n)
	}
	for k := range n {
		from, to := r.at(i+k), d.ring.at(d.bottom+k)
		word.Read(unsafe.Pointer(from))
		word.Write(unsafe.Pointer(to))
		*to = *from
	}
	d.bottom += n
	d.q.bottom.Store(d.bottom)
}
