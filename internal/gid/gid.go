// Package gid tells which goroutine is running, as an opaque identity.
//
// A waker may be called from anywhere, and the fast path of a wake-up is to
// know that it happens on the worker that owns the task. Go has no thread-local
// storage; the address of the current g, read from where the runtime itself
// keeps it, is the cheapest stand-in (1.6 ns). Nothing is ever read through it:
// it is compared for equality, against identities taken by goroutines that are
// still alive, and never kept beyond them.
//
// Where no assembly exists, or under the build tag purego, Current returns None,
// which matches no goroutine: callers then take the path of a foreign thread,
// which is slower and always right.
package gid

// None is the identity of no goroutine.
const None uintptr = 0
