package onmagpie

import (
	"context"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// steadyOps is how many operations allocations are counted over.
const steadyOps = 100_000

// steady counts the allocations of tasks that do an operation steadyOps times between
// them, after they have done so once.
func steady(r *measure.Run, tasks func() []future.Future[unit]) {
	rt := twoWorkers(r)
	once := func() {
		var all []sched.JoinHandle[unit]
		for _, f := range tasks() {
			all = append(all, sched.Spawn(rt, f))
		}
		for _, h := range all {
			if _, err := h.Wait(context.Background()); err != nil {
				panic(err)
			}
		}
	}
	once()
	m := r.Meter(steadyOps)
	r.Allocs(steadyOps, func() {
		m.Start()
		once()
		m.Stop()
	})
	m.Report()
}

// AllocsYield has a task yield.
func AllocsYield(r *measure.Run) {
	b := newBatch()
	steady(r, func() []future.Future[unit] {
		b.left.Store(2) // it never gets to the channel
		return []future.Future[unit]{&yielder{steadyOps, b}}
	})
}

// rally is one of two tasks that wake each other in turns: each operation is a wake-up
// and a park.
type rally struct {
	mine, other *coord.Event
	left        int
}

func (p *rally) Poll(cx *waker.Context) future.Poll[unit] {
	for p.left > 0 {
		if p.mine.Poll(cx).IsPending() {
			return pending()
		}
		p.left--
		p.other.Set()
	}
	return ready()
}

// AllocsWakePark has two tasks wake each other in turns.
func AllocsWakePark(r *measure.Run) {
	steady(r, func() []future.Future[unit] {
		a, b := new(coord.Event), new(coord.Event)
		a.Set()
		return []future.Future[unit]{&rally{a, b, steadyOps / 2}, &rally{b, a, steadyOps / 2}}
	})
}

// resetter moves a timer that it waits for.
type resetter struct {
	timer reactor.Timer
	left  int
}

func (t *resetter) Poll(cx *waker.Context) future.Poll[unit] {
	for i := 0; i < 64 && t.left > 0; i++ {
		t.left--
		t.timer.Reset(far)
		if t.timer.Poll(cx).IsReady() {
			panic("a timer fired an hour early")
		}
	}
	if t.left == 0 {
		t.timer.Stop()
		return ready()
	}
	cx.PollAgain()
	return pending()
}

// AllocsTimerReset has a task move its timer.
func AllocsTimerReset(r *measure.Run) {
	steady(r, func() []future.Future[unit] { return []future.Future[unit]{&resetter{left: steadyOps}} })
}

// AllocsSpawn has a task spawn tasks with a handle.
func AllocsSpawn(r *measure.Run) {
	b := newBatch()
	spawnSteadily(r, b, func(cx *waker.Context) { sched.SpawnValue[unit](cx, counted{b}) })
}

// AllocsSpawnDetached has a task spawn tasks without one, which are recycled.
func AllocsSpawnDetached(r *measure.Run) {
	b := newBatch()
	spawnSteadily(r, b, func(cx *waker.Context) { sched.SpawnDetached(cx, counted{b}) })
}

func spawnSteadily(r *measure.Run, b *batch, spawn func(cx *waker.Context)) {
	steady(r, func() []future.Future[unit] {
		b.left.Store(steadyOps + 1)
		left := steadyOps
		return []future.Future[unit]{future.Func(func(cx *waker.Context) future.Poll[unit] {
			for i := 0; i < 64 && left > 0; i++ {
				left--
				spawn(cx)
			}
			if left == 0 {
				return ready()
			}
			cx.PollAgain()
			return pending()
		})}
	})
}
