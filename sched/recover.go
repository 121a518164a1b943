package sched

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// main is the life of a worker's goroutine: its loop, begun again after each panic of a
// poll. The deferred call is set up once for all polls and not for each.
//
// A goroutine that has called runtime.Goexit is ending and cannot be kept from it, not even by
// a panic that is recovered. But deferred calls run first, and this one goes on with the
// worker's life, on the thread that its coroutines are bound to.
func (w *worker) main() {
	stopped := false
	defer func() {
		if !stopped && !w.fatal {
			w.main()
		}
	}()
	for !stopped {
		stopped = w.loopGuarded()
	}
}

// loopGuarded runs the loop and answers true when the runtime has stopped, false when a
// poll panicked, whose task it has ended.
func (w *worker) loopGuarded() (stopped bool) {
	defer func() {
		if stopped {
			return
		}
		v := recover()
		job := w.fork.running
		w.fork.running, w.fork.latch = false, nil
		if w.polling == nil { // not a task's fault
			if v == nil && job {
				return
			}
			if v == nil {
				v = errors.New("sched: a worker's goroutine was ended")
			}
			w.fatal = true
			panic(v)
		}
		w.failWith(v)
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
	if forked := w.fork.jobs.Origin(v); forked != nil {
		stack = fmt.Appendf(stack, "\nit came from a forked call on another worker:\n%s", forked)
	}
	p := &PanicError{Task: w.polling.self.name(), Value: v, Stack: stack}
	w.rt.panicked(w.polling, p) // before anybody can read it
	w.fail(p)
}

// fail ends the task whose poll, or drop, did not return.
func (w *worker) fail(err error) {
	h := w.polling
	w.counts.Panics++
	w.cx.TakeAgain()
	w.cx.Reset(waker.Waker{}) // it kept the task alive, whose end without a reader is to be found
	w.turning = false
	if w.dropping { // it has been dropped as far as it goes
		w.dropping = false
		h.self.setError(err)
	} else {
		w.dropping = true
		w.dropFailed(h, err)
		w.dropping = false
	}
	w.polling = nil
	w.finish(h)
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
