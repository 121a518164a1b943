package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// What is zero or nil and can do nothing panics and says what it is.
func TestZeroValues(t *testing.T) {
	var cx waker.Context
	for _, pool := range []*future.LocalPool{nil, new(future.LocalPool)} {
		mustPanic(t, func() { pool.Close() }, "LocalPool")
		mustPanic(t, func() { pool.Run() }, "LocalPool")
		mustPanic(t, func() { pool.RunUntilStalled() }, "LocalPool")
		mustPanic(t, func() { future.Spawn(pool, future.Value(7)) }, "LocalPool")
		mustPanic(t, func() { _, _ = future.RunUntil(pool, future.Value(7)) }, "LocalPool")
	}
	for _, h := range []*future.LocalHandle[int]{nil, new(future.LocalHandle[int])} {
		mustPanic(t, func() { h.Poll(&cx) }, "LocalHandle")
		mustPanic(t, func() { h.Drop() }, "LocalHandle")
	}
	for _, g := range []*future.Generator[int, int]{nil, new(future.Generator[int, int])} {
		mustPanic(t, func() { g.Resume() }, "Generator")
	}
	mustPanic(t, func() { (*future.Generator[int, int])(nil).Close() }, "Generator")
	new(future.Generator[int, int]).Close() // it has not begun
	for _, y := range []*future.Yielder[int]{nil, new(future.Yielder[int])} {
		mustPanic(t, func() { y.Yield(7) }, "Yield")
	}
	mustPanic(t, func() { (*future.Co)(nil).Dropped() }, "Co")
	for _, co := range []*future.Co{nil, new(future.Co)} {
		mustPanic(t, func() { co.Context() }, "Co")
		mustPanic(t, func() { co.Ext() }, "Co")
		mustPanic(t, func() { co.Yield() }, "Co")
	}
	mustPanic(t, func() { (*future.BlockingPool)(nil).Close() }, "future: Close: nil BlockingPool; pass new(BlockingPool)")
	mustPanic(t, func() { (*future.BlockingPool)(nil).Stats() }, "future: Stats: nil BlockingPool; pass new(BlockingPool)")
}

// A zero operation comes from nowhere, and says so however it is used; a zero combinator has
// ended.
func TestZeroOperations(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	type op interface {
		Poll(cx *waker.Context) future.Poll[int]
		Drop()
		Await(co *future.Co) (int, error)
	}
	for name, o := range map[string]op{
		"AsyncOp":    future.AsyncOp[int]{},
		"BlockingOp": future.BlockingOp[int]{},
		"ChanOp":     future.ChanOp[int]{},
		"BoxedOp":    future.BoxedOp[int]{},
		"RefOp":      future.RefOp[int]{},
	} {
		t.Run(name, func(t *testing.T) {
			mustPanic(t, func() { o.Poll(&cx) }, "future: a zero "+name)
			mustPanic(t, func() {
				f := future.Async(func(co *future.Co) (int, error) { return o.Await(co) })
				defer f.Drop()
				f.Poll(&cx)
			}, "future: a zero "+name)
			if name == "RefOp" {
				o.Drop() // a borrower's Drop does nothing
				return
			}
			mustPanic(t, o.Drop, "future: a zero "+name)
		})
	}
	mustPanic(t, func() { future.BoxedOp[int]{}.Name() }, "BoxedOp")
	ended := "polled after Ready"
	type ready = future.BoxedOp[int]
	mustPanic(t, func() { new(future.JoinOp[int, int, ready, ready]).Poll(&cx) }, ended)
	mustPanic(t, func() { new(future.Select2Op[int, int, ready, ready]).Poll(&cx) }, ended)
	mustPanic(t, func() { new(future.Child[int, ready]).Poll(&cx) }, ended)
	new(future.JoinOp[int, int, ready, ready]).Drop()
	new(future.Select2Op[int, int, ready, ready]).Drop()
	new(future.Child[int, ready]).Drop()
}
