package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Cond.
//
// It is a Notify that keeps no permit. A wait goes through these states:
//
//	held     it has the Mutex: not polled yet
//	waiting  it stands in the line of the Notify; before that it had the Mutex, so it misses no
//	         Signal that comes under the Mutex after its caller has looked
//	locking  it was told, and waits for the Mutex
//	over     it has answered, with the Mutex, or was dropped, without
//
// One that is dropped when a Signal has told it hands that on to the next in line, in whatever state.
//
// Invariant: a Signal wakes one wait that ends with the Mutex, if there is one in line that is not
// dropped. Whoever waits holds the Mutex before the first poll and after the last, and not between.
//
// Rejected: to move those that a Broadcast tells from this line to that of the Mutex (they would not
// be woken in vain, but their places would be in two lines while that happens).
type condState uint8

const (
	condOver condState = iota
	condHeld
	condWaiting
	condLocking
)

// Cond is a place where tasks wait until what a [Mutex] protects has changed. The zero value is
// ready to use. It must not be copied once used.
//
//	g, err := mu.Lock().Await(co)
//	for err == nil && !condition() {
//		g, err = cond.Wait(g).Await(co)
//	}
//	...
//	g.Unlock()
//
// As with [sync.Cond] the condition is looked at again after each wait: it may have changed once
// more before the wait got the Mutex.
//
// [sync.Cond]: https://pkg.go.dev/sync#Cond
type Cond struct {
	_ word.NoCopy
	n Notify
}

func (c *Cond) check() {
	if c == nil {
		nilReceiver("Cond", "new(coord.Cond) is ready to use")
	}
}

// Wait returns an operation that unlocks g's Mutex, at its first poll, waits to be told, and locks
// the Mutex again: its value is the new Guard. It does not fail. It takes g over.
//
// Dropped, it does not have the Mutex, whatever state it was in. A Signal that had told it tells the
// next.
func (c *Cond) Wait(g Guard) CondOp {
	c.check()
	if g.m == nil {
		panic("coord: Cond.Wait with a zero Guard: pass that of the locked Mutex")
	}
	return CondOp{told: c.n.Notified(), c: c, g: g, state: condHeld}
}

// Signal wakes the one who has waited longest, if somebody waits. The caller may hold the Mutex, or
// have changed what it protects and unlocked it.
func (c *Cond) Signal() {
	c.check()
	c.n.notify(turnOne, false)
}

// Broadcast wakes all that wait.
func (c *Cond) Broadcast() {
	c.check()
	c.n.NotifyAll()
}

// CondOp is what [Cond.Wait] returns.
type CondOp struct {
	told  NotifiedOp
	lock  LockOp
	c     *Cond
	g     Guard // while held
	state condState
}

// Poll implements future.Future.
func (o *CondOp) Poll(cx *waker.Context) future.Poll[Guard] {
	if o == nil || o.state == condOver {
		overOp("CondOp", "Cond.Wait")
	}
	switch o.state {
	case condHeld:
		// It is in line before the Mutex is free, or told: what a Broadcast since Wait has told
		// stays told, also if there is no budget for it.
		told := o.told.Poll(cx)
		g := o.g
		o.lock, o.g, o.state = g.m.Lock(), Guard{}, condWaiting
		g.Unlock()
		if told.IsPending() {
			return future.Pending[Guard]()
		}
	case condWaiting:
		if o.told.Poll(cx).IsPending() {
			return future.Pending[Guard]()
		}
	}
	o.state = condLocking
	p := o.lock.Poll(cx)
	if p.IsReady() {
		o.state = condOver
	}
	return p
}

// Drop implements future.Dropper.
func (o *CondOp) Drop() {
	if o == nil {
		nilReceiver("CondOp", "make one with Cond.Wait")
	}
	state := o.state
	o.state = condOver
	switch state {
	case condHeld:
		o.told.drop(false)
		o.g.Unlock()
	case condWaiting:
		o.told.drop(false)
	case condLocking:
		o.lock.Drop()
		if o.told.turn == turnOne {
			o.c.Signal()
		}
	}
}

// Await waits to be told, and for the Mutex, see [future.Await].
func (o CondOp) Await(co *future.Co) (Guard, error) { return future.AwaitOp(co, o) }
