package future

import (
	"fmt"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// LocalPool is an executor on one thread: it polls many tasks, one at a time, on
// whichever goroutine runs it. Tasks need no locks against each other. Use it where
// a runtime of many threads is too much, or as the pattern for an executor of your
// own: this is a whole one.
//
// Spawn, Run, RunUntil, RunUntilStalled and Close are called by one goroutine at a
// time, Spawn also by the tasks themselves. Wakers are called from anywhere.
type LocalPool struct {
	_       word.NoCopy
	queue   localQueue
	parker  *parker
	running word.Bool
	closed  bool

	batch deque.List[localTask, *localTask] // taken from the queue, yet to be polled
	tasks localTask                         // the ring of tasks that have not ended starts and ends here
	cx    waker.Context                     // lent to the task being polled; here as a local one would escape

	budget waker.Budget // of that poll
}

// localBudget is how many operations one poll may complete before the pool's other tasks have
// their turn: as many as in sched.
const localBudget = 128

// NewLocalPool returns a pool without tasks. It holds no goroutine and no thread.
func NewLocalPool() *LocalPool {
	p := &LocalPool{parker: newParker()}
	p.tasks.before, p.tasks.after = &p.tasks, &p.tasks
	return p
}

// Spawn gives f to the pool, which polls it when it is run. The handle is a future
// of f's outcome; it may be left alone. One allocation. It panics if the pool is
// closed.
func Spawn[T any](p *LocalPool, f Future[T]) *LocalHandle[T] {
	p.check()
	notNil(f != nil, "Spawn", "future", aFuture)
	if p.closed {
		panic("future: Spawn on a LocalPool that is closed; spawn before Close, or make a new pool")
	}
	h := &LocalHandle[T]{f: f}
	t := &h.task
	t.pool, t.body = p, h
	t.before, t.after = p.tasks.before, &p.tasks
	t.before.after, t.after.before = t, t
	t.wake()
	return h
}

// Run polls until no task is left, and sleeps while none is ready. A panic of a task
// ends that task and goes on to the caller of Run, who may run the pool again. On a worker
// of a runtime it must not sleep: there it panics with an error that wraps [ErrOnWorker] when
// no task is ready; RunUntilStalled is for there.
func (p *LocalPool) Run() {
	if err := p.run(func() bool { return p.tasks.after == &p.tasks }, true); err != nil {
		panic(fmt.Errorf("LocalPool.Run: %w", err))
	}
}

// RunUntilStalled polls until no task is ready and returns without sleeping, for
// pools that share their thread with another loop. It reports whether tasks are left. A
// task that is always ready again keeps it from returning.
func (p *LocalPool) RunUntilStalled() bool {
	_ = p.run(func() bool { return false }, false) // an error is of one that would sleep
	return p.tasks.after != &p.tasks
}

// RunUntil polls f together with the tasks of the pool until f ends, and returns
// what it ended with. Other tasks stay, for the next run. If a task panics, so does
// RunUntil, and f stays in the pool. It does so too when RunUntil would have to sleep on
// a worker of a runtime, and returns [ErrOnWorker].
func RunUntil[T any](p *LocalPool, f Future[T]) (T, error) {
	h := Spawn(p, f)
	if err := p.run(h.isDone, true); err != nil {
		var zero T
		return zero, fmt.Errorf("RunUntil: %w", err)
	}
	return h.take()
}

// run polls until it is over, or, if it is not to sleep, no task is ready.
func (p *LocalPool) run(over func() bool, sleep bool) error {
	p.enter("run")
	defer p.running.Store(false)
	for checked := false; !over(); {
		if t := p.pop(); t != nil {
			p.poll(t)
			continue
		}
		if !sleep {
			return nil
		}
		if !checked && thread.Current() != nil {
			return ErrOnWorker
		}
		checked = true
		p.parker.park()
	}
	return nil
}

// check panics for a pool that NewLocalPool has not made: its ring has no beginning.
func (p *LocalPool) check() {
	if p == nil || p.parker == nil {
		panic("future: a nil or zero LocalPool: make one with NewLocalPool")
	}
}

func (p *LocalPool) enter(verb string) {
	p.check()
	if !p.running.CompareAndSwap(false, true) {
		panic("future: LocalPool " + verb + " while it is being run, by one of its tasks or by another goroutine; in a task, await instead")
	}
}

// pop returns the task that has been ready longest, or nil.
func (p *LocalPool) pop() *localTask {
	if p.batch.Len() == 0 {
		p.batch = p.queue.TakeAll()
	}
	t := p.batch.Next()
	if t != nil {
		t.queued.Store(false)
	}
	return t
}

func (p *LocalPool) poll(t *localTask) {
	body := t.body
	if body == nil {
		return // woken after its end
	}
	returned, ready := false, false
	defer func() {
		p.cx = waker.Context{}
		if returned && !ready {
			return
		}
		p.forget(t)
		if returned {
			return
		}
		if v := recover(); v != nil {
			err := Recovered(v)
			body.end(err)
			defer origin.Rethrow(v, err.Stack)
		} else {
			body.end(ErrGoexit)
		}
		body.drop()
	}()
	p.budget.Refill(localBudget)
	p.cx = waker.NewContext(t.waker(), nil, &p.budget)
	ready = body.poll(&p.cx)
	returned = true
}

// forget takes t out of the ring.
func (p *LocalPool) forget(t *localTask) {
	t.before.after, t.after.before = t.after, t.before
	t.before, t.after, t.body = nil, nil, nil
}

// Close drops every task that has not ended, once, in the order they were spawned;
// their handles end with [ErrDropped]. It is idempotent. It panics when called by a
// task, or while the pool runs elsewhere.
func (p *LocalPool) Close() {
	p.enter("closed")
	defer p.running.Store(false)
	p.closed = true
	defer func() {
		p.batch = deque.List[localTask, *localTask]{}
		p.queue.TakeAll()
	}()
	p.dropTasks()
}

// dropTasks drops all tasks, also if the Drop of one panics.
func (p *LocalPool) dropTasks() {
	defer func() {
		if p.tasks.after != &p.tasks {
			p.dropTasks()
		}
	}()
	for t := p.tasks.after; t != &p.tasks; t = p.tasks.after {
		body := t.body
		p.forget(t)
		body.end(ErrDropped)
		body.drop()
	}
}
