// Command pipeline is a shop: orders come in by a channel, and go through a pipeline of streams that leaves
// some out and has several deliveries under way at a time, until the channel is closed or the shop is. The
// loop around it is an async function that selects; asyncgen makes a state machine of it.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pipeline:", err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	stock, err := future.BlockOn(future.Box(openAsync(future.Value(3), future.Value(4), future.Value(5))))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "open with", stock, "items")

	sender, orders := coord.MPSC[order](16)
	for n := range 6 {
		if err := sender.TrySend(order{n}); err != nil {
			return err
		}
	}
	sender.Close()
	closing := future.Fuse(future.Box(future.Never[future.Unit]()))
	defer closing.Drop()
	sold, err := future.BlockOn(future.Box(sellAsync(orders, closing)))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "sold", sold.items, "items in", sold.orders, "orders")

	sum, err := future.BlockOn(future.Box(countAsync(stream.Of(1, 2, 3))))
	fmt.Fprintln(w, "counted", sum)
	return err
}

// order is what somebody has bought.
type order struct{ items int }

// deliver comes to how many items were delivered. Large orders take longer.
func deliver(o order) future.Future[int] {
	return future.Box(future.Async(func(co *future.Co) (int, error) {
		for range o.items {
			co.Yield()
		}
		return o.items, nil
	}))
}
