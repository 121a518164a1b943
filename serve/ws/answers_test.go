package ws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Of messages that have come together no more are answered than the answers have room for: who asks for much by little, and does not read, does
// not have it all held for him. In the end each is answered, in order.
func TestLargeAnswersToSmallMessages(t *testing.T) {
	const asked, large = 100, 1 << 20
	var answered word.Int32
	addr, _ := start(t, ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) {
		answered.Inc()
		c.Reply(op, append(make([]byte, large), data...))
	}}, 1)
	c := dial(t, addr)
	var all []byte
	for i := range asked {
		all = wire.AppendMasked(all, wire.Binary, fmt.Sprint(i), [4]byte{1, 2, 3, 4})
	}
	all = wire.AppendMasked(all, wire.Ping, "p", [4]byte{1, 2, 3, 4})
	all = wire.AppendMasked(all, wire.Close, "", [4]byte{1, 2, 3, 4})
	if _, err := c.Write(all); err != nil {
		t.Fatal(err)
	}
	if _, err := c.r.Peek(1); err != nil {
		t.Fatal(err)
	}
	if n := answered.Load(); n >= asked/2 { // what the system takes is a few
		t.Errorf("%d of %d messages were answered before an answer was read", n, asked)
	}
	for i := range asked {
		if got, want := c.next(), "binary:"+strings.Repeat("\x00", large)+fmt.Sprint(i); got != want {
			t.Fatalf("answer %d: %d bytes, %.20q", i, len(got), got)
		}
	}
	c.want("pong:p", "close:", "eof")
}
