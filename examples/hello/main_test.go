package main

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func Example() {
	main()
	// Output: hello, world <nil>
}

// The uncompiled function is the same program.
func TestGreetOnACoroutine(t *testing.T) {
	got, err := future.BlockOn(future.Async(func(co *future.Co) (string, error) { return greet(co, "world") }))
	if got != "hello, world" || err != nil {
		t.Fatal(got, err)
	}
}
