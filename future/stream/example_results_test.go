package stream_test

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
)

func ExampleRange() {
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		for v, err := range stream.Range(co, stream.Of(1, 2)) {
			if err != nil {
				return err
			}
			fmt.Println(v)
		}
		return nil
	}))
	fmt.Println(err)
	// Output:
	// 1
	// 2
	// <nil>
}

func ExampleSeq() {
	for v, err := range stream.Seq(stream.Of(1, 2)) {
		fmt.Println(v, err)
	}
	// Output:
	// 1 <nil>
	// 2 <nil>
}

func ExampleFold() {
	longest := stream.Fold(stream.Of("a", "ccc", "bb"), "", func(best *string, v string) error {
		if len(v) > len(*best) {
			*best = v
		}
		return nil
	})
	fmt.Println(future.BlockOn(longest))
	// Output: ccc <nil>
}

func ExampleCollect() {
	fmt.Println(future.BlockOn(stream.Collect(stream.Of(1, 2))))
	// Output: [1 2] <nil>
}

func ExampleCount() {
	fmt.Println(future.BlockOn(stream.Count(stream.Of(1, 2))))
	// Output: 2 <nil>
}

func ExampleForEach() {
	future.BlockOn(stream.ForEach(stream.Of(1, 2), func(v int) error {
		fmt.Println(v)
		return nil
	}))
	// Output:
	// 1
	// 2
}

func ExampleForEachConcurrent() {
	_, err := future.BlockOn(stream.ForEachConcurrent(stream.Of(1, 2, 3), 2, func(v int) future.Future[int] {
		if v == 3 {
			return future.Fail[int](errors.New("no"))
		}
		return future.Value(v)
	}))
	fmt.Println(err)
	// Output: no
}

func ExampleAny() {
	fmt.Println(future.BlockOn(stream.Any(stream.Of(1, 2), func(v int) bool { return v > 1 })))
	// Output: true <nil>
}

func ExampleAll() {
	fmt.Println(future.BlockOn(stream.All(stream.Of(1, 2), func(v int) bool { return v > 1 })))
	// Output: false <nil>
}
