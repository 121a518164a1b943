// Package origin keeps the stack where a panic began while it goes on on another goroutine.
//
// A panic leaves its goroutine where a coroutine ends (iter.Pull makes the driver panic with
// the same value) or where a goroutine that waits is told of it. The value has to stay what it
// was, for whoever recovers it; so the stack travels beside it, in a short list of the panics
// that are on their way: who makes one go on notes it, and who recovers it asks for it.
//
// A note is found by the value, compared as the two words that it is, and by the goroutine on
// which the panic goes on, where that is known. Who never asks leaves his note behind, until
// newer ones push it out. Such a note is not taken for another panic's: that one must have
// come through a coroutine or [Rethrow] too, which its own stack shows.
//
// Rejected: a panic with a wrapper, which changes what recover returns; a field of the
// executor, which misses goroutines that are none.
package origin

import (
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"unsafe"

	"github.com/magpie-go/magpie/internal/gid"
)

const (
	// noted panics are remembered: as many as may be on their way on the cores of a machine.
	noted = 32
	// longest is what a stack may come to, with those it came from: deep enough for several,
	// and a chain of a thousand async functions costs no more.
	longest = 64 << 10
)

type note struct {
	value any
	stack []byte
	on    uintptr
	whole bool // stack was taken on this goroutine: the panic has never left it
}

var (
	mu    sync.Mutex
	notes [noted]note
	next  int
)

// Note remembers that the panic with this value, which began on this stack, goes on on the
// goroutine with the identity on (see gid), or one that is not known, 0.
func Note(value any, stack []byte, on uintptr) { add(note{value, stack, on, false}) }

func add(n note) {
	mu.Lock()
	defer mu.Unlock()
	notes[next] = n
	next = (next + 1) % noted
}

// Rethrow panics with a value that was recovered on another goroutine, with that stack.
func Rethrow(value any, stack []byte) { RethrowFrom(gid.None, value, stack) }

// RethrowFrom is Rethrow for a stack that was taken on the goroutine on, which may be this one: then
// nothing is added to it. So a panic that many functions stop and let go on has one stack, and is printed once.
func RethrowFrom(on uintptr, value any, stack []byte) {
	here := gid.Current()
	add(note{value, stack, here, gid.Known && on == here})
	panic(value)
}

// Stack returns the stack of a panic. It is called by the deferred function that has recovered
// value, and begins with where the panic came from.
func Stack(value any) []byte {
	if !goesOn() {
		return debug.Stack()
	}
	from := take(value)
	if from.whole {
		return from.stack
	}
	here := debug.Stack()
	if len(from.stack) == 0 {
		return here
	}
	if len(from.stack)+len(here) > longest {
		return from.stack
	}
	stack := append(from.stack[:len(from.stack):len(from.stack)], "\nfrom where the panic went on to another goroutine:\n\n"...)
	return append(stack, here...)
}

// goesOn reports whether a panic that is under way was raised by a Rethrow or a coroutine. One that a deferred function
// of a user has raised anew stands above the one that it recovered.
func goesOn() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for panics := false; ; {
		f, more := frames.Next()
		if panics && (strings.Contains(f.Function, "internal/origin.Rethrow") || strings.HasPrefix(f.Function, "iter.Pull")) {
			return true
		}
		if !more {
			return false
		}
		panics = f.Function == "runtime.gopanic"
	}
}

// take finds the youngest note that fits, and forgets it.
func take(value any) note {
	on := gid.Current()
	mu.Lock()
	defer mu.Unlock()
	for i := range noted {
		n := &notes[(next-1-i+2*noted)%noted]
		if n.stack != nil && same(n.value, value) && (n.on == on || n.on == 0 || !gid.Known) {
			found := *n
			*n = note{}
			return found
		}
	}
	return note{}
}

// same reports whether two interfaces are the same words: == may panic.
//
// Sound: an interface is two words, which are only compared.
func same(a, b any) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&a)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&b))
}
