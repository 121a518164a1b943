package sched

import (
	"context"
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Spawn makes a task of f and returns its handle. It may be called by any thread. On a
// worker of rt the task joins that worker's own queue; from elsewhere it goes through an
// inbox. It allocates the task, once. After Shutdown has begun the future is dropped
// and the handle answers [ErrShutdown].
func Spawn[T any](rt *Runtime, f future.Future[T]) JoinHandle[T] {
	return spawnBoxed(rt, rt.current(), f, "Spawn")
}

// Go is Spawn for futures: it makes a task of f from inside a poll, on the worker and
// the runtime that cx belongs to.
func Go[T any](cx *waker.Context, f future.Future[T]) JoinHandle[T] {
	w := workerOf(cx, "Go")
	return spawnBoxed(w.rt, w, f, "Go")
}

// SpawnValue is Spawn for a future that is a plain struct with a pointer method Poll: the
// task holds the struct itself, so that task and future are one allocation.
//
//	h := sched.SpawnValue[int](rt, countdown{n: 3})
//
// When the future has ended, or was dropped, the task forgets it: F is set to its zero value,
// unless its type shows that others may point to it, see [SpawnDetached].
func SpawnValue[T, F any, P Machine[F, T]](rt *Runtime, f F) JoinHandle[T] {
	return spawnInline[T, F, P](rt, rt.current(), f)
}

// GoValue is Go for a future that is a plain struct; see [SpawnValue].
func GoValue[T, F any, P Machine[F, T]](cx *waker.Context, f F) JoinHandle[T] {
	w := workerOf(cx, "GoValue")
	return spawnInline[T, F, P](w.rt, w, f)
}

// From returns the runtime that is polling with cx, or nil if it is another executor.
func From(cx *waker.Context) *Runtime {
	if w, ok := cx.Ext().(*worker); ok {
		return w.rt
	}
	return nil
}

func workerOf(cx *waker.Context, name string) *worker {
	w, ok := cx.Ext().(*worker)
	if !ok {
		panic(fmt.Sprintf("sched: %s with a context of another executor; use Spawn with a Runtime", name))
	}
	return w
}

func spawnBoxed[T any](rt *Runtime, w *worker, f future.Future[T], name string) JoinHandle[T] {
	if f == nil {
		panic(fmt.Sprintf("sched: %s of a nil future", name))
	}
	t := &boxed[T]{f: f}
	t.rt, t.self = rt, t
	t.state.renew()
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

func spawnInline[T, F any, P Machine[F, T]](rt *Runtime, w *worker, f F) JoinHandle[T] {
	t := &inline[T, F, P]{f: f}
	t.rt, t.self = rt, t
	t.state.renew()
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// start queues a new task; w is the calling worker, or nil.
func (rt *Runtime) start(w *worker, h *header) {
	if w == nil {
		rt.startOutside(h)
		return
	}
	if rt.phase.Load() >= aborting {
		rt.refuse(h)
		return
	}
	w.counts.Spawned++
	w.expectAnything()
	w.push(h)
}

// startOutside queues a new task from a thread that is no worker; see shutdown.go.
func (rt *Runtime) startOutside(h *header) {
	rt.begun.Add(1)
	if rt.phase.Load() != open {
		rt.begun.Sub(1)
		rt.tellShutdown()
		rt.refuse(h)
		return
	}
	rt.inject(h)
	rt.injected.Add(1)
	if rt.phase.Load() != open {
		rt.tellShutdown()
	}
}

// refuse ends a task that has never been queued.
func (rt *Runtime) refuse(h *header) {
	rt.refused.Add(1)
	h.state.refuse()
	h.self.abandon(ErrShutdown)
	h.state.finish()
	if h.detached() == nil {
		h.joiners.end()
	}
}

// Run makes a task of f, blocks the calling goroutine until it has ended, and returns its
// result. If ctx is done first the task is aborted, and Run returns the cause of ctx's end
// (context.Cause) as soon as f has been dropped; it does not leave f running behind it. It
// must not be called on a worker: there it returns [ErrOnWorker], and f is dropped.
func Run[T any](ctx context.Context, rt *Runtime, f future.Future[T]) (T, error) {
	if f != nil && rt.current() != nil {
		future.Drop(f)
		var zero T
		return zero, fmt.Errorf("Run: %w", ErrOnWorker)
	}
	h := Spawn(rt, f)
	v, err := h.Wait(ctx)
	if ctx.Err() == nil {
		return v, err
	}
	h.Abort() // nothing, if it has ended
	if v, err = h.Wait(context.Background()); errors.Is(err, ErrAborted) {
		err = context.Cause(ctx)
	}
	return v, err
}
