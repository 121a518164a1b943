package sched

// fifo is a growing queue for one thread: that of the tasks bound to a worker, which
// nobody steals.
type fifo struct {
	slots      []*header // a power of two
	head, tail uint
}

func (r *fifo) empty() bool { return r.head == r.tail }
func (r *fifo) len() int    { return int(r.tail - r.head) }

func (r *fifo) push(h *header) {
	if int(r.tail-r.head) == len(r.slots) {
		r.grow()
	}
	r.slots[r.tail&uint(len(r.slots)-1)] = h
	r.tail++
}

// pop takes the oldest task; nil if there is none.
func (r *fifo) pop() *header {
	if r.empty() {
		return nil
	}
	slot := &r.slots[r.head&uint(len(r.slots)-1)]
	h := *slot
	*slot = nil
	r.head++
	return h
}

func (r *fifo) grow() {
	bigger := make([]*header, max(64, 2*len(r.slots)))
	n := uint(0)
	for h := r.pop(); h != nil; h = r.pop() {
		bigger[n] = h
		n++
	}
	r.slots, r.head, r.tail = bigger, 0, n
}
