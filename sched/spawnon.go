package sched

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// SpawnOn is [Spawn] for a task that one worker alone polls, by its index, from 0 to Workers()-1: for state that belongs
// to a core. It waits behind long polls of that worker, which other tasks do not. It panics for an index that is none.
func SpawnOn[T any](s Spawner, worker int, f future.Future[T]) JoinHandle[T] {
	rt, w := by(s, "SpawnOn")
	if worker < 0 || worker >= len(rt.workers) {
		panic(fmt.Sprintf("sched: SpawnOn worker %d; the runtime has workers 0 to %d", worker, len(rt.workers)-1))
	}
	return spawnBound(rt, w, worker, f, "SpawnOn")
}

// SpawnLocal is SpawnOn for the worker that the caller runs on: parent and child are never polled at once, and share
// what they like without locks. It panics where there is no worker, with a *Runtime outside of its tasks, say.
func SpawnLocal[T any](s Spawner, f future.Future[T]) JoinHandle[T] {
	rt, w := by(s, "SpawnLocal")
	if w == nil {
		panic("sched: SpawnLocal by a goroutine that is no worker; SpawnOn names one")
	}
	return spawnBound(rt, w, w.id, f, "SpawnLocal")
}

func spawnBound[T any](rt *Runtime, w *worker, on int, f future.Future[T], verb string) JoinHandle[T] {
	if f == nil {
		panic("sched: " + verb + " of a nil future")
	}
	t := &boxed[T]{f: f}
	t.rt, t.self, t.home = rt, t, uint16(on)+1
	t.state.renew(bound)
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// WorkerIndex returns the index of the worker that the caller runs on, from 0 to Workers()-1, or -1 if it runs on none of
// s's runtime. It does not allocate.
func WorkerIndex(s Spawner) int {
	_, w := by(s, "WorkerIndex")
	if w == nil {
		return -1
	}
	return w.id
}

// BlockInPlace calls fn, which may block, from the middle of a poll, and returns what it returns. fn runs on a goroutine of
// the pool that [future.Blocking] has, and the worker polls its other tasks meanwhile, those that are bound to it too, on
// top of the poll that waits. So fn may use what is on the caller's stack, and holds up nobody but the caller.
//
// Prefer future.Blocking where an Await is possible. What the worker begins meanwhile may block in its turn,
// and then the caller goes on no earlier than that has returned; more than 4 deep the worker takes no more tasks.
// Away from a worker fn runs where it is. A panic of fn is one of BlockInPlace. It allocates.
func BlockInPlace[T any](s Spawner, fn func() (T, error)) (T, error) {
	_, w := by(s, "BlockInPlace")
	if fn == nil {
		panic("sched: BlockInPlace of a nil func")
	}
	if w == nil || w.rt.sim != nil { // a simulation's clock stands during a poll anyway
		return fn()
	}
	returned := false
	v, err := blockInPlace(w, future.Blocking(func() (T, error) {
		v, err := fn()
		returned = true // what it returns is its own, also if that is how another function has panicked
		return v, err
	}))
	var p *PanicError
	switch {
	case returned:
	case errors.As(err, &p):
		origin.Rethrow(p.Value, p.Stack)
	case errors.Is(err, ErrGoexit):
		panic(origin.ErrGoexit)
	}
	return v, err
}

func blockInPlace[T any](w *worker, f future.BlockingOp[T]) (T, error) {
	for {
		l := new(forkjoin.Latch)
		cx := waker.FromWaker(waker.FromFunc(func() { l.Finish(w.jobs) }))
		if p := f.Poll(&cx); p.IsReady() {
			return p.Result()
		}
		w.Await(l)
	}
}
