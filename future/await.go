package future

import (
	"runtime"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Co is what an async function waits with: its link to the executor that polls it.
// It belongs to the function it was given to, and ends with it.
type Co struct {
	_       word.NoCopy
	routine coroutine
	home    Local          // of the thread that started it
	implied bool           // home is not the contexts', but that of the thread
	forker  Forker         // home, if it is one
	before  uintptr        // what runs on that thread once it is left, see Local
	cx      *waker.Context // of the poll that is under way
	child   awaited        // what is waited for, while suspended
	waits   []awaited      // one for each type awaited so far, used again and again
	polling bool           // a child is being polled on our goroutine
	slots   []any          // one for each type of operation awaited so far, likewise
}

// awaited is a wait, whatever its type of value.
type awaited interface {
	poll(cx *waker.Context) (ready bool)
	drop()
}

// wait carries a child over to the executor's goroutine, which polls it from its
// second poll on, and its outcome back. It is no local of Await, for the executor
// must not point into a stack that may be moved.
type wait[T any] struct {
	f      Future[T]
	out    Poll[T]
	caught any // what the child panicked with
	stack  []byte
}

// Await waits for f and returns its outcome. It polls f once on the spot. If f is
// pending, the async function is suspended, its executor polls f on its own stack at
// the wake-ups, and Await returns when f is ready. A panic of f becomes one of Await,
// which has dropped f then.
//
// It takes f over. It allocates once for each type T a function awaits, and then no
// more. It panics when called by anybody but co's function: from another goroutine,
// from inside a poll, or after the function returned.
func Await[T any](co *Co, f Future[T]) (T, error) {
	co.check("Await")
	notNil(f != nil, "Await", "future", aFuture)
	if co.routine.closing {
		Drop(f)
		var zero T
		return zero, ErrDropped
	}
	if p := pollHere(co, f); p.ready {
		return p.Result()
	}
	if co.forker != nil && co.forker.Forked() {
		dropFailed(f)
		panic("future: Await of something pending inside a function that was forked, or beside one: what sched/par forks must not wait for futures")
	}
	w := waitOf[T](co)
	w.f = f
	co.child = w
	if !co.routine.suspend() {
		runtime.Goexit()
	}
	out, caught, stack := w.out, w.caught, w.stack
	*w = wait[T]{}
	if caught != nil {
		origin.Rethrow(caught, stack)
	}
	return out.Result()
}

// Yield lets the executor's other tasks go first. See the function Yield.
func (co *Co) Yield() {
	co.check("Yield")
	Yield().Await(co)
}

// Context returns the context of the poll that is under way, for code that polls
// futures by hand or looks for what its executor offers. It is good until the next
// Await; in a function that is being dropped it is nil.
func (co *Co) Context() *waker.Context {
	co.check("Context")
	return co.cx
}

// Ext returns what the executor that polls offers, as [waker.Context.Ext] does; also in a function
// that is being dropped, if it is bound to a thread. With it a Co spawns tasks, see package sched.
func (co *Co) Ext() any {
	co.check("Ext")
	if co.cx != nil {
		return co.cx.Ext()
	}
	return co.home
}

// Dropped tells a deferred function whether it runs because the async function was
// dropped. It is false while the function is alive and when it returns or panics.
func (co *Co) Dropped() bool {
	notNil(co != nil, "Dropped", "Co", "the one given to the function under Async")
	return co.routine.closing
}

func (co *Co) check(what string) {
	if co == nil {
		panic("future: " + what + " with a nil Co; pass the one given to the function under Async")
	}
	if !co.routine.inside() {
		panic("future: " + what + " outside the async function its Co was given to: on another goroutine, or after its end; pass a Co down, never out")
	}
	if co.polling {
		panic("future: " + what + " inside the Poll of a future that is awaited: a poll must not wait, return Pending")
	}
}

// pollHere polls a child on the coroutine's own goroutine.
func pollHere[T any](co *Co, f Future[T]) (p Poll[T]) {
	co.polling = true
	returned := false
	defer func() {
		co.polled()
		if !returned {
			dropFailed(f)
		}
	}()
	p = f.Poll(co.cx)
	returned = true
	return p
}

func (co *Co) polled() { co.polling = false }

// dropFailed drops a child whose poll has panicked, which is what is to be told: a panic of its
// Drop adds nothing.
func dropFailed(f any) {
	defer func() { _ = recover() }()
	Drop(f)
}

func waitOf[T any](co *Co) *wait[T] {
	for _, a := range co.waits {
		if w, ok := a.(*wait[T]); ok {
			return w
		}
	}
	w := new(wait[T])
	co.waits = append(co.waits, w)
	return w
}

func (w *wait[T]) poll(cx *waker.Context) (ready bool) {
	defer func() {
		// For the function that waits, which may recover it, and else passes it on.
		if v := recover(); v != nil {
			w.caught, w.stack, ready = v, origin.Stack(v), true
			dropFailed(w.f)
		}
	}()
	w.out = w.f.Poll(cx)
	return w.out.ready
}

func (w *wait[T]) drop() {
	f := w.f
	*w = wait[T]{}
	Drop(f)
}

// unwind ends the coroutine, running what its function deferred.
func (co *Co) unwind() {
	if co.routine.status == coSuspended && co.home != nil {
		co.before = co.home.Switched(co.routine.id)
	}
	co.routine.close()
}

// left is called when the coroutine gives the thread back to its driver, which may be a
// coroutine too.
func (co *Co) left() {
	co.cx = nil
	if co.home != nil {
		co.home.Switched(co.before)
	}
}
