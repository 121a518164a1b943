package sched

import (
	"context"
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// Spawner is who spawns: a *[Runtime], from anywhere; the *[waker.Context] of a poll, or the
// *[future.Co] of an async function, for a task of the runtime that polls. A context that was kept,
// or was taken along by a function that sched/par has forked, is as good as the runtime that it
// belongs to.
type Spawner interface {
	// Ext returns the runtime, or what its worker offers to those that it polls.
	Ext() any
}

// Ext implements [Spawner].
func (rt *Runtime) Ext() any { return rt }

// Spawn makes a task of f and returns its handle. It may be called by any thread. On a
// worker of the runtime the task joins that worker's own queue; from elsewhere it goes through
// an inbox. It allocates the task, once. After Shutdown has begun the future is dropped
// and the handle ends with [ErrShutdown].
//
// An async function is spawned under [future.Async], or [future.Do] if it has no value:
//
//	h := sched.Spawn(rt, future.Do(func(co *future.Co) error { ... }))
func Spawn[T any](s Spawner, f future.Future[T]) JoinHandle[T] {
	rt, w := by(s, "Spawn")
	return spawnBoxed(rt, w, f)
}

// SpawnValue is Spawn for a future that is a plain struct with a pointer method Poll: the
// task holds the struct itself, so that task and future are one allocation.
//
//	h := sched.SpawnValue[int](rt, countdown{n: 3})
//
// When the future has ended, or was dropped, the task forgets it: F is set to its zero value,
// unless its type shows that others may point to it, see [SpawnDetached].
func SpawnValue[T, F any, P FuturePointer[F, T]](s Spawner, f F) JoinHandle[T] {
	rt, w := by(s, "SpawnValue")
	return spawnInline[T, F, P](rt, w, f)
}

// SpawnDetached is [SpawnValue] for a future whose end nobody waits for: there is no handle,
// the future's error is lost, a panic is told to [Config].OnPanic, and the task's memory is
// used again, so that in the long run it allocates nothing.
//
// So once the future has ended, or was dropped, nobody may use a pointer into F. It is
// different if F holds by value, at any depth, something that go vet's copylocks would report
// a copy of (a lock, an atomic of sync/atomic or go.uber.org/atomic, a reactor.Timer, a
// waker.AtomicWaker, a future.Pinned), or pointers to the very struct that they are part
// of, such as links: then others may well point to it. Its memory is left as it is, to the
// collector, and each spawn allocates. Embed a future.Pinned for that, if F's address is
// known to others and nothing in its type shows it.
func SpawnDetached[F any, P FuturePointer[F, future.Unit]](s Spawner, f F) {
	rt, w := by(s, "SpawnDetached")
	spawnDetached[F, P](rt, w, f)
}

// FuturePointer is a pointer to a future that is a plain struct: what [SpawnValue] and
// [SpawnDetached] store in their tasks.
type FuturePointer[F, T any] interface {
	*F
	future.Future[T]
}

// by returns the runtime of who spawns, and the worker of it that the caller runs on, nil for
// none: not always the one that a context was made by.
func by(s Spawner, verb string) (*Runtime, *worker) {
	var ext any
	switch s := s.(type) {
	case *Runtime:
		s.mustBe()
		return s, s.current()
	case *waker.Context:
		ext = s.Ext()
	default:
		if s == nil {
			panic("sched: " + verb + " by nobody; pass a Runtime, the Context of a poll or the Co of an async function")
		}
		ext = s.Ext()
	}
	switch w := ext.(type) {
	case *worker:
		if w.At(gid.Current()) {
			return w.rt, w
		}
		return w.rt, w.away()
	case *Runtime:
		return by(w, verb)
	}
	panic("sched: " + verb + " by a future of another executor; pass a Runtime")
}

// away returns the worker that the caller runs on, if that is one of the same runtime, for a
// caller that w does not know to run on its thread.
func (w *worker) away() *worker {
	if !thread.Known() {
		return w
	}
	return w.rt.here()
}

func spawnBoxed[T any](rt *Runtime, w *worker, f future.Future[T]) JoinHandle[T] {
	t := new(boxed[T])
	t.init(rt, f)
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// init makes the task one of f, which is yet to be queued.
func (b *boxed[T]) init(rt *Runtime, f future.Future[T]) {
	if f == nil {
		panic("sched: Spawn of a nil future")
	}
	b.f, b.rt, b.self = f, rt, b
	b.state.renew(0)
}

func spawnInline[T, F any, P FuturePointer[F, T]](rt *Runtime, w *worker, f F) JoinHandle[T] {
	t := &inline[T, F, P]{f: f}
	t.rt, t.self = rt, t
	t.state.renew(0)
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// start queues a new task; w is the calling worker, or nil.
func (rt *Runtime) start(w *worker, h *header) {
	if rt.tellsSpawn {
		rt.tellSpawn(w, h)
	}
	if w == nil {
		rt.startOutside(h)
		return
	}
	if rt.phase.Load() >= aborting {
		rt.refuse(w, h)
		return
	}
	w.counts.Spawned++
	w.expectAnything()
	if place := h.state.place(); place != 0 {
		rt.queueApart(w, h, place)
		return
	}
	w.push(h)
}

// startOutside queues a new task from a thread that is no worker; see shutdown.go.
func (rt *Runtime) startOutside(h *header) {
	rt.begun.Add(1)
	if rt.phase.Load() != open {
		rt.begun.Sub(1)
		rt.tellShutdown()
		rt.refuse(nil, h)
		return
	}
	if place := h.state.place(); place != 0 {
		rt.queueApart(nil, h, place)
	} else {
		rt.inject(h)
	}
	rt.injected.Add(1)
	if rt.phase.Load() != open {
		rt.tellShutdown()
	}
}

// refuse ends a task that has never been queued.
func (rt *Runtime) refuse(w *worker, h *header) {
	rt.refused.Add(1)
	rt.forgo(w, h, ErrShutdown)
}

// forgo is refuse for any reason.
func (rt *Runtime) forgo(w *worker, h *header, err error) {
	h.state.refuse()
	defer func() { // also if its Drop, or the hook, calls runtime.Goexit: somebody may wait for it already, in a set
		h.state.finish()
		if h.detached() == nil {
			h.joiners.Close(rt.report)
		}
	}()
	if end := rt.config.Hooks.End; end != nil {
		defer func() { rt.tellTask("End", end, infoOf(w, h)) }()
	}
	rt.dropRefused(h, err)
}

// dropRefused drops the future of a task that was never queued. What its Drop panics with is the task's, as on a worker, and
// not that of who spawns.
func (rt *Runtime) dropRefused(h *header, err error) {
	name, dropped := h.name(), false
	defer func() {
		if dropped {
			return
		}
		v := recover()
		if v == nil {
			h.self.setError(ErrGoexit)
			return
		}
		p := &PanicError{Task: name, Value: v, Stack: origin.Stack(v)}
		rt.panicked(h, p)
		h.self.setError(p)
	}()
	h.self.abandon(err)
	dropped = true
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
