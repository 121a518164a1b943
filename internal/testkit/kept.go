package testkit

import (
	"runtime"
	"weak"
)

// Kept collects garbage and returns how many of what refs point to are still there. Tests ask weak
// pointers rather than count cleanups: a cleanup that is due may stay queued for as long as a test has
// patience, since the runtime promises no time.
func Kept[T any](refs []weak.Pointer[T]) (n int) {
	runtime.GC()
	runtime.GC() // what the first one left to be swept
	for _, p := range refs {
		if p.Value() != nil {
			n++
		}
	}
	return n
}
