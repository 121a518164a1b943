package par

import (
	"context"
	"unsafe"

	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Worker is what a computation runs on: the first argument of every function here, and of
// those that are given to them. A forked function uses the Worker that it is given, which may
// be another one than its caller's: one that is taken along from outside, by a closure, is a
// mistake that is found soon and panics.
//
// In a poll or an async function a Worker is good until the poll ends, or the next Await; the
// next one asks [From] again.
//
// There is nothing to call on it: pass it on. It may not be copied, and only [On] and [From] make one;
// a new(Worker) panics at the first fork.
type Worker struct{ w forkjoin.Worker }

// worker returns what is public of w. Sound: a pointer to a struct is one to its only field.
func worker(w *forkjoin.Worker) *Worker { return (*Worker)(unsafe.Pointer(w)) }

// On returns a Worker for the calling goroutine: what is given it runs on the workers of rt,
// while the goroutine waits. It may be kept, and used by many goroutines. On a worker of rt it
// is that worker.
//
// After rt was shut down everything runs on the calling goroutine alone. A build that cannot tell
// goroutines apart (the tag purego, or a processor other than amd64 and arm64) takes a worker
// for any goroutine, and would have it wait for itself: in a poll use [From].
func On(rt *sched.Runtime) *Worker { return worker(forkjoin.OfRuntime(rt)) }

// From returns the Worker that polls with cx: the first thing a task calls, or an async
// function with `future.Co.Context`. Under an executor that has no workers, such as
// [future.BlockOn], everything runs on the calling goroutine alone.
func From(cx *waker.Context) *Worker {
	if p, ok := cx.Ext().(forkjoin.Provider); ok {
		return worker(p.Computer())
	}
	return worker(forkjoin.NewDetached())
}

// Join calls a, and b unless another worker has done so meanwhile, and returns when both have
// ended. The closures are allocated, once they hold variables, and so is what they assign to:
// some 110 ns with the collector's part; [Call] allocates nothing.
//
// If a panics, Join panics with the same value, when b has ended if another worker has begun
// it; otherwise b is not begun. If b panics, so does Join.
func Join(w *Worker, a, b func(w *Worker)) {
	forkjoin.Call(w, plain, a, plain, b)
}

func plain(w *Worker, f func(*Worker)) struct{} {
	f(w)
	return struct{}{}
}

// Call is [Join] for functions with an argument and a result: it calls fa with a, and fb with
// b, and returns what they returned. If the functions hold no variables it allocates nothing,
// and a fork costs a few nanoseconds:
//
//	func fib(w *par.Worker, n int) int {
//		if n < 2 {
//			return n
//		}
//		x, y := par.Call(w, fib, n-1, fib, n-2)
//		return x + y
//	}
func Call[A, RA, B, RB any](w *Worker, fa func(w *Worker, a A) RA, a A, fb func(w *Worker, b B) RB, b B) (RA, RB) {
	return forkjoin.Call(w, fa, a, fb, b)
}

// Group is the functions that a [Scope] waits for, any number of them.
type Group struct{ g forkjoin.Group }

// Go has fn called, by w or any other worker, before the [Scope] of g returns: [Fork] for closures. w
// is the worker that calls Go. The closure is allocated, once it holds variables.
func (g *Group) Go(w *Worker, fn func(w *Worker)) { Fork(g, w, call, fn) }

func call(w *Worker, fn func(*Worker)) { fn(w) }

// Scope runs f, which forks functions into its group by [Fork] or [Group.Go], and returns when
// they have all ended. They may fork more into the same group, from whichever worker they are
// on; the group must not be used after its Scope.
//
// If f panics, Scope does too; else if one of them does, Scope panics with the value of the
// first that has. Then those that nobody has begun are not begun, and those under way are
// waited for.
func Scope(w *Worker, f func(w *Worker, g *Group)) { forkjoin.Scope(w, f) }

// Fork has fn called with arg, by w or any other worker, before the Scope of g returns. w is the
// worker that calls Fork. It allocates nothing if fn holds no variables and arg has the type
// that the last fork at that depth had. More than 16,777,216 that wait at once on one worker
// are not kept waiting, but run on the spot.
func Fork[A any](g *Group, w *Worker, fn func(w *Worker, arg A), arg A) {
	forkjoin.Fork((*forkjoin.Group)(unsafe.Pointer(g)), w, fn, arg) // sound: as in worker
}

// WithContext runs f, and cancels it when ctx is done: from then on each fork inside f, on
// whichever worker, and each [Checkpoint], panics with a [*Cancelled]. When everything has
// been left that way, and what runs has ended, WithContext returns the cause of ctx's end.
// It returns nil if f returned.
func WithContext(ctx context.Context, w *Worker, f func(w *Worker)) error {
	return forkjoin.WithContext(ctx, w, &Cancelled{ctx}, f)
}

// Cancelled is what a cancelled computation panics with on its way to [WithContext]. Code in
// between that recovers must panic with it again, or go on: its next fork panics too.
type Cancelled struct{ ctx context.Context }

// Error implements error.
func (c *Cancelled) Error() string { return "par: cancelled: " + c.Unwrap().Error() }

// Unwrap returns the cause of the context's end.
func (c *Cancelled) Unwrap() error { return context.Cause(c.ctx) }

// Checkpoint is for long loops without a fork. It lets the worker serve sockets and tasks if a
// millisecond has passed, offers jobs to idle workers, and panics if the computation is
// cancelled. It costs a nanosecond; call it every few microseconds.
func Checkpoint(w *Worker) { w.w.Checkpoint() }

// ErrGoexit is what a joiner panics with if the forked function called runtime.Goexit on
// another worker.
var ErrGoexit = sched.ErrGoexit
