//go:build !explore

// Package word is where every word shared between threads comes from.
//
// In a normal build its types are aliases of go.uber.org/atomic and its
// annotations are empty functions that the compiler removes: it costs nothing.
// Under the build tag explore the same names yield to a controller before each
// operation (see internal/explore), so that a test can run the algorithms of
// this module through every interleaving of their shared operations.
//
// Go's atomics are sequentially consistent, so an interleaving of whole
// operations is all that a correct program can observe. Plain memory is covered
// by the annotations Read and Write: the explorer checks that any two
// conflicting plain accesses are ordered by the atomics around them.
//
// A struct with a Uint64 or Int64 has it at an offset that is a multiple of 8 on
// 32-bit machines too, and a field of type Align64 if it may be embedded: they align
// 8-byte words no further than 4 by themselves.
package word

import (
	stdatomic "sync/atomic"
	"unsafe"

	"go.uber.org/atomic"
)

// The shared words. Their methods are those of go.uber.org/atomic.
type (
	Bool           = atomic.Bool
	Int32          = atomic.Int32
	Int64          = atomic.Int64
	Uint32         = atomic.Uint32
	Uint64         = atomic.Uint64
	Uintptr        = atomic.Uintptr
	Pointer[T any] = atomic.Pointer[T]
)

// Gauge and Count are words for those who look at a program from outside: no algorithm reads them,
// so the explorer does not yield at them. Their methods are those of sync/atomic.
type (
	Gauge = stdatomic.Int32
	Count = stdatomic.Uint64
)

// Align64, as a field of no size, makes its struct begin on a multiple of 8 bytes on
// every machine.
type Align64 [0]stdatomic.Int64

// Exploring reports whether this build yields to the explorer.
const Exploring = false

// Read notes a plain read of the memory at p, for the explorer's race check.
func Read(p unsafe.Pointer) {}

// Write notes a plain write of the memory at p, for the explorer's race check.
func Write(p unsafe.Pointer) {}

// ReadBytes is Read for each byte of b, WriteBytes Write.
func ReadBytes(b []byte)  {}
func WriteBytes(b []byte) {}

// Spin notes one round of a loop that waits for another thread.
func Spin() {}

// Continue notes that the calling goroutine goes on with what goroutine g, of package gid,
// has been doing, who waits for it.
func Continue(g uintptr) {}

// The compiler inlines a method of another package's type only if it finds its body in
// the export data of a package that is imported directly (Go 1.26). Users of the aliases
// import this package, so the bodies must be in its data, and they are if they are inlined
// here. Without this every operation on a word would be a function call.
var _ = bodies

func bodies(b *Bool, i *Int32, j *Int64, u *Uint32, v *Uint64, p *Uintptr) {
	b.Store(b.Swap(b.CompareAndSwap(b.Load(), true)))
	i.Store(i.Swap(i.Add(i.Sub(i.Load()))))
	i.CompareAndSwap(0, 1)
	j.Store(j.Swap(j.Add(j.Sub(j.Load()))))
	j.CompareAndSwap(0, 1)
	u.Store(u.Swap(u.Add(u.Sub(u.Load()))))
	u.CompareAndSwap(0, 1)
	v.Store(v.Swap(v.Add(v.Sub(v.Load()))))
	v.CompareAndSwap(0, 1)
	p.Store(p.Swap(p.Add(p.Sub(p.Load()))))
	p.CompareAndSwap(0, 1)
}
