package sched

import (
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// How a worker outlives what is polled on it.
//
// A panic of a poll is recovered, ends that poll's task, and the loop is begun again. The
// deferred call for it is set up once for all polls and not for each.
//
// A goroutine that has called runtime.Goexit is ending and cannot be kept from it, not even by
// a panic that is recovered. But neither may the worker leave its thread, for no other one can
// resume the coroutines that were made there. So the worker's first goroutine, if a poll ends
// it, stays in a deferred call for the rest of the worker's life and has the loop run in
// coroutines, one after the other, each until a poll ends that one. iter.Pull runs
// them on the thread of the goroutine that asks for them, locked as it is, so that to other
// coroutines one is like the other.
//
// Invariant: of the goroutines that were ended so one is left, and of its stack what it had
// at first.
//
// Rejected: going on with the loop in the deferred call. It nests: each Goexit leaves 600 to
// 840 bytes of stack and a record that every later panic walks. After a million of them a
// collection takes seconds, and a few more end the process. A new goroutine instead of the
// old one: it gets another thread. And the loop in a coroutine from the beginning: whatever
// shows a worker's goroutine would show one that waits.

// main is the worker's life.
func (w *worker) main() {
	stopped := false
	defer func() {
		for !stopped && !w.fatal {
			stopped = w.liveOn()
		}
	}()
	for !stopped {
		stopped = w.loopGuarded()
	}
}

// liveOn is main in a coroutine. It returns true when the runtime has stopped, false when a poll
// has called runtime.Goexit.
func (w *worker) liveOn() (stopped bool) {
	first, g := gid.Current(), gid.None
	next, _ := iter.Pull(func(func(struct{}) bool) {
		g = gid.Current()
		word.Continue(first)
		w.rt.identities.add(g, w)
		w.lives(g)
		defer func() {
			w.rt.identities.remove(g)
			w.g.Store(gid.None)
			w.Switched(gid.None)
			switch {
			case w.fatal: // the goroutine that dies of it shows its own stack only
				panic(fmt.Sprintf("%v\n\n%s", recover(), debug.Stack()))
			case !stopped: // what goes before Goexit, which iter.Pull would pass on
				panic(unwound)
			}
		}()
		for !stopped {
			stopped = w.loopGuarded()
		}
	})
	defer func() {
		word.Continue(g)
		if v := recover(); v != nil && v != unwound {
			panic(v)
		}
	}()
	next()
	return stopped
}

// unwound is what a coroutine of a worker panics with that was ended by runtime.Goexit.
var unwound any = new(int)

// loopGuarded runs the loop and returns true when the runtime has stopped, false when a
// poll panicked, whose task it has ended.
func (w *worker) loopGuarded() (stopped bool) {
	defer func() {
		if stopped {
			return
		}
		v, at := recover(), w.turn()
		at.fork.running, at.fork.latch = false, nil
		if at.polling == nil { // not a task's fault
			if v == nil { // a job, or a waker, has called runtime.Goexit
				at.delivering = false
				return
			}
			w.fatal = true
			panic(v)
		}
		at.failWith(v)
	}()
	w.loop()
	return true
}

// failWith ends the task whose poll panicked with v, or called runtime.Goexit if v is nil.
func (w *worker) failWith(v any) {
	if v == nil {
		w.fail(ErrGoexit)
		return
	}
	stack := origin.Stack(v)
	if forked := w.jobs.Origin(v); forked != nil {
		stack = fmt.Appendf(stack, "\nit came from a forked call on another worker:\n%s", forked)
	}
	p := &PanicError{Task: w.polling.name(), Value: v, Stack: stack}
	w.rt.panicked(w.polling, p) // before anybody can read it
	w.fail(p)
}

// fail ends the task whose poll, or drop, did not return.
func (w *worker) fail(err error) {
	h := w.polling
	w.counts.Panics++
	w.cx.TakeAgain()
	w.cx.Reset(waker.Waker{}) // it kept the task alive, whose end without a reader is to be found
	w.delivering = false
	defer func() { // also if its Drop calls runtime.Goexit
		w.polling, w.dropping = nil, false
		w.finish(h)
	}()
	if w.dropping { // it has been dropped as far as it goes
		h.self.setError(err)
		return
	}
	w.dropping = true
	w.dropFailed(h, err)
}

// dropFailed drops the future of a task that has failed; a panic of its Drop adds nothing
// to the one that is reported.
func (w *worker) dropFailed(h *header, err error) {
	defer func() {
		if recover() != nil {
			h.self.setError(err)
		}
	}()
	h.self.abandon(err)
}
