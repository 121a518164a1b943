package ws_test

import (
	"bytes"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

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

// A peer that waits for its turns, while the server needs longer for one than a peer may be silent, is not taken for one that has gone: its
// answer to a ping stands behind what it has sent before.
func TestPeersBetweenTurnsAreNotSilent(t *testing.T) {
	const all = 8 * 64
	given := 0
	addr, _ := start(t, ws.Config{PingEvery: 20 * time.Millisecond, Message: func(c *ws.Conn, op wire.Op, data []byte) {
		if given++; given%64 == 1 {
			time.Sleep(30 * time.Millisecond) // what the turn costs
		}
		c.Reply(op, data)
	}}, 1)
	c := dial(t, addr)
	defer c.Close()
	if _, err := c.Write(bytes.Repeat(wire.AppendMasked(nil, wire.Text, "a", [4]byte{1, 2, 3, 4}), all)); err != nil {
		t.Fatal(err)
	}
	for answered := 0; answered < all; {
		switch got := c.next(); got {
		case "text:a":
			answered++
		case "ping:":
			c.send(wire.Pong, "")
		default:
			t.Fatalf("%q after %d answers", got, answered)
		}
	}
}
