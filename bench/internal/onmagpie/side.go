package onmagpie

import (
	"time"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// busy keeps a worker busy: it computes for a while and yields, for good, and notes the
// longest time between two of its polls.
type busy struct {
	slice time.Duration
	gaps  *measure.Gaps
}

func (b *busy) Poll(cx *waker.Context) future.Poll[unit] {
	for t := b.gaps.Mark(); time.Since(t) < b.slice; {
	}
	b.gaps.Leave()
	cx.PollAgain()
	return pending()
}

// occupy keeps all workers busy.
func occupy(rt *sched.Runtime, slice time.Duration) []*measure.Gaps {
	var all []*measure.Gaps
	for range rt.Workers() {
		g := new(measure.Gaps)
		all = append(all, g)
		sched.SpawnValue[unit](rt, busy{slice, g})
	}
	return all
}

// SleepLate measures how late an ordinary goroutine wakes while all workers are busy.
func SleepLate(r *measure.Run) {
	occupy(twoWorkers(r), measure.BusySlice)
	measure.SleepLate(r)
}

// GCPause measures collections with a million parked tasks and busy workers.
func GCPause(r *measure.Run) {
	rt := twoWorkers(r)
	gate := new(coord.Gate)
	park(rt, gate, measure.ParkedTasks)
	gaps := occupy(rt, measure.BusySlice)
	measure.GCPause(r, gaps)
	gate.Open()
}

// Idle measures a runtime of parked tasks that nobody wakes.
func Idle(r *measure.Run) {
	gate := new(coord.Gate)
	park(twoWorkers(r), gate, measure.IdleTasks)
	measure.Idle(r)
	gate.Open()
}
