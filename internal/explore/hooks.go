package explore

import (
	"sync/atomic"
	"unsafe"

	"github.com/magpie-go/magpie/internal/gid"
)

// The functions in this file are what package word calls. On a goroutine that is
// no thread of a running exploration they do nothing.

// Op is an operation on a shared word.
type Op uint8

// The operations.
const (
	Load Op = iota
	Store
	Swap
	Add
	CompareAndSwap
)

var opNames = [...]string{"load", "store", "swap", "add", "cas"}

// Kind is the type of a shared word.
type Kind uint8

// The kinds.
const (
	plain Kind = iota // memory known from annotations only
	Bool
	Int32
	Uint32
	Int64
	Uint64
	Uintptr
	Pointer
)

var kindNames = [...]string{"plain", "Bool", "Int32", "Uint32", "Int64", "Uint64", "Uintptr", "Pointer"}

// value reads the word of kind k at p.
func (k Kind) value(p unsafe.Pointer) uint64 {
	switch k {
	case Int64, Uint64:
		return atomic.LoadUint64((*uint64)(p))
	case Uintptr:
		return uint64(atomic.LoadUintptr((*uintptr)(p)))
	case Pointer:
		return uint64(uintptr(atomic.LoadPointer((*unsafe.Pointer)(p))))
	case plain:
		return 0
	}
	return uint64(atomic.LoadUint32((*uint32)(p)))
}

// Step hands over to the controller before an operation on the word of kind k at
// p, and returns when it is to be done. For a CompareAndSwap, want is the value
// that the word must have, as its unsigned bits.
func Step(op Op, k Kind, p unsafe.Pointer, want uint64) {
	if t := caller(); t != nil {
		t.handOver(op, k, p, want)
	}
}

// Spin tells that the calling thread would only repeat itself until a word that it
// has read since its last Spin is written by another thread.
func Spin() {
	if t := caller(); t != nil {
		t.spin("spins")
	}
}

// Continue makes the calling goroutine the one of the thread that runs now, if that was
// goroutine g, which waits until the caller ends.
func Continue(g uintptr) {
	if t := current.Load(); t != nil && t.gid == g {
		t.gid = gid.Current()
	}
}

// Read notes a plain read of the memory at p.
func Read(p unsafe.Pointer) {
	if t := caller(); t != nil && !t.eng.abandoning {
		t.eng.plainAccess(t, p, false)
	}
}

// Write notes a plain write of the memory at p.
func Write(p unsafe.Pointer) {
	if t := caller(); t != nil && !t.eng.abandoning {
		t.eng.plainAccess(t, p, true)
	}
}
