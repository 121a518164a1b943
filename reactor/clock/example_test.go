package clock_test

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
)

func ExampleSleep() {
	begin := time.Now()
	_, err := future.BlockOn[future.Unit](future.Box(clock.Sleep(3 * time.Millisecond)))
	fmt.Println(time.Since(begin) >= 3*time.Millisecond, err)
	// Output: true <nil>
}

func ExampleTimeout() {
	never := future.FromChan(make(chan int))
	_, err := future.BlockOn(future.Box(clock.Timeout(never, time.Millisecond)))
	fmt.Println(errors.Is(err, clock.ErrTimeout), errors.Is(err, os.ErrDeadlineExceeded))
	// Output: true true
}

func ExampleInterval() {
	ticks, err := clock.NewInterval(time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ticks.Stop()
	for range 3 {
		if _, err := future.BlockOn[time.Time](ticks); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("three ticks")
	// Output: three ticks
}
