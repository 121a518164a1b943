package stream_test

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
)

func ExampleMap() {
	show(stream.Map(stream.Of(1, 2), func(v int) string { return fmt.Sprint(v, "!") }))
	// Output: 1! 2!
}

func ExampleFilter() {
	show(stream.Filter(stream.Of(1, 2, 4), func(v int) bool { return v%2 == 0 }))
	// Output: 2 4
}

func ExampleFilterMap() {
	show(stream.FilterMap(stream.Of(1, 2, 4), func(v int) (int, bool) { return 10 * v, v%2 == 0 }))
	// Output: 20 40
}

func ExampleScan() {
	show(stream.Scan(stream.Of(1, 2, 3), 0, func(sum *int, v int) (int, bool) {
		*sum += v
		return *sum, true
	}))
	// Output: 1 3 6
}

func ExampleEnumerate() {
	show(stream.Enumerate(stream.Of("a", "b")))
	// Output: {0 a} {1 b}
}

func ExampleInspect() {
	s := stream.Inspect(stream.Of(1, 2), func(v int, err error) { fmt.Print("saw ", v, ", ") })
	fmt.Println(future.BlockOn(stream.Count(s)))
	// Output: saw 1, saw 2, 2 <nil>
}

func ExampleMapErr() {
	failing := stream.Once(future.Fail[int](errors.New("no")))
	show(stream.MapErr(failing, func(err error) error { return fmt.Errorf("number: %w", err) }))
	// Output: number: no
}

func ExampleUntilError() {
	show(stream.UntilError(stream.Chain(stream.Of(1), stream.Once(future.Fail[int](errors.New("no"))), stream.Of(2))))
	// Output: 1 no
}

func ExampleResults() {
	show(stream.Results(stream.Chain(stream.Of(1), stream.Once(future.Fail[int](errors.New("no"))))))
	// Output: {1 <nil>} {0 no}
}

func ExampleCatchPanic() {
	s := stream.CatchPanic(stream.Map(stream.Of(1, 0), func(v int) int { return 1 / v }))
	for v, err := range stream.Seq(s) {
		var p *future.PanicError
		fmt.Println(v, errors.As(err, &p))
	}
	// Output:
	// 1 false
	// 0 true
}

func ExampleFuse() {
	var set future.Unordered[int]
	s := stream.Fuse(&set)
	fmt.Println(future.BlockOn(stream.Count(s)))
	// Output: 0 <nil>
}

func ExampleTake() {
	show(stream.Take(stream.Of(1, 2, 3), 2))
	// Output: 1 2
}

func ExampleSkip() {
	show(stream.Skip(stream.Of(1, 2, 3), 2))
	// Output: 3
}

func ExampleTakeWhile() {
	show(stream.TakeWhile(stream.Of(1, 2, 3), func(v int) bool { return v < 3 }))
	// Output: 1 2
}

func ExampleMapWhile() {
	show(stream.MapWhile(stream.Of(1, 2, 3), func(v int) (int, bool) { return -v, v < 3 }))
	// Output: -1 -2
}

func ExampleSkipWhile() {
	show(stream.SkipWhile(stream.Of(1, 2, 3), func(v int) bool { return v < 3 }))
	// Output: 3
}

func ExampleTakeUntil() {
	stop := future.Box(future.Yield()) // is ready at its second poll
	show(stream.TakeUntil(stream.Of(1, 2, 3), stop))
	// Output: 1
}
