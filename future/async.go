package future

import (
	"reflect"
	"runtime"

	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// Async returns a future that runs body, an async function: straight-line code that
// waits for other futures with [Await] and gives its thread up meanwhile. The future
// ends with what body returns; body starts at the first poll, and that takes one
// operation off the poll's budget.
//
// From its first poll to its end it has a goroutine of its own, about 2.7 KB, that
// runs in turns with the executor. A hand-written state machine needs none of that,
// and may move between threads; an async function stays on the thread that started
// it, for which the executor's context has to implement [Local] if the executor has
// several. Without Local, all polls must come from goroutines that are locked to
// their thread alike: either all unlocked, or the same one. body must not call
// runtime.LockOSThread across an Await.
//
// If body panics, Poll panics with the same value, whose stack [Recovered] knows; with
// [ErrGoexit] if body called runtime.Goexit.
//
// If the future is dropped while it waits, the child it waits for is dropped first.
// Then body ends inside its Await as by runtime.Goexit: the Await does not return,
// deferred functions run, recover finds nothing. What these functions await is
// dropped and returns [ErrDropped] at once; [Co.Dropped] tells them where they are.
// A started future that is neither polled to its end nor dropped keeps its goroutine
// for good.
//
// Reports of what it does, such as a panic's, call it by the name of body.
func Async[T any](body func(co *Co) (T, error)) AsyncOp[T] {
	notNil(body != nil, "Async", "func", aFunc)
	return AsyncOp[T]{&asyncFuture[T]{body: body, code: reflect.ValueOf(body).Pointer()}}
}

// Do is [Async] for a function that has no value.
func Do(body func(co *Co) error) AsyncOp[Unit] {
	notNil(body != nil, "Do", "func", aFunc)
	a := &asyncFuture[Unit]{code: reflect.ValueOf(body).Pointer()}
	a.body = func(co *Co) (Unit, error) { return Unit{}, body(co) }
	return AsyncOp[Unit]{a}
}

// Compiled is what asyncgen makes of [Async] and [Do] of a function literal that it has compiled to
// a machine: name is the function's. Programs have no use for it.
func Compiled[T any](machine Future[T], name string) AsyncOp[T] {
	return AsyncOp[T]{&asyncFuture[T]{machine: machine, name: name}}
}

// AsyncOp is what [Async] and [Do] return: a handle of the running function, one pointer.
type AsyncOp[T any] struct{ a *asyncFuture[T] }

// Poll implements Future.
func (o AsyncOp[T]) Poll(cx *waker.Context) Poll[T] { return o.future().Poll(cx) }

// Drop implements Dropper. See [Async].
func (o AsyncOp[T]) Drop() { o.future().Drop() }

// Await waits for the function's end.
func (o AsyncOp[T]) Await(co *Co) (T, error) { return Await[T](co, o.future()) }

// Name returns the name of the async function, as stacks show it. Reports call the task by it.
func (o AsyncOp[T]) Name() string {
	if a := o.future(); a.machine != nil {
		return a.name
	}
	return runtime.FuncForPC(o.a.code).Name()
}

func (o AsyncOp[T]) future() *asyncFuture[T] { return made(o.a, "AsyncOp", "Async and Do make them") }

type asyncFuture[T any] struct {
	co   Co
	body func(*Co) (T, error)
	code uintptr // of body, which is let go when it starts
	out  Poll[T]

	machine Future[T] // of a compiled function: all else is without meaning then
	name    string
}

func (a *asyncFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if a.machine != nil {
		return a.machine.Poll(cx)
	}
	co := &a.co
	home, _ := cx.Ext().(Local)
	if home == nil {
		// An executor without threads, such as a LocalPool, may be run by a task: then the task
		// stays on its worker.
		if co.routine.status == coFresh {
			home, _ = thread.Current().(Local)
			co.implied = home != nil
		} else if co.implied {
			home = co.home
		}
	}
	if home != nil && !home.Here() {
		panic("future: Async polled away from the thread that its context belongs to: a context is not to be taken along to " +
			"a goroutine or a forked function; pass on the one that the poll there is given, or spawn the async function")
	}
	switch co.routine.status {
	case coEnded:
		ended("Async")
	case coRunning:
		panic("future: Async polled by its own body; a future cannot wait for itself")
	case coFresh:
		if !cx.Spend() { // a body that awaits nothing is a leaf
			return Pending[T]()
		}
		co.home = home
		co.forker, _ = home.(Forker)
		if home != nil {
			home.BindHome()
		}
		co.cx = cx
		co.routine.start(a.main)
	default:
		if home != co.home {
			panic("future: Async polled by another executor thread than the one that started it: its goroutine cannot change threads; " +
				"an executor with several threads must offer a future.Local as the context's Ext and honour its BindHome")
		}
		if !co.child.poll(cx) {
			return Pending[T]()
		}
		co.child = nil
		co.cx = cx
		if home != nil {
			co.before = home.Switched(co.routine.id)
		}
		co.routine.resume()
	}
	if co.routine.status == coSuspended {
		co.left()
		return Pending[T]()
	}
	out := a.out
	a.out = Poll[T]{}
	return out
}

// main is what the coroutine runs.
func (a *asyncFuture[T]) main() {
	co, body := &a.co, a.body
	a.body = nil
	defer co.left()
	if co.home != nil {
		co.before = co.home.Switched(co.routine.id)
	}
	a.out = Done(body(co))
	co.waits, co.slots = nil, nil
}

func (a *asyncFuture[T]) Drop() {
	if a.machine != nil {
		Drop(a.machine)
		return
	}
	co := &a.co
	if co.routine.status == coRunning {
		panic("future: Async dropped by its own body; return from it instead")
	}
	if co.routine.status == coSuspended && co.home != nil && !co.home.Here() {
		panic("future: Async dropped on another thread than the one that started it: its goroutine cannot change threads; leave it to the task that has polled it")
	}
	a.body = nil
	defer co.unwind() // also if the child's Drop panics
	if child := co.child; child != nil {
		co.child = nil
		child.drop()
	}
}
