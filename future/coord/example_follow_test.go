package coord_test

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

func ExampleWatch() {
	tx, rx := coord.Watch("starting")
	status := future.Async(func(co *future.Co) (string, error) {
		if _, err := rx.WaitFor(func(s string) bool { return s == "ready" }).Await(co); err != nil {
			return "", err
		}
		_ = tx.Send("busy")
		_, err := rx.Changed().Await(co)
		return rx.GetAndMark(), err
	})
	_ = tx.Send("ready")
	fmt.Println(future.BlockOn(status))
	// Output: busy <nil>
}

func ExampleBroadcast() {
	tx, slow := coord.Broadcast[int](2)
	fast := tx.Subscribe()
	for i := range 3 {
		_, _ = tx.Send(i)
		fmt.Print(fast.TryRecv())
		fmt.Println()
	}
	_, err := slow.TryRecv()
	var lagged coord.LaggedError
	if errors.As(err, &lagged) {
		fmt.Println("missed", lagged.Missed)
	}
	fmt.Println(slow.TryRecv())
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 2 <nil>
	// missed 1
	// 1 <nil>
}
