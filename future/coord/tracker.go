package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of TaskTracker.
//
// One word has the number of tasks that live, and whether the tracker is closed. It is over when it
// is closed and there are none. Who brings that about, by the end of the last task or by Close,
// tells all that wait, by a Notify. That it was over is enough for them, though it may be open again
// or have another task when they are polled.
//
// Invariant: one thread finds that the word has become over, each time that it does; whoever has
// begun to wait before is told by it. A wait looks at the word after it has made its NotifiedOp, so
// it finds the word over, or is told.
//
// Rejected: a sync.WaitGroup (its Wait puts a thread to sleep); a channel that the last task closes
// (there is no opening it again).
const (
	trackClosed = 1
	trackTask   = 2 // one task
)

// TaskTracker waits for tasks to end: what a [sync.WaitGroup] is for goroutines. Unlike that it may
// have no tasks for a while: it is over when it has been closed and all tasks have ended. It keeps
// nothing of a task that has ended. The zero value is open and has no tasks. It must not be copied
// once used.
//
//	coord.Track(tracker, op)  // a task is what op does
//	token := tracker.Token()  // or what happens until token.Done()
//	...
//	tracker.Close()
//	tracker.Wait().Await(co)
//
// [sync.WaitGroup]: https://pkg.go.dev/sync#WaitGroup
type TaskTracker struct {
	_    word.Align64
	_    word.NoCopy
	word word.Uint64
	over Notify
}

func (t *TaskTracker) check() {
	if t == nil {
		nilReceiver("TaskTracker", "new(coord.TaskTracker) is ready to use")
	}
}

// Token returns a token that stands for a task, until its Done. It may also be taken when the
// tracker is closed.
func (t *TaskTracker) Token() TaskToken {
	t.check()
	t.word.Add(trackTask)
	return TaskToken{t}
}

// done ends a task.
func (t *TaskTracker) done() {
	if t.word.Sub(trackTask) == trackClosed {
		t.over.NotifyAll()
	}
}

// Close says that no more tasks are expected: waiting ends with the last one. It reports whether
// the tracker was open.
func (t *TaskTracker) Close() bool {
	t.check()
	for {
		v := t.word.Load()
		if v&trackClosed != 0 {
			return false
		}
		if t.word.CompareAndSwap(v, v|trackClosed) {
			if v == 0 {
				t.over.NotifyAll()
			}
			return true
		}
	}
}

// Reopen undoes Close, for waits that begin from now on, and for those that have not ended. It
// reports whether the tracker was closed.
func (t *TaskTracker) Reopen() bool {
	t.check()
	for {
		v := t.word.Load()
		if v&trackClosed == 0 {
			return false
		}
		if t.word.CompareAndSwap(v, v&^trackClosed) {
			return true
		}
	}
}

// Closed reports whether the tracker is closed.
func (t *TaskTracker) Closed() bool {
	t.check()
	return t.word.Load()&trackClosed != 0
}

// Len returns how many tasks live, as it was a moment ago.
func (t *TaskTracker) Len() int {
	t.check()
	return int(t.word.Load() / trackTask)
}

// Wait returns an operation that is ready if, at some moment from this call on, the tracker was
// closed and had no tasks. It does not fail. Dropped, it leaves nothing behind.
func (t *TaskTracker) Wait() TrackerOp {
	t.check()
	told := t.over.Notified() // before the look
	return TrackerOp{t: t, told: told, over: t.word.Load() == trackClosed}
}

// TrackerOp is what [TaskTracker.Wait] returns.
type TrackerOp struct {
	told NotifiedOp
	t    *TaskTracker // nil when it has ended
	over bool
}

// Poll implements future.Future.
func (o *TrackerOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if o == nil || o.t == nil {
		overOp("TrackerOp", "TaskTracker.Wait")
	}
	if o.over {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
	} else if o.told.Poll(cx).IsPending() {
		return future.Pending[future.Unit]()
	}
	o.t = nil
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (o *TrackerOp) Drop() {
	if o == nil {
		nilReceiver("TrackerOp", "make one with TaskTracker.Wait")
	}
	o.t = nil
	o.told.Drop()
}

// Await waits until the tracker is over, see [future.Await].
func (o TrackerOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// TaskToken is what [TaskTracker.Token] returns. The value is not to be copied: whoever has it
// last ends it.
type TaskToken struct{ t *TaskTracker }

// Done ends what the token stands for. It panics if it was called before.
func (k *TaskToken) Done() {
	if k == nil || k.t == nil {
		panic("coord: Done of a TaskToken that is nil or zero, or was done before: take another with TaskTracker.Token")
	}
	t := k.t
	k.t = nil
	t.done()
}

// Drop ends what the token stands for, when the value of an operation is discarded (see
// [future.Discard]).
func (k TaskToken) Drop() {
	if k.t != nil {
		k.t.done()
	}
}

// Tracker returns what the token is of; nil after Done.
func (k *TaskToken) Tracker() *TaskTracker { return k.t }

// Track returns op as a task of t, from this call on until it is ready or dropped, or its poll has
// panicked and it is dropped for that.
func Track[T any, F future.Op[T]](t *TaskTracker, op F) TrackedOp[T, F] {
	t.check()
	o := TrackedOp[T, F]{op: future.Hold[T](op, "coord: Track")}
	o.token = t.Token()
	return o
}

// TrackedOp is what [Track] returns.
type TrackedOp[T any, F future.Op[T]] struct {
	op    future.Child[T, F]
	token TaskToken
}

// Poll implements future.Future.
func (o *TrackedOp[T, F]) Poll(cx *waker.Context) future.Poll[T] {
	if o == nil || !o.op.Live() {
		overOp("TrackedOp", "Track")
	}
	p := o.op.Poll(cx)
	if p.IsReady() {
		o.token.Done()
	}
	return p
}

// Drop implements future.Dropper.
func (o *TrackedOp[T, F]) Drop() {
	if o.op.Live() {
		defer o.token.Done() // what op gives up belongs to the task
		o.op.Drop()
	}
}

// Await waits for op, see [future.Await].
func (o TrackedOp[T, F]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }

// Trace implements future.Traced: it is where op stands.
func (o *TrackedOp[T, F]) Trace(tr *future.Tracer) { tr.Child(&o.op) }
