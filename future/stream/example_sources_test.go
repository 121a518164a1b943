package stream_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

// show prints the items of a stream.
func show[T any](s future.Stream[T]) {
	for v, err := range stream.Seq(s) {
		if err != nil {
			fmt.Print(err, " ")
			continue
		}
		fmt.Print(v, " ")
	}
	fmt.Println()
}

func ExampleOf() {
	show(stream.Of("a", "b"))
	// Output: a b
}

func ExampleEmpty() {
	show(stream.Empty[int]())
	// Output:
}

func ExampleNever() {
	show(stream.Merge(stream.Of(1), stream.TakeUntil(stream.Never[int](), future.Value(0))))
	// Output: 1
}

func ExampleRepeat() {
	show(stream.Take(stream.Repeat("na"), 3))
	// Output: na na na
}

func ExampleFromFunc() {
	n := 0
	show(stream.FromFunc(func() (int, error) {
		if n++; n > 3 {
			return 0, future.ErrEnd
		}
		return n, nil
	}))
	// Output: 1 2 3
}

func ExampleFunc() {
	left := 2
	show(stream.Func(func(cx *waker.Context) future.Poll[int] {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		if left--; left < 0 {
			return future.Failed[int](future.ErrEnd)
		}
		return future.Ready(left)
	}))
	// Output: 1 0
}

func ExampleUnfold() {
	show(stream.Unfold(1, func(n int) future.Future[future.Pair[int, int]] {
		if n > 50 {
			return future.Fail[future.Pair[int, int]](future.ErrEnd)
		}
		return future.Value(future.Pair[int, int]{First: n, Second: 3 * n})
	}))
	// Output: 1 3 9 27
}

func ExampleOnce() {
	show(stream.Once(future.Value(7)))
	// Output: 7
}

func ExampleLater() {
	show(stream.Later(future.Value(stream.Of(1, 2))))
	// Output: 1 2
}

func ExampleFromChan() {
	ch := make(chan int, 2)
	ch <- 1
	ch <- 2
	close(ch)
	show(stream.FromChan(ch))
	// Output: 1 2
}

func ExampleFromSeq() {
	show(stream.FromSeq(slices.Values([]int{1, 2})))
	// Output: 1 2
}

func ExampleFromSeq2() {
	show(stream.FromSeq2(func(yield func(int, error) bool) {
		_ = yield(1, nil) && yield(0, errors.New("no"))
	}))
	// Output: 1 no
}

func ExampleAsync() {
	show(stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
		for i := range 3 {
			co.Yield() // or waits for anything else
			out.Emit(co, i)
		}
		return nil
	}))
	// Output: 0 1 2
}
