package future

import (
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Ordered is a set of futures that wait together, as [Unordered] is, and whose outcomes come in the
// order in which the futures were added: those that end before their turn are kept until it comes.
// Futures can be added at any time. The zero Ordered is an empty set.
//
// It belongs to one task, must not be copied, and owns its futures and what they came to: its Drop
// drops and discards them (see [Discard]). Push allocates, but for as many as have been taken;
// waiting does not.
type Ordered[T any] struct {
	_       word.NoCopy
	running Unordered[*turn[T]]

	// Those whose outcome has not been taken, in their order, and those to be used again.
	first, last *turn[T]
	free        *turn[T]
	n, spare    int
}

// turn is a future of an Ordered, and then its outcome.
type turn[T any] struct {
	f    Future[T]
	out  Poll[T]
	next *turn[T]
	lost bool // its poll has panicked
}

// Poll implements Future: it is ready when the outcome is there.
func (t *turn[T]) Poll(cx *waker.Context) Poll[*turn[T]] {
	t.lost = true
	p := t.f.Poll(cx)
	t.lost = false
	if !p.ready {
		return Pending[*turn[T]]()
	}
	t.f, t.out = nil, p
	return Ready(t)
}

// Drop implements Dropper, for the set of those that have not ended.
func (t *turn[T]) Drop() {
	f := t.f
	t.f = nil
	Drop(f)
}

// Trace implements Traced.
func (t *turn[T]) Trace(tr *Tracer) { tr.Child(t.f) }

// Push adds a future at the end. It takes f over; the next poll of the set polls it.
func (o *Ordered[T]) Push(f Future[T]) {
	t := o.enter(f, "Ordered.Push")
	if o.last != nil {
		o.last.next = t
	} else {
		o.first = t
	}
	o.last = t
}

// PushFront adds a future whose outcome is the next to come.
func (o *Ordered[T]) PushFront(f Future[T]) {
	t := o.enter(f, "Ordered.PushFront")
	if t.next = o.first; o.last == nil {
		o.last = t
	}
	o.first = t
}

func (o *Ordered[T]) enter(f Future[T], who string) *turn[T] {
	o.check()
	notNil(f != nil, who, "future", aFuture)
	t := o.free
	if t != nil {
		o.free, t.next = t.next, nil
		o.spare--
	} else {
		t = new(turn[T])
	}
	t.f = f
	o.running.Push(t)
	o.n++
	return t
}

// Len returns how many futures were added whose outcome was not taken.
func (o *Ordered[T]) Len() int {
	o.check()
	return o.n
}

// PollNext implements Stream: it is the outcome of the future that was added first, when that has
// ended; [ErrEnd] if there is none in the set. It polls those that were woken since.
func (o *Ordered[T]) PollNext(cx *waker.Context) Poll[T] {
	o.check()
	for {
		for o.first != nil && o.first.lost {
			o.take()
		}
		if o.first == nil {
			if !cx.Spend() {
				return Pending[T]()
			}
			return Failed[T](ErrEnd)
		}
		if o.first.out.ready {
			return o.take()
		}
		if p := o.running.PollNext(cx); !p.ready {
			return Pending[T]()
		}
	}
}

// take takes the first off the list.
func (o *Ordered[T]) take() Poll[T] {
	t := o.first
	if o.first = t.next; o.first == nil {
		o.last = nil
	}
	out := t.out
	*t = turn[T]{}
	o.n--
	if o.spare < mostSpare {
		t.next, o.free = o.free, t
		o.spare++
	}
	return out
}

// Next returns an operation that waits for the outcome of the future that was added first, and comes
// to it; or to [ErrEnd] if there is none in the set. One at a time may wait. Dropped, it loses nothing.
func (o *Ordered[T]) Next() NextOp[T] {
	o.check()
	return NextOp[T]{o}
}

// StopWaiting implements Pauser: it ends the wait of a PollNext that was Pending.
func (o *Ordered[T]) StopWaiting() {
	o.check()
	o.running.StopWaiting()
}

// Drop drops the futures that have not ended, and discards the outcomes of the others. The set is
// empty then, and can be used again.
func (o *Ordered[T]) Drop() {
	o.check()
	defer func() {
		if o.first != nil { // the end of one panicked
			o.Drop()
		}
	}()
	o.running.Drop()
	for o.first != nil {
		out := o.take()
		Discard(out.value)
	}
}

// Trace implements Traced: what waits of the set.
func (o *Ordered[T]) Trace(t *Tracer) {
	var live []any
	for s := o.first; s != nil; s = s.next {
		if s.f != nil {
			live = append(live, s.f)
		}
	}
	t.Among("future.Ordered", live...)
}

func (o *Ordered[T]) check() {
	if o == nil {
		panic("future: a nil Ordered; the zero value is an empty set")
	}
}
