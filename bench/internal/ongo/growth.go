package ongo

import (
	"sync"
	"sync/atomic"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// GrowTasks starts n goroutines that are all alive at once: they wait on a channel that
// is closed when all have been started, and end.
func GrowTasks(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		twoProcs()
		r.Loop(n, func() {
			var wg sync.WaitGroup
			gate := make(chan struct{})
			for range n {
				wg.Go(func() { <-gate })
			}
			close(gate)
			wg.Wait()
		})
	}
}

// GrowYield is YieldMany with any number of Ps.
func GrowYield(procs int) func(*measure.Run) {
	return func(r *measure.Run) { yieldMany(r, procs) }
}

// GrowSpawn is SpawnManyLocal with any number of Ps.
func GrowSpawn(procs int) func(*measure.Run) {
	return func(r *measure.Run) { spawnMany(r, procs, true) }
}

// Pool starts a million empty goroutines from a number of producers.
func Pool(producers int) func(*measure.Run) {
	return func(r *measure.Run) {
		twoProcs()
		measure.Pool(r, func(n int) {
			var left atomic.Int64
			left.Store(int64(n))
			done := make(chan struct{})
			var wg sync.WaitGroup
			for range producers {
				wg.Go(func() {
					for range n / producers {
						go func() {
							if left.Add(-1) == 0 {
								close(done)
							}
						}()
					}
				})
			}
			wg.Wait()
			<-done
		})
	}
}
