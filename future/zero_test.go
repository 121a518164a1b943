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
	mustPanic(t, func() { (*future.BlockingPool)(nil).Close() }, "BlockingPool")
	mustPanic(t, func() { (*future.BlockingPool)(nil).Stats() }, "BlockingPool")
}
