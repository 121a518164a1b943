package server

import (
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// clock is the task that makes a server's answers anew when a second begins.
//
// Protocol: over is set before the clock is woken, and the clock looks at it once more
// after it has left its waker.
//
// Rejected: asking the time with every request, 50 ns of it; and asking it only when a
// request comes a second after the last, which needs the time as well.
type clock struct {
	future.Pinned
	answers *word.Pointer[answers]
	timer   reactor.Timer
	stop    waker.AtomicWaker
	over    word.Bool
}

// Poll implements future.Future.
func (c *clock) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.AssertPinned()
	c.stop.Register(cx.Waker())
	for !c.over.Load() {
		now := time.Now()
		c.answers.Store(newAnswers(now))
		c.timer.Reset(untilNextSecond(now))
		if c.timer.Poll(cx).IsPending() {
			return future.Pending[future.Unit]()
		}
	}
	c.Drop()
	return future.Ready(future.Unit{})
}

func untilNextSecond(now time.Time) time.Duration {
	return time.Second - time.Duration(now.Nanosecond())
}

// end ends the task.
func (c *clock) end() {
	c.over.Store(true)
	c.stop.Wake()
}

// Drop implements future.Dropper, for a runtime that is shut down first.
func (c *clock) Drop() {
	c.timer.Stop()
	wake.Forget(&c.stop)
}
