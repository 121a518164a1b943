package sched

import (
	"context"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// JoinHandle is a spawned task as its spawner sees it: a future of its result, and the
// means to abort it. It is one pointer, to be copied and used by any number of threads.
// Whoever does not want it lets it go: the task runs on. A result can be read any number
// of times.
//
// The error is the future's own; a [*PanicError] if its poll panicked; [ErrAborted] if it
// was aborted; [ErrShutdown] if the runtime was shut down first.
type JoinHandle[T any] struct{ t *outcome[T] }

// Poll implements future.Future. It allocates when it first has to wait.
func (j JoinHandle[T]) Poll(cx *waker.Context) future.Poll[T] {
	if !j.t.state.isComplete() && j.t.joiners.add(cx.Waker()) {
		return future.Pending[T]()
	}
	if !cx.Spend() {
		return future.Pending[T]()
	}
	return future.Done(j.t.result())
}

// Done tells whether the task has ended.
func (j JoinHandle[T]) Done() bool { return j.t.state.isComplete() }

// Abort asks for the task to be dropped before its next poll. It does not wait, and a
// task that has ended keeps its result.
func (j JoinHandle[T]) Abort() {
	if j.t.state.abort() {
		j.t.rt.queue(&j.t.header)
	}
}

// Wait blocks the calling goroutine until the task has ended or ctx is done; then it
// returns ctx's error, and the task runs on. It must not be called on a worker, of whichever
// runtime, which would stand still: there a JoinHandle is awaited like any future, and Wait
// returns [ErrOnWorker].
func (j JoinHandle[T]) Wait(ctx context.Context) (T, error) {
	var zero T
	if !j.t.state.isComplete() {
		if thread.Current() != nil {
			return zero, fmt.Errorf("JoinHandle.Wait: %w", ErrOnWorker)
		}
		done := make(chan struct{})
		if j.t.joiners.add(waker.FromFunc(func() { close(done) })) {
			select {
			case <-done:
			case <-ctx.Done():
				return zero, context.Cause(ctx)
			}
		}
	}
	return j.t.result()
}
