package ws_test

import (
	"bytes"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// A peer that sends a thousand messages at once is answered some at a time, and others go first.
func TestManyMessagesTakeTurns(t *testing.T) {
	var answered atomic.Int64
	s, err := ws.New(ws.Config{Message: func(c *ws.Conn, op wire.Op, _ []byte) {
		c.Reply(op, strconv.AppendInt(nil, answered.Add(1), 10))
	}})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Turns(t, s.Run, answered.Load, 64, func(addr string) {
		c := dial(t, addr)
		defer c.Close()
		go c.Write(bytes.Repeat(wire.AppendMasked(nil, wire.Text, "a", [4]byte{1, 2, 3, 4}), 1000))
		for i := range 1000 {
			c.want("text:" + strconv.Itoa(i+1))
		}
	})
}
