package netio

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of acceptors.
//
// Any number of tasks may wait for a connection. The source of a listener has room for
// one waker; in it stands the listener's own, which hands the wake-up to the first in
// this queue. The states of an acceptor, under the lock:
//
//	away    it does not wait
//	queued  it stands in the queue, and its waker in it
//	called  it was taken off the queue and woken, and has not looked yet
//
//	call    takes the first off the queue and wakes it
//	next    an acceptor that got a connection, or that was called and leaves, calls the
//	        next one: there may be a second connection
//
// Invariant: if the queue is not empty, and there may be a connection, then the waker of
// the listener stands in the source, or somebody was called and has not looked yet. An
// acceptor queues up before it parks the listener's waker and looks for the last time, so
// a connection that comes then calls it, or whoever stands before it.
//
// Who was called and finds nothing goes back to the head of the queue, which is where it
// came from. Close calls everybody.
//
// Tasks that call PollAccept themselves have no place of their own: their wakers are in
// `others`, and all of them are woken by each call, for nobody knows which of them still
// wait. Rejected: to take a waker for a place in the queue (the call of one that has gone
// would be lost), and to wake everybody always (a hundred tasks for each connection).
type acceptors struct {
	lock       spin.Lock
	head, tail *acceptor
	others     []waker.Waker
	owner      *reactor.Reactor // of who waited last, which is told of wakers that panic
	waiting    word.Int32       // how many are in the queue and in others, for a look without the lock
}

// acceptor is a place in the queue.
type acceptor struct {
	next, prev *acceptor
	waker      waker.Waker
	state      acceptorState
}

type acceptorState uint8

const (
	away acceptorState = iota
	queued
	called
)

// mostOthers bounds the wakers of those who have no place: a task that gives up and comes
// back with ever new wakers must not fill the memory. Those that are too many are woken.
const mostOthers = 16

// wait queues a up, or renews its waker; a is nil for one without a place.
func (q *acceptors) wait(a *acceptor, cx *waker.Context) {
	w := cx.Waker().Clone() // foreign code, and so outside the lock
	q.lock.Lock()
	q.owner = reactor.From(cx)
	if a == nil {
		first, drop := q.waitAmongOthers(w)
		owner := q.owner
		q.lock.Unlock()
		wake.One(first, owner.WakerPanicked)
		drop.Drop()
		return
	}
	w, a.waker = a.waker, w
	switch a.state {
	case away:
		a.prev = q.tail
		if q.tail == nil {
			q.head = a
		} else {
			q.tail.next = a
		}
		q.tail = a
		q.waiting.Inc()
	case called:
		a.next = q.head
		if q.head == nil {
			q.tail = a
		} else {
			q.head.prev = a
		}
		q.head = a
		q.waiting.Inc()
	}
	a.state = queued
	q.lock.Unlock()
	w.Drop()
}

// waitAmongOthers notes w, and returns one to wake and one to drop. Under the lock.
func (q *acceptors) waitAmongOthers(w waker.Waker) (first, drop waker.Waker) {
	for _, o := range q.others {
		if o.WillWake(w) {
			return waker.Waker{}, w
		}
	}
	if len(q.others) == mostOthers {
		first = q.others[0]
		copy(q.others, q.others[1:])
		q.others[mostOthers-1] = w
		return first, waker.Waker{}
	}
	q.others = append(q.others, w)
	q.waiting.Inc()
	return waker.Waker{}, waker.Waker{}
}

// unlink takes a, which is queued, off the queue. Under the lock.
func (q *acceptors) unlink(a *acceptor) {
	if a.prev == nil {
		q.head = a.next
	} else {
		a.prev.next = a.next
	}
	if a.next == nil {
		q.tail = a.prev
	} else {
		a.next.prev = a.prev
	}
	a.next, a.prev = nil, nil
	q.waiting.Dec()
}

// call wakes the first of the queue, and those without a place.
func (q *acceptors) call() {
	if q.waiting.Load() == 0 {
		return
	}
	var first waker.Waker
	var others [mostOthers]waker.Waker
	q.lock.Lock()
	if a := q.head; a != nil {
		q.unlink(a)
		a.state = called
		first, a.waker = a.waker, waker.Waker{}
	}
	n := copy(others[:], q.others)
	clear(q.others)
	q.others = q.others[:0]
	q.waiting.Sub(int32(n))
	owner := q.owner
	q.lock.Unlock()
	defer wake.All(others[:n], owner.WakerPanicked)
	wake.One(first, owner.WakerPanicked)
}

// callAll wakes everybody, for a listener that is closed.
func (q *acceptors) callAll() {
	for q.waiting.Load() != 0 {
		q.call()
	}
}

// got notes that a is over, with a connection or an error, and calls the next.
func (q *acceptors) got(a *acceptor) {
	if a != nil {
		q.away(a)
	}
	q.call()
}

// leave notes that a gives up. The call that it has had is for the next.
func (q *acceptors) leave(a *acceptor) {
	if q.away(a) == called {
		q.call()
	}
}

// away takes a out and returns where it stood.
func (q *acceptors) away(a *acceptor) (was acceptorState) {
	q.lock.Lock()
	was = a.state
	if was == queued {
		q.unlink(a)
	}
	a.state = away
	w := a.waker
	a.waker = waker.Waker{}
	q.lock.Unlock()
	w.Drop()
	return was
}

// caller returns the waker of the queue, which calls. It needs no reference count: who
// has it has the listener.
func (q *acceptors) caller() waker.Waker {
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(q), VTable: &callerVTable})
}

var callerVTable waker.VTable

func init() {
	callerVTable.Uncounted(func(p unsafe.Pointer) { (*acceptors)(p).call() })
}
