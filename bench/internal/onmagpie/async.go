package onmagpie

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen

// Async functions: the same work as an async function compiled to a state machine, as that
// function on a coroutine, and as a machine written by hand (machine.go).

// asyncOps is how many operations one task does: so many that its spawn and the wake-up of who waits
// for it do not show.
const asyncOps = 200_000

// number is an operation that is ready at once, with itself and without spending budget: what
// remains is what an await costs.
type number int

// Poll implements future.Future.
func (n *number) Poll(*waker.Context) future.Poll[int] { return future.Ready(int(*n)) }

// Await waits for it.
func (n number) Await(co *future.Co) (int, error) { return future.AwaitOp(co, n) }

// plain is what an await of a number stands for, as a call.
//
//go:noinline
func (n number) plain() (int, error) { return int(n), nil }

// waits waits n times, until it is polled again.
//
//magpie:async
func waits(co *future.Co, n int) error {
	for range n {
		if _, err := future.Yield().Await(co); err != nil {
			return err
		}
	}
	return nil
}

// readies awaits n times what is there.
//
//magpie:async
func readies(co *future.Co, n int) (int, error) {
	sum := 0
	for i := range n {
		v, err := number(i).Await(co)
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum, nil
}

// calls calls n times a function that calls one that calls one, none of which waits.
//
//magpie:async
func calls(co *future.Co, n int) (int, error) {
	sum := 0
	for i := range n {
		v, err := outer(co, i)
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum, nil
}

//magpie:async
func outer(co *future.Co, v int) (int, error) {
	v, err := middle(co, v)
	return v + 1, err
}

//magpie:async
func middle(co *future.Co, v int) (int, error) {
	v, err := inner(co, v)
	return v + 1, err
}

// inner waits for what is negative, which is nothing.
//
//magpie:async
func inner(co *future.Co, v int) (int, error) {
	if v < 0 {
		if _, err := future.Yield().Await(co); err != nil {
			return 0, err
		}
	}
	return v + 1, nil
}

// stays waits for what never comes.
//
//magpie:async
func stays(co *future.Co) error {
	_, err := never{}.Await(co)
	return err
}

// never is an operation of one word that is pending for good.
type never struct{ _ *int }

// Poll implements future.Future.
func (*never) Poll(*waker.Context) future.Poll[unit] {
	parkedTasks.Add(1)
	return pending()
}

// Await waits for it.
func (n never) Await(co *future.Co) (unit, error) { return future.AwaitOp(co, n) }

// AsyncWait has a task wait, which is polled again each time.
var AsyncWait = styles(
	func(n int) future.Future[unit] { return future.Box(waitsAsync(n)) },
	func(n int) future.Future[unit] { return &waiting{left: n} },
	func(n int) future.Future[unit] { return future.Do(func(co *future.Co) error { return waits(co, n) }) },
)

// AsyncReady has a task await what is ready.
var AsyncReady = styles(
	func(n int) future.Future[int] { return future.Box(readiesAsync(n)) },
	func(n int) future.Future[int] { return &taking{n: n} },
	func(n int) future.Future[int] {
		return future.Async(func(co *future.Co) (int, error) { return readies(co, n) })
	},
)

// AsyncCall has a task call three async functions deep.
var AsyncCall = styles(
	func(n int) future.Future[int] { return future.Box(callsAsync(n)) },
	func(n int) future.Future[int] { return &calling{n: n} },
	func(n int) future.Future[int] {
		return future.Async(func(co *future.Co) (int, error) { return calls(co, n) })
	},
)

// AsyncTask parks tasks that wait for one operation of one word.
var AsyncTask = Styles{
	Compiled: func(r *measure.Run) {
		parkedBytes(r, func(rt *sched.Runtime) { sched.SpawnValue[unit](rt, staysAsync()) })
	},
	Machine:   func(r *measure.Run) { parkedBytes(r, func(rt *sched.Runtime) { sched.SpawnValue[unit](rt, never{}) }) },
	Coroutine: func(r *measure.Run) { parkedBytes(r, func(rt *sched.Runtime) { sched.Spawn(rt, future.Do(stays)) }) },
}

// Styles are the three forms of one program.
type Styles struct{ Compiled, Machine, Coroutine func(*measure.Run) }

// styles measures a task that does n operations, in its three forms.
func styles[T any](compiled, byHand, coroutine func(n int) future.Future[T]) Styles {
	one := func(task func(n int) future.Future[T]) func(*measure.Run) {
		return func(r *measure.Run) {
			rt := newRuntime(r, 1)
			once := func() {
				if _, err := sched.Spawn(rt, task(asyncOps)).Wait(context.Background()); err != nil {
					panic(err)
				}
			}
			r.Loop(asyncOps, once)
			r.Allocs(asyncOps, once)
		}
	}
	return Styles{one(compiled), one(byHand), one(coroutine)}
}

// sink keeps results, so that their computation stays.
var sink atomic.Int64

// PlainReady calls what AsyncReady awaits.
func PlainReady(r *measure.Run) {
	r.Loop(asyncOps, func() {
		sum := 0
		for i := range asyncOps {
			v, err := number(i).plain()
			if err != nil {
				return
			}
			sum += v
		}
		sink.Store(int64(sum))
	})
}

// PlainCall calls three functions deep.
func PlainCall(r *measure.Run) {
	r.Loop(asyncOps, func() {
		sum := 0
		for i := range asyncOps {
			v, err := plainOuter(i)
			if err != nil {
				return
			}
			sum += v
		}
		sink.Store(int64(sum))
	})
}

//go:noinline
func plainOuter(v int) (int, error) {
	v, err := plainMiddle(v)
	return v + 1, err
}

//go:noinline
func plainMiddle(v int) (int, error) {
	v, err := plainInner(v)
	return v + 1, err
}

//go:noinline
func plainInner(v int) (int, error) { return v + 1, nil }

// parkedBytes emits what a parked task takes of the heap and of stacks.
func parkedBytes(r *measure.Run, spawn func(*sched.Runtime)) {
	const tasks = 100_000
	rt := newRuntime(r, 1)
	sched.SpawnValue[unit](rt, counted{newBatch()})
	parkedTasks.Store(0)
	before := measure.Live()
	for range tasks {
		spawn(rt)
	}
	for parkedTasks.Load() < tasks {
		time.Sleep(time.Millisecond)
	}
	r.Emit("bytes", (measure.Live()-before)/tasks, "bytes/task")
}
