package sched

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// Options say what a task is to have beside its future, see [SpawnWith]. The zero Options are those of
// [Spawn].
type Options struct {
	// Name is what reports, logs, profiles and traces call the task; by default what its future is called.
	Name string
	// Context, unless nil, aborts the task when it is done: the future is dropped, and the handle ends with
	// context.Cause. The task's own context derives from it, see [ContextOf].
	Context context.Context
	// Priority is how the task stands against others: see [Low] and [High].
	Priority Priority
	// Bound binds the task to the worker that spawns it, as [SpawnLocal] does: SpawnWith panics where there is none.
	Bound bool
	// Inherit gives the task the task-locals of the one that spawns it; Locals come before those.
	Inherit bool
	// Locals are task-locals, see [Key].
	Locals []Local
}

// extras is what a task has that was spawned with options. It lives behind the header and the future, in the same
// allocation: a task without pays nothing for it.
//
// It belongs to the poll that is under way; the name is written before the task is queued.
type extras struct {
	name   string
	parent context.Context // of the task's own; nil for the runtime's
	ctx    *taskContext    // made when it is first asked for
	locals *local
	labels context.Context // see profile.go
}

// configured is a task with extras.
type configured[T any] struct {
	boxed[T]
	extras extras
}

func (c *configured[T]) beside() *extras { return &c.extras }

func (c *configured[T]) poll(cx *waker.Context) bool {
	if c.extras.name != "" && c.rt.config.ProfileTasks {
		defer c.extras.profile()()
	}
	done := c.boxed.poll(cx)
	if done {
		c.extras.end(nil)
	}
	return done
}

func (c *configured[T]) abandon(err error) {
	defer c.extras.end(err)
	c.boxed.abandon(err)
}

func (c *configured[T]) polled() any {
	if c.extras.name == "" {
		return c.f
	}
	return named{c.f, c.extras.name}
}

// named is a future under another name.
type named struct {
	f    any
	name string
}

// Name returns what the task is called.
func (n named) Name() string { return n.name }

// Trace implements future.Traced.
func (n named) Trace(t *future.Tracer) { t.At(n.name, "", 0, n.f) }

// SpawnWith is [Spawn] for a task with a name, a context or task-locals. It allocates the task, once, and what
// a Context needs to abort it.
//
//	h := sched.SpawnWith(co, sched.Options{Name: "fetch " + url, Inherit: true}, fetch(url))
func SpawnWith[T any](s Spawner, o Options, f future.Future[T]) JoinHandle[T] {
	rt, w := by(s, "SpawnWith")
	if f == nil {
		panic("sched: SpawnWith of a nil future")
	}
	t := new(configured[T])
	t.f, t.rt, t.self = f, rt, t
	t.extras = extras{name: o.Name, parent: o.Context, locals: o.locals(w)}
	if o.Context != nil {
		t.f = future.WithContext(o.Context, f)
	}
	place := o.Priority.bits()
	if o.Bound {
		if w == nil {
			panic("sched: SpawnWith of Options.Bound by a goroutine that is no worker; SpawnOn names one")
		}
		place |= bound
		t.home = uint16(w.id) + 1
	}
	t.state.renew(place)
	rt.start(w, &t.header)
	return JoinHandle[T]{&t.outcome}
}

// Named returns an Options with nothing but a name.
func Named(name string) Options { return Options{Name: name} }

// TaskID tells a task from all others that live: it may be that of another one later. It is never 0.
type TaskID uint64

// String returns it in hexadecimal.
func (id TaskID) String() string { return fmt.Sprintf("%#x", uint64(id)) }

func (h *header) id() TaskID {
	return TaskID(uintptr(unsafe.Pointer(h))) // the collector does not move it
}

// ID returns what tells the task from others.
func (j JoinHandle[T]) ID() TaskID {
	j.mustBe()
	return j.t.id()
}

// Task is a task as those see it that run in it.
type Task struct {
	ID     TaskID
	Name   string // Options.Name or, without one, what its future is called
	Worker int    // that polls
}

// CurrentTask returns the task whose poll the caller runs in; false if it runs in none of s's runtime. s is as for Spawn;
// with a nil one it is found by the thread that the caller runs on, in a Drop or a library that is given no
// context. It may allocate, for the name.
func CurrentTask(s Spawner) (Task, bool) {
	w := workerOf(s, "CurrentTask")
	if w == nil || w.polling == nil {
		return Task{}, false
	}
	return Task{ID: w.polling.id(), Name: w.polling.name(), Worker: w.id}, true
}

// workerOf returns the worker that the caller runs on, or nil: one of s's runtime, or with a nil s of any.
func workerOf(s Spawner, verb string) *worker {
	if s == nil {
		w, _ := thread.Current().(*worker)
		if w != nil {
			w = w.turn()
		}
		return w
	}
	_, w := by(s, verb)
	return w
}

// extras returns what the task has that w polls, and that was spawned with options; nil if there is none. w may be nil.
func (w *worker) extras() *extras {
	if w == nil || w.polling == nil {
		return nil
	}
	return extrasOf(w.polling.self)
}

// extrasOf returns what a task has beside its future; nil if it has nothing.
func extrasOf(b body) *extras {
	if c, ok := b.(interface{ beside() *extras }); ok {
		return c.beside()
	}
	return nil
}
