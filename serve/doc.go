// Package serve is the loop under a server: it accepts connections, runs a future for each, keeps to limits, and
// ends without losing what is under way.
//
// # One future a connection
//
// A protocol is a future that is handed a [Conn] and ends when the connection is to be closed. It may be an async
// function, compiled or not:
//
//	//magpie:async
//	func echo(co *future.Co, c *serve.Conn) error {
//		for {
//			n, err := c.Read(buf).Await(co)
//			...
//		}
//	}
//
//	s, err := serve.New(serve.Config{MaxConns: 100_000}, func(c *serve.Conn) future.Future[future.Unit] {
//		return future.Box(echoAsync(c))
//	})
//
// or a machine written by hand that embeds its Conn, for which [NewOf] makes one allocation a connection, with the
// task in it. Such a machine reads into [sched.Scratch], the buffer of the worker that polls, and copies what it
// cannot use yet: then an idle connection has no buffer at all.
//
// # Starting and ending
//
// [Server.Serve] returns the future that accepts from a listener, to be spawned; there may be several. [Server.Run]
// does all of it for a program: it listens, serves until its context is done, and drains.
//
// [Server.Shutdown] accepts what has come, closes the listeners and has every connection see [Conn.Draining]: its future is polled once more, and
// one that owes nothing ends as soon as [Conn.Ends] says so. A client that has connected before has a second for its first request, and a connection that
// is closed in order has its end told before any reset. Those that are left when the context is done are cut, and the error says how many. A
// runtime is shut down after its servers.
//
// # Limits
//
// At Config.MaxConns accepting waits until a connection ends: clients queue in the kernel's backlog, and none is
// refused. A peer with Config.MaxPerPeer connections has further ones closed at once. Without descriptors or memory
// accepting pauses, see [netio.Listener.PollAccept]. What a connection may hold in memory, and how long it may be silent, is for
// its protocol.
//
// A future that panics ends its connection alone, and is told to Config.OnError.
package serve
