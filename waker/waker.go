package waker

import "unsafe"

// VTable is what an executor does for its wakers. Every function gets the Data of
// the RawWaker it was called on, may be called from any thread, and must not
// block. All four must be set.
type VTable struct {
	// Clone returns a second waker for the same task. With a garbage collector
	// behind Data it is usually the same RawWaker again; an executor that counts
	// references counts here.
	Clone func(data unsafe.Pointer) RawWaker
	// Wake schedules the task and gives this waker up.
	Wake func(data unsafe.Pointer)
	// WakeByRef schedules the task; the waker stays usable.
	WakeByRef func(data unsafe.Pointer)
	// Drop gives this waker up without a wake-up.
	Drop func(data unsafe.Pointer)
}

// Uncounted makes t the table of wakers that need no counting, because the collector keeps what
// their Data points to for as long as there is one: all that they do is wake. It is called
// once, by an init function if wake leads back to t, before there are such wakers.
func (t *VTable) Uncounted(wake func(data unsafe.Pointer)) {
	t.Clone = func(data unsafe.Pointer) RawWaker { return RawWaker{data, t} }
	t.Wake, t.WakeByRef = wake, wake
	t.Drop = func(unsafe.Pointer) {}
}

// RawWaker is a waker as the executor sees it. The zero RawWaker wakes nobody.
type RawWaker struct {
	// Data identifies the task to the functions in VTable. It is an ordinary
	// pointer: it keeps what it points to alive.
	Data   unsafe.Pointer
	VTable *VTable
}

// Waker is a handle that wakes one task. It is a value of two words; copying it is
// not cloning it: a waker that is kept beyond the call that lent it is kept as
// w.Clone(), and ends in exactly one Wake or Drop. The zero Waker wakes nobody.
//
// Its methods are safe for use by many threads at once and do not allocate.
type Waker struct {
	raw RawWaker
}

// FromRaw makes a Waker of an executor's RawWaker, which it takes over.
func FromRaw(raw RawWaker) Waker { return Waker{raw} }

// Raw returns what w is made of, without giving w up.
func (w Waker) Raw() RawWaker { return w.raw }

// Clone returns a waker of the same task that may be kept.
func (w Waker) Clone() Waker {
	if w.raw.VTable == nil {
		return w
	}
	return Waker{w.raw.VTable.Clone(w.raw.Data)}
}

// Wake wakes the task and gives w up: it must not be used again.
func (w Waker) Wake() {
	if w.raw.VTable != nil {
		w.raw.VTable.Wake(w.raw.Data)
	}
}

// WakeByRef wakes the task and leaves w usable.
func (w Waker) WakeByRef() {
	if w.raw.VTable != nil {
		w.raw.VTable.WakeByRef(w.raw.Data)
	}
}

// Drop gives w up without waking the task.
func (w Waker) Drop() {
	if w.raw.VTable != nil {
		w.raw.VTable.Drop(w.raw.Data)
	}
}

// WillWake reports whether w and other surely wake the same task. False is
// no proof of the contrary. A future uses it to keep the waker it already has.
func (w Waker) WillWake(other Waker) bool { return w.raw == other.raw }

// Noop returns a waker that wakes nobody. It is the zero Waker.
func Noop() Waker { return Waker{} }

// IsNoop reports whether w is the waker of Noop.
func (w Waker) IsNoop() bool { return w.raw.VTable == nil }

type funcWaker struct{ f func() }

var funcVTable VTable

func init() {
	funcVTable.Uncounted(func(p unsafe.Pointer) { (*funcWaker)(p).f() })
}

// FromFunc returns a waker whose every wake-up calls f, which may be called from
// any thread, several at once, and must not block. It allocates once; its clones
// do not.
func FromFunc(f func()) Waker {
	if f == nil {
		panic("waker: FromFunc of a nil func; use Noop for a waker that wakes nobody")
	}
	// Sound: the pointer is only ever turned back into *funcWaker by funcVTable.
	return Waker{RawWaker{unsafe.Pointer(&funcWaker{f}), &funcVTable}}
}
