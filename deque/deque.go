package deque

import (
	"math/bits"
	"unsafe"

	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol.
//
// Elements stand at indices top ≤ i < bottom, which only grow (64 bits: a push each
// nanosecond takes 585 years), element i in slot i mod capacity. The owner alone
// writes bottom and the slots. Who moves top from t to t+1 by CAS owns element t.
//
//	push   write slot b; bottom = b+1
//	steal  read top, then bottom, then the ring; CAS top; read the slot; done++
//	pop, oldest first: the owner steals from itself
//	pop, newest first: bottom = b-1; read top; if top < b-1 element b-1 is the
//	       owner's without a CAS, for a thief that could claim it would have to see
//	       top == b-1 first, and after that bottom == b-1: empty. The last element
//	       is claimed by CAS like a thief's. If bottom was lowered before that came
//	       out, it stays so until the next push: whoever gets the element, then
//	       top == b, and a thief that saw bottom == b-1 has returned that nothing
//	       is left. So the shared bottom may be one less than top.
//
// A thief reads its slot after its CAS, not before as in the paper. Its element is
// then its own and the read needs no atomic slot, which saves the owner a fenced
// store on each push and each take (Go has no cheaper one). The price: a slot may not
// be written again before its thief has read it. So thieves count in `done` what they
// have finished, the owner counts in `own` what it claimed by CAS itself, and when
//
//	done == top - own   (done read first)
//
// no claim below top is still being read: claims only grow, so if done, read first,
// equals the claims read later, they were equal all the while. The owner looks only
// when its ring seems full, about once a capacity, or when it runs empty after a
// steal; then it clears what was stolen and may write those slots again. If a thief
// is caught in between, the owner moves to another ring and leaves the old one,
// unchanged, to whoever still reads it.
//
// Invariant: slot i of the ring a thief loaded holds element i from before that
// thief's CAS until after its done++. A ring is copied from the top that the owner
// read; a thief that claimed an earlier element loaded its ring before.
//
// Rejected: atomic slots, read before the CAS (3 ns more for a push and for a take);
// rings that are never written twice (8 bytes of garbage a push); a flag in each
// slot (a fenced store more for every take); putting bottom back before the last
// element is claimed (a thief finds nothing, and the next one finds that element).

// Steal is what an attempt to steal came to.
type Steal uint8

const (
	// Empty: there was nothing to steal.
	Empty Steal = iota
	// Retry: another thread took that element at the same moment; there may be more.
	Retry
	// Stolen: the element is the caller's.
	Stolen
)

// String returns the name in lower case.
func (s Steal) String() string {
	switch s {
	case Empty:
		return "empty"
	case Retry:
		return "retry"
	case Stolen:
		return "stolen"
	}
	return "invalid"
}

// minCapacity is crossbeam's: below it rings only cost growing.
const minCapacity = 64

// maxBatch bounds what a thief takes at once: half of a very long queue would keep
// its new owner from looking at anything else while it is moved.
const maxBatch = 256

// ring is the slots of one capacity, a power of two.
type ring struct {
	base unsafe.Pointer // of a []T with mask+1 elements
	mask uint64
}

func newRing[T any](capacity uint64) *ring {
	return &ring{unsafe.Pointer(unsafe.SliceData(make([]T, capacity))), capacity - 1}
}

// read returns slot i, of size bytes, to be read.
//
// Sound: the mask keeps it inside of what base points to, and base keeps that alive.
func (r *ring) read(i uint64, size uintptr) unsafe.Pointer {
	p := unsafe.Add(r.base, uintptr(i&r.mask)*size)
	word.Read(p)
	return p
}

// write returns slot i, of size bytes, to be written. Sound as read is.
func (r *ring) write(i uint64, size uintptr) unsafe.Pointer {
	p := unsafe.Add(r.base, uintptr(i&r.mask)*size)
	word.Write(p)
	return p
}

// queue is what owner and thieves share. It and ring know nothing of the element
// type, and their short methods are not only there to be read: where generic code is
// instantiated, in another package, the compiler inlines an atomic operation only if
// this package has inlined it too, in code that is not generic. A call for each costs
// two thirds of the speed.
type queue struct {
	bottom word.Uint64 // written by the owner; see the protocol for bottom < top
	_      [cpu.CacheLine - 8]byte
	top    word.Uint64 // written by who takes
	done   word.Uint64 // steals whose slots have been read
	_      [cpu.CacheLine - 16]byte
	ring   word.Pointer[ring] // written by the owner
	_      [cpu.CacheLine - unsafe.Sizeof(uintptr(0))]byte
}

// publish shows thieves the elements below b.
func (q *queue) publish(b uint64) { q.bottom.Store(b) }

// finish counts n steals whose slots have been read.
func (q *queue) finish(n uint64) { q.done.Add(n) }

// claim moves top over n elements: then they are the caller's.
func (q *queue) claim(t, n uint64) bool { return q.top.CompareAndSwap(t, t+n) }

func (q *queue) ends() (t, b uint64) {
	t = q.top.Load() // before bottom: then b-t is no more than there was
	return t, q.bottom.Load()
}

// Deque is the owner's half. All its methods are for one thread at a time, which may
// change if the two synchronise. [NewFIFO] and [NewLIFO] make one; the zero Deque is empty, and
// cannot be pushed to. It must not be copied.
type Deque[T any] struct {
	q queue
	_ word.NoCopy

	// The owner's own words.
	ring   ring   // copy of *q.ring
	bottom uint64 // copy of q.bottom
	safe   uint64 // elements below are taken and their slots cleared
	own    uint64 // elements that the owner took by CAS
	swept  uint64 // q.done when the slots were last cleared
	fifo   bool
	_      [cpu.CacheLine - 64]byte // what comes after is another's
}

// Stealer is the thieves' half: a small value to copy and to use from any thread. Only
// [Deque.Stealer] makes one.
type Stealer[T any] struct {
	q    *queue
	fifo bool
}

// NewFIFO returns a deque whose owner takes the oldest element first. It has room for
// capacity elements (64 at least, rounded up to a power of two) and grows beyond, by doubling.
func NewFIFO[T any](capacity int) *Deque[T] { return newDeque[T](capacity, minCapacity, true) }

// NewLIFO returns a deque whose owner takes the newest element first. It has room for
// capacity elements (64 at least, rounded up to a power of two) and grows beyond, by doubling.
func NewLIFO[T any](capacity int) *Deque[T] { return newDeque[T](capacity, minCapacity, false) }

func newDeque[T any](capacity, least int, fifo bool) *Deque[T] {
	c := max(capacity, least)
	r := newRing[T](1 << bits.Len(uint(c-1)))
	d := &Deque[T]{ring: *r, fifo: fifo}
	d.q.ring.Store(r)
	return d
}

// Stealer returns a handle with which other threads steal from d.
func (d *Deque[T]) Stealer() Stealer[T] { return Stealer[T]{&d.q, d.fifo} }

// Len returns how many elements are in the deque; thieves may be taking some.
func (d *Deque[T]) Len() int { return int(d.bottom - d.q.top.Load()) }

// Cap returns for how many elements there is room without growing.
func (d *Deque[T]) Cap() int { return int(d.ring.mask + 1) }

// Push adds v as the newest element. It allocates only to grow.
func (d *Deque[T]) Push(v T) {
	b := d.bottom
	if b-d.safe > d.ring.mask {
		d.makeRoom(1)
	}
	*(*T)(d.ring.write(b, unsafe.Sizeof(v))) = v
	d.bottom = b + 1
	d.q.publish(b + 1)
}

// Pop takes an element: the oldest or the newest, as the deque was made. It returns
// false when the deque is empty.
func (d *Deque[T]) Pop() (v T, ok bool) {
	b, t := d.bottom, d.q.top.Load()
	if b == t {
		return d.empty()
	}
	if !d.fifo && b-t > 1 {
		d.q.publish(b - 1)
		if t = d.q.top.Load(); b-t > 1 {
			d.bottom = b - 1
			return d.take(b - 1), true
		}
		// Thieves came down to it meanwhile. They must not see it again: one of them
		// may have returned that nothing is left. The next push publishes anew.
	}
	for ; t != b; t = d.q.top.Load() {
		if d.q.claim(t, 1) {
			d.own++
			return d.take(t), true
		}
	}
	return d.empty()
}

// take empties slot i, whose element is the owner's.
func (d *Deque[T]) take(i uint64) T {
	var zero T
	slot := (*T)(d.ring.write(i, unsafe.Sizeof(zero)))
	v := *slot
	*slot = zero
	return v
}

// empty returns false, for nothing is left; if thieves took some, it first clears their
// slots, so that an idle owner keeps nothing alive.
func (d *Deque[T]) empty() (v T, ok bool) {
	if d.q.done.Load() != d.swept {
		d.sweep()
	}
	return v, false
}

// sweep clears the slots that were stolen, unless a thief is still reading one.
func (d *Deque[T]) sweep() {
	done := d.q.done.Load() // before top: see the protocol
	top := d.q.top.Load()
	if done != top-d.own {
		return
	}
	if done != d.swept { // otherwise all were the owner's, which cleared them
		for i := d.safe; i != top; i++ {
			d.take(i)
		}
		d.swept = done
	}
	d.safe = top
}

// makeRoom sees to it that n more elements fit.
func (d *Deque[T]) makeRoom(n uint64) {
	capacity := d.ring.mask + 1
	if d.sweep(); d.bottom-d.safe+n <= capacity {
		return
	}
	// Full, or a thief is reading. A ring twice the size, unless it would be empty for
	// the most part: then one like this.
	top := d.q.top.Load()
	for capacity < 2*(d.bottom-top+n) {
		capacity *= 2
	}
	r := newRing[T](capacity)
	var zero T
	size := unsafe.Sizeof(zero)
	for i := top; i != d.bottom; i++ {
		*(*T)(r.write(i, size)) = *(*T)(d.ring.read(i, size))
	}
	d.ring, d.safe = *r, top
	d.q.ring.Store(r)
}
