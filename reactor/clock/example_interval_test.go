package clock_test

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
)

// A heartbeat until a time.
func ExampleSleepUntil() {
	end := clock.SleepUntil(time.Now().Add(20 * time.Millisecond))
	f := future.Async(func(co *future.Co) (beats int, err error) {
		ticks, err := clock.NewInterval(time.Millisecond)
		if err != nil {
			return 0, err
		}
		defer ticks.Stop()
		over := future.Box(end)
		defer func() { future.Drop(over) }()
		for {
			first, err := future.Select2(future.Ref(over), future.Of[time.Time](ticks)).Await(co)
			if err != nil || first.Which == 0 {
				return beats, err
			}
			beats++
		}
	})
	beats, err := future.BlockOn(f)
	fmt.Println(beats <= 20, err) // those that were missed are not made up for
	// Output: true <nil>
}

// A beat that makes up for what it has missed: ten ticks are nine periods, whatever is done between them.
func ExampleInterval_OnMissed() {
	took, err := future.BlockOn(future.Async(func(co *future.Co) (time.Duration, error) {
		ticks, err := clock.NewInterval(time.Millisecond)
		if err != nil {
			return 0, err
		}
		defer ticks.Stop()
		ticks.OnMissed(clock.BurstMissed)
		first, err := ticks.Await(co)
		last := first
		for range 9 {
			clock.Sleep(2 * time.Millisecond).Await(co) // work that takes longer than a period
			if last, err = ticks.Await(co); err != nil {
				return 0, err
			}
		}
		return last.Sub(first), err
	}))
	fmt.Println(took, err)
	// Output: 9ms <nil>
}
