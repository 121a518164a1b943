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
// Only the task that accepts uses pause and pausing; count is read by any thread, and
// the timer is set by Close from any thread, to end the wait. Who pauses looks whether
// the listener is closed after setting the timer, Close sets it after closing: so no
// pause outlives Close. Rejected: to go on accepting into the void, which burns a core
// for as long as the shortage lasts.
type backoff struct {
	_       word.Align64
	count   word.Uint64
	timer   reactor.Timer
	pause   time.Duration
	pausing bool
}

// start begins a pause.
func (b *backoff) start() {
	b.pause = min(max(2*b.pause, firstPause), longestPause)
	b.pausing = true
	b.count.Inc()
	b.timer.Reset(b.pause)
}

// over tells whether there is no pause, or none any more.
func (b *backoff) over(cx *waker.Context) bool {
	if b.pausing {
		b.pausing = b.timer.Poll(cx).IsPending()
	}
	return !b.pausing
}

// success makes the next pause a short one.
func (b *backoff) success() { b.pause = 0 }

// end ends a pause because the listener was closed.
func (b *backoff) end() { b.timer.Reset(0) }

// Backoffs returns how often accepting has paused because the process or the system had
// no descriptor, or no memory, for another connection.
func (l *Listener) Backoffs() uint64 { return l.backoff.count.Load() }
