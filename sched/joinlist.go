package sched

import (
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a joinList: wakers that wait for one thing that happens once.
//
// head is a list, pushed by CAS; whoever makes the thing happen swaps it for the mark
// `ended`, after having published that it has, and wakes whom it took.
//
// Invariant: an addition either comes before that swap, and is woken, or finds the mark,
// and the thing has happened. Nothing is ever taken off the list but all of it at once.
//
// Rejected: an AtomicWaker (16 bytes more in every task, and a second joiner would
// silently replace the first).
type joinList struct{ head word.Pointer[joiner] }

type joiner struct {
	next  *joiner
	waker waker.Waker
	pool  *pool // instead of a joiner: the list of a task without a handle, see recycle.go
}

// ended takes the list's place once the thing has happened.
var ended = new(joiner)

// end wakes whoever waits. It is called once.
func (l *joinList) end() {
	for j := l.head.Swap(ended); j != nil; j = j.next {
		j.waker.Wake()
	}
}

// add has w woken by end; false if that has been called.
func (l *joinList) add(w waker.Waker) bool {
	var j *joiner
	for {
		head := l.head.Load()
		if head == ended {
			if j != nil {
				j.waker.Drop()
			}
			return false
		}
		if head != nil && head.waker.WillWake(w) {
			return true // from an earlier poll
		}
		if j == nil {
			j = &joiner{waker: w.Clone()}
		}
		j.next = head
		if l.head.CompareAndSwap(head, j) {
			return true
		}
	}
}
