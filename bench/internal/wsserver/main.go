// Command wsserver is the WebSocket server of ours that suite ws loads. It sends each message back to who has sent it, or with -all to everybody.
package main

import (
	"flag"

	"github.com/magpie-go/magpie/bench/internal/served"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func main() {
	all := flag.Bool("all", false, "send messages to everybody")
	served.Main("wsserver", func() (served.Server, error) {
		if *all {
			return ws.New(everybody())
		}
		return ws.New(ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }})
	})
}

func everybody() ws.Config {
	var members ws.Group
	return ws.Config{
		Open:    members.Add,
		Message: func(_ *ws.Conn, op wire.Op, data []byte) { members.Broadcast(ws.Prepare(op, data, false)) },
		Closed:  func(c *ws.Conn, _ error) { members.Remove(c) },
	}
}
