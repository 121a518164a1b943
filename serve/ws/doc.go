// Package ws serves WebSocket connections, and makes them.
//
//	server, err := ws.New(ws.Config{
//		Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }, // an echo
//	})
//	err = server.Run(ctx, rt, "tcp", "127.0.0.1:8080", nil) // until ctx is done
//
// A connection is a machine: it calls the functions of [Config] in its polls, and they must not block. Between polls it holds no
// buffer, as it reads into the worker's scratch memory; the machine of one that waits is some 490 bytes. Pings are answered and closing is gone
// through by itself.
//
// A server of package web has WebSocket at one of its routes by [Server.Upgrade].
//
// Instead of a callback for messages there may be a future that takes them, Config.Handle:
//
//	Handle: func(c *ws.Conn) future.Future[future.Unit] {
//		return future.Box[future.Unit](future.Do(func(co *future.Co) error {
//			for {
//				m, err := c.Receive().Await(co) // err: a *CloseError in the end
//				...
//			}
//		}))
//	}
//
// # Clients
//
// A [Client] makes connections of the same type, with the same callbacks and operations:
//
//	client, err := ws.NewClient(ws.ClientConfig{})
//	c, err := client.Dial("wss://example.org/chat").Await(co)
//	err = c.Send(wire.Text, []byte("hello"))
//	m, err := c.Receive().Await(co)
//	c.Close(wire.Normal, "")
//
// Such a connection is a task of its own, so that pings are answered whatever the task does that has dialled. On a goroutine future.BlockOn waits for an
// operation; ClientConfig.Runtime then says where the task is.
//
// # Sending
//
// [Conn.Reply] answers from inside a callback, at once and without an allocation. [Conn.Send] may be called by anybody: it puts a frame
// into the connection's queue and wakes it. A [Prepared] frame is made once and shared by all the queues that it stands in, so a
// [Group.Broadcast] to 10,000 copies nothing.
//
// # Those who do not read
//
// A queue holds Config.MaxQueued bytes. What is beyond that Config.Full decides: [Disconnect], the default, ends the connection;
// [Drop] leaves the message out; [Wait] has Send return [ErrFull], so that the publisher waits by [Conn.SendWait]. One who does not read costs nobody
// else anything in the first two; a publisher who waits is as slow as the slowest.
//
// A connection whose answers cannot be sent is not read from. One whose messages nobody receives neither.
package ws
