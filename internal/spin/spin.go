// Package spin is a lock for critical sections of a few dozen instructions that a
// worker may enter.
//
// A worker is a goroutine locked to its thread. One that blocks on a sync.Mutex has
// its thread parked and another one fetched to wake it, 48 µs a time; here it spins,
// and lets other goroutines run only when the holder seems to have lost its thread.
//
// Protocol: one word, 0 free, 1 held. Invariant: who moved it from 0 to 1 holds the
// lock until it stores 0. There is no queue and so no fairness; sections are too
// short for that to matter.
package spin

import (
	"runtime"

	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/word"
)

// Lock is a spin lock. The zero value is free. It must not be copied once used.
type Lock struct{ held word.Uint32 }

// TryLock takes the lock if it is free.
func (l *Lock) TryLock() bool {
	return l.held.Load() == 0 && l.held.CompareAndSwap(0, 1)
}

// Lock takes the lock.
func (l *Lock) Lock() {
	if l.held.CompareAndSwap(0, 1) {
		return
	}
	l.slow(0)
}

// LockLate is Lock for a section that threads enter several times in a row. Who finds the lock taken leaves it alone for
// about a microsecond, in which the holder comes on with its row: if both try at once, each entry waits for
// the lock's line to come over from the other core.
func (l *Lock) LockLate() {
	if l.held.CompareAndSwap(0, 1) {
		return
	}
	l.slow(5)
}

// slow takes a lock that was taken a moment ago, with the pauses from a round on.
func (l *Lock) slow(round int) {
	for ; !l.TryLock(); round++ {
		Pause(round)
	}
}

// Pause is what passes between two attempts to take a lock of such a section: longer with each
// round, from 0, and then with a turn for other goroutines.
func Pause(round int) {
	word.Spin()
	// 7 doublings are about 4 µs of pauses, longer than any section held by a
	// running thread.
	if round < 7 {
		cpu.Pauses(1 << round)
	} else {
		runtime.Gosched()
	}
}

// Unlock frees the lock.
func (l *Lock) Unlock() { l.held.Store(0) }
