//go:build !portable

// Left out of the portable build, whose sockets are goroutines that are handed work.

package kv_test

import (
	"testing"

	"github.com/magpie-go/magpie/serve/kv"
	"github.com/magpie-go/magpie/wire/resp"
)

// A command on a hot connection allocates nothing but what it stores.
func TestDoesNotAllocate(t *testing.T) {
	_, addr, _ := start(t, kv.Config{}, 1)
	c := dial(t, addr)
	in := append(resp.AppendCommand(nil, "SET", "k", "value"), resp.AppendCommand(nil, "GET", "k")...)
	out := make([]byte, len("+OK\r\n$5\r\nvalue\r\n"))
	round := func() {
		if _, err := c.Write(in); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(out); {
			k, err := c.Read(out[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
	}
	if n := testing.AllocsPerRun(500, round); n >= 1 {
		t.Errorf("%v allocations a round", n)
	}
}
