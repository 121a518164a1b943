package machine

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/droppedco"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// A machine with deferred calls runs its body under [Defers.Caught], which stops a panic, and then
// its deferred calls, last first, with Unwind.
//
//	body ──returns──▶ unwinding ──no call left──▶ the outcome
//	  │                 ▲    │ ▲
//	  └──panics──▶ (panicking) │ a call recovers: not panicking any more
//	                         └─┘ a call panics: panicking, with that value
//
// recover works in a deferred call as it does in Go, since it is one: it is deferred natively by a
// function that then panics with what is under way. Other code is not entered in between.
//
// A call that awaits is a machine itself. It is polled outside of any panic, as it may return
// Pending; recover in it is compiled to [Defers.Recover].
//
// Dropped, or after runtime.Goexit, nothing can be waited for: calls that await run uncompiled,
// with a Co whose awaits return ErrDropped.
//
// Rejected: a panic that goes on through Poll, with Go's own defer statements for the calls. Those
// are gone after the first Pending, and registering them anew costs each poll.

// Step is how the body of a machine with deferred calls was left.
type Step uint8

const (
	_        Step = iota // by runtime.Goexit
	Waiting              // it waits
	Returned             // by a return statement
	Panicked
)

// Unwinding is the state of a machine that runs its deferred calls.
const Unwinding = 2

// Defers is the deferred calls of a machine. It is three words, for machines wait with it; what only
// a panic, a drop or a deferred call that awaits needs is allocated then.
type Defers struct {
	top       *deferred      // newest first
	cx        *waker.Context // while calls run
	unwinding *unwinding
}

type unwinding struct {
	current Deferred // that has been started
	panic   *Panic   // that is under way
	dropped bool
}

// unwind returns what unwinding needs to know.
func (d *Defers) unwind() *unwinding {
	if d.unwinding == nil {
		d.unwinding = new(unwinding)
	}
	return d.unwinding
}

// recovered ends the panic that is under way, and returns it; nil if none is.
func (d *Defers) recovered() (p *Panic) {
	if u := d.unwinding; u != nil {
		p, u.panic = u.panic, nil
	}
	return p
}

// Deferred is a deferred call that awaits, as a machine.
type Deferred interface {
	Resume(d *Defers, cx *waker.Context) (done bool)
	Drop()
}

type deferred struct {
	next  *deferred
	plain func(*Defers)
	async *awaiting // nil: it does not await
}

// awaiting is a deferred call that awaits, compiled and uncompiled.
type awaiting struct {
	machine Deferred
	co      func(*Defers, *future.Co)
}

// Push defers a call: f defers it natively and calls [Defers.Raise]. It allocates once.
func (d *Defers) Push(f func(d *Defers)) {
	d.top = &deferred{next: d.top, plain: f}
}

// PushAsync defers a call that awaits. plain is the same as for Push, uncompiled.
func (d *Defers) PushAsync(call Deferred, plain func(d *Defers, co *future.Co)) {
	d.top = &deferred{next: d.top, async: &awaiting{call, plain}}
}

// Caught is deferred by the body of a machine. step is its named result.
func (d *Defers) Caught(step *Step) {
	v := recover()
	switch {
	case *step != 0:
	case v != nil:
		d.panics(v)
		*step = Panicked
	default:
		d.finish()
	}
}

// Unwind runs the deferred calls and reports whether all have ended. Then it panics, if that is
// how the function ends.
func (d *Defers) Unwind(cx *waker.Context) (done bool) {
	d.cx = cx
	for {
		if u := d.unwinding; u != nil && u.current != nil {
			if !d.resume(cx) {
				d.cx = nil
				return false
			}
			u.current = nil
		}
		c := d.pop()
		switch {
		case c == nil:
			d.cx = nil
			d.end()
			return true
		case c.async != nil:
			d.unwind().current = c.async.machine
		default:
			d.call(c)
		}
	}
}

// Drop runs the deferred calls of a machine that is dropped.
func (d *Defers) Drop() {
	if d.top == nil && d.unwinding == nil {
		return
	}
	u := d.unwind()
	u.dropped = true
	if c := u.current; c != nil {
		u.current = nil
		d.guard(c.Drop)
	}
	d.finish()
}

// finish runs the calls that are left without waiting.
func (d *Defers) finish() {
	for c := d.pop(); c != nil; c = d.pop() {
		d.call(c)
	}
	d.end()
}

func (d *Defers) end() { d.recovered().raise() }

func (d *Defers) pop() *deferred {
	c := d.top
	if c != nil {
		d.top = c.next
	}
	return c
}

// call runs one deferred call, which may recover, panic, or call runtime.Goexit.
func (d *Defers) call(c *deferred) {
	if c.async == nil {
		d.guard(func() { c.plain(d) })
		return
	}
	d.guard(func() {
		droppedco.With(func(co any) { c.async.co(d, co.(*future.Co)) })
	})
}

// guard calls f and notes how it ends.
func (d *Defers) guard(f func()) {
	returned := false
	defer func() {
		switch v := recover(); {
		case returned:
			d.recovered()
		case v != nil:
			d.panics(v)
		default: // runtime.Goexit, which goes on after this
			d.recovered()
			d.finish()
		}
	}()
	f()
	returned = true
}

// resume polls the call that awaits.
func (d *Defers) resume(cx *waker.Context) (done bool) {
	u := d.unwinding
	returned := false
	defer func() {
		switch v := recover(); {
		case returned:
		case v != nil:
			Quietly(u.current.Drop)
			d.panics(v)
			done = true
		default:
			u.current = nil
			d.finish()
		}
	}()
	done = u.current.Resume(d, cx)
	returned = true
	return done
}

func (d *Defers) panics(v any) { d.unwind().panic = caught(v) }

// Raise makes the panic that is under way go on, if one is.
func (d *Defers) Raise() {
	if u := d.unwinding; u != nil {
		u.panic.raise()
	}
}

// Recover is recover in a deferred call that awaits.
func (d *Defers) Recover() any {
	p := d.recovered()
	if p == nil {
		return nil
	}
	origin.Note(p.value, p.stack, 0)
	return p.value
}

// Dropped is co.Dropped in a deferred call.
func (d *Defers) Dropped() bool { return d.unwinding != nil && d.unwinding.dropped }

// Current returns the deferred call that waits, or nil.
func (d *Defers) Current() any {
	if d.unwinding == nil || d.unwinding.current == nil {
		return nil
	}
	return d.unwinding.current
}

// Context is co.Context in a deferred call.
func (d *Defers) Context() *waker.Context { return d.cx }

// Quietly drops what has panicked, whose panic is what is to be told: one of its Drop adds
// nothing.
func Quietly(drop func()) {
	defer func() { _ = recover() }()
	drop()
}

// Defer makes a deferred call of a machine. If that has a method Unwinding it is told, before each
// poll, whose deferred call it is.
func Defer[T any](f future.Future[T]) Deferred { return &deferredFuture[T]{f} }

type deferredFuture[T any] struct{ f future.Future[T] }

func (f *deferredFuture[T]) Resume(d *Defers, cx *waker.Context) bool {
	if u, ok := f.f.(interface{ Unwinding(d *Defers) }); ok {
		u.Unwinding(d)
	}
	p := f.f.Poll(cx)
	return p.IsReady()
}

func (f *deferredFuture[T]) Drop() { future.Drop(f.f) }

func (f *deferredFuture[T]) Trace(t *future.Tracer) { t.Child(f.f) }
