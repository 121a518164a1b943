//go:build explore

package future

import (
	"errors"
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// modelWakeSet is a future with as many children as there are counts; each child is woken
// that often by a thread of its own.
func modelWakeSet(counts ...int32) func(x *explore.Run) {
	return func(x *explore.Run) {
		var s wakeSet
		s.init(len(counts))
		happened := make([]word.Int32, len(counts))
		seen := make([]int32, len(counts))
		x.Label("set", &s)
		x.Go("parent", func() {
			task := new(testkit.Sleeper)
			for {
				s.each(task.Context(), func(i int, _ *waker.Context) bool {
					seen[i] = happened[i].Load()
					return true
				})
				left := false
				for i, n := range counts {
					left = left || seen[i] < n
				}
				if !left {
					return
				}
				task.Wait()
			}
		})
		for i, n := range counts {
			x.Go("", func() {
				for range n {
					happened[i].Inc()
					s.seats[i].wake()
				}
			})
		}
	}
}

func TestModelWakeSetTwoChildren(t *testing.T) {
	explore.Check(t, explore.Config{}, modelWakeSet(1, 1))
}

func TestModelWakeSetTwoWakes(t *testing.T) {
	explore.Check(t, testkit.Within(3), modelWakeSet(2))
}

func TestModelWakeSetThreeChildren(t *testing.T) {
	explore.Check(t, testkit.Within(2), modelWakeSet(1, 1, 1))
}

// modelLocalQueue is a pool's ready queue, with tasks that are woken so often, by a thread
// for each wake-up. The pool polls until each task has seen all that happened to it.
func modelLocalQueue(counts ...int) func(x *explore.Run) {
	return func(x *explore.Run) {
		p := &LocalPool{parker: newParker()}
		tasks := make([]localTask, len(counts))
		happened := make([]word.Int32, len(counts))
		seen := make([]int32, len(counts))
		var parked explore.Event
		x.Label("queue", &p.queue)
		left := func() bool {
			for i, n := range counts {
				if seen[i] < int32(n) {
					return true
				}
			}
			return false
		}
		x.Go("pool", func() {
			for left() {
				t := p.pop()
				if t == nil {
					parked.Wait()
					continue
				}
				i := int((uintptr(unsafe.Pointer(t)) - uintptr(unsafe.Pointer(&tasks[0]))) / unsafe.Sizeof(*t))
				x.Assert(seen[i] < int32(counts[i]), "polled for nothing")
				seen[i] = happened[i].Load()
			}
		})
		for i, n := range counts {
			tasks[i].pool = p
			for range n {
				x.Go("", func() {
					happened[i].Inc()
					// As localTask.wake, with a token that a model can wait for.
					if tasks[i].announce() {
						parked.Set()
					}
				})
			}
		}
	}
}

func TestModelLocalQueueTwoTasks(t *testing.T) {
	explore.Check(t, explore.Config{}, modelLocalQueue(1, 1))
}

func TestModelLocalQueueOneTaskTwice(t *testing.T) {
	explore.Check(t, explore.Config{}, modelLocalQueue(2))
}

func TestModelLocalQueueThreeTasks(t *testing.T) {
	explore.Check(t, testkit.Within(2), modelLocalQueue(1, 1, 1))
}

// line is a BlockingPool whose goroutines are threads of the model.
type line struct {
	x      *explore.Run
	p      BlockingPool
	starts []explore.Event
	next   word.Int32
	inside word.Int32
}

func newLine(x *explore.Run, limit, goroutines int) *line {
	l := &line{x: x, starts: make([]explore.Event, goroutines)}
	l.p.Limit = limit
	x.Label("pool", &l.p)
	for i := range goroutines {
		x.Go("", func() {
			l.starts[i].Wait()
			l.p.serve()
		})
	}
	return l
}

// submit is BlockingPool.submit, which starts a goroutine.
func (l *line) submit(c blockingCall) {
	if l.p.enqueue(&blockingTask{call: c}) {
		l.starts[l.next.Inc()-1].Set()
	}
}

type lineCall struct {
	l         *line
	ran       int
	cancelled int
}

func (c *lineCall) run() bool {
	n := c.l.inside.Inc()
	c.l.x.Assert(n <= int32(c.l.p.Limit), "%d functions run at once", n)
	c.ran++
	c.l.inside.Dec()
	return true
}

func (c *lineCall) cancel(error) bool { c.cancelled++; return true }

func (c *lineCall) dropped() bool { return false }

// modelLine has threads that submit so many calls each to a pool of one goroutine.
func modelLine(submitters ...int) func(x *explore.Run) {
	return func(x *explore.Run) {
		all := 0
		for _, n := range submitters {
			all += n
		}
		l := newLine(x, 1, all)
		var calls []*lineCall
		for _, n := range submitters {
			mine := make([]*lineCall, n)
			for i := range mine {
				mine[i] = &lineCall{l: l}
			}
			calls = append(calls, mine...)
			x.Go("", func() {
				for _, c := range mine {
					l.submit(c)
				}
			})
		}
		x.WhenStuck(func() string {
			for i, c := range calls {
				if c.ran != 1 {
					return "call " + string(rune('0'+i)) + " waits, and no goroutine runs"
				}
			}
			return ""
		})
	}
}

func TestModelBlockingPoolTwoCalls(t *testing.T) {
	explore.Check(t, explore.Config{}, modelLine(2))
}

func TestModelBlockingPoolTwoThreads(t *testing.T) {
	explore.Check(t, testkit.Within(3), modelLine(1, 1))
}

// A call that is dropped while a goroutine takes calls, and somebody takes those out that were
// dropped: the other one is run, and nothing is counted any more.
func TestModelBlockingPoolGiveUp(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		p := &BlockingPool{Limit: 1, Queue: 2}
		p.running.Store(1) // the thread below
		ran := 0
		call := func() *blockingFuture[int] {
			b := BlockingOn(p, func() (int, error) { ran++; return 7, nil }).b
			b.Poll(new(testkit.Sleeper).Context())
			return b
		}
		given, kept := call(), call()
		x.Label("pool", p)
		x.Go("task", given.Drop)
		x.Go("pool", func() {
			for t := p.take(); t != nil; t = p.take() {
				p.run(t)
			}
		})
		x.Go("sweeper", func() {
			p.mu.Lock()
			p.sweep()
			p.mu.Unlock()
		})
		x.Finally(func() {
			x.Assert(ran >= 1 && kept.state.Load() == callComplete, "the call that was kept has not run")
			x.Assert(p.queued.Load() == 0 && p.gone.Load() == 0 && p.inside.Load() == 0,
				"%d are queued, %d gone, %d inside", p.queued.Load(), p.gone.Load(), p.inside.Load())
		})
	})
}

