package clock

// The heap of a DelayQueue: slots by their numbers, each of which knows its place, so that it can be taken out and moved.

// before reports whether the value of slot a comes before that of slot b.
func (q *DelayQueue[T]) before(a, b uint32) bool {
	x, y := &q.slots[a], &q.slots[b]
	if x.at != y.at {
		return x.at < y.at
	}
	return x.order < y.order
}

func (q *DelayQueue[T]) place(i uint32, pos int) {
	q.heap[pos] = i
	q.slots[i].pos = pos
}

// sift moves what is at a place to where it belongs, up or down.
func (q *DelayQueue[T]) sift(pos int) {
	i := q.heap[pos]
	for pos > 0 {
		parent := (pos - 1) / 2
		if !q.before(i, q.heap[parent]) {
			break
		}
		q.place(q.heap[parent], pos)
		pos = parent
	}
	for {
		child := 2*pos + 1
		if child >= len(q.heap) {
			break
		}
		if right := child + 1; right < len(q.heap) && q.before(q.heap[right], q.heap[child]) {
			child = right
		}
		if !q.before(q.heap[child], i) {
			break
		}
		q.place(q.heap[child], pos)
		pos = child
	}
	q.place(i, pos)
}

// take takes a slot out of the heap, and its value out of it. The slot is free then.
func (q *DelayQueue[T]) take(s *delaySlot[T]) (v T) {
	var none T
	pos, i, last := s.pos, q.heap[s.pos], len(q.heap)-1
	moved := q.heap[last]
	q.heap = q.heap[:last]
	if pos < last {
		q.place(moved, pos)
		q.sift(pos)
	}
	v, s.value, s.key = s.value, none, 0
	q.free = append(q.free, i)
	return v
}
