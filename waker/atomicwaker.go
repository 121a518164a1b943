package waker

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of AtomicWaker.
//
// One word guards the cell:
//
//	waiting      nobody touches the cell
//	registering  the future writes the cell
//	waking       a thread that wakes reads and clears the cell
//	both         a wake-up came while the future was writing
//
// Register moves waiting → registering, writes, and moves back; if it finds that
// `waking` was added meanwhile, it takes the waker out again and calls it itself:
// the thread that added it has gone. Wake adds `waking`; only who adds it to
// `waiting` may touch the cell, all others are sure that somebody else wakes.
//
// Invariant: the cell is touched only by the thread that moved the word away from
// `waiting`, until it moves it back. No wake-up is lost: one that comes after
// Register returned finds the waker; one that comes during Register makes Register
// call it; one before is answered by the future, which must look at its own state
// once more after Register. No function of a waker but Clone is called by the thread that
// has the cell, and if Clone panics, Register gives the cell back on the way.
//
// Rejected: a mutex (a thread that wakes would block a worker), and one pointer to
// an allocated waker (a plain swap, but an allocation for each Pending).
//
// After futures-rs, futures-core/src/task/__internal/atomic_waker.rs.
const (
	waiting     uint32 = 0
	registering uint32 = 1
	waking      uint32 = 2
)

// AtomicWaker is a cell for the waker of one future, filled by that future and
// emptied by whichever thread wakes it. The zero value is empty and ready to use.
// It must not be copied once used. No method blocks or allocates.
type AtomicWaker struct {
	state word.Uint32
	waker Waker
}

// Register leaves a clone of w to be woken by the next Wake, in place of the waker
// that was there. One thread at a time may register: the one that polls. A panic of w's
// Clone goes on to the caller, and leaves the waker that was there.
//
// The caller must look at the state it waits for once more after Register, for a
// Wake that came before found nobody.
func (a *AtomicWaker) Register(w Waker) {
	if !a.state.CompareAndSwap(waiting, registering) {
		// Somebody is waking at this moment, perhaps with the waker of an earlier
		// poll: this task is to be polled again, so wake it here. A second
		// registration at once would be a misuse; its waker is woken too.
		w.WakeByRef()
		return
	}
	a.touch()
	if a.waker.WillWake(w) {
		a.open()
		return
	}
	old := a.replace(w)
	a.open()
	old.Drop()
}

// replace puts a clone of w in the cell and returns what was there. Clone is code of an
// executor: if it panics, the registration ends with the cell as it was.
func (a *AtomicWaker) replace(w Waker) (old Waker) {
	cloned := false
	defer func() {
		if !cloned {
			a.open()
		}
	}()
	clone := w.Clone()
	cloned = true
	old, a.waker = a.waker, clone
	return old
}

// open ends a registration, and wakes for a Wake that came meanwhile and left it to us.
func (a *AtomicWaker) open() {
	if a.state.CompareAndSwap(registering, waiting) {
		return
	}
	a.touch()
	taken := a.waker
	a.waker = Waker{}
	a.state.Store(waiting)
	taken.Wake()
}

// Wake wakes the waker that is registered, if there is one, and empties the cell.
// It may be called by any number of threads at once.
func (a *AtomicWaker) Wake() {
	if w, ok := a.Take(); ok {
		w.Wake()
	}
}

// Take empties the cell and returns the waker that was in it, for a caller that
// wants to wake later, outside a lock. It returns false when the cell was empty or
// when another thread is at it, which then sees to the wake-up.
func (a *AtomicWaker) Take() (Waker, bool) {
	for {
		s := a.state.Load()
		if s&waking != 0 {
			return Waker{}, false // another thread is waking
		}
		if !a.state.CompareAndSwap(s, s|waking) {
			continue
		}
		if s == registering {
			return Waker{}, false // Register finds the bit and wakes
		}
		break
	}
	a.touch()
	w := a.waker
	a.waker = Waker{}
	a.state.Store(waiting)
	return w, !w.IsNoop()
}

// Waits reports whether a waker is registered, or is being woken. Only the thread that registers calls it:
// an executor that asks what the tasks it polls wait for.
func (a *AtomicWaker) Waits() bool {
	if a.state.CompareAndSwap(waiting, registering) {
		a.touch()
		some := !a.waker.IsNoop()
		a.open()
		return some
	}
	return true
}

// touch tells the explorer that the cell is about to be written.
func (a *AtomicWaker) touch() { word.Write(unsafe.Pointer(&a.waker)) }
