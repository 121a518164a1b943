//go:build explore

package word

import "runtime"

// Mutex is a mutex that threads of a model can wait for: a word. Other goroutines may
// use it too.
type Mutex struct{ held Uint32 }

// TryLock takes the mutex if it is free.
func (m *Mutex) TryLock() bool { return m.held.CompareAndSwap(0, 1) }

// Lock takes the mutex.
func (m *Mutex) Lock() {
	for !m.TryLock() {
		Spin()
		runtime.Gosched()
	}
}

// Unlock frees the mutex, which must be held.
func (m *Mutex) Unlock() {
	if m.held.Swap(0) == 0 {
		panic("word: unlock of an unlocked Mutex")
	}
}