// Close against a submission: the call is run or cancelled, once.
func TestModelBlockingPoolClose(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		l := newLine(x, 1, 1)
		c := &lineCall{l: l}
		x.Go("submitter", func() { l.submit(c) })
		x.Go("closer", func() {
			l.p.closed.Store(true)
			l.p.cancelQueued()
		})
		x.WhenStuck(func() string {
			if c.ran+c.cancelled == 0 {
				return "the call is neither run nor cancelled"
			}
			return ""
		})
		x.Finally(func() { x.Assert(c.ran+c.cancelled == 1, "run %d times, cancelled %d times", c.ran, c.cancelled) })
	})
}

// The future of a blocking call against the goroutine that runs it.
func modelBlocking(x *explore.Run) (b *blockingFuture[int], run func()) {
	p := new(BlockingPool)
	p.Limit = 1
	p.running.Store(1) // a goroutine is at it: run
	b = BlockingOn(p, func() (int, error) { return 7, nil }).b
	x.Label("future", b)
	x.Label("pool", p)
	return b, func() {
		for {
			if t := p.take(); t != nil {
				t.call.run()
				return
			}
			word.Spin()
		}
	}
}

func TestModelBlockingFuture(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		b, run := modelBlocking(x)
		x.Go("task", func() {
			task := new(testkit.Sleeper)
			for {
				if p := b.Poll(task.Context()); p.IsReady() {
					v, err := p.Result()
					x.Assert(v == 7 && err == nil, "the result is %v, %v", v, err)
					return
				}
				task.Wait()
			}
		})
		x.Go("pool", run)
	})
}

// A task that polls again for a reason of its own, with another waker, while the call
// completes: the wake-up goes to the waker it left last, or the poll is Ready.
func TestModelBlockingFutureMoves(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		b, run := modelBlocking(x)
		x.Go("task", func() {
			first, task := new(testkit.Sleeper), new(testkit.Sleeper)
			if b.Poll(first.Context()).IsReady() {
				return
			}
			for !b.Poll(task.Context()).IsReady() {
				task.Wait()
			}
		})
		x.Go("pool", run)
	})
}

// Dropped while the call runs, before, or after: the function runs at most once, and its
// result is kept nowhere.
func TestModelBlockingFutureDrop(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := new(BlockingPool)
		ran := 0
		b := BlockingOn(p, func() (int, error) { ran++; return 7, errors.New("kept") }).b
		b.state.Store(callQueued)
		x.Label("future", b)
		x.Go("task", b.Drop)
		x.Go("pool", func() { b.run() })
		x.Finally(func() {
			x.Assert(ran <= 1, "run %d times", ran)
			x.Assert(b.state.Load() == callOver, "the state is %d", b.state.Load())
			x.Assert(b.out.Err() == nil && b.fn == nil, "the result or the function is kept")
		})
	})
}
