package onmagpie

import (
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// sleeper is woken again and again and notes how long each wake-up took.
type sleeper struct {
	base  time.Time
	event coord.Event
	stamp atomic.Int64 // when it was woken last, since base
	seen  atomic.Int64
	took  []int64
}

func (s *sleeper) Poll(cx *waker.Context) future.Poll[unit] {
	for s.event.Poll(cx).IsReady() {
		s.took = append(s.took, int64(time.Since(s.base))-s.stamp.Load())
		s.seen.Add(1)
	}
	return pending()
}

// RemoteWake measures from a wake-up by a thread outside the idle runtime until the task
// is polled. Between wake-ups the thread spins for gap, or sleeps in the kernel.
func RemoteWake(spin bool, gap time.Duration) func(*measure.Run) {
	return func(r *measure.Run) {
		s := &sleeper{base: time.Now(), took: make([]int64, 0, measure.Wakes)}
		sched.Spawn[unit](twoWorkers(r), s)
		measure.RemoteWake(r, spin, gap, func() {
			s.stamp.Store(int64(time.Since(s.base)))
			s.event.Set()
		}, s.seen.Load)
		r.Percentiles(s.took)
	}
}
