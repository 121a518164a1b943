package sched

import (
	"context"
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// Spawn makes a task of f and returns its handle. It may be called by any thread. On a
// worker of rt the task joins that worker's own queue; from elsewhere it goes through an
// inbox. It allocates the task, once. After Shutdown has begun the future is dropped
// and the handle answers [ErrShutdown].
func Spawn[T any](rt *Runtime, f future.Future[T]) JoinHandle[T] {
	rt.mustBe()
	return spawnBoxed(rt, rt.current(), f, "Spawn")
}

// Go is Spawn for futures: it makes a task of f from inside a poll, in the runtime that cx
// belongs to, on the worker that polls. Called elsewhere, with a context that was kept, or
// was taken along by a function that sched/par has forked, it is Spawn with that runtime.
func Go[T any](cx *waker.Context, f future.Future[T]) JoinHandle[T] {
	rt, w := spawner(cx, "Go")
	return spawnBoxed(rt, w, f, "Go")
}

// SpawnValue is Spawn for a future that is a plain struct with a pointer method Poll: the
// task holds the struct itself, so that task and future are one allocation.
//
//	h := sched.SpawnValue[int](rt, countdown{n: 3})
//
// When the future has ended, or was dropped, the task forgets it: F is set to its zero value,
// unless its type shows that others may point to it, see [SpawnDetached].
func SpawnValue[T, F any, P Machine[F, T]](rt *Runtime, f F) JoinHandle[T] {
	rt.mustBe()
	return spawnInline[T, F, P](rt, rt.current(), f)
}

// GoValue is Go for a future that is a plain struct; see [SpawnValue].
func GoValue[T, F any, P Machine[F, T]](cx *waker.Context, f F) JoinHandle[T] {
	rt, w := spawner(cx, "GoValue")
	return spawnInline[T, F, P](rt, w, f)
}

// From returns the runtime that is polling with cx, or nil if it is another executor.
func From(cx *waker.Context) *Runtime {
	if w, ok := cx.Ext().(*worker); ok {
		return w.rt
	}
	return nil
}

// spawner returns the runtime that polls with cx, and the worker of it that the caller runs
// on, nil for none: not always the one that cx was made by.
func spawner(cx *waker.Context, name string) (*Runtime, *worker) {
	w, ok := cx.Ext().(*worker)
	if !ok {
		panic(fmt.Sprintf("sched: %s with a context of another executor; use Spawn with a Runtime", name))
	}
	if w.At(gid.Current()) {
		return w.rt, w
	}
	return w.rt, w.away()
}

// away returns the worker that the caller runs on, if that is one of the same runtime, for a
// caller that w does not know to run on its thread.
func (w *worker) away() *worker {
	if !thread.Known() {
		return w
	}
	return w.rt.here()
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
		h.joiners.Close(rt.report)
	}
}

// Run makes a task of f, blocks the calling goroutine until it has ended, and returns its
// result. If ctx is done first the task is aborted, and Run returns the cause of ctx's end
// (context.Cause) as soon as f has been dropped; it does not leave f running behind it. It
// must not be called on a worker, of whichever runtime: there it returns [ErrOnWorker], and f is dropped.
func Run[T any](ctx context.Context, rt *Runtime, f future.Future[T]) (T, error) {
	if f != nil && thread.Current() != nil {
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
