package schedtest

import (
	"fmt"
	"os"
	"testing"
)

// Seeds runs a test in n orders, each with a runtime of its own and a seed of its own, as a subtest that is named by it.
// They begin with the seed of the test's name, or Config.Seed. With MAGPIE_SEED in the environment only the order
// of that one is run.
func Seeds(t *testing.T, n int, config Config, test func(t *testing.T, rt *Runtime)) {
	t.Helper()
	if n < 1 {
		t.Fatalf("schedtest: Seeds of %d orders: want 1 or more, or nothing would be tested", n)
	}
	first, replay := config.Seed, os.Getenv(seedVariable) != ""
	if first == 0 || replay {
		var err error
		if first, err = seedOf(t.Name()); err != nil {
			t.Fatal(err)
		}
	}
	if replay {
		n = 1
	}
	for i := range n {
		config.Seed = max(first+uint64(i), 1)
		if !t.Run(fmt.Sprintf("seed=%d", config.Seed), func(t *testing.T) { test(t, New(t, config)) }) {
			return // the others would say the same
		}
	}
}
