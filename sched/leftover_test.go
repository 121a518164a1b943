package sched

import (
	"runtime"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// handDriven is a worker that does nothing by itself.
func handDriven(t *testing.T) *worker {
	t.Helper()
	r, err := reactor.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	rt := &Runtime{idle: newIdle(1), identities: newIdentities(1)}
	rt.config, _ = Config{Workers: 1, OnPanic: func(*PanicError) {}}.complete(1)
	w := newWorker(rt, 0, r)
	rt.addWorker(w)
	w.lives(gid.Current())
	return w
}

// taskOf makes a task that nobody has queued.
func (w *worker) taskOf(poll func(cx *waker.Context) bool) *boxed[future.Unit] {
	b := &boxed[future.Unit]{f: future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		if poll(cx) {
			return future.Ready(future.Unit{})
		}
		return future.Pending[future.Unit]()
	})}
	b.rt, b.self = w.rt, b
	b.state.renew(0)
	return b
}

// What a poll has asked for that did not return is not done for the next one.
func TestAFailedPollLeavesNothingToTheNext(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("asked and failed") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			w := handDriven(t)
			failing := w.taskOf(func(cx *waker.Context) bool {
				cx.PollAgain()
				w.BindHome()
				fail()
				return false
			})
			done := make(chan struct{})
			go func() { // which Goexit ends
				defer close(done)
				defer func() { w.failWith(recover()) }()
				w.cx.Direct() // this goroutine is the worker's
				w.poll(&failing.header)
			}()
			<-done
			if !failing.state.isComplete() || failing.err == nil {
				t.Fatal("the task has not failed")
			}
			next := w.taskOf(func(*waker.Context) bool { return false })
			w.poll(&next.header)
			if w.queues.run.Len() != 0 || !w.queues.bound.empty() {
				t.Error("the next task is polled again, which has not asked for it")
			}
			if next.state.isBound() {
				t.Error("the next task is bound, which has not asked for it")
			}
			if w.polling != nil || w.dropping {
				t.Error("the worker takes the task for one that it still polls or drops")
			}
		})
	}
}

// A waker that calls runtime.Goexit, while a computation has asked the reactor for events, ends
// the computation's task. Who wakes up later is not woken by the reactor: it runs next.
func TestAFailedTurnIsOver(t *testing.T) {
	w := handDriven(t)
	var timer reactor.Timer
	failing := w.taskOf(func(cx *waker.Context) bool {
		woken := cx.WithWaker(waker.FromFunc(runtime.Goexit))
		timer.Reset(0)
		timer.Poll(&woken)
		for {
			w.ask(w.rt.now())
			runtime.Gosched()
		}
	})
	done := make(chan struct{})
	go func() { // which Goexit ends
		defer close(done)
		defer func() { w.failWith(recover()) }()
		w.poll(&failing.header)
	}()
	<-done
	if !failing.state.isComplete() || failing.err != ErrGoexit {
		t.Fatalf("the task ended with %v", failing.err)
	}
	next := w.taskOf(nil)
	w.push(&next.header)
	if w.queues.lifo.Load() != &next.header {
		t.Error("a task that another one has woken is queued behind all others")
	}
}

// A task that waits to be used again belongs to no runtime, which it would keep alive.
func TestRecycledTaskHasNoRuntime(t *testing.T) {
	w := handDriven(t)
	task := &detached[bystander, *bystander]{f: bystander{over: true}}
	task.rt, task.self = w.rt, task
	p := newPool(0, nil, 64, true)
	task.joiners.mark(&p.mark)
	task.state.renew(0)
	w.poll(&task.header)
	if h := w.reuse(p); h != &task.header || h.rt != nil {
		t.Fatal("it is not there to be used again, or belongs to a runtime")
	}
}

// bystander is pending until it is over.
type bystander struct{ over bool }

func (b *bystander) Poll(*waker.Context) future.Poll[future.Unit] {
	if b.over {
		return future.Ready(future.Unit{})
	}
	return future.Pending[future.Unit]()
}

