package future_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/future"
)

// soon is a future of v that has to wait once.
func soon[T any](v T) future.Future[T] {
	return future.Map(future.Box(future.Yield()), func(future.Unit) T { return v })
}

// In an async function operations are joined by value, without an allocation.
func ExampleJoin() {
	n, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) {
		both, err := future.Join(future.Of(soon("one")), future.Of(soon(2))).Await(co)
		return both.First + " and " + strconv.Itoa(both.Second), err
	}))
	fmt.Println(n, err)
	// Output: one and 2 <nil>
}

// JoinAll waits for all, and its value holds what came although one has failed.
func ExampleJoinAll() {
	fmt.Println(future.BlockOn(future.JoinAll(soon(1), future.Fail[int](errors.New("no second")), soon(3))))
	// Output: [1 0 3] no second
}

// TryJoinAll stops at the first that fails.
func ExampleTryJoinAll() {
	fmt.Println(future.BlockOn(future.TryJoinAll(soon(1), soon(2))))
	fmt.Println(future.BlockOn(future.TryJoinAll(soon(1), future.Fail[int](errors.New("no second")))))
	// Output:
	// [1 2] <nil>
	// [] no second
}

func ExampleRace() {
	twice := future.Then(soon(0), func(int) future.Future[string] { return soon("slow") })
	fmt.Println(future.BlockOn(future.Race(twice, soon("fast"))))
	// Output: fast <nil>
}

func ExampleMap() {
	fmt.Println(future.BlockOn(future.Map(soon("magpie"), strings.ToUpper)))
	// Output: MAGPIE <nil>
}

func ExampleMapErr() {
	dial := future.Fail[int](errors.New("refused"))
	_, err := future.BlockOn(future.MapErr(dial, func(err error) error { return fmt.Errorf("dialling: %w", err) }))
	fmt.Println(err)
	// Output: dialling: refused
}

func ExampleThen() {
	lookUp := func(name string) future.Future[string] { return soon(name + " is at 127.0.0.1") }
	fmt.Println(future.BlockOn(future.Then(soon("localhost"), lookUp)))
	// Output: localhost is at 127.0.0.1 <nil>
}

// What fails is done another way.
func ExampleOrElse() {
	first := future.Fail[string](errors.New("the first is down"))
	fmt.Println(future.BlockOn(future.OrElse(first, func(err error) future.Future[string] {
		return soon("the second, for " + err.Error())
	})))
	// Output: the second, for the first is down <nil>
}
