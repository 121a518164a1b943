package onmagpie

import (
	"context"
	"sync"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// visitor waits at a gate and is counted when it is through.
type visitor struct {
	wait coord.Wait
	b    *batch
}

func (v *visitor) Poll(cx *waker.Context) future.Poll[unit] {
	if v.wait.Poll(cx).IsPending() {
		return pending()
	}
	v.b.end()
	return ready()
}

// opener opens a gate from a task.
type opener struct{ gate *coord.Gate }

func (o *opener) Poll(*waker.Context) future.Poll[unit] {
	o.gate.Open()
	return ready()
}

// GrowTasks spawns n tasks that are all alive at once: they wait at a gate, are woken
// together, and end.
func GrowTasks(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		rt, b := twoWorkers(r), newBatch()
		r.Loop(n, func() {
			gate := new(coord.Gate)
			b.left.Store(int64(n))
			for range n {
				sched.SpawnValue[unit](rt, visitor{gate.Wait(), b})
			}
			sched.SpawnValue[unit](rt, opener{gate})
			<-b.done
		})
	}
}

// GrowYield is YieldMany with any number of workers.
func GrowYield(workers int) func(*measure.Run) {
	return func(r *measure.Run) { yieldMany(r, workers) }
}

// GrowSpawn is SpawnManyLocal with any number of workers.
func GrowSpawn(workers int) func(*measure.Run) {
	return func(r *measure.Run) { spawnLocal(r, workers) }
}

// Pool runs a million empty tasks from a number of producers.
func Pool(producers int) func(*measure.Run) {
	return func(r *measure.Run) {
		rt := twoWorkers(r)
		if _, err := sched.SpawnValue[unit](rt, counted{newBatch()}).Wait(context.Background()); err != nil {
			panic(err)
		}
		run := func(n int) {
			b := newBatch()
			b.left.Store(int64(n))
			var wg sync.WaitGroup
			for range producers {
				wg.Go(func() {
					for range n / producers {
						sched.SpawnValue[unit](rt, counted{b})
					}
				})
			}
			wg.Wait()
			<-b.done
		}
		measure.Pool(r, run)
	}
}
