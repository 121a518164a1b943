//go:build !portable

// Left out of the portable build, whose sockets are goroutines that are handed work.

package ws_test

import (
	"net"
	"testing"

	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// An echo on a connection that is warm allocates nothing.
func TestEchoDoesNotAllocate(t *testing.T) {
	addr, _ := start(t, ws.Config{Message: echo}, 1)
	c := dial(t, addr)
	in := wire.AppendMasked(nil, wire.Text, "hello", [4]byte{1, 2, 3, 4})
	out := make([]byte, 7)
	if n := testing.AllocsPerRun(500, func() {
		if _, err := c.Write(in); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(out); {
			k, err := c.Conn.(*net.TCPConn).Read(out[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
	}); n >= 1 {
		t.Errorf("%v allocations an echo", n)
	}
}
