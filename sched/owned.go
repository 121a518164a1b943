package sched

// owned is the list of the tasks that a worker has seen pending: those that are parked,
// or queued or running anywhere after their first poll. It is how a shutdown finds
// every task, and it costs a task that ends at its first poll nothing.
//
// Only the worker touches its list. A task that ends on another worker is pushed to the
// owner's inbox `ended`, and taken off the list when the owner comes by.
//
// Rejected: one list under a lock, or one per core under locks, as in tokio: two locked
// operations for every task.
type owned struct {
	head  *header
	count int
}

func (l *owned) add(h *header) {
	h.next = l.head
	if l.head != nil {
		l.head.prev = h
	}
	l.head = h
	l.count++
}

func (l *owned) remove(h *header) {
	if h.prev != nil {
		h.prev.next = h.next
	} else {
		l.head = h.next
	}
	if h.next != nil {
		h.next.prev = h.prev
	}
	h.prev, h.next = nil, nil
	l.count--
}
