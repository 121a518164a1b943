package sched_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// homely is a future that stays on its worker: a value of it, or nothing until it is dropped, which it says.
type homely struct {
	t       *testing.T
	home    int
	value   int
	dropped chan<- struct{} // nil for one that ends
	polled  bool
}

func (h *homely) Poll(cx *waker.Context) future.Poll[int] {
	if on := sched.WorkerIndex(cx); on != h.home {
		h.t.Errorf("polled on worker %d, want %d", on, h.home)
	}
	if h.dropped != nil {
		return future.Pending[int]()
	}
	if !h.polled {
		h.polled = true
		cx.PollAgain()
		return future.Pending[int]()
	}
	return future.Ready(h.value)
}

func (h *homely) Drop() {
	if task, ok := sched.CurrentTask(nil); !ok || task.Worker != h.home {
		h.t.Errorf("dropped on %v, %t, want worker %d", task, ok, h.home)
	}
	h.dropped <- struct{}{}
}

// Tasks that are bound to a worker, spawned there or from elsewhere, are joined and ended as others are, in a set and
// in a map; they are polled and dropped at home.
func TestBoundTasksInSets(t *testing.T) {
	const n, home = 8, 1
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var set sched.JoinSet[int]
	var m sched.JoinMap[int, int]
	for kind, c := range map[string]struct {
		add      func(i int, h sched.JoinHandle[int])
		next     func() (int, error)
		try      func() bool
		shutdown func() error
		drop     func()
		n        func() int
	}{
		"JoinSet": {
			func(_ int, h sched.JoinHandle[int]) { set.Add(h) },
			func() (int, error) { return await(set.Next()) },
			func() bool { _, _, ok := set.TryNext(); return ok },
			func() error { _, err := await(set.Shutdown()); return err },
			set.Drop, set.Len,
		},
		"JoinMap": {
			func(i int, h sched.JoinHandle[int]) { m.Add(i, h) },
			func() (int, error) { j, err := await(m.Next()); return j.Value, err },
			func() bool { _, _, ok := m.TryNext(); return ok },
			func() error { _, err := await(m.Shutdown()); return err },
			m.Drop, m.Len,
		},
	} {
		for where, spawn := range map[string]func(f *homely) sched.JoinHandle[int]{
			"there": func(f *homely) sched.JoinHandle[int] {
				return wait(t, sched.SpawnOn(rt, home, future.Async(func(co *future.Co) (sched.JoinHandle[int], error) {
					return sched.SpawnLocal[int](co, f), nil
				})))
			},
			"from elsewhere": func(f *homely) sched.JoinHandle[int] { return sched.SpawnOn[int](rt, home, f) },
		} {
			fill := func(dropped chan<- struct{}) {
				for i := range n {
					c.add(i, spawn(&homely{t: t, home: home, value: i, dropped: dropped}))
				}
			}
			t.Run(kind+" joined "+where, func(t *testing.T) {
				fill(nil)
				seen := [n]bool{}
				for range n {
					v, err := c.next()
					if err != nil || seen[v] {
						t.Fatal(v, err)
					}
					seen[v] = true
				}
				if c.n() != 0 {
					t.Errorf("%d are left", c.n())
				}
			})
			t.Run(kind+" shut down "+where, func(t *testing.T) {
				dropped := make(chan struct{}, n)
				fill(dropped)
				if c.try() {
					t.Error("a task has ended that never does")
				}
				if err := c.shutdown(); err != nil || c.n() != 0 || len(dropped) != n {
					t.Errorf("%v, %d are left, %d were dropped", err, c.n(), len(dropped))
				}
			})
			t.Run(kind+" dropped "+where, func(t *testing.T) {
				dropped := make(chan struct{}, n)
				fill(dropped)
				c.drop()
				isDropped(t, n, dropped)
			})
		}
	}
}

// A bound task that a goroutine aborts is dropped on its own worker.
func TestAGoroutineAbortsABoundTask(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	for range 100 {
		dropped := make(chan struct{}, 1)
		h := sched.SpawnOn[int](rt, 1, &homely{t: t, home: 1, dropped: dropped})
		h.Abort()
		if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
			t.Fatal(err)
		}
		isDropped(t, 1, dropped)
	}
}

// A wait that aborts its task when it is dropped: by a select, by itself, and not after Detach.
func TestAbortOnDrop(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	dropped := make(chan struct{}, 1)
	spawn := func() sched.JoinHandle[int] { return sched.Spawn[int](rt, held{dropped}) }

	h := spawn()
	if first, err := await(future.Select2(h.AbortOnDrop(), future.Of(future.Value("first")))); first.Which != 1 || err != nil {
		t.Error(first, err)
	}
	isDropped(t, 1, dropped)

	h = spawn()
	op := h.AbortOnDrop()
	op.Drop()
	isDropped(t, 1, dropped)
	if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
		t.Error(err)
	}
	op.Drop() // again: nothing

	h = spawn()
	op = h.AbortOnDrop()
	h.Abort()
	if _, err := await(op); !errors.Is(err, sched.ErrAborted) || !h.Done() {
		t.Error(err)
	}
	isDropped(t, 1, dropped)

	gate := make(chan int)
	h = sched.Spawn(rt, future.Box(future.FromChan(gate)))
	op = h.AbortOnDrop()
	if op.Detach() != h {
		t.Error("Detach returns another handle")
	}
	op.Drop()
	gate <- 7
	if v := wait(t, h); v != 7 {
		t.Error(v)
	}
	if v, err := await(h.AbortOnDrop()); v != 7 || err != nil {
		t.Error(v, err)
	}
}

// The id of a local task is another one than its parent's, whose is the same afterwards; and so it is for a task of
// another runtime, which is waited for in place.
func TestIDsOfNestedTasks(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	other := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, other)
	id := func(co *future.Co) (sched.TaskID, error) {
		task, ok := sched.CurrentTask(co)
		if !ok {
			return 0, errors.New("a task does not find itself")
		}
		return task.ID, nil
	}
	wait(t, sched.Spawn(rt, future.Do(func(co *future.Co) error {
		parent, err := id(co)
		if err != nil {
			return err
		}
		local, err := sched.SpawnLocal(co, future.Async(func(co *future.Co) (sched.TaskID, error) {
			own, err := id(co)
			if err != nil {
				return 0, err
			}
			nested, err := sched.SpawnLocal(co, future.Async(id)).Await(co)
			if again, _ := id(co); nested == own || nested == parent || again != own {
				t.Errorf("a child has the id %v, its child %v, and then %v", own, nested, again)
			}
			return own, err
		})).Await(co)
		if err != nil {
			return err
		}
		elsewhere, err := sched.BlockInPlace(co, func() (sched.TaskID, error) {
			return sched.Run(soon(t), other, future.Async(id))
		})
		if again, _ := id(co); local == parent || elsewhere == parent || again != parent {
			t.Errorf("a task has the id %v and then %v, its child %v, one of another runtime %v", parent, again, local, elsewhere)
		}
		return err
	})))
}
