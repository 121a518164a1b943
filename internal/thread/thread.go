// Package thread knows which threads of the process are workers, of whichever runtime, for
// calls that are given no context: one that is about to block asks whether it would block a
// worker, a coroutine which thread it is tied to.
//
// A goroutine that the worker knows of, its own or the coroutine that it has switched to, is
// found by its identity. One that nobody has told it of, such as the body of a user's
// iter.Pull, runs on the worker's thread too, and is found by the number of that thread:
// workers are locked to theirs, and who is handed the thread by a locked goroutine is alone
// on it. That costs a system call.
//
// Invariant: an entry is in the list from before the worker's first poll until after its
// last one. Writers copy the list; readers take no lock.
//
// Rejected: the thread's number alone. It costs 100 ns and more, and some systems do not
// tell it; there the bodies of a user's coroutines are not recognised.
package thread

import (
	"errors"
	"slices"
	"sync"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/internal/word"
)

// ErrOnWorker is what a call that would block answers on a worker.
var ErrOnWorker = errors.New("magpie: this would block a worker; poll or await it instead")

// Worker is a worker as its thread's code finds it.
type Worker interface {
	// At reports whether the goroutine with that identity is one that the worker knows to
	// run on its thread. Any thread calls it.
	At(g uintptr) bool
}

type entry struct {
	worker Worker
	thread uint64 // 0: the system does not tell
}

var (
	writers sync.Mutex
	list    word.Pointer[[]entry] // nil or never empty
	epoch   word.Uint32
)

// Enter notes that the calling goroutine, which is locked to its thread, is a worker. It
// calls leave before it unlocks the thread.
func Enter(w Worker) (leave func()) {
	e := entry{w, sys.Thread()}
	edit(func(l []entry) []entry { return append(slices.Clip(l), e) })
	return func() {
		edit(func(l []entry) []entry {
			return slices.DeleteFunc(slices.Clone(l), func(o entry) bool { return o.worker == w })
		})
	}
}

// Replace makes another worker of the calling goroutine, which has entered as old: an executor that plays
// several workers on one thread tells so which one it is.
func Replace(old, new Worker) {
	writers.Lock()
	defer writers.Unlock()
	l := slices.Clone(entries())
	for i := range l {
		if l[i].worker == old {
			l[i].worker = new
		}
	}
	list.Store(&l)
}

func edit(change func([]entry) []entry) {
	writers.Lock()
	defer writers.Unlock()
	l := change(entries())
	if len(l) == 0 {
		list.Store(nil)
	} else {
		list.Store(&l)
	}
	epoch.Add(1)
}

func entries() []entry {
	if p := list.Load(); p != nil {
		return *p
	}
	return nil
}

// Current returns the worker that the calling goroutine runs on, or nil.
func Current() Worker {
	l := entries()
	if l == nil {
		return nil
	}
	if g := gid.Current(); g != gid.None {
		for i := range l {
			if l[i].worker.At(g) {
				return l[i].worker
			}
		}
	}
	if id := sys.Thread(); id != 0 {
		for i := range l {
			if l[i].thread == id {
				return l[i].worker
			}
		}
	}
	return nil
}

// Epoch returns a number that changes whenever a worker comes or goes: the goroutine that
// was none at an epoch is none for as long as that lasts. It is 0 as long as there has been
// no worker.
func Epoch() uint32 { return epoch.Load() }

// Known reports whether a worker finds out that it is one: where it does not, callers
// believe what they are told.
func Known() bool { return gid.Known || sys.Thread() != 0 }
