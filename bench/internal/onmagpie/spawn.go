package onmagpie

import (
	"sync/atomic"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

const spawns = 10_000

// batch counts tasks down.
type batch struct {
	left atomic.Int64
	done chan struct{} // has room, so that a worker does not wait
}

func newBatch() *batch { return &batch{done: make(chan struct{}, 1)} }

func (b *batch) end() {
	if b.left.Add(-1) == 0 {
		b.done <- struct{}{}
	}
}

// counted is a task that does nothing but be counted.
type counted struct{ b *batch }

func (c *counted) Poll(*waker.Context) future.Poll[unit] {
	c.b.end()
	return ready()
}

// SpawnMany spawns tasks from the main goroutine.
func SpawnMany(r *measure.Run) {
	rt, b := twoWorkers(r), newBatch()
	r.Loop(spawns, func() {
		b.left.Store(spawns)
		for range spawns {
			sched.SpawnDetached(rt, counted{b})
		}
		<-b.done
	})
}

// spawner spawns from inside a task.
type spawner struct{ b *batch }

func (s *spawner) Poll(cx *waker.Context) future.Poll[unit] {
	for range spawns {
		sched.SpawnDetached(cx, counted{s.b})
	}
	return ready()
}

// SpawnManyLocal spawns tasks from a task.
func SpawnManyLocal(r *measure.Run) { spawnLocal(r, measure.Workers) }

func spawnLocal(r *measure.Run, workers int) {
	rt, b := newRuntime(r, workers), newBatch()
	r.Loop(spawns, func() {
		b.left.Store(spawns)
		sched.SpawnDetached(rt, spawner{b})
		<-b.done
	})
}

// yielder yields a number of times.
type yielder struct {
	left int
	b    *batch
}

func (y *yielder) Poll(cx *waker.Context) future.Poll[unit] {
	if y.left == 0 {
		y.b.end()
		return ready()
	}
	y.left--
	cx.PollAgain()
	return pending()
}

// YieldMany has 200 tasks that yield 1000 times.
func YieldMany(r *measure.Run) { yieldMany(r, measure.Workers) }

func yieldMany(r *measure.Run, workers int) {
	const tasks, yields = 200, 1000
	rt, b := newRuntime(r, workers), newBatch()
	r.Loop(tasks*yields, func() {
		b.left.Store(tasks)
		for range tasks {
			sched.SpawnDetached(rt, yielder{yields, b})
		}
		<-b.done
	})
}

// link is one of a chain of tasks.
type link struct {
	left int
	done chan struct{}
}

func (l *link) Poll(cx *waker.Context) future.Poll[unit] {
	if l.left == 0 {
		l.done <- struct{}{}
	} else {
		sched.SpawnDetached(cx, link{l.left - 1, l.done})
	}
	return ready()
}

// ChainedSpawn has each task spawn the next.
func ChainedSpawn(r *measure.Run) {
	const chain = 1000
	rt, done := twoWorkers(r), make(chan struct{}, 1)
	r.Loop(chain, func() {
		sched.SpawnDetached(rt, link{chain, done})
		<-done
	})
}

// pings spawns the tasks of PingPong.
type pings struct {
	n int
	b *batch
}

func (p *pings) Poll(cx *waker.Context) future.Poll[unit] {
	for range p.n {
		sched.SpawnDetached(cx, ping{b: p.b})
	}
	return ready()
}

// ping spawns a pong, sends to it, and waits for its answer.
type ping struct {
	b      *batch
	answer *coord.Oneshot[unit]
}

func (p *ping) Poll(cx *waker.Context) future.Poll[unit] {
	if p.answer == nil {
		question := new(coord.Oneshot[unit])
		p.answer = new(coord.Oneshot[unit])
		sched.SpawnDetached(cx, pong{question, p.answer})
		question.Send(unit{})
	}
	if p.answer.Poll(cx).IsPending() {
		return pending()
	}
	p.b.end()
	return ready()
}

type pong struct{ question, answer *coord.Oneshot[unit] }

func (p *pong) Poll(cx *waker.Context) future.Poll[unit] {
	if p.question.Poll(cx).IsPending() {
		return pending()
	}
	p.answer.Send(unit{})
	return ready()
}

// PingPong has 1000 tasks that each do a round trip with a task they spawn.
func PingPong(r *measure.Run) {
	const n = 1000
	rt, b := twoWorkers(r), newBatch()
	r.Loop(n, func() {
		b.left.Store(n)
		sched.SpawnDetached(rt, pings{n, b})
		<-b.done
	})
}
