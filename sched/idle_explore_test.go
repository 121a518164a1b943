//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

// injections is a model with so many workers, and threads that are none and inject so
// many tasks each.
func injections(workers int, tasks ...int) func(x *explore.Run) {
	return func(x *explore.Run) {
		h := newHouse(x, workers)
		for i := range workers {
			h.run(i)
		}
		for _, n := range tasks {
			var mine []*guest
			for range n {
				mine = append(mine, h.task(nil))
			}
			x.Go("", func() {
				for _, t := range mine {
					h.inject(&t.header)
				}
			})
		}
		h.untilDone()
	}
}

func TestModelIdleOneWorker(t *testing.T) {
	explore.Check(t, explore.Config{}, injections(1, 1))
}

func TestModelIdleOneWorkerTwoTasks(t *testing.T) {
	explore.Check(t, explore.Config{MaxSchedules: 100000}, injections(1, 2))
}

func TestModelIdleOneWorkerTwoThreads(t *testing.T) {
	explore.Check(t, explore.Config{MaxSchedules: 100000}, injections(1, 1, 1))
}

func TestModelIdleTwoWorkers(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2, MaxSchedules: 200000}, injections(2, 1))
}
