package coord

import (
	"errors"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of OnceCell.
//
//	empty → making   by compare-and-swap, of who is to make the value
//	making → made    by the maker, when the value is written
//	making → empty   by a maker that has failed or gives up, if nobody is in line, under the lock
//	                 of the line
//
// Who finds making joins the line, under its lock, after one more look. A maker that gives up hands
// its part to the first in line: the cell stays making, and nobody comes in between. One that
// succeeds closes the line, and the one of those who only wait.
//
// Invariant: the value is written by one maker, before made, and read by those who have seen made,
// or have been told by a line that was closed after it. If somebody is in line, there is a maker.
//
// Rejected: a Mutex around a value (all who wait would have to pass it, one after the other, to
// find that the value is there).
const (
	onceEmpty uint32 = iota
	onceMaking
	onceMade
)

var (
	// ErrAlreadySet is the error of [OnceCell.Set] if the cell has a value.
	ErrAlreadySet = errors.New("coord: the OnceCell has a value already")

	// ErrInitializing is the error of [OnceCell.Set] if somebody is making the value, with
	// [GetOrInit]. Whether that succeeds, [OnceCell.Wait] tells.
	ErrInitializing = errors.New("coord: the OnceCell is being initialized")
)

// OnceCell is a value that is set once: by Set, or by the first of those who ask for it with
// [GetOrInit]. The zero value is empty. It must not be copied once used.
type OnceCell[T any] struct {
	_     word.NoCopy
	state word.Uint32
	turns waitlist.List // of those who would make the value
	made  waitlist.List // of those who only wait for it
	value T             // the maker's, until made
}

func (c *OnceCell[T]) check() {
	if c == nil {
		nilReceiver("OnceCell", "new(coord.OnceCell[T]) is ready to use")
	}
}

// Get returns the value, if there is one.
func (c *OnceCell[T]) Get() (v T, ok bool) {
	c.check()
	if c.state.Load() != onceMade {
		return v, false
	}
	return c.read(), true
}

func (c *OnceCell[T]) read() T {
	word.Read(unsafe.Pointer(&c.value))
	return c.value
}

// Set gives the cell its value, and wakes all that wait for it. It fails with [ErrAlreadySet] if it
// has one, and with [ErrInitializing] while somebody makes one; v stays the caller's then.
func (c *OnceCell[T]) Set(v T) error {
	c.check()
	switch {
	case c.state.CompareAndSwap(onceEmpty, onceMaking):
		c.finish(v)
		return nil
	case c.state.Load() == onceMade:
		return ErrAlreadySet
	}
	return ErrInitializing
}

// finish is called by the maker.
func (c *OnceCell[T]) finish(v T) {
	word.Write(unsafe.Pointer(&c.value))
	c.value = v
	c.state.Store(onceMade)
	defer c.made.Close(nil) // also if a waker ends this goroutine
	c.turns.Close(nil)
}

// pass is called by a maker that gives up.
func (c *OnceCell[T]) pass() {
	h := c.turns.Lock()
	first := h.First()
	if first == nil {
		c.state.Store(onceEmpty)
		h.Unlock()
		return
	}
	w := h.Take(first)
	h.Unlock()
	wake.One(w, nil)
}

// Wait returns an operation that waits for the value, and does nothing for it. Dropped, it leaves
// nothing behind.
func (c *OnceCell[T]) Wait() OnceWaitOp[T] {
	c.check()
	return OnceWaitOp[T]{c: c}
}

// OnceWaitOp is what [OnceCell.Wait] returns.
type OnceWaitOp[T any] struct {
	node waitlist.Node
	c    *OnceCell[T] // nil when it has ended
}

// Poll implements future.Future.
func (o *OnceWaitOp[T]) Poll(cx *waker.Context) future.Poll[T] {
	if o == nil || o.c == nil {
		overOp("OnceWaitOp", "OnceCell.Wait")
	}
	c := o.c
	if o.node.State() == waitlist.Out {
		if c.state.Load() == onceMade {
			if !cx.Spend() {
				return future.Pending[T]()
			}
		} else if c.made.Wait(&o.node, cx.Waker()) == waitlist.Waiting {
			return future.Pending[T]()
		}
	} else if awaitTurn(&c.made, &o.node, cx) == waitlist.Waiting {
		return future.Pending[T]()
	}
	o.c = nil
	return future.Ready(c.read())
}

// Drop implements future.Dropper.
func (o *OnceWaitOp[T]) Drop() {
	if o == nil {
		nilReceiver("OnceWaitOp", "make one with OnceCell.Wait")
	}
	if c := o.c; c != nil {
		o.c = nil
		c.made.Leave(&o.node)
	}
}

// Await waits for the value, see [future.Await].
func (o OnceWaitOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }

// GetOrInit returns an operation for the value of c. If there is none, and nobody makes one, it
// makes it, by waiting for init; otherwise init is dropped, when the value has come. If init fails,
// so does this operation, and the next that waits makes the value with an init of its own.
//
// Dropped, also when it is making the value, it hands its part to the next that waits. init must not
// wait for the same cell.
func GetOrInit[T any, F future.Op[T]](c *OnceCell[T], init F) GetOrInitOp[T, F] {
	c.check()
	return GetOrInitOp[T, F]{c: c, init: future.Hold[T](init, "coord: GetOrInit")}
}

// GetOrInitOp is what [GetOrInit] returns.
type GetOrInitOp[T any, F future.Op[T]] struct {
	node  waitlist.Node
	c     *OnceCell[T] // nil when it has ended
	init  future.Child[T, F]
	maker bool
}

// Poll implements future.Future.
func (o *GetOrInitOp[T, F]) Poll(cx *waker.Context) future.Poll[T] {
	if o == nil || o.c == nil {
		overOp("GetOrInitOp", "GetOrInit")
	}
	if !o.maker {
		switch o.turn(cx) {
		case waitlist.Waiting:
			return future.Pending[T]()
		case waitlist.Closed:
			v := o.c.read()
			o.c = nil
			o.init.Drop()
			return future.Ready(v)
		}
		o.maker = true
	}
	p := o.init.Poll(cx)
	if p.IsPending() {
		return p
	}
	c := o.c
	o.c = nil
	if v, err := p.Result(); err == nil {
		c.finish(v)
	} else {
		c.pass()
	}
	return p
}

// turn returns Notified if the operation is to make the value, Closed if there is one.
func (o *GetOrInitOp[T, F]) turn(cx *waker.Context) waitlist.State {
	c := o.c
	if o.node.State() != waitlist.Out {
		return awaitTurn(&c.turns, &o.node, cx)
	}
	switch c.state.Load() {
	case onceMade:
		if !cx.Spend() {
			return waitlist.Waiting
		}
		return waitlist.Closed
	case onceEmpty:
		if c.state.CompareAndSwap(onceEmpty, onceMaking) {
			return waitlist.Notified
		}
	}
	w := cx.Waker()
	clone := w.Clone()
	h := c.turns.Lock()
	for {
		switch c.state.Load() {
		case onceMaking:
			// A maker that ends now finds this one in line.
			h.Push(&o.node, clone)
			h.Unlock()
			return waitlist.Waiting
		case onceMade:
			h.Unlock()
			clone.Drop()
			return waitlist.Closed
		}
		if c.state.CompareAndSwap(onceEmpty, onceMaking) {
			h.Unlock()
			clone.Drop()
			return waitlist.Notified
		}
	}
}

// Drop implements future.Dropper.
func (o *GetOrInitOp[T, F]) Drop() {
	if o == nil {
		nilReceiver("GetOrInitOp", "make one with GetOrInit")
	}
	c := o.c
	if c == nil {
		return
	}
	o.c = nil
	if c.turns.Leave(&o.node) || o.maker {
		defer c.pass() // when init is gone
	}
	o.init.Drop()
}

// Await waits for the value, see [future.Await].
func (o GetOrInitOp[T, F]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }

// Trace implements future.Traced: it is where init stands.
func (o *GetOrInitOp[T, F]) Trace(tr *future.Tracer) { tr.Child(&o.init) }
