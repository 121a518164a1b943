package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Mutex.
//
// One word has two flags, and the number of the hold in the bits above:
//
//	held    somebody has the lock
//	waits   somebody may be in line; never without held
//
//	free → held                by compare-and-swap, of whoever comes
//	held → free, next hold     by compare-and-swap, of the holder, if waits is not set
//	held → held and waits      by who joins the line, under its lock
//	waits → next hold, held    by the holder, under the lock of the line: the lock goes from hand
//	                           to hand, and is never free in between
//
// With waits set nobody but the holder writes the word, under the lock of the line. The flag may
// stand when all have left the line again; the holder then frees the lock.
//
// The number grows with each hold, and a Guard remembers that of its own. So an Unlock of a Guard
// that was used before, in whatever copy, finds another number than its own, and says so. It would
// have to be kept for 2^30 holds to be mistaken.
//
// Invariant: one Guard at a time has the number that is in the word beside held. Somebody who is
// in line is served by the Unlock of the hold that it has seen, or of a later one, or by its Drop.
//
// Rejected: to free the lock and wake the first in line (a running thread takes it again before the
// one that is woken has come; a task can starve, and wakes in vain); a Semaphore of one permit (the
// same words, but nothing in them says whose hold it is).
const (
	mutexHeld  = 1
	mutexWaits = 2
	mutexHold  = 4 // one hold
)

// Mutex is a lock that tasks may hold across an await, as nothing sleeps that waits for it but the
// task. It is fair: the lock goes to who has waited longest. The zero value is free. It must not
// be copied once used.
//
// For a section without an await in it a sync.Mutex is as good, and needs no future: no worker
// waits long for it. Tasks that wait for each other through a sync.Mutex stop a whole worker.
type Mutex struct {
	_    word.NoCopy
	word word.Uint32
	line waitlist.List
}

func (m *Mutex) check() {
	if m == nil {
		nilReceiver("Mutex", "new(coord.Mutex) is ready to use")
	}
}

// Lock returns an operation that waits for the lock, and has a Guard to unlock it then. It does not
// fail.
//
// Dropped, it leaves the line; if the lock had been handed to it already, the next gets it.
func (m *Mutex) Lock() LockOp {
	m.check()
	return LockOp{m: m}
}

// TryLock takes the lock if it is free.
func (m *Mutex) TryLock() (g Guard, ok bool) {
	m.check()
	v := m.word.Load()
	if v&mutexHeld == 0 && m.word.CompareAndSwap(v, v|mutexHeld) {
		return Guard{m, v | mutexHeld}, true
	}
	return Guard{}, false
}

// join takes the lock for an operation, or puts it in line.
func (m *Mutex) join(n *waitlist.Node, w waker.Waker) waitlist.State {
	clone := w.Clone()
	h := m.line.Lock()
	for {
		v := m.word.Load()
		switch {
		case v&mutexHeld == 0:
			if m.word.CompareAndSwap(v, v|mutexHeld) {
				h.Unlock()
				clone.Drop()
				return waitlist.Notified
			}
		case v&mutexWaits != 0 || m.word.CompareAndSwap(v, v|mutexWaits):
			h.Push(n, clone)
			h.Unlock()
			return waitlist.Waiting
		}
	}
}

// guard returns the Guard of who has just got the lock from hand to hand.
func (m *Mutex) guard() Guard { return Guard{m, m.word.Load() &^ mutexWaits} }

// LockOp is what [Mutex.Lock] returns.
type LockOp struct {
	node waitlist.Node
	m    *Mutex // nil when it has ended
}

// Poll implements future.Future.
func (o *LockOp) Poll(cx *waker.Context) future.Poll[Guard] {
	if o == nil || o.m == nil {
		overOp("LockOp", "Mutex.Lock")
	}
	m := o.m
	if o.node.State() == waitlist.Out {
		if v := m.word.Load(); v&mutexHeld == 0 {
			if !cx.Spend() {
				return future.Pending[Guard]()
			}
			if m.word.CompareAndSwap(v, v|mutexHeld) {
				o.m = nil
				return future.Ready(Guard{m, v | mutexHeld})
			}
		}
		return o.told(m.join(&o.node, cx.Waker()))
	}
	return o.told(awaitTurn(&m.line, &o.node, cx))
}

func (o *LockOp) told(state waitlist.State) future.Poll[Guard] {
	if state == waitlist.Waiting {
		return future.Pending[Guard]()
	}
	m := o.m
	o.m = nil
	return future.Ready(m.guard())
}

// Drop implements future.Dropper.
func (o *LockOp) Drop() {
	if o == nil {
		nilReceiver("LockOp", "make one with Mutex.Lock")
	}
	m := o.m
	o.m = nil
	if m != nil && m.line.Leave(&o.node) {
		m.guard().Unlock()
	}
}

// Await waits for the lock, see [future.Await].
func (o LockOp) Await(co *future.Co) (Guard, error) { return future.AwaitOp(co, o) }

// Guard is a hold of a Mutex. It is a value; all copies of it are the same hold, and one of them
// unlocks it.
type Guard struct {
	m    *Mutex
	hold uint32 // the word of the mutex when it is held and nobody waits
}

// Unlock gives the lock up: to the first in line, or to whoever comes. It panics if this hold has
// been unlocked before. Any thread may call it.
func (g Guard) Unlock() {
	if g.m == nil {
		panic("coord: Unlock of a zero Guard: Mutex.Lock and Mutex.TryLock make them")
	}
	if !g.m.word.CompareAndSwap(g.hold, g.hold-mutexHeld+mutexHold) {
		g.handOver()
	}
}

// Drop is Unlock, when the value of an operation is discarded (see [future.Discard]).
func (g Guard) Drop() { g.Unlock() }

//go:noinline
func (g Guard) handOver() {
	m := g.m
	h := m.line.Lock()
	if m.word.Load() != g.hold|mutexWaits {
		h.Unlock()
		panic("coord: Unlock of a Guard whose hold of the Mutex has ended: it was unlocked before, perhaps in a copy")
	}
	next := g.hold + mutexHold
	first := h.First()
	if first == nil {
		m.word.Store(next - mutexHeld)
		h.Unlock()
		return
	}
	if h.After(first) != nil {
		next |= mutexWaits
	}
	m.word.Store(next) // before the next holder is told, who reads it
	w := h.Take(first)
	h.Unlock()
	wake.One(w, nil)
}
