//go:build explore

package aio

import (
	"io"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// patient polls on its thread until f is ready.
func patient[T any](f func(cx *waker.Context) future.Poll[T]) (T, error) {
	for task := new(testkit.Sleeper); ; task.Wait() {
		if p := f(task.Context()); p.IsReady() {
			return p.Result()
		}
	}
}

func readOne(p *pipe) (byte, error) {
	b := []byte{0}
	n, err := patient(func(cx *waker.Context) future.Poll[int] { return p.pollRead(cx, b) })
	if n == 0 && err == nil {
		panic("nothing was read, and no error")
	}
	return b[0], err
}

func writeOne(p *pipe, c byte) error {
	b := []byte{c}
	n, err := patient(func(cx *waker.Context) future.Poll[int] { return p.pollWrite(cx, b) })
	if n == 0 && err == nil {
		panic("nothing was written, and no error")
	}
	return err
}

// wakersLeft returns how many wakers are left in the cells.
func (p *pipe) wakersLeft() (n int) {
	for _, c := range []*waker.AtomicWaker{&p.readable, &p.writable} {
		if _, ok := c.Take(); ok {
			n++
		}
	}
	return n
}

func modelPipe(x *explore.Run, size int) *pipe {
	p := &pipe{size: size, ring: make([]byte, size)}
	x.Label("pipe", p)
	return p
}

// Bytes arrive in order, through a ring of one and of two, and none is read before it was written or written over before it was read.
func TestModelPipeBytes(t *testing.T) {
	for size, sent := range map[int]byte{1: 3, 2: 3} {
		if size == 1 && testing.Short() {
			sent = 2 // 3 take ten seconds
		}
		explore.Check(t, explore.Config{}, func(x *explore.Run) {
			p := modelPipe(x, size)
			x.Go("writer", func() {
				for c := range sent {
					x.Assert(writeOne(p, c+1) == nil, "the write failed")
				}
				p.closeWrite()
			})
			x.Go("reader", func() {
				for c := range sent {
					got, err := readOne(p)
					x.Assert(got == c+1 && err == nil, "read %d, %v; want %d", got, err, c+1)
				}
				_, err := readOne(p)
				x.Assert(err == io.EOF, "at the end %v", err)
			})
			x.Finally(func() { x.Assert(p.wakersLeft() == 0, "a waker is left") })
		})
	}
}

// A reader that waits is told when the writer closes, or its own end is closed.
func TestModelPipeCloseWakesReader(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := modelPipe(x, 1)
		x.Go("reader", func() {
			_, err := readOne(p)
			x.Assert(err == io.EOF || err == io.ErrClosedPipe, "%v", err)
		})
		x.Go("writer closes", func() { p.closeWrite() })
		x.Go("reader closes", func() { p.closeRead() })
	})
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := modelPipe(x, 1)
		x.Go("reader", func() {
			_, err := readOne(p)
			x.Assert(err == io.ErrClosedPipe, "%v", err)
		})
		x.Go("reader closes", func() { p.closeRead() })
	})
}

// A writer that waits is told when the reader closes, or its own end is closed.
func TestModelPipeCloseWakesWriter(t *testing.T) {
	for name, closes := range map[string]func(p *pipe) bool{"reader": (*pipe).closeRead, "writer": (*pipe).closeWrite} {
		t.Run(name, func(t *testing.T) {
			explore.Check(t, explore.Config{}, func(x *explore.Run) {
				p := modelPipe(x, 1)
				x.Assert(writeOne(p, 1) == nil, "the first write failed")
				x.Go("writer", func() {
					err := writeOne(p, 2)
					x.Assert(err == io.ErrClosedPipe, "%v", err)
				})
				x.Go("closes", func() { closes(p) })
			})
		})
	}
}

// A write that is under way while the writer's end is closed has happened or has failed: the reader reads it, or does not.
func TestModelPipeWriteBesideClose(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := modelPipe(x, 1)
		var wrote, read error
		x.Go("writer", func() { wrote = writeOne(p, 7) })
		x.Go("closes", func() { p.closeWrite() })
		x.Go("reader", func() { _, read = readOne(p) })
		x.Finally(func() {
			x.Assert((wrote == nil) == (read == nil), "wrote %v, read %v", wrote, read)
			x.Assert(read == nil || read == io.EOF, "read %v", read)
		})
	})
}

// A read that is given up leaves no waker, and the byte to the next one, which is another task.
func TestModelPipeGivenUpRead(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := modelPipe(x, 1)
		x.Go("reader", func() {
			b := []byte{0}
			if p.pollRead(new(testkit.Sleeper).Context(), b).IsPending() {
				wake.Forget(&p.readable)
				got, err := readOne(p)
				x.Assert(got == 7 && err == nil, "read %d, %v", got, err)
			}
		})
		x.Go("writer", func() { x.Assert(writeOne(p, 7) == nil, "the write failed") })
		x.Finally(func() { x.Assert(p.wakersLeft() == 0, "a waker is left") })
	})
}
