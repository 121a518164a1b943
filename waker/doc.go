// Package waker is how a future that is not ready tells its executor, later and
// from any thread, that it is worth polling again.
//
// A future that returns Pending has kept a [Waker] from the [Context] it was
// polled with. When what it waits for has happened, whoever made it happen calls
// [Waker.Wake]; the executor behind that waker then polls the future again. The
// future knows nothing of the executor, the executor nothing of what is awaited.
//
// The link between them is [RawWaker]: a data pointer and a [VTable] of four
// functions. An executor of your own supplies those and can then drive every
// future of this module; magpie's executor drives every future written against
// this package.
//
// The rules of a wake-up:
//
//   - Wake may be called from any thread, any number of times, before, during or
//     after the poll. Calls between two polls fold into one.
//   - A wake-up during the poll is not lost: the future is polled again.
//   - A wake-up may be spurious. A future looks at its own state when polled and
//     returns Pending again if nothing happened.
//   - A wake-up carries no data and orders nothing but itself: what was made ready
//     is published by the future's own synchronisation, before Wake is called.
//
// [AtomicWaker] is the cell in which a future leaves its waker for another thread
// to find. [Noop] and [FromFunc] make wakers without an executor, for tests and
// for bridges to other worlds.
//
// The shape is that of Rust's core::task (RawWaker, RawWakerVTable, Context) and
// futures-rs' AtomicWaker.
package waker
