package netio

import (
	"time"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// How long accepting pauses when the process or the system has run out of something: as
// long as net/http's server waits at first and at most.
const (
	firstPause   = 5 * time.Millisecond
	longestPause = time.Second
)

// backoff makes a listener wait, longer each time, until there are descriptors again.
//
// Any task that accepts may begin a pause, find it over, or end the row of them with a
// success. Two that do it at the same moment make the pause end early at worst, by one
// try: who begins one sets pausing first and the timer then, and who finds the timer of
// an earlier one fired takes pausing back. Who waits for the end stands in the listener's
// queue, and the timer has the waker of that.
//
// Rejected: to go on accepting into the void, which burns a core for as long as the
// shortage lasts.
type backoff struct {
	_       word.Align64
	count   word.Uint64
	pause   word.Int64 // the last one, in nanoseconds; 0 after a success
	timer   reactor.Timer
	pausing word.Bool
}

// start begins a pause, unless there is one.
func (b *backoff) start() {
	if !b.pausing.CompareAndSwap(false, true) {
		return
	}
	pause := min(max(2*time.Duration(b.pause.Load()), firstPause), longestPause)
	b.pause.Store(int64(pause))
	b.count.Inc()
	b.timer.Reset(pause)
}

// over reports whether there is no pause, or none any more; if there is one, the waker
// of cx is left with the timer. The caller stands in the queue that this waker calls.
func (b *backoff) over(cx *waker.Context) bool {
	if b.timer.Poll(cx).IsPending() {
		return false
	}
	b.pausing.Store(false)
	return true
}

// success makes the next pause a short one.
func (b *backoff) success() {
	if b.pause.Load() != 0 {
		b.pause.Store(0)
	}
}

// end stops the timer because the listener was closed.
func (b *backoff) end() { b.timer.Stop() }

// Backoffs returns how often accepting has paused because the process or the system had
// no descriptor, or no memory, for another connection.
func (l *Listener) Backoffs() uint64 {
	l.check()
	return l.backoff.count.Load()
}
