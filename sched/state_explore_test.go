//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// life is a task whose queue is a count of the times it was queued: what a thread that
// polls takes from. It is polled by real state transitions only.
type life struct {
	x     *explore.Run
	s     state
	queue word.Int32
	ready word.Int32 // how often what the future waits for has happened
	need  int32
	left  bool // the future has left its waker: it has been pending
	saw   int32
	polls int
	drops int
	done  bool
}

func (l *life) wake() {
	l.ready.Inc()
	if l.s.wake() {
		l.enqueue()
	}
}

func (l *life) abort() {
	if l.s.abort() {
		l.enqueue()
	}
}

func (l *life) enqueue() {
	n := l.queue.Inc()
	l.x.Assert(n == 1, "the task is queued twice")
}

// work polls until the task has ended, and sleeps while it is not queued.
func (l *life) work() {
	for {
		if !l.queue.CompareAndSwap(1, 0) {
			if l.s.isComplete() {
				return
			}
			word.Spin()
			continue
		}
		l.polls++
		if l.s.start() {
			l.drops++
			l.s.finish()
			continue
		}
		if l.saw = l.ready.Load(); l.saw >= l.need {
			l.done = true
			l.s.finish()
			continue
		}
		if l.s.suspend() {
			l.enqueue()
		}
	}
}

func newLife(x *explore.Run, need int32) *life {
	l := &life{x: x, need: need}
	l.s.bits.Store(initial)
	l.queue.Store(1)
	x.Label("task", l)
	return l
}

func TestModelStateOneWake(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		l := newLife(x, 1)
		x.Go("worker", l.work)
		x.Go("waker", l.wake)
		x.Finally(func() { x.Assert(l.done && l.polls <= 2, "%d polls for one wake-up", l.polls) })
	})
}

// Two wake-ups by different threads, and two workers either of which may poll: no wake-up
// is lost, none is answered by more than one poll, and the task is in no queue twice.
func TestModelStateTwoWakes(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		l := newLife(x, 2)
		x.Go("worker", l.work)
		x.Go("waker 1", l.wake)
		x.Go("waker 2", l.wake)
		x.Finally(func() { x.Assert(l.done && l.polls <= 3, "%d polls for two wake-ups", l.polls) })
	})
}

func TestModelStateTwoWorkers(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		l := newLife(x, 1)
		x.Go("worker 1", l.work)
		x.Go("worker 2", l.work)
		x.Go("waker", l.wake)
		x.Finally(func() { x.Assert(l.done && l.polls <= 2, "%d polls for one wake-up", l.polls) })
	})
}

// A wake-up after the end does nothing.
func TestModelStateWakeAfterTheEnd(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		l := newLife(x, 1)
		l.ready.Store(1)
		x.Go("worker", l.work)
		x.Go("waker 1", l.wake)
		x.Go("waker 2", l.wake)
		x.Finally(func() {
			x.Assert(l.done && l.polls == 1, "%d polls of a task that is ready at once", l.polls)
			x.Assert(l.queue.Load() == 0 && l.s.bits.Load() == complete, "the state is %05b after the end", l.s.bits.Load())
		})
	})
}

// A task that would wait for ever is aborted while it is woken, or by two threads at once:
// it is dropped once and not polled after that.
func modelAbort(others ...func(l *life)) func(x *explore.Run) {
	return func(x *explore.Run) {
		l := newLife(x, 100)
		x.Go("worker", l.work)
		for _, f := range others {
			x.Go("", func() { f(l) })
		}
		x.Finally(func() {
			x.Assert(l.drops == 1 && !l.done, "dropped %d times", l.drops)
			x.Assert(l.polls <= 3, "%d polls", l.polls)
		})
	}
}

func TestModelStateAbort(t *testing.T) {
	explore.Check(t, explore.Config{}, modelAbort((*life).abort, (*life).wake))
}

func TestModelStateTwoAborts(t *testing.T) {
	explore.Check(t, explore.Config{}, modelAbort((*life).abort, (*life).abort))
}

