package ws_test

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// What was queued before the peer's close frame came is sent before the answer to it, and nothing is sent behind that.
func TestNothingIsSentBehindAClose(t *testing.T) {
	for name, c := range map[string]struct {
		last string // what the client sends at the end
		code uint16
	}{
		"the peer closes":          {string(wire.AppendMasked(nil, wire.Close, wire.AppendClosing(nil, 3000, ""), [4]byte{1})), 3000},
		"the peer breaks the rule": {"\xff", wire.ProtocolError},
	} {
		addr, _ := start(t, ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) {
			if err := c.Send(op, data); err != nil {
				t.Error(err)
			}
		}}, 1)
		p := dial(t, addr)
		b := wire.AppendMasked(nil, wire.Text, "queued", [4]byte{1, 2, 3, 4})
		if _, err := p.Write(append(b, c.last...)); err != nil { // one packet, one read
			t.Fatal(err)
		}
		t.Log(name)
		p.want("text:queued", closing(c.code), "eof")
	}
}

// One who does not read is closed in CloseTime as well, whatever waits to be sent, and whoever has closed.
func TestCloseOfOneWhoDoesNotRead(t *testing.T) {
	for _, byPeer := range []bool{false, true} {
		closed := make(chan error, 1)
		big := ws.Prepare(wire.Binary, make([]byte, 1<<20), false)
		addr, _ := start(t, ws.Config{
			MaxQueued: 1 << 26, CloseTime: 50 * time.Millisecond, Closed: func(_ *ws.Conn, err error) { closed <- err },
			Message: func(c *ws.Conn, _ wire.Op, _ []byte) {
				for range 50 { // more than a socket takes
					if err := c.SendPrepared(big); err != nil {
						t.Error(err)
					}
				}
				if !byPeer {
					c.Close(wire.GoingAway, "")
				}
			},
		}, 1)
		p := dial(t, addr)
		b := wire.AppendMasked(nil, wire.Text, "go on", [4]byte{})
		if byPeer {
			b = wire.AppendMasked(b, wire.Close, "", [4]byte{})
		}
		p.Write(b)
		select {
		case <-closed:
		case <-time.After(30 * time.Second):
			t.Fatalf("by the peer %v: the connection goes on", byPeer)
		}
	}
}
