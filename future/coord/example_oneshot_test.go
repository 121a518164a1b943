package coord_test

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

func ExampleOneshot() {
	tx, rx := coord.Oneshot[string]()
	go func() {
		defer tx.Close() // if it does not come to Send
		_ = tx.Send("the answer")
	}()
	answer := future.Async(func(co *future.Co) (string, error) {
		return rx.Recv().Await(co)
	})
	fmt.Println(future.BlockOn(answer))
	// Output: the answer <nil>
}

// A sender that works for long stops when nobody waits any more.
func ExampleOneshotSender_Closed() {
	tx, rx := coord.Oneshot[int]()
	rx.Drop()
	work := future.Async(func(co *future.Co) (string, error) {
		e, err := future.Select2(future.Yield(), tx.Closed()).Await(co)
		if e.Which == 1 {
			return "stopped", err
		}
		return "went on", err
	})
	fmt.Println(future.BlockOn(work))
	fmt.Println(errors.Is(tx.Send(7), coord.ErrClosed))
	// Output:
	// stopped <nil>
	// true
}
