//go:build explore

package word

import (
	"sync/atomic"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
)

// Exploring reports whether this build yields to the explorer.
const Exploring = true

// Read notes a plain read of the memory at p, for the explorer's race check.
func Read(p unsafe.Pointer) { explore.Read(p) }

// Write notes a plain write of the memory at p, for the explorer's race check.
func Write(p unsafe.Pointer) { explore.Write(p) }

// ReadBytes is Read for each byte of b, WriteBytes Write.
func ReadBytes(b []byte) {
	for i := range b {
		Read(unsafe.Pointer(&b[i]))
	}
}

func WriteBytes(b []byte) {
	for i := range b {
		Write(unsafe.Pointer(&b[i]))
	}
}

// Spin notes one round of a loop that waits for another thread. A round must read
// everything that could end the loop: the explorer lets the thread go on when one
// of the words that it has read since its last Spin was written by another. A loop
// that gives up after so many rounds does not wait, and must not call it.
func Spin() { explore.Spin() }

// Continue notes that the calling goroutine goes on with what goroutine g, of package gid,
// has been doing, who waits for it: it is the same thread of a model.
func Continue(g uintptr) { explore.Continue(g) }

// The shared words. Their methods are those of go.uber.org/atomic, and they are
// as large as those.
type (
	Int32   = integer[int32]
	Int64   = integer[int64]
	Uint32  = integer[uint32]
	Uint64  = integer[uint64]
	Uintptr = integer[uintptr]
)

// Align64, as a field of no size, makes its struct begin on a multiple of 8 bytes on
// every machine.
type Align64 [0]atomic.Int64

// Gauge and Count are words that no algorithm reads: they are left out of the interleavings.
type (
	Gauge = atomic.Int32
	Count = atomic.Uint64
)

type noCompare [0]func()

type integer[T int32 | int64 | uint32 | uint64 | uintptr] struct {
	_ noCompare
	v T
}

func (x *integer[T]) kind() explore.Kind {
	var zero T
	switch any(zero).(type) {
	case int32:
		return explore.Int32
	case uint32:
		return explore.Uint32
	case int64:
		return explore.Int64
	case uint64:
		return explore.Uint64
	}
	return explore.Uintptr
}

// Sound: v is 4 or 8 bytes of an integer type, and the pointers are used on the
// size that it has.
func (x *integer[T]) p32() *uint32 { return (*uint32)(unsafe.Pointer(&x.v)) }
func (x *integer[T]) p64() *uint64 { return (*uint64)(unsafe.Pointer(&x.v)) }
func (x *integer[T]) is32() bool   { return unsafe.Sizeof(x.v) == 4 }

// bits is v as the explorer compares it.
func (x *integer[T]) bits(v T) uint64 {
	if x.is32() {
		return uint64(uint32(v))
	}
	return uint64(v)
}

func (x *integer[T]) yield(op explore.Op, want T) {
	explore.Step(op, x.kind(), unsafe.Pointer(&x.v), x.bits(want))
}

func (x *integer[T]) Load() T {
	x.yield(explore.Load, 0)
	if x.is32() {
		return T(atomic.LoadUint32(x.p32()))
	}
	return T(atomic.LoadUint64(x.p64()))
}

func (x *integer[T]) Store(v T) {
	x.yield(explore.Store, 0)
	if x.is32() {
		atomic.StoreUint32(x.p32(), uint32(v))
	} else {
		atomic.StoreUint64(x.p64(), uint64(v))
	}
}

func (x *integer[T]) Swap(v T) (old T) {
	x.yield(explore.Swap, 0)
	if x.is32() {
		return T(atomic.SwapUint32(x.p32(), uint32(v)))
	}
	return T(atomic.SwapUint64(x.p64(), uint64(v)))
}

func (x *integer[T]) Add(delta T) T {
	x.yield(explore.Add, 0)
	if x.is32() {
		return T(atomic.AddUint32(x.p32(), uint32(delta)))
	}
	return T(atomic.AddUint64(x.p64(), uint64(delta)))
}

func (x *integer[T]) CompareAndSwap(old, new T) bool {
	x.yield(explore.CompareAndSwap, old)
	if x.is32() {
		return atomic.CompareAndSwapUint32(x.p32(), uint32(old), uint32(new))
	}
	return atomic.CompareAndSwapUint64(x.p64(), uint64(old), uint64(new))
}

func (x *integer[T]) CAS(old, new T) bool { return x.CompareAndSwap(old, new) }
func (x *integer[T]) Sub(delta T) T       { return x.Add(-delta) }
func (x *integer[T]) Inc() T              { return x.Add(1) }
func (x *integer[T]) Dec() T              { return x.Sub(1) }

// Bool is a word that is true or false.
type Bool struct {
	_ noCompare
	v uint32
}

func (x *Bool) yield(op explore.Op, want bool) {
	explore.Step(op, explore.Bool, unsafe.Pointer(&x.v), uint64(bit(want)))
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func (x *Bool) Load() bool {
	x.yield(explore.Load, false)
	return atomic.LoadUint32(&x.v) != 0
}

func (x *Bool) Store(v bool) {
	x.yield(explore.Store, false)
	atomic.StoreUint32(&x.v, bit(v))
}

func (x *Bool) Swap(v bool) (old bool) {
	x.yield(explore.Swap, false)
	return atomic.SwapUint32(&x.v, bit(v)) != 0
}

func (x *Bool) CompareAndSwap(old, new bool) bool {
	x.yield(explore.CompareAndSwap, old)
	return atomic.CompareAndSwapUint32(&x.v, bit(old), bit(new))
}

func (x *Bool) CAS(old, new bool) bool { return x.CompareAndSwap(old, new) }

// Pointer is a word that points to a T.
type Pointer[T any] struct {
	_ noCompare
	p atomic.Pointer[T]
}

func (x *Pointer[T]) yield(op explore.Op, want *T) {
	explore.Step(op, explore.Pointer, unsafe.Pointer(&x.p), uint64(uintptr(unsafe.Pointer(want))))
}

func (x *Pointer[T]) Load() *T {
	x.yield(explore.Load, nil)
	return x.p.Load()
}

func (x *Pointer[T]) Store(v *T) {
	x.yield(explore.Store, nil)
	x.p.Store(v)
}

func (x *Pointer[T]) Swap(v *T) (old *T) {
	x.yield(explore.Swap, nil)
	return x.p.Swap(v)
}

func (x *Pointer[T]) CompareAndSwap(old, new *T) bool {
	x.yield(explore.CompareAndSwap, old)
	return x.p.CompareAndSwap(old, new)
}
