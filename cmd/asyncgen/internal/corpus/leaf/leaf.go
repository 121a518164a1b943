// Package leaf is what a rewritten program waits for: operations that are ready at once, or pending
// first, and the runtime that polls them. The rewriter copies its source into the module that it
// writes, so it imports nothing but magpie and the standard library.
package leaf

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// pending says that operations are pending first. It is set by the environment, so that one build
// runs both ways.
var pending = os.Getenv("MAGPIE_LEAF") == "pending"

// polls counts first polls. Each of the first dense ones is pending, and of those that follow one
// in sparse, so that a loop of a million steps ends.
var polls atomic.Uint64

const (
	dense  = 2000
	sparse = 257
)

func waits() bool {
	if !pending {
		return false
	}
	n := polls.Add(1)
	return n < dense || n < dense*sparse && n%sparse == 0 || n%(sparse*sparse) == 0
}

// Op is a leaf operation that ends with V.
type Op[T any] struct {
	V     T
	state opState
}

type opState uint8

const (
	fresh opState = iota
	waiting
	ended
)

// Ready returns an operation that ends with v.
func Ready[T any](v T) Op[T] { return Op[T]{V: v} }

// Tick returns an operation that ends with nothing.
func Tick() Op[future.Unit] { return Op[future.Unit]{} }

func (o *Op[T]) Poll(cx *waker.Context) future.Poll[T] {
	switch o.state {
	case fresh:
		if waits() {
			o.state = waiting
			wakeSoon(cx)
			return future.Pending[T]()
		}
	case ended:
		panic("leaf: polled after its end")
	}
	o.state = ended
	return future.Ready(o.V)
}

// Await waits for o with the async function that co was given to.
func (o Op[T]) Await(co *future.Co) (T, error) { return future.Await[T](co, &o) }

// Of returns v after a wait.
//
//magpie:async
func Of[T any](co *future.Co, v T) T {
	out, err := Ready(v).Await(co)
	if err != nil {
		return v // in a function that was dropped
	}
	return out
}

// Step is a wait that tells nothing.
//
//magpie:async
func Step(co *future.Co) { Tick().Await(co) }

// wakers takes the wakers of pending operations to the goroutine that calls them, which is none of
// the workers.
var wakers = make(chan waker.Waker, 64)

// wakeSoon wakes the task from where the poll runs or, one time in four, from another goroutine.
func wakeSoon(cx *waker.Context) {
	if polls.Load()%4 == 0 {
		select {
		case wakers <- cx.Waker().Clone():
			return
		default:
		}
	}
	cx.Waker().WakeByRef()
}

// Main runs an async program to its end, on two workers that steal from each other, and ends the
// process as the plain program would.
func Main(program future.Future[future.Unit]) {
	if pending {
		go func() {
			for w := range wakers {
				w.Wake()
			}
		}()
	}
	workers := 2
	if os.Getenv("MAGPIE_LEAF_WORKERS") == "1" {
		workers = 1
	}
	rt, err := sched.New(sched.Config{Workers: workers, NoPin: true, StallAfter: sched.NoStall})
	if err != nil {
		fmt.Fprintln(os.Stderr, "leaf:", err)
		os.Exit(3)
	}
	h := sched.Spawn(rt, program)
	if pending {
		sched.Spawn[future.Unit](rt, &rival{h: h})
	}
	if _, err := h.Wait(context.Background()); err != nil {
		if p, ok := err.(*sched.PanicError); ok {
			fmt.Fprintf(os.Stderr, "%s\n", p.Stack)
			panic(p.Value)
		}
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := rt.Shutdown(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "leaf: shutdown:", err)
	}
}

// MainOf is Main for a program that is not compiled.
func MainOf(program func(co *future.Co)) {
	Main(future.Async(func(co *future.Co) (future.Unit, error) {
		program(co)
		return future.Unit{}, nil
	}))
}

// rival is a second task, so that both workers have something to steal until the program is done.
type rival struct {
	h sched.JoinHandle[future.Unit]
}

func (r *rival) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if r.h.Done() {
		return future.Ready(future.Unit{})
	}
	runtime.Gosched()
	cx.Waker().WakeByRef()
	return future.Pending[future.Unit]()
}

// Run waits on the calling goroutine, which is none of a runtime, for an async function.
func Run(body func(co *future.Co)) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case future.ErrGoexit:
			runtime.Goexit()
		default:
			panic(v)
		}
	}()
	_, err := future.BlockOn(future.Async(func(co *future.Co) (future.Unit, error) {
		body(co)
		return future.Unit{}, nil
	}))
	if err != nil {
		panic(err)
	}
}

// Later returns a future that ends with nothing.
func Later() future.Future[future.Unit] { return new(Op[future.Unit]) }