// A poll that is interrupted finds its worker as it left it, whatever was polled meanwhile.
func TestAnInterruptedPollFindsItsWorkerAsItWas(t *testing.T) {
	w := handDriven(t)
	outer, other := w.taskOf(nil), w.taskOf(nil)
	latch := new(forkjoin.Latch)
	set := func(h *header, n int, yes bool, l *forkjoin.Latch) {
		w.cx.TakeAgain()
		w.cx.Reset(waker.FromRaw(h.rawWaker()))
		if yes {
			w.cx.PollAgain()
		}
		w.budget.Refill(n)
		w.polling, w.dropping, w.bind = h, yes, yes
		w.fork.running, w.fork.base, w.fork.latch = yes, n, l
		w.Switched(uintptr(n))
	}
	set(&outer.header, 3, true, latch)
	i := w.interrupt()
	if w.polling != nil || w.dropping || w.bind || w.fork.running || w.fork.latch != nil || w.cx.TakeAgain() {
		t.Error("what is polled meanwhile begins with what was interrupted")
	}
	set(&other.header, 9, false, nil)
	w.resume(&i)
	spent := 0
	for w.cx.Spend() {
		spent++
	}
	if spent != 3 {
		t.Errorf("its budget is %d", spent)
	}
	if !w.cx.Waker().WillWake(waker.FromRaw(outer.rawWaker())) || !w.cx.TakeAgain() {
		t.Error("its context is another")
	}
	if w.polling != &outer.header || !w.dropping || !w.bind {
		t.Error("it is another task")
	}
	if !w.fork.running || w.fork.base != 3 || w.fork.latch != latch || w.fork.serving != 0 {
		t.Error("its computation is another")
	}
	if w.coroutine.Load() != 3 {
		t.Error("its coroutine is another")
	}
}

// A task that has left the list may come back, in another life, with no link of the last one.
func TestOwnedListLosesNobody(t *testing.T) {
	w := handDriven(t)
	var tasks []*header
	for range 4 {
		tasks = append(tasks, &w.taskOf(nil).header)
	}
	var l owned
	in := func(want ...*header) {
		t.Helper()
		var got []*header
		for h := l.head; h != nil && len(got) <= len(tasks); h = h.next {
			got = append(got, h)
		}
		slices.Reverse(got)
		if !slices.Equal(got, want) || l.count != len(want) {
			t.Fatalf("%d tasks in the list, count %d, want %d", len(got), l.count, len(want))
		}
	}
	a, b, c, d := tasks[0], tasks[1], tasks[2], tasks[3]
	for _, h := range tasks[:3] {
		l.add(h)
	}
	in(a, b, c)
	l.remove(b) // with a neighbour on each side
	in(a, c)
	l.add(b)
	in(a, c, b)
	l.remove(b) // the head
	l.remove(a) // the last
	in(c)
	l.add(a)
	l.add(d)
	l.remove(a)
	l.remove(d)
	in(c)
	l.remove(c)
	in()
	for _, h := range tasks {
		if h.prev != nil || h.next != nil {
			t.Error("a task out of the list keeps others alive")
		}
	}
}

// The queue of bound tasks keeps their order through growth, and keeps nothing of those that
// were taken.
func TestFIFOForgetsWhatWasTaken(t *testing.T) {
	w := handDriven(t)
	var r fifo
	var in []*header
	next := 0
	for round := range 200 {
		for range round % 5 {
			h := &w.taskOf(nil).header
			in = append(in, h)
			r.push(h)
		}
		for range round % 3 {
			if h := r.pop(); next < len(in) && h != in[next] {
				t.Fatalf("round %d: not the oldest", round)
			} else if h != nil {
				next++
			}
		}
	}
	for ; next < len(in); next++ {
		if r.pop() != in[next] {
			t.Fatal("not the oldest")
		}
	}
	if !r.empty() || r.pop() != nil {
		t.Fatal("it is not empty")
	}
	for _, h := range r.slots {
		if h != nil {
			t.Fatal("it keeps a task that was taken")
		}
	}
}
