package explore

import (
	"sync/atomic"
	"unsafe"
)

// Event stands for whatever a thread blocks on: a token that Set leaves, at most
// one at a time, and Wait takes. The zero Event holds none. Outside of a thread
// Wait panics when there is nothing to take.
type Event struct{ token uint32 }

// Set leaves the token, if there is none.
func (e *Event) Set() {
	Step(Swap, Uint32, unsafe.Pointer(&e.token), 0)
	atomic.SwapUint32(&e.token, 1)
}

// TryWait takes the token and reports whether there was one.
func (e *Event) TryWait() bool {
	Step(CompareAndSwap, Uint32, unsafe.Pointer(&e.token), 1)
	return atomic.CompareAndSwapUint32(&e.token, 1, 0)
}

// Wait blocks the thread until it can take the token.
func (e *Event) Wait() {
	for !e.TryWait() {
		block(unsafe.Pointer(&e.token), "waits for")
	}
}

// IsSet reports whether there is a token.
func (e *Event) IsSet() bool {
	Step(Load, Uint32, unsafe.Pointer(&e.token), 0)
	return atomic.LoadUint32(&e.token) != 0
}

// Mutex is a sync.Mutex for models: one that threads of an exploration can wait
// for. The zero Mutex is unlocked.
type Mutex struct{ locked uint32 }

// Lock blocks the thread until it holds the mutex.
func (m *Mutex) Lock() {
	for !m.TryLock() {
		block(unsafe.Pointer(&m.locked), "waits to lock")
	}
}

// TryLock reports whether it has locked the mutex.
func (m *Mutex) TryLock() bool {
	Step(CompareAndSwap, Uint32, unsafe.Pointer(&m.locked), 0)
	return atomic.CompareAndSwapUint32(&m.locked, 0, 1)
}

// Unlock panics if the mutex is not locked.
func (m *Mutex) Unlock() {
	Step(Swap, Uint32, unsafe.Pointer(&m.locked), 0)
	if atomic.SwapUint32(&m.locked, 0) == 0 {
		panic("explore: unlock of an unlocked Mutex")
	}
}

// block makes the thread wait until the word at p, which it has just read, is
// written.
func block(p unsafe.Pointer, why string) {
	t := caller()
	if t == nil {
		panic("explore: only a thread of a model can wait")
	}
	c := t.eng.mem.word(p, plain)
	t.guard = append(t.guard[:0], sight{c, t.eng.mem.cells[c].version})
	t.reads = t.reads[:0]
	t.waitsFor = why
}
