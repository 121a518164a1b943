package ongo

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

const spawns = 10_000

// twoProcs gives the scheduler as many Ps as the others have workers.
func twoProcs() { runtime.GOMAXPROCS(measure.Workers) }

// SpawnMany starts goroutines from the main goroutine.
func SpawnMany(r *measure.Run) { spawnMany(r, measure.Workers, false) }

// SpawnManyLocal starts them from a goroutine of its own.
func SpawnManyLocal(r *measure.Run) { spawnMany(r, measure.Workers, true) }

func spawnMany(r *measure.Run, procs int, local bool) {
	runtime.GOMAXPROCS(procs)
	var left atomic.Int64
	done := make(chan struct{}, 1)
	batch := func() {
		for range spawns {
			go func() {
				if left.Add(-1) == 0 {
					done <- struct{}{}
				}
			}()
		}
	}
	r.Loop(spawns, func() {
		left.Store(spawns)
		if local {
			go batch()
		} else {
			batch()
		}
		<-done
	})
}

// YieldMany has 200 goroutines that yield 1000 times.
func YieldMany(r *measure.Run) { yieldMany(r, measure.Workers) }

func yieldMany(r *measure.Run, procs int) {
	const tasks, yields = 200, 1000
	runtime.GOMAXPROCS(procs)
	done := make(chan struct{}, tasks)
	r.Loop(tasks*yields, func() {
		for range tasks {
			go func() {
				for range yields {
					runtime.Gosched()
				}
				done <- struct{}{}
			}()
		}
		for range tasks {
			<-done
		}
	})
}

// PingPong has 1000 goroutines that each do a round trip with one that they start.
func PingPong(r *measure.Run) {
	const pings = 1000
	twoProcs()
	var left atomic.Int64
	done := make(chan struct{}, 1)
	ping := func() {
		question, answer := make(chan struct{}, 1), make(chan struct{}, 1)
		go func() {
			<-question
			answer <- struct{}{}
		}()
		question <- struct{}{}
		<-answer
		if left.Add(-1) == 0 {
			done <- struct{}{}
		}
	}
	r.Loop(pings, func() {
		left.Store(pings)
		go func() {
			for range pings {
				go ping()
			}
		}()
		<-done
	})
}

// ChainedSpawn has each goroutine start the next.
func ChainedSpawn(r *measure.Run) {
	const chain = 1000
	twoProcs()
	done := make(chan struct{}, 1)
	var link func(n int)
	link = func(n int) {
		if n == 0 {
			done <- struct{}{}
		} else {
			go link(n - 1)
		}
	}
	r.Loop(chain, func() {
		go link(chain)
		<-done
	})
}

// RemoteWake measures from a send by a goroutine locked to its thread until the goroutine
// that waited runs. Go has no thread outside its scheduler short of cgo: this one holds a
// P while it spins.
func RemoteWake(spin bool, gap time.Duration) func(*measure.Run) {
	return func(r *measure.Run) {
		twoProcs()
		var stamp, seen atomic.Int64
		took := make([]int64, 0, measure.Wakes)
		base := time.Now()
		wake := make(chan struct{}, 1)
		go func() {
			for range wake {
				took = append(took, int64(time.Since(base))-stamp.Load())
				seen.Add(1)
			}
		}()
		measure.RemoteWake(r, spin, gap, func() {
			stamp.Store(int64(time.Since(base)))
			wake <- struct{}{}
		}, seen.Load)
		r.Percentiles(took)
	}
}
