package sched_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// greeter is a state machine: its Poll yields twice before it is ready.
type greeter struct {
	name   string
	yields int
}

func (g *greeter) Poll(cx *waker.Context) future.Poll[string] {
	if g.yields < 2 {
		g.yields++
		cx.Waker().WakeByRef()
		return future.Pending[string]()
	}
	return future.Ready("hello " + g.name)
}

func Example() {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := sched.SpawnValue[string](rt, greeter{name: "magpie"})
	v, err := h.Wait(context.Background())
	fmt.Println(v, err)
	fmt.Println(rt.Shutdown(context.Background()))
	// Output:
	// hello magpie <nil>
	// <nil>
}

// An async function spawns others and awaits them: a JoinHandle is a future too.
func ExampleSpawn_context() {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	sum, err := sched.Run(context.Background(), rt, future.Async(func(co *future.Co) (int, error) {
		var parts []sched.JoinHandle[int]
		for i := range 10 {
			parts = append(parts, sched.Spawn(co, future.Value(i)))
		}
		sum := 0
		for _, part := range parts {
			n, err := part.Await(co)
			if err != nil {
				return 0, err
			}
			sum += n
		}
		return sum, nil
	}))
	fmt.Println(sum, err)
	// Output: 45 <nil>
}

func ExampleJoinHandle_Abort() {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	h := sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Hour)))
	h.Abort()
	_, err = h.Wait(context.Background())
	fmt.Println(errors.Is(err, sched.ErrAborted))
	// Output: true
}

func ExampleJoinSet() {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		panic(err)
	}
	defer rt.Close()
	sum, err := sched.Run(context.Background(), rt, future.Async(func(co *future.Co) (int, error) {
		var set sched.JoinSet[int]
		defer set.AbortAll() // also if this ends early
		for i := range 10 {
			set.Spawn(co, future.Value(i*i))
		}
		sum := 0
		for set.Len() > 0 {
			square, err := set.Next().Await(co)
			if err != nil {
				return 0, err
			}
			sum += square
		}
		return sum, nil
	}))
	fmt.Println(sum, err)
	// Output: 285 <nil>
}
