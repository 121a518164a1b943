package deque

import "unsafe"

// Empty reports whether there is nothing to steal at this moment.
func (s Stealer[T]) Empty() bool { return s.Len() == 0 }

// Len returns how many elements are there to steal at this moment.
func (s Stealer[T]) Len() int {
	t, b := s.q.ends()
	return max(int(int64(b-t)), 0)
}

// Steal takes the oldest element.
func (s Stealer[T]) Steal() (v T, got Steal) {
	t, b := s.q.ends()
	if int64(b-t) <= 0 {
		return v, Empty
	}
	r := s.q.ring.Load()
	if !s.q.claim(t, 1) {
		return v, Retry
	}
	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
	s.q.finish(1)
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
	t, b := s.q.ends()
	size := int64(b - t)
	if size <= 0 {
		return v, 0, Empty
	}
	want := min(uint64(size+1)/2, maxBatch)
	if !s.fifo {
		return s.stealSingly(dst, int(want))
	}
	r := s.q.ring.Load()
	if !s.q.claim(t, want) {
		return v, 0, Retry
	}
	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
	dst.pushFrom(r, t+1, want-1)
	s.q.finish(want)
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
func (d *Deque[T]) pushFrom(r *ring, i, n uint64) {
	if n == 0 {
		return
	}
	if d.bottom-d.safe+n > d.ring.mask+1 {
		d.makeRoom(n)
	}
	var zero T
	size := unsafe.Sizeof(zero)
	for k := range n {
		*(*T)(d.ring.write(d.bottom+k, size)) = *(*T)(r.read(i+k, size))
	}
	d.bottom += n
	d.q.publish(d.bottom)
}
