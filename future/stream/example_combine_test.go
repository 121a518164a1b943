package stream_test

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
)

func ExampleChain() {
	show(stream.Chain(stream.Of(1, 2), stream.Of(3)))
	// Output: 1 2 3
}

func ExampleMerge() {
	show(stream.Merge(stream.Of(1, 3), stream.Of(2, 4)))
	// Output: 1 2 3 4
}

func ExampleZip() {
	show(stream.Zip(stream.Of(1, 2), stream.Of("a", "b", "c")))
	// Output: {1 a} {2 b}
}

func ExampleThen() {
	show(stream.Then(stream.Of(1, 2), func(v int) future.Future[int] { return future.Value(10 * v) }))
	// Output: 10 20
}

func ExampleBuffered() {
	fetch := func(v int) future.Future[int] {
		return future.Box(future.Async(func(co *future.Co) (int, error) {
			for range 3 - v { // the first takes longest
				co.Yield()
			}
			return v, nil
		}))
	}
	show(stream.Buffered(stream.Map(stream.Of(1, 2, 3), fetch), 3))
	// Output: 1 2 3
}

func ExampleBufferUnordered() {
	fetch := func(v int) future.Future[int] {
		return future.Box(future.Async(func(co *future.Co) (int, error) {
			for range 3 - v { // the first takes longest
				co.Yield()
			}
			return v, nil
		}))
	}
	show(stream.BufferUnordered(stream.Map(stream.Of(1, 2, 3), fetch), 3))
	// Output: 3 2 1
}

func ExampleFlatten() {
	show(stream.Flatten(stream.Of(stream.Of(1, 2), stream.Of(3))))
	// Output: 1 2 3
}

func ExampleFlatMap() {
	show(stream.FlatMap(stream.Of(1, 2), func(v int) future.Stream[int] { return stream.Of(v, 10*v) }))
	// Output: 1 10 2 20
}

func ExampleFlattenUnordered() {
	show(stream.FlattenUnordered(stream.Of(stream.Of(1, 3), stream.Of(2, 4)), 2))
	// Output: 1 2 3 4
}

func ExampleChunks() {
	show(stream.Chunks(stream.Of(1, 2, 3), 2))
	// Output: [1 2] [3]
}

func ExampleReadyChunks() {
	show(stream.ReadyChunks(stream.Of(1, 2, 3), 8))
	// Output: [1 2 3]
}

func ExampleNextMany() {
	s := stream.Peek(stream.Of(1, 2, 3))
	buf := make([]int, 2)
	n, err := future.BlockOn(future.Box(stream.NextMany(s, buf)))
	fmt.Println(buf[:n], err)
	// Output: [1 2] <nil>
}

func ExamplePeek() {
	s := stream.Peek(stream.Of(1, 2))
	next, _ := future.BlockOn(future.Box(s.Peek()))
	fmt.Println(*next)
	show(s)
	// Output:
	// 1
	// 1 2
}

func ExamplePeekable_NextIf() {
	s := stream.Peek(stream.Of(1, 2))
	small := func(v int) bool { return v < 2 }
	for range 2 {
		v, _ := future.BlockOn(future.Box(s.NextIf(small)))
		fmt.Println(v.Value, v.OK)
	}
	show(s)
	// Output:
	// 1 true
	// 0 false
	// 2
}

func ExampleSplit() {
	even, odd := stream.Split(stream.Of(1, 2, 3, 4), func(v int) bool { return v%2 == 0 })
	both, err := future.BlockOn(future.Box(future.Join(stream.Collect(even), stream.Collect(odd))))
	fmt.Println(both.First, both.Second, err)
	// Output: [2 4] [1 3] <nil>
}

func ExampleSet() {
	var s stream.Set[int]
	s.Push(stream.Of(1, 3))
	s.Push(stream.Of(2, 4))
	show(&s)
	// Output: 1 2 3 4
}

func ExampleKeyed() {
	var rooms stream.Keyed[string, string]
	rooms.Insert("lobby", stream.Of("hello", "bye"))
	show(&rooms)
	// Output: {lobby hello} {lobby bye}
}
