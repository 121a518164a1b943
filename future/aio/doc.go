// Package aio is streams of bytes as futures: what package io is for goroutines.
//
// A [Reader] and a [Writer] have one method each, which never blocks. Connections have both
// (netio.Conn, its halves after Split), and so have the ends of a pipe in memory ([Duplex],
// [Simplex]), buffers ([BufReader], [BufWriter]) and what wraps another stream ([Take], [Chain],
// [Inspect]...). It knows no reactor and no scheduler; any executor can poll it.
//
// # Operations
//
// What is done with streams is an operation by value ([future.Op]): awaited in an async function,
// a field of a state machine, or run by [future.BlockOn] on a goroutine.
//
//	n, err := aio.ReadFull(conn, head[:]).Await(co)
//	...
//	n, err := aio.Copy(file, conn, nil).Await(co)
//
// They allocate nothing, but for [ReadAll], which makes what it returns, and those that are handed
// no buffer, which take one from a pool while there is something in it.
//
// # Who owns the bytes
//
// A buffer that is handed to an operation is the operation's until that is ready or dropped, and
// is touched during polls only. What [BufReader] returns without copying is its own buffer's, until the
// next call to it: each function says so.
//
// # What a Drop in the middle loses
//
// A read or write of one call loses nothing: either it was ready, or it has not happened. An
// operation of several calls that is dropped has read or written what it has: [ReadFullOp.Filled], [WriteAllOp.Written] and
// [CopyOp.Copied] tell how much. What a BufReader has buffered stays there; Copy loses what it has read and
// not written.
//
// An operation that is dropped while it waits takes its waker back from a stream that has
// ForgetRead or ForgetWrite (see [ReadForgetter]); elsewhere that stays until something happens there.
//
// # The contract of a stream of your own
//
//   - It returns Pending only after it has arranged for the waker of the context to be woken.
//   - It calls [waker.Context.Spend] before it completes, or has one below that does.
//   - It reads or writes at least one byte of what is not empty, or fails: what is ready with 0 bytes and
//     no error is taken for a fault, as [io.ErrNoProgress] or [io.ErrShortWrite].
//   - It returns bytes or an error, not both. io.EOF, bare, is the end.
//   - It does not keep the buffer after the poll.
//   - One task reads at a time, and one writes; they may be two tasks on two threads if it
//     is both a Reader and a Writer.
package aio
