package deque

import "unsafe"

// NewSmall returns a deque whose ring may begin smaller than users get them.
func NewSmall[T any](capacity int, fifo bool) *Deque[T] { return newDeque[T](capacity, 1, fifo) }

// Slots returns the ring of d, which nobody else may be using.
func (d *Deque[T]) Slots() []T { return unsafe.Slice((*T)(d.ring.base), d.Cap()) }
