package machine

import (
	"math/bits"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Most functions reach each of their defer statements once at most, and none of the calls awaits. Then
// the machine needs no list: it keeps what the calls were given in its frame, and a bit for each
// that is to be run. They end within one poll, so how far they are is nothing that the frame has to keep.
//
//	the body      sets bit i where it passes defer statement i
//	Catch         stops a panic of the body, and runs the calls if it was left by runtime.Goexit
//	Unwind, Drop  clear the highest bit that is set, run that call, and so on
//
// Invariant: a bit is cleared before its call begins, so each runs once, however the others end.
//
// Rejected: the list for all (a node and a closure for each call, 48 bytes of a connection that waits in
// a function with a deferred Close; two allocations).

// Deferring is a machine with a bit for each deferred call.
type Deferring interface {
	// Deferred makes call i natively, by a defer statement, and then calls Raise. So recover works
	// in it.
	Deferred(i int, e Ending)
}

// Panic is a panic that was stopped.
type Panic struct {
	value any
	stack []byte
	on    uintptr // the goroutine that stack is of, see gid
}

// caught is the panic that a deferred function has recovered v of.
func caught(v any) *Panic { return &Panic{v, origin.Stack(v), gid.Current()} }

// raise makes a panic go on, if p is one.
func (p *Panic) raise() {
	if p != nil {
		origin.RethrowFrom(p.on, p.value, p.stack)
	}
}

// Ending is what a deferred call may know of how its function ends.
type Ending struct {
	panic   *Panic // that is under way
	cx      *waker.Context
	dropped bool
}

// Raise makes the panic that is under way go on, if one is.
func (e Ending) Raise() { e.panic.raise() }

// Dropped is co.Dropped in a deferred call.
func (e Ending) Dropped() bool { return e.dropped }

// Context is co.Context in a deferred call.
func (e Ending) Context() *waker.Context { return e.cx }

// Catch is deferred by the body of a machine. step and p are its named results.
func Catch(m Deferring, left *uint8, step *Step, p **Panic) {
	v := recover()
	switch {
	case *step != 0:
	case v != nil:
		*p, *step = caught(v), Panicked
	default:
		unwind(m, left, Ending{})
	}
}

// Unwind runs the deferred calls that are left of a body that has ended, with the panic p if it
// panicked. Then it panics, if that is how the function ends.
func Unwind(m Deferring, left *uint8, cx *waker.Context, p *Panic) {
	if *left != 0 || p != nil {
		unwind(m, left, Ending{panic: p, cx: cx})
	}
}

// DropDeferred runs the deferred calls of a machine that is dropped.
func DropDeferred(m Deferring, left *uint8) { unwind(m, left, Ending{dropped: true}) }

func unwind(m Deferring, left *uint8, e Ending) {
	for *left != 0 {
		i := bits.Len8(*left) - 1
		*left &^= 1 << i
		e.panic = deferred1(m, left, i, e)
	}
	e.Raise()
}

// deferred1 runs one deferred call and returns the panic that is under way after it.
func deferred1(m Deferring, left *uint8, i int, e Ending) (after *Panic) {
	returned := false
	defer func() {
		switch v := recover(); {
		case returned:
		case v != nil:
			after = caught(v)
		default: // runtime.Goexit, which goes on after this
			e.panic = nil
			unwind(m, left, e)
		}
	}()
	m.Deferred(i, e)
	returned = true
	return nil
}
