package sched

import (
	"context"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// JoinHandle is a spawned task as its spawner sees it: a future of its result, and the
// means to abort it. It is one pointer, to be copied and used by any number of threads.
// Whoever does not want it lets it go: the task runs on. A result can be read any number
// of times.
//
// A handle may be polled by several tasks at once. One that gives up waiting drops the
// handle, as combinators do; now and then others that wait for the same task are polled
// once for nothing then. [JoinHandle.Join] is a wait without that, and without an
// allocation.
//
// The error is the future's own; a [*PanicError] if its poll panicked; [ErrAborted] if it
// was aborted; [ErrShutdown] if the runtime was shut down first.
type JoinHandle[T any] struct{ t *outcome[T] }

// Poll implements future.Future. It allocates when it first has to wait.
func (j JoinHandle[T]) Poll(cx *waker.Context) future.Poll[T] {
	j.mustBe()
	if !j.t.state.isComplete() && j.t.joiners.add(cx.Waker(), j.t.rt.report) {
		return future.Pending[T]()
	}
	return j.t.answer(cx)
}

// answer is what a poll returns to who waits for a task that has ended.
func (o *outcome[T]) answer(cx *waker.Context) future.Poll[T] {
	if !cx.Spend() {
		return future.Pending[T]()
	}
	return future.Done(o.result())
}

// Drop implements future.Dropper: it ends a wait, not the task.
func (j JoinHandle[T]) Drop() {
	j.mustBe()
	if !j.t.state.isComplete() {
		j.t.joiners.leave()
	}
}

// Await waits for the task's end, see [future.Await].
func (j JoinHandle[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, j.Join()) }

// Borrow implements future.Borrowable: [future.Ref] of a handle is a [JoinOp].
func (j JoinHandle[T]) Borrow() future.Future[T] {
	j.mustBe()
	return &JoinOp[T]{t: j.t}
}

// Join returns an operation that waits for the task's end.
func (j JoinHandle[T]) Join() JoinOp[T] {
	j.mustBe()
	return JoinOp[T]{t: j.t}
}

// JoinOp is one wait for a task: what [JoinHandle.Join] returns. It allocates nothing.
type JoinOp[T any] struct {
	t    *outcome[T]
	node waitlist.Node
}

// Poll implements future.Future.
func (j *JoinOp[T]) Poll(cx *waker.Context) future.Poll[T] {
	if j.t == nil {
		panic("sched: poll of a zero JoinOp; JoinHandle.Join makes one")
	}
	if !j.t.state.isComplete() && j.t.joiners.Wait(&j.node, cx.Waker()) == waitlist.Waiting {
		return future.Pending[T]()
	}
	j.Drop()
	return j.t.answer(cx)
}

// Drop implements future.Dropper: it ends the wait, not the task.
func (j *JoinOp[T]) Drop() {
	if j.t != nil {
		j.t.joiners.Leave(&j.node)
	}
}

// Await waits for the task's end, see [future.Await].
func (j JoinOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, j) }

// Done reports whether the task has ended.
func (j JoinHandle[T]) Done() bool {
	j.mustBe()
	return j.t.state.isComplete()
}

// Abort asks for the task to be dropped before its next poll. It does not wait, and a
// task that has ended keeps its result.
func (j JoinHandle[T]) Abort() {
	j.mustBe()
	j.t.abort()
}

func (h *header) abort() {
	if h.state.abort() {
		h.rt.queue(h)
	}
}

// Wait blocks the calling goroutine until the task has ended or ctx is done; then it
// returns the cause of ctx's end (context.Cause), and the task runs on. It must not be called on a
// worker, of whichever runtime, which would stand still: there a JoinHandle is awaited like any
// future, and Wait returns [ErrOnWorker], unless the task has ended. It allocates if it waits.
func (j JoinHandle[T]) Wait(ctx context.Context) (T, error) {
	j.mustBe()
	var zero T
	if !j.t.state.isComplete() {
		if thread.Current() != nil {
			return zero, fmt.Errorf("JoinHandle.Wait: %w", ErrOnWorker)
		}
		done := make(chan struct{})
		var node waitlist.Node
		if j.t.joiners.Wait(&node, waker.FromFunc(func() { close(done) })) == waitlist.Waiting {
			select {
			case <-done:
			case <-ctx.Done():
				j.t.joiners.Leave(&node)
				return zero, context.Cause(ctx)
			}
		}
	}
	return j.t.result()
}
