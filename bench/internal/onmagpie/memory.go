package onmagpie

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// parkedTasks counts the polls of tasks that park for good; it is no field of theirs, so
// that a task can be as small as what it waits for.
var parkedTasks atomic.Int64

// atGate is parked at a gate that all share.
type atGate struct{ wait coord.Wait }

func (a *atGate) Poll(cx *waker.Context) future.Poll[unit] {
	parkedTasks.Add(1)
	return a.wait.Poll(cx)
}

// atOneshot is parked on a oneshot of its own.
type atOneshot struct{ rx *coord.Oneshot[unit] }

func (a *atOneshot) Poll(cx *waker.Context) future.Poll[unit] {
	parkedTasks.Add(1)
	return a.rx.Poll(cx)
}

// word is a future of one word, parked for good: what a task costs by itself.
type word struct{ _ *int }

func (*word) Poll(*waker.Context) future.Poll[unit] {
	parkedTasks.Add(1)
	return pending()
}

// ParkedShared has tasks wait at one gate; the future is what stands in its list.
func ParkedShared(r *measure.Run) {
	gate := new(coord.Gate)
	parked(r, func(rt *sched.Runtime) { sched.SpawnValue[unit](rt, atGate{gate.Wait()}) })
	runtime.KeepAlive(gate)
}

// ParkedOwn has each task wait on its own oneshot, which, with the slice that holds its
// sender, is counted.
func ParkedOwn(r *measure.Run) {
	var senders []*coord.Oneshot[unit]
	parked(r, func(rt *sched.Runtime) {
		o := new(coord.Oneshot[unit])
		senders = append(senders, o)
		sched.SpawnValue[unit](rt, atOneshot{o})
	})
	runtime.KeepAlive(senders)
}

// ParkedWord has tasks whose future is one word.
func ParkedWord(r *measure.Run) {
	parked(r, func(rt *sched.Runtime) { sched.SpawnValue[unit](rt, word{}) })
}

func parked(r *measure.Run, spawn func(*sched.Runtime)) {
	rt := twoWorkers(r)
	sched.SpawnValue[unit](rt, counted{newBatch()})
	measure.Parked(r, func() { spawn(rt) }, parkedTasks.Load)
}

// park spawns n tasks that wait at the gate and returns when all do.
func park(rt *sched.Runtime, gate *coord.Gate, n int) {
	parkedTasks.Store(0)
	for range n {
		sched.SpawnValue[unit](rt, atGate{gate.Wait()})
	}
	for parkedTasks.Load() < int64(n) {
		time.Sleep(time.Millisecond)
	}
}
