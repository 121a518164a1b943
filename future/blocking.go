package future

import (
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

var defaultBlocking BlockingPool

// Blocking returns a future of what fn returns, which runs on a goroutine of its own
// and may block: in a system call, on a mutex, in a library that knows no futures.
// It is handed to a pool shared by the process at the first poll, and waits in line
// there while [DefaultBlockingLimit] others run. An fn that may wait for long, for a peer or
// for another fn, should have a pool of its own: see [BlockingOn].
//
// Dropped before its turn, fn is never run. Dropped later, fn goes on to its end,
// for nothing can stop it, and what it returns is discarded (see [Discard]).
//
// If fn panics the future fails with a [*PanicError], with [ErrGoexit] if it calls
// runtime.Goexit. It allocates once, and a goroutine may start.
func Blocking[T any](fn func() (T, error)) BlockingOp[T] { return BlockingOn(&defaultBlocking, fn) }

// BlockingOn is [Blocking] on a pool of the caller's.
func BlockingOn[T any](pool *BlockingPool, fn func() (T, error)) BlockingOp[T] {
	notNil(pool != nil, "BlockingOn", "pool", "a *BlockingPool, new(BlockingPool) for one with defaults")
	notNil(fn != nil, "Blocking", "func", aFunc)
	pool.limit() // a wrong one is found here, where the pool is at hand
	b := &blockingFuture[T]{pool: pool, fn: fn}
	b.task.call = b
	return BlockingOp[T]{b}
}

// BlockingOp is what [Blocking] and [BlockingOn] return: a handle of the call, one pointer.
type BlockingOp[T any] struct{ b *blockingFuture[T] }

// Poll implements Future.
func (o BlockingOp[T]) Poll(cx *waker.Context) Poll[T] { return o.future().Poll(cx) }

// Drop implements Dropper. See [Blocking].
func (o BlockingOp[T]) Drop() { o.future().Drop() }

// Await waits until the function has returned.
func (o BlockingOp[T]) Await(co *Co) (T, error) { return Await[T](co, o.future()) }

func (o BlockingOp[T]) future() *blockingFuture[T] {
	return made(o.b, "BlockingOp", "Blocking and BlockingOn make them")
}

// The protocol of blockingFuture: state says whose its fields are.
//
//	new        the poller's
//	queued     the poller may drop it, a goroutine of the pool may begin it
//	begun      the goroutine's, which runs fn and writes out
//	complete   the poller's: out is there
//	over       nobody's: answered, or dropped
//
// Only compare-and-swap leads out of queued and begun, so that one side wins: fn is
// run or dropped, its outcome is kept or thrown away. The poller leaves its waker
// before it looks at state; the goroutine wakes after it has set it. Rejected: a
// mutex, which would make the poller's thread wait for a goroutine.
type blockingFuture[T any] struct {
	task  blockingTask
	pool  *BlockingPool
	fn    func() (T, error)
	state word.Uint32
	out   Poll[T]
	waker waker.AtomicWaker
	let   func() // the clock go on, see Holder; nil if nobody is interested
}

const (
	callNew uint32 = iota
	callQueued
	callBegun
	callComplete
	callOver
)

func (b *blockingFuture[T]) Poll(cx *waker.Context) Poll[T] {
	s := b.state.Load()
	switch s {
	case callOver:
		ended("Blocking")
	case callNew:
		b.waker.Register(cx.Waker())
		b.let = wake.Hold(cx, false)
		b.state.Store(callQueued)
		b.pool.submit(&b.task)
		return Pending[T]()
	case callQueued, callBegun:
		b.waker.Register(cx.Waker())
		s = b.state.Load()
	}
	if s != callComplete || !cx.Spend() {
		return Pending[T]()
	}
	out := b.out
	b.out = Poll[T]{}
	b.state.Store(callOver)
	b.release()
	return out
}

func (b *blockingFuture[T]) Drop() {
	for {
		s := b.state.Load()
		if s == callOver {
			return
		}
		if b.state.CompareAndSwap(s, callOver) {
			if s == callQueued {
				b.pool.giveUp()
				wake.Let(b.let)
			}
			if s != callBegun {
				v := b.out.value
				b.fn, b.out = nil, Poll[T]{}
				defer Discard(v)
			}
			b.release()
			return
		}
	}
}

func (b *blockingFuture[T]) release() {
	wake.Forget(&b.waker)
}

// run is called by the pool.
func (b *blockingFuture[T]) run() (wanted bool) {
	if !b.state.CompareAndSwap(callQueued, callBegun) {
		return false
	}
	wanted = true // also if fn panics
	fn := b.fn
	b.fn = nil
	out := Failed[T](ErrGoexit) // unless it comes to something else
	defer func() {
		if v := recover(); v != nil {
			out = Failed[T](Recovered(v))
		}
		b.pool.left()
		b.complete(out)
	}()
	out = Done(fn())
	return wanted
}

func (b *blockingFuture[T]) cancel(err error) bool {
	wanted := b.state.CompareAndSwap(callQueued, callBegun)
	if wanted {
		b.fn = nil
		b.complete(Failed[T](err))
	}
	return wanted
}

func (b *blockingFuture[T]) dropped() bool { return b.state.Load() == callOver }

func (b *blockingFuture[T]) complete(out Poll[T]) {
	defer wake.Let(b.let) // last, after the wake-up
	b.out = out
	if b.state.CompareAndSwap(callBegun, callComplete) {
		wake.Cell(&b.waker, nil)
	} else {
		b.out = Poll[T]{} // dropped meanwhile
		Discard(out.value)
	}
}
