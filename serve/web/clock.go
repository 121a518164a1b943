package web

import (
	"slices"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// clock is what a server knows of the time: the second, and the Date field of it, so that a request costs no look at the
// clock and no formatting.
//
// Protocol: a task makes the second anew when it begins. over is set before the task is woken, and the task looks at it
// once more after it has left its waker.
//
// Rejected: asking the time with every request, 50 ns of it; and asking it only when a
// request comes a second after the last, which needs the time as well.
type clock struct {
	second word.Pointer[second]
	stop   waker.AtomicWaker
	begun  word.Bool
	over   word.Bool

	lock  spin.Lock
	files []*fileCache // that are swept each second
}

// second is one, and is not changed.
type second struct {
	unix int64
	date []byte // the Date field
}

func newClock() *clock {
	c := new(clock)
	c.set(time.Now())
	return c
}

func (c *clock) set(now time.Time) {
	c.second.Store(&second{unix: now.Unix(), date: http1.AppendDate(nil, now)})
}

// start spawns the task, the first time.
func (c *clock) start(sp sched.Spawner) {
	if c.begun.CompareAndSwap(false, true) {
		c.set(time.Now())
		sched.Spawn[future.Unit](sp, &ticking{clock: c})
	}
}

// watch has files swept from now on.
func (c *clock) watch(files *fileCache) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if !slices.Contains(c.files, files) {
		c.files = append(c.files, files)
	}
}

// sweep lets files go that nobody asks for.
func (c *clock) sweep(now int64) {
	c.lock.Lock()
	files := c.files // is only appended to
	c.lock.Unlock()
	for _, f := range files {
		f.sweep(now)
	}
}

// end ends the task.
func (c *clock) end() {
	c.over.Store(true)
	c.stop.Wake()
}

// ticking is the clock's task.
type ticking struct {
	future.Pinned
	clock *clock
	timer reactor.Timer
}

// Poll implements future.Future.
func (t *ticking) Poll(cx *waker.Context) future.Poll[future.Unit] {
	t.AssertPinned()
	c := t.clock
	c.stop.Register(cx.Waker())
	for !c.over.Load() {
		now := time.Now()
		c.set(now)
		c.sweep(now.Unix())
		t.timer.Reset(time.Second - time.Duration(now.Nanosecond()))
		if t.timer.Poll(cx).IsPending() {
			return future.Pending[future.Unit]()
		}
	}
	t.Drop()
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper, for a runtime that is shut down first.
func (t *ticking) Drop() {
	t.timer.Drop()
	t.clock.sweep(0)
	wake.Forget(&t.clock.stop)
}
