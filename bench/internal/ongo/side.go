package ongo

import (
	"runtime"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// occupy keeps all Ps busy with goroutines that compute for a while and yield.
func occupy(procs int, slice time.Duration) []*measure.Gaps {
	var all []*measure.Gaps
	for range procs {
		g := new(measure.Gaps)
		all = append(all, g)
		go func() {
			for {
				for t := g.Mark(); time.Since(t) < slice; {
				}
				g.Leave()
				runtime.Gosched()
			}
		}()
	}
	return all
}

// SleepLate measures how late a goroutine wakes while all Ps are busy.
func SleepLate(r *measure.Run) {
	twoProcs()
	occupy(measure.Workers, measure.BusySlice)
	measure.SleepLate(r)
}

// GCPause measures collections with a million parked goroutines and busy Ps.
func GCPause(r *measure.Run) {
	twoProcs()
	gate := park(measure.ParkedTasks)
	gaps := occupy(measure.Workers, measure.BusySlice)
	measure.GCPause(r, gaps)
	close(gate)
}

// Idle measures a process of parked goroutines that nobody wakes.
func Idle(r *measure.Run) {
	twoProcs()
	gate := park(measure.IdleTasks)
	measure.Idle(r)
	close(gate)
}
