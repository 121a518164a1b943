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
// A call that awaits is a machine itself. It is polled outside of any panic, as it may answer
// Pending; recover in it is compiled to [Defers.Recover].
//
// Dropped, or after runtime.Goexit, nothing can be waited for: calls that await run uncompiled,
// with a Co that answers ErrDropped.
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

// Defers is the deferred calls of a machine.
type Defers struct {
	calls     []deferred
	current   Deferred // that has been started
	cx        *waker.Context
	value     any // of the panic that is under way
	stack     []byte
	panicking bool
	dropped   bool
	inline    bool // nothing can be waited for any more
}

// Deferred is a deferred call that awaits, as a machine.
type Deferred interface {
	Resume(d *Defers, cx *waker.Context) (done bool)
	Drop()
}

type deferred struct {
	plain func(*Defers)
	async Deferred // nil: it does not await
	co    func(*Defers, *future.Co)
}

// Push defers a call: f defers it natively and calls [Defers.Raise].
func (d *Defers) Push(f func(d *Defers)) {
	d.calls = append(d.calls, deferred{plain: f})
}

// PushAsync defers a call that awaits. plain is the same as for Push, uncompiled.
func (d *Defers) PushAsync(call Deferred, plain func(d *Defers, co *future.Co)) {
	d.calls = append(d.calls, deferred{async: call, co: plain})
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
		d.inline = true
		d.finish()
	}
}

// Unwind runs the deferred calls and reports whether all have ended. Then it panics, if that is
// how the function ends.
func (d *Defers) Unwind(cx *waker.Context) (done bool) {
	d.cx = cx
	for {
		if d.current != nil {
			if !d.resume(cx) {
				d.cx = nil
				return false
			}
			d.current = nil
		}
		c, ok := d.pop()
		if !ok {
			break
		}
		if c.async != nil {
			d.current = c.async
		} else {
			d.call(c)
		}
	}
	d.cx = nil
	d.end()
	return true
}

// Drop runs the deferred calls of a machine that is dropped.
func (d *Defers) Drop() {
	d.dropped, d.inline = true, true
	if c := d.current; c != nil {
		d.current = nil
		d.guard(c.Drop)
	}
	d.finish()
}

// finish runs the calls that are left without waiting.
func (d *Defers) finish() {
	for {
		c, ok := d.pop()
		if !ok {
			break
		}
		d.call(c)
	}
	d.end()
}

func (d *Defers) end() {
	if !d.panicking {
		return
	}
	v, stack := d.value, d.stack
	d.value, d.stack, d.panicking = nil, nil, false
	origin.Rethrow(v, stack)
}

func (d *Defers) pop() (c deferred, ok bool) {
	n := len(d.calls)
	if n == 0 {
		return c, false
	}
	c = d.calls[n-1]
	d.calls[n-1] = deferred{}
	d.calls = d.calls[:n-1]
	return c, true
}

// call runs one deferred call, which may recover, panic, or call runtime.Goexit.
func (d *Defers) call(c deferred) {
	if c.async == nil {
		d.guard(func() { c.plain(d) })
		return
	}
	d.guard(func() {
		droppedco.With(func(co any) { c.co(d, co.(*future.Co)) })
	})
}

// guard calls f and notes how it ends.
func (d *Defers) guard(f func()) {
	returned := false
	defer func() {
		switch v := recover(); {
		case returned:
			d.value, d.stack, d.panicking = nil, nil, false
		case v != nil:
			d.panics(v)
		default: // runtime.Goexit, which goes on after this
			d.value, d.stack, d.panicking, d.inline = nil, nil, false, true
			d.finish()
		}
	}()
	f()
	returned = true
}

// resume polls the call that awaits.
func (d *Defers) resume(cx *waker.Context) (done bool) {
	returned := false
	defer func() {
		switch v := recover(); {
		case returned:
		case v != nil:
			Quietly(d.current.Drop)
			d.panics(v)
			done = true
		default:
			d.current, d.inline = nil, true
			d.finish()
		}
	}()
	done = d.current.Resume(d, cx)
	returned = true
	return done
}

func (d *Defers) panics(v any) {
	d.value, d.stack, d.panicking = v, origin.Stack(v), true
}

// Raise makes the panic that is under way go on, if one is.
func (d *Defers) Raise() {
	if d.panicking {
		origin.Rethrow(d.value, d.stack)
	}
}

// Recover is recover in a deferred call that awaits.
func (d *Defers) Recover() any {
	if !d.panicking {
		return nil
	}
	v, stack := d.value, d.stack
	d.value, d.stack, d.panicking = nil, nil, false
	origin.Note(v, stack, 0)
	return v
}

// Dropped is co.Dropped in a deferred call.
func (d *Defers) Dropped() bool { return d.dropped }

// Current returns the deferred call that waits, or nil.
func (d *Defers) Current() any {
	if d.current == nil {
		return nil
	}
	return d.current
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
