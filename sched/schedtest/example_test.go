package schedtest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
)

// t stands for what a test is given; an example has none.
var t = exampleTest{}

type exampleTest struct{ testing.TB }

func (exampleTest) Helper()               {}
func (exampleTest) Name() string          { return "Example" }
func (exampleTest) Cleanup(func())        {}
func (exampleTest) Errorf(string, ...any) {}

// retry tries up to three times, after pauses of 1, 2 and 4 seconds.
func retry(op func() error) future.AsyncOp[int] {
	return future.Async(func(co *future.Co) (tries int, err error) {
		for pause := time.Second; pause <= 4*time.Second; pause *= 2 {
			tries++
			if err = op(); err == nil {
				return tries, nil
			}
			clock.Sleep(pause).Await(co)
		}
		return tries, err
	})
}

// Code that waits is tested in no time, and to the nanosecond.
func ExampleRun() {
	rt := schedtest.New(t, schedtest.Config{}) // closed at the end of the test
	defer rt.Close()                           // of which an example has none
	tries, err := schedtest.Run(rt, retry(func() error { return errors.New("refused") }))
	fmt.Println(tries, err, rt.Elapsed())
	// Output: 3 refused 7s
}

// That something does not happen before its time.
func ExampleRuntime_Advance() {
	rt := schedtest.New(t, schedtest.Config{})
	defer rt.Close()
	rt.AutoAdvance(false)
	h := sched.Spawn(rt, future.Box(clock.Sleep(time.Second)))
	for _, d := range []time.Duration{999 * time.Millisecond, time.Millisecond} {
		if err := rt.Advance(d); err != nil {
			fmt.Println(err)
		}
		fmt.Println(rt.Elapsed(), h.Done())
	}
	// Output:
	// 999ms false
	// 1s true
}

// What a task has done by the time that it waits.
func ExampleRuntime_Settle() {
	rt := schedtest.New(t, schedtest.Config{})
	defer rt.Close()
	lines := 0
	sched.Spawn(rt, future.Do(func(co *future.Co) error {
		for {
			lines++
			clock.Sleep(time.Second).Await(co)
		}
	}))
	if err := rt.Settle(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(lines, rt.Elapsed())
	// Output: 1 0s
}

// Work on a goroutine of the test's own, which the clock is to wait for.
func ExampleRuntime_Hold() {
	rt := schedtest.New(t, schedtest.Config{})
	defer rt.Close()
	answer := make(chan int, 1)
	release := rt.Hold()
	go func() {
		answer <- 42
		release()
	}()
	v, err := schedtest.Run(rt, future.Box(clock.Timeout(future.FromChan(answer), time.Second)))
	fmt.Println(v, err, rt.Elapsed())
	// Output: 42 <nil> 0s
}

// Tasks that wait for one another for ever are found, and listed with where they stand.
func ExampleDeadlockError() {
	rt := schedtest.New(t, schedtest.Config{Grace: time.Millisecond})
	defer rt.Close()
	_, err := schedtest.Run(rt, future.Box(clock.Timeout(future.FromChan(make(chan int)), time.Hour)))
	fmt.Println(err, rt.Elapsed())
	var deadlock *schedtest.DeadlockError
	_, err = schedtest.Run(rt, future.Box(future.FromChan(make(chan int))))
	fmt.Println(errors.As(err, &deadlock), len(deadlock.Tasks))
	// Output:
	// clock: timeout: i/o timeout 1h0m0s
	// true 1
}

// A transfer that reads and writes with a pause in between is wrong in some orders, and some seed shows it. In a test it
// is schedtest.Seeds that tries them.
func ExampleSeeds() {
	right := 0
	for seed := uint64(1); seed <= 50; seed++ {
		rt := schedtest.New(t, schedtest.Config{Seed: seed})
		balance := 100
		for range 2 {
			sched.Spawn(rt, future.Do(func(co *future.Co) error {
				old := balance
				future.Yield().Await(co)
				balance = old - 10
				return nil
			}))
		}
		if err := rt.Settle(); err == nil && balance == 80 {
			right++
		}
		_ = rt.Close()
	}
	fmt.Println(right > 0, right < 50)
	// Output: true true
}
