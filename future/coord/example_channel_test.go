package coord_test

import (
	"context"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
)

func ExampleMPSC() {
	tx, rx := coord.MPSC[int](2)
	go func() { // a goroutine, which sleeps while there is no room
		defer tx.Close()
		for i := range 4 {
			if tx.BlockingSend(context.Background(), i) != nil {
				return // nobody receives
			}
		}
	}()
	sum := future.Async(func(co *future.Co) (int, error) {
		sum := 0
		for {
			v, err := rx.Recv().Await(co)
			if err != nil { // an ErrClosed
				return sum, nil
			}
			sum += v
		}
	})
	fmt.Println(future.BlockOn(sum))
	// Output: 6 <nil>
}

func ExampleUnboundedMPSC() {
	tx, rx := coord.UnboundedMPSC[string]()
	_ = tx.Send("to be")
	_ = tx.Send("or not")
	tx.Close()
	buf := make([]string, 10)
	f := future.Async(func(co *future.Co) (int, error) { return rx.RecvMany(buf).Await(co) })
	n, _ := future.BlockOn(f)
	fmt.Println(buf[:n])
	_, err := rx.TryRecv()
	fmt.Println(err)
	// Output:
	// [to be or not]
	// coord: receive: all senders were closed
}

func ExampleMPMC() {
	tx, rx := coord.MPMC[int](8)
	worker := func(rx *coord.SharedReceiver[int]) future.Future[int] {
		return future.Async(func(co *future.Co) (int, error) {
			defer rx.Drop()
			done := 0
			for {
				if _, err := rx.Recv().Await(co); err != nil {
					return done, nil
				}
				done++
			}
		})
	}
	one, two := worker(rx), worker(rx.Clone())
	for i := range 5 {
		_ = tx.TrySend(i)
	}
	tx.Close()
	pair, _ := future.BlockOn(future.Box(future.Join(future.Of(one), future.Of(two))))
	fmt.Println(pair.First + pair.Second)
	// Output: 5
}

func ExampleUnboundedMPMC() {
	tx, rx := coord.UnboundedMPMC[int]()
	_ = tx.Send(1)
	other := rx.Clone()
	fmt.Println(other.TryRecv())
	fmt.Println(rx.TryRecv())
	// Output:
	// 1 <nil>
	// 0 coord: nothing was sent yet
}

// Room is kept for a value that takes work to be made.
func ExampleSender_Reserve() {
	tx, rx := coord.MPSC[string](1)
	f := future.Async(func(co *future.Co) (string, error) {
		permit, err := tx.Reserve().Await(co)
		if err != nil {
			return "", err
		}
		defer permit.Drop()
		if err := permit.Send("made at leisure"); err != nil {
			return "", err
		}
		return rx.Recv().Await(co)
	})
	fmt.Println(future.BlockOn(f))
	// Output: made at leisure <nil>
}

// What a stream has goes into a channel, and the end behind it.
func ExampleSender_Sink() {
	tx, rx := coord.MPSC[int](1)
	both, err := future.BlockOn(future.Box(future.Join(
		sink.Forward[int](stream.Of(1, 2, 3), tx.Sink()),
		stream.Collect[int](rx))))
	fmt.Println(both.Second, err)
	// Output: [1 2 3] <nil>
}
