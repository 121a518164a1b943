//go:build explore

package waker

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// task is an executor of one task: it sleeps on an event until woken, and counts
// the wakers that are kept.
type task struct {
	woken explore.Event
	wakes word.Int32
	kept  word.Int32
	again bool // asked to be polled again by the future itself
}

var taskVTable VTable

func init() {
	taskVTable = VTable{
		Clone: func(p unsafe.Pointer) RawWaker {
			(*task)(p).kept.Inc()
			return RawWaker{p, &taskVTable}
		},
		Wake: func(p unsafe.Pointer) {
			(*task)(p).kept.Dec()
			(*task)(p).wake()
		},
		WakeByRef: func(p unsafe.Pointer) {
			(*task)(p).again = true
			(*task)(p).wake()
		},
		Drop: func(p unsafe.Pointer) { (*task)(p).kept.Dec() },
	}
}

func (t *task) wake() {
	t.wakes.Inc()
	t.woken.Set()
}

func (t *task) waker() Waker { return FromRaw(RawWaker{unsafe.Pointer(t), &taskVTable}) }

// cell is the model's state: an AtomicWaker and how much has happened.
type cell struct {
	aw   AtomicWaker
	done word.Int32
}

// await is a future that is ready when n things have happened, run by t.
func (c *cell) await(t *task, n int32) {
	for c.done.Load() < n {
		c.aw.Register(t.waker())
		if c.done.Load() >= n {
			return
		}
		t.woken.Wait()
		if t.again {
			// Register found another thread waking. Polls repeat themselves until
			// that one has put the cell back.
			t.again = false
			word.Spin()
		}
	}
}

func (c *cell) happen() {
	c.done.Inc()
	c.aw.Wake()
}

// balanced says that each clone ended in one Wake or Drop, but for one that may
// still be in the cell.
func (c *cell) balanced(x *explore.Run, tasks ...*task) {
	for i, t := range tasks {
		want := int32(0)
		if c.aw.waker.WillWake(t.waker()) {
			want = 1
		}
		x.Assert(t.kept.Load() == want, "task %d: %d clones are kept, want %d", i, t.kept.Load(), want)
	}
	x.Assert(c.aw.state.Load() == waiting, "the cell is left in state %d", c.aw.state.Load())
}

func modelWakes(wakers int) func(x *explore.Run) {
	return func(x *explore.Run) {
		c, t := new(cell), new(task)
		x.Label("cell", c)
		x.Label("task", t)
		x.Go("future", func() { c.await(t, int32(wakers)) })
		for range wakers {
			x.Go("", c.happen)
		}
		x.Finally(func() { c.balanced(x, t) })
	}
}

func TestModelAtomicWakerOneWake(t *testing.T) {
	explore.Check(t, explore.Config{}, modelWakes(1))
}

func TestModelAtomicWakerTwoWakes(t *testing.T) {
	explore.Check(t, explore.Config{}, modelWakes(2))
}

// A future that moves to another task registers another waker; the first must not
// be needed any more, and must be given up.
func TestModelAtomicWakerMoves(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c, first, second := new(cell), new(task), new(task)
		x.Label("cell", c)
		x.Label("first", first)
		x.Label("second", second)
		x.Go("future", func() {
			c.aw.Register(first.waker())
			c.await(second, 1)
		})
		x.Go("waker", c.happen)
		x.Finally(func() { c.balanced(x, first, second) })
	})
}

// A future that is not polled between two wake-ups gets one at least, and one that
// registers while nobody wakes gets none.
func TestModelAtomicWakerEmptiesTheCell(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c, t := new(cell), new(task)
		x.Label("cell", c)
		x.Label("task", t)
		c.aw.Register(t.waker())
		for range 3 {
			x.Go("", c.aw.Wake)
		}
		x.Finally(func() {
			x.Assert(t.wakes.Load() == 1, "woken %d times by three wake-ups at once", t.wakes.Load())
			c.aw.Wake()
			x.Assert(t.wakes.Load() == 1, "woken again by an empty cell")
			c.balanced(x, t)
		})
	})
}

// A Clone that panics while somebody wakes: the task that was there is woken, and the cell is
// open for the next one.
func TestModelAtomicWakerCloneThatPanics(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c, first, second := new(cell), new(task), new(task)
		x.Label("cell", c)
		x.Label("first", first)
		x.Label("second", second)
		broken := taskVTable
		broken.Clone = func(unsafe.Pointer) RawWaker { panic("clone") }
		c.aw.Register(first.waker())
		x.Go("future", func() {
			func() {
				defer func() { recover() }()
				c.aw.Register(FromRaw(RawWaker{unsafe.Pointer(second), &broken}))
			}()
			c.await(second, 1)
		})
		x.Go("waker", c.happen)
		x.Finally(func() { c.balanced(x, first, second) })
	})
}

// The rule in the comment of Register is needed: without a second look at the
// state a wake-up before it is lost.
func TestModelAtomicWakerNeedsTheSecondLook(t *testing.T) {
	r := explore.Explore(explore.Config{}, func(x *explore.Run) {
		c, t := new(cell), new(task)
		x.Go("future", func() {
			for c.done.Load() == 0 {
				c.aw.Register(t.waker())
				t.woken.Wait()
			}
		})
		x.Go("waker", c.happen)
	})
	if r.Failure == nil || r.Failure.Kind != explore.Deadlock {
		t.Fatalf("want the wake-up to be lost: %+v", r)
	}
}
