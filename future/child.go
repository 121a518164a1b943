package future

import (
	"reflect"
	"unsafe"

	"github.com/magpie-go/magpie/waker"
)

// Child is an operation that a combinator holds by value, and owns. It is live from [Hold] on until
// it was ready or was dropped; then it lets go of all that the operation points to. The zero Child
// is not live.
type Child[T any, F Op[T]] struct {
	op   F
	live bool
}

// Hold takes an operation over. It panics, in the name of who, if op is nil.
func Hold[T any, F Op[T]](op F, who string) (c Child[T, F]) {
	c.hold(op, who)
	return c
}

// hold is Hold in place: an operation is some ten words, and each copy of it costs as much as a poll.
func (c *Child[T, F]) hold(op F, who string) {
	c.op, c.live = op, true
	c.mustBe(who)
}

// mustBe panics if the operation is nil. Whether one that is neither a pointer nor an interface has a Poll is not
// asked before its first poll: the Go runtime looks that up in a table each time.
func (c *Child[T, F]) mustBe(who string) {
	if unsafe.Sizeof(c.op) > unsafe.Sizeof(any(nil)) {
		return // neither
	}
	switch reflect.TypeOf((*F)(nil)).Elem().Kind() {
	case reflect.Pointer, reflect.Interface:
		if reflect.ValueOf(&c.op).Elem().IsNil() {
			panic(who + ": nil operation; pass one by value, or future.Of(f) for a future f")
		}
		if _, ok := any(c.op).(Future[T]); !ok {
			notOp[T, F]()
		}
	}
}

// Live reports whether the operation has neither been ready nor dropped.
func (c *Child[T, F]) Live() bool { return c.live }

// Poll polls an operation that is live.
func (c *Child[T, F]) Poll(cx *waker.Context) Poll[T] {
	if !c.live {
		ended("Child")
	}
	p := addressed[T](&c.op).Poll(cx)
	if p.ready {
		c.end()
	}
	return p
}

// Drop gives up an operation that is live, and does nothing for others.
func (c *Child[T, F]) Drop() {
	if c.live {
		defer c.end()
		c.live = false // its Drop may panic
		dropOp(&c.op)
	}
}

func (c *Child[T, F]) end() {
	var none F
	c.op, c.live = none, false
}