// An abort against the poll that completes the task: one of the two wins.
func TestModelStateAbortAgainstCompletion(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		l := newLife(x, 1)
		x.Go("worker", l.work)
		x.Go("aborter", l.abort)
		x.Go("waker", l.wake)
		x.Finally(func() {
			x.Assert((l.drops == 1) != l.done, "dropped %d times, completed %v", l.drops, l.done)
			x.Assert(l.queue.Load() == 0, "it is queued after the end")
		})
	})
}

// bind is done while others wake and abort: it takes nothing away.
func TestModelStateBind(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		var s state
		s.bits.Store(running)
		queued := 0
		x.Label("state", &s)
		x.Go("worker", func() {
			s.bind()
			if s.suspend() {
				queued++
			}
		})
		x.Go("waker", func() {
			if s.wake() {
				queued++
			}
		})
		x.Go("aborter", func() {
			if s.abort() {
				queued++
			}
		})
		x.Finally(func() {
			x.Assert(queued == 1, "queued %d times", queued)
			x.Assert(s.bits.Load() == scheduled|cancelled|bound, "the state is %05b", s.bits.Load())
		})
	})
}

// joiner of a model: a thread that sleeps until the thing has happened.
func awaitEnd(l *joinList, over func() bool, rounds int) (woken bool) {
	for range rounds {
		if over() {
			return true
		}
		var wake explore.Event
		if !l.add(waker.FromFunc(wake.Set), nil) {
			return over()
		}
		wake.Wait()
	}
	return over()
}

func modelJoin(joiners int) func(x *explore.Run) {
	return func(x *explore.Run) {
		var s state
		s.bits.Store(running)
		var l joinList
		result := 0
		x.Label("state", &s)
		x.Label("list", &l)
		x.Go("worker", func() {
			result = 1
			s.finish()
			l.Close(nil)
		})
		saw := make([]bool, joiners)
		for i := range joiners {
			x.Go("", func() { saw[i] = awaitEnd(&l, s.isComplete, 1) && result == 1 })
		}
		x.Finally(func() {
			for i := range saw {
				x.Assert(saw[i], "joiner %d went on before the end", i)
			}
		})
	}
}

func TestModelJoinOne(t *testing.T)   { explore.Check(t, explore.Config{}, modelJoin(1)) }
func TestModelJoinTwo(t *testing.T)   { explore.Check(t, explore.Config{}, modelJoin(2)) }
func TestModelJoinThree(t *testing.T) { explore.Check(t, testkit.Within(1), modelJoin(3)) }

// The handle of a real task against the worker that ends it, and an abort: each joiner
// sees the end, and the result with it.
func TestModelJoinHandle(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h := newHouse(x, 1)
		o := new(joined)
		o.rt, o.self = h.Runtime, o
		o.state.bits.Store(initial)
		x.Label("task", o)
		h.as(0, func(w *worker) { w.poll(&o.header) })
		for range 2 {
			x.Go("", func() {
				var wake explore.Event
				cx := waker.FromWaker(waker.FromFunc(wake.Set))
				handle := JoinHandle[int]{&o.outcome}
				for {
					if p := handle.Poll(&cx); p.IsReady() {
						v, err := p.Result()
						x.Assert(v == 7 && err == nil, "the result is %v, %v", v, err)
						return
					}
					wake.Wait()
				}
			})
		}
	})
}

// joined is a task with a result.
type joined struct{ outcome[int] }

func (j *joined) poll(*waker.Context) bool { j.value = 7; return true }
func (j *joined) abandon(err error)        { j.err = err }
func (j *joined) polled() any              { return j }

// The list is closed after the thing has been published, and each waker that was added is
// woken once.
func TestModelJoinSameWakerOnce(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		var l joinList
		var wakes word.Int32
		w := waker.FromFunc(func() { wakes.Inc() })
		other := waker.FromFunc(func() {})
		added := make([]bool, 2)
		x.Label("list", &l)
		x.Go("joiner", func() {
			added[0] = l.add(w, nil)
			added[1] = l.add(w, nil)
		})
		x.Go("other", func() { l.add(other, nil) })
		x.Go("worker", func() { l.Close(nil) })
		x.Finally(func() {
			n := wakes.Load()
			x.Assert(!added[1] || n >= 1, "added and not woken")
			x.Assert(n <= 2 && (added[0] || n == 0), "woken %d times", n)
		})
	})
}
