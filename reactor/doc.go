// Package reactor turns what the operating system reports, a descriptor that became
// readable or a deadline that passed, into wake-ups.
//
// A [Reactor] belongs to one worker thread and is where that thread sleeps: [Reactor.Park]
// waits for an event, a timer or an [Reactor.Unpark] from another thread. It knows
// wakers and never tasks, so it serves any executor. Futures find the reactor of
// whoever polls them with [From]; under an executor that has none, such as
// future.BlockOn, a shared one runs in the background while there is something to
// wait for.
//
// A descriptor takes part through a [Source]. The way to read is always the same:
//
//	mark, ready := src.Ready(reactor.Read)
//	if ready {
//		n, errno := read(fd, p)          // non-blocking
//		if errno != EAGAIN { return n }  // done
//		src.WouldBlock(reactor.Read, mark)
//	}
//	parked, err := src.Park(cx, reactor.Read) // false: became ready meanwhile, again
//
// The operating system is asked edge-triggered: it reports a change once, for both
// directions, and no call is needed to arm it again. A source registers at its first
// Park, with the reactor of the worker that polled, so a connection that never waits
// is never registered.
//
// Behind the reactor is one of three backends with the same few functions, whose contract
// is in backend.go: epoll (netpoll_epoll.go), kqueue (netpoll_kqueue.go), or, everywhere else and under the
// build tag portable, a plain channel (netpoll_portable.go), which has timers and
// wake-ups but no descriptors: there reactor/netio waits on goroutines.
//
// Timers ([Timer], and those that an [Alarm] borrows) stand in a hierarchical wheel
// beside it: setting, moving and stopping one takes constant time and allocates
// nothing. What waits for times is made of them in reactor/clock. They fire no earlier than asked, and up to 16 µs late plus what the
// thread needs to wake.
//
// The division of labour follows the Go runtime's netpoll.go; the sticky readiness
// with a mark follows tokio's ScheduledIo.
package reactor
