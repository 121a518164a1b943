// Package coord has what tasks tell each other with: channels, and locks that are waited for without
// a thread. It knows no scheduler and no reactor: all of it runs on any executor, see package future.
//
// # Waiting
//
// What waits is an operation, a struct that is made where it is needed and is awaited there (see
// [future.Op]):
//
//	v, err := rx.Recv().Await(co)
//
// The same value is a field of a state machine that is written by hand, polled as
//
//	m.recv = m.rx.Recv()
//	...
//	p := m.recv.Poll(cx)
//
// and it goes into combinators, which drop what loses:
//
//	e, err := future.Select2(rx.Recv(), clock.Sleep(time.Second)).Await(co)
//	v, err := clock.Timeout(rx.Recv(), time.Second).Await(co)
//
// An ordinary goroutine waits with [future.BlockOn], or with the methods that begin with Blocking where
// there are any. On a worker those fail with [future.ErrOnWorker] rather than put it to sleep.
//
// An operation allocates nothing, waits in a line, first come, first served, and keeps its place until
// it is ready or dropped.
//
// # Giving up
//
// Every operation may be dropped before it is ready, and nothing is lost by it: a value that was not
// received is received by the next who asks, a value that was not sent is still the caller's, a
// permit or a lock goes to the next in line. What one says beyond that stands with it.
//
// Who waits and is told something gets it at its next poll. If it is dropped in between, it hands its
// turn on.
//
// # Ends
//
// Go has no destructors, so an end is told: a sender is closed, a receiver dropped, once it is not needed.
// Until then the other side waits. Handles of either side may be closed or dropped again, which does nothing.
//
// Errors are compared with [errors.Is]: [ErrClosed] is the end of what was waited for, and each error
// says whose end that was. What only a mistake in the program brings about is a panic whose message says
// what to do instead: a second value for a oneshot, two receivers at once of a channel that has one, a
// zero value where there must be a constructor.
//
// # Who owns a value
//
// A channel that hands a value to one receiver owns it in between, from the end of the send on to that of the
// receive. If nobody can receive it any more it is discarded, see [future.Discard]. A send that fails, or that is dropped, has
// not taken its value: it stays with the caller.
//
// Where many receive the same value ([Watch], [Broadcast]) nobody owns it, and it is left to the collector.
//
// # Which one
//
//   - One value, once: [Oneshot].
//   - A queue with one receiver: [MPSC], [UnboundedMPSC].
//   - A queue that several receivers share: [MPMC], [UnboundedMPMC].
//   - Every value to every receiver: [Broadcast].
//   - The latest value, to whoever looks: [Watch].
//   - One at a time: [Mutex], with [Cond] to wait for what it protects; one or several: [RWLock].
//   - A number at a time: [Semaphore].
//   - Something has happened: [Notify].
//   - All have arrived: [Barrier]; all have ended: [TaskTracker]; all should end: [CancelToken].
//   - What is made once: [OnceCell].
package coord
